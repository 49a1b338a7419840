import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as entry from './index.ts'

test('hands out exactly this', () => {
  expect(Object.keys(entry).sort()).toMatchInlineSnapshot(`
    [
      "WebhookError",
      "createDiditApi",
      "createDiditServer",
      "isDiditError",
      "memoryStorage",
      "problemResponse",
      "verifyProof",
      "verifyWebhook",
    ]
  `)
})

test('reaches no database driver', () => {
  const seen = new Set<string>()
  const visit = (url: URL) => {
    if (seen.has(url.href)) return
    seen.add(url.href)
    for (const [, from = ''] of readFileSync(url, 'utf8').matchAll(/from '([^']+)'/g)) {
      if (from.startsWith('.')) visit(new URL(from, url))
      else seen.add(from)
    }
  }
  visit(new URL('index.ts', import.meta.url))
  expect(seen.size).toBeGreaterThan(20)
  expect([...seen].filter((name) => /libsql|sqlite|kysely|\bpg\b/.test(name))).toEqual([])
  expect(readdirSync(new URL('storage/', import.meta.url))).toContain('sqlite-storage.ts')
})
