import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { WebhookError } from '../errors.ts'
import { canonicalize } from './canonical-json.ts'
import { receiveWebhook } from './receiver.ts'
import { checkCostlySignatures, matchesRaw, matchesSimple, matchesV2, simpleMessage } from './signature.ts'
import { verifyWebhook } from './verify-webhook.ts'

interface Vector {
  readonly id: string
  readonly secrets: string[]
  readonly now: number
  readonly body: string
  readonly headers: Record<string, string>
  readonly canonical_v2: string
  readonly simple_message: string
  readonly expect: { raw: boolean; v2: boolean; simple: boolean; fresh: boolean; verdict: string }
}

const fixtures = new URL('../../../core/fixtures/', import.meta.url)
const { vectors } = JSON.parse(readFileSync(new URL('signature-vectors.json', fixtures), 'utf8')) as {
  vectors: Vector[]
}

test('all forty vectors are there', () => {
  expect(vectors).toHaveLength(40)
})

test.each(vectors.map((vector) => [vector.id, vector] as const))(
  'vector %s comes out as it says',
  async (_, vector) => {
    const { secrets, expect: expected } = vector
    const body = new TextEncoder().encode(vector.body)
    const delivery = { body, text: vector.body, headers: new Headers(vector.headers), secrets }
    const post = () => new Request('https://bank.example/webhook', { method: 'POST', headers: vector.headers, body })
    const now = () => vector.now * 1000

    expect(canonicalize(vector.body)).toBe(vector.canonical_v2)
    expect(simpleMessage(vector.body)).toBe(vector.simple_message)
    expect(matchesRaw(delivery)).toBe(expected.raw)
    expect(matchesV2(delivery)).toBe(expected.v2)
    expect(matchesSimple(delivery)).toBe(expected.simple)
    expect(checkCostlySignatures(delivery)).toBe(expected.v2 ? 'body' : expected.simple ? 'envelope' : null)

    const received = await receiveWebhook(post(), { secrets, now })
    const verdict =
      received.verdict !== 'verified' || !received.fresh
        ? 'reject'
        : received.trust === 'body'
          ? 'trusted'
          : 'envelope-only'
    expect(verdict).toBe(expected.verdict)
    if (received.verdict === 'verified') expect(received.fresh).toBe(expected.fresh)

    const verified = await verifyWebhook(post(), { secrets, now }).catch((error: unknown) => error)
    if (expected.verdict === 'trusted') {
      expect(verified).toMatchObject({ trust: 'body' })
    } else {
      expect(verified).toBeInstanceOf(WebhookError)
      expect(verified).toMatchObject({
        code: expected.raw || expected.v2 ? 'webhook-stale' : 'webhook-forged',
        status: 401,
      })
    }
  },
)
