import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readJson, writeJson } from '../runtime/json.ts'
import { signWebhook } from './signature.ts'

interface Vector {
  readonly id: string
  readonly secrets: readonly string[]
  readonly body: string
  readonly canonical_v2: string
  readonly headers: Readonly<Record<string, string>>
  readonly expect: { readonly raw: boolean; readonly v2: boolean; readonly simple: boolean }
}

const fixture = new URL('../../../core/fixtures/signature-vectors.json', import.meta.url)
const { vectors } = JSON.parse(readFileSync(fixture, 'utf8')) as { vectors: readonly Vector[] }

// If X-Signature matches the body, the body is exactly what the sender wrote.
const own = vectors.filter(({ expect: holds }) => holds.raw && holds.v2)
// If only X-Signature-V2 matches, the body was rewritten on its way, but it still gives the sender's canonical text.
const rewritten = vectors.filter(({ expect: holds }) => !holds.raw && holds.v2)

/** Returns the secret that a vector was signed with: its digest of the canonical text is in the header. */
const secretOf = ({ secrets, canonical_v2, headers }: Vector) =>
  secrets.find(
    (secret) => createHmac('sha256', secret).update(canonical_v2).digest('hex') === headers['X-Signature-V2'],
  ) as string

test('there are vectors of both kinds', () => {
  expect(own.length).toBeGreaterThan(25)
  expect(rewritten.length).toBeGreaterThan(5)
})

test.each(own.map((vector) => [vector.id, vector] as const))(
  'writes and signs %s as the vendor does',
  (_id, vector) => {
    const signed = signWebhook(readJson(vector.body), secretOf(vector))
    expect(signed.body).toBe(vector.body)
    expect(signed.headers['X-Signature']).toBe(vector.headers['X-Signature'])
    expect(signed.headers['X-Signature-V2']).toBe(vector.headers['X-Signature-V2'])
    expect(signed.headers['X-Signature-Simple']).toBe(vector.headers['X-Signature-Simple'])
  },
)

test.each(rewritten.map((vector) => [vector.id, vector] as const))(
  'restores the canonical text of %s',
  (_id, vector) => {
    expect(writeJson(readJson(vector.body), { sortKeys: true })).toBe(vector.canonical_v2)
    const signed = signWebhook(readJson(vector.body), secretOf(vector))
    expect(signed.headers['X-Signature-V2']).toBe(vector.headers['X-Signature-V2'])
    expect(signed.headers['X-Signature']).toBe(vector.headers['X-Signature'])
  },
)

test('sets X-Timestamp to the timestamp of the body, and never shows the secret', () => {
  const signed = signWebhook({ timestamp: 1_793_000_000, status: 'Approved' }, 'a-very-secret-word')
  expect(signed.headers['X-Timestamp']).toBe('1793000000')
  expect(JSON.stringify(signed)).not.toContain('a-very-secret-word')
})
