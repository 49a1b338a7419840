import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })
}

test('no file that a browser loads holds a key, a secret or the code that handles them', () => {
  const built = ['apps/demo/dist', 'packages/core/dist', 'packages/element/dist', 'packages/react/dist'].flatMap(
    (folder) => {
      expect(existsSync(join(root, folder)), `${folder} is built`).toBe(true)
      // The schemas are for server and emulator; no browser bundle reaches them.
      return files(join(root, folder)).filter((path) => /\.(js|html|css)$/.test(path) && !path.includes('/schemas/'))
    },
  )
  expect(built.length).toBeGreaterThan(10)
  const text = built.map((path) => readFileSync(path, 'utf8')).join('\n')
  expect(text).toContain('didit-verify')
  for (const forbidden of [
    'demo-key-of-the-emulator',
    'demo-webhook-secret-of-the-emulator',
    'x-api-key',
    'X-Signature',
    'session_token',
    'createHmac',
  ]) {
    expect(text.includes(forbidden), forbidden).toBe(false)
  }
})
