import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { changesetFaults, publicPackages } from './changesets.mjs'

const known = publicPackages()
const changeset = (front: string, note = 'Fixed a stream that never ended.') => `---\n${front}\n---\n\n${note}\n`

test('accepts a changeset of `npm run changeset` and one written by hand', () => {
  expect(changesetFaults(changeset('"@didit-verify/server": minor'), known)).toEqual([])
  const two = changeset(
    "'@didit-verify/core': patch\n'@didit-verify/react': major",
    '`useSession` was renamed.\n\n- Write `x()`',
  )
  expect(changesetFaults(two, known)).toEqual([])
  expect(changesetFaults(two.replaceAll('\n', '\r\n'), known)).toEqual([])
})

test.each([
  ['no front matter', 'Fixed a stream.', 'It does not begin with'],
  ['no package', '---\n---\n\nFixed a stream.\n', 'It names no package.'],
  ['an unknown package', changeset('"@didit-verify/sever": minor'), '"@didit-verify/sever" is not a published package'],
  [
    'a package that is not published',
    changeset('"@didit-verify/demo": minor'),
    '"@didit-verify/demo" is not a published package',
  ],
  ['no bump', changeset('"@didit-verify/server":'), 'does not have the form'],
  ['an unknown bump', changeset('"@didit-verify/server": feature'), '"feature" of @didit-verify/server is not one of'],
  ['a package named twice', changeset('"@didit-verify/core": patch\n"@didit-verify/core": minor'), 'core twice'],
  ['no note', changeset('"@didit-verify/core": patch', ''), 'does not begin with a sentence'],
  [
    'a note that is not a sentence',
    changeset('"@didit-verify/core": patch', 'fix stuff'),
    'does not begin with a sentence',
  ],
])('reports %s', (_, text, fault) => {
  expect(changesetFaults(text, known)).toEqual([expect.stringContaining(fault)])
})

test('all published packages share one version', () => {
  const config = JSON.parse(readFileSync(new URL('../.changeset/config.json', import.meta.url), 'utf8'))
  expect(known.length).toBeGreaterThan(4)
  expect(config.fixed).toEqual([known.toSorted()])
})
