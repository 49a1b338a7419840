import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const tests = execFileSync('git', ['ls-files', '-z', '*.test.ts'], { cwd: root, encoding: 'utf8' }).split('\0')

/** The rows of the table of endpoints, cell by cell. */
const rows = readFileSync(join(root, 'docs/endpoints.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| `(?:GET|POST|PATCH|DELETE) \/v3\//.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))

const cell = /^`([\w./-]+)` "([^"]+)"$/

test('the table of endpoints has the eleven of Sessions and the blocklist, and the six checks', () => {
  expect(rows).toHaveLength(17)
  // Client and emulator everywhere, route and desk for the eleven.
  expect(rows.filter((row) => row.filter((it) => cell.test(it)).length === 4)).toHaveLength(11)
  expect(rows.filter((row) => row.filter((it) => cell.test(it)).length === 2)).toHaveLength(6)
})

test.each(rows.map((row) => [row[1], row.slice(3, -1).filter((it) => it !== '')] as const))(
  'the tests of %s are there under these names',
  (_, cells) => {
    for (const it of cells) {
      const [, file, name] = cell.exec(it) ?? []
      const found = tests.filter((path) => path.endsWith(`/${file}.test.ts`))
      expect(found, it).not.toEqual([])
      const texts = found.map((path) => readFileSync(join(root, path), 'utf8'))
      expect(
        texts.some((text) => text.includes(`'${name}'`)),
        it,
      ).toBe(true)
    }
  },
)
