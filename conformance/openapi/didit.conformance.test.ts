import { readFileSync } from 'node:fs'
import { createEmulator, type EmulatorOptions, type Generation } from '@didit-verify/emulator'
import { createDiditApi } from '@didit-verify/server'
import { afterEach, describe, expect, test } from 'vitest'
import { findOpenApi } from '../../scripts/openapi.mjs'
import { deviations } from './deviations.ts'
import { type AnswerObject, follow, type OpenApiDocument } from './document.ts'
import { examplesOf } from './examples.ts'
import { createValidator } from './validator.ts'
import { createWitness } from './witness.ts'

/** Every request of our client and every answer of the emulator, held against Didit's own OpenAPI document. */

const document: OpenApiDocument = JSON.parse(readFileSync(findOpenApi() ?? '', 'utf8'))
const validator = createValidator(document)
const witness = createWitness(validator, deviations)
afterEach(() => {
  expect(witness.take()).toEqual([])
})

const generations: readonly Generation[] = ['2026-07', 'late-2026']
const apiKey = 'conformance-key'
const workflow = (last: string) => `11111111-2222-3333-4444-55555555555${last}`
const workflows = {
  kyc: workflow('5'),
  age: workflow('6'),
  biometric: workflow('7'),
  address: workflow('8'),
  questionnaire: workflow('9'),
}
const unknownId = '00000000-0000-4000-8000-000000000000'
const statuses = [
  'Not Started',
  'In Progress',
  'Awaiting User',
  'In Review',
  'Approved',
  'Declined',
  'Resubmitted',
  'Abandoned',
  'Expired',
  'Kyc Expired',
] as const

/** An emulator, our client before it, and a way to ask it what our client never would. */
function setStage(generation: Generation, options: EmulatorOptions = {}) {
  const emulator = createEmulator({ apiKey, generation, ...options })
  const handle = (request: Request) => emulator.fetch(request)
  const clientWith = (key: string) =>
    createDiditApi({ apiKey: key, baseUrl: emulator.url, fetch: witness.client(handle) })
  const strange = witness.stranger(handle)
  return {
    emulator,
    api: clientWith(apiKey),
    clientWith,
    /** The status of the answer to a request that our client would not send. */
    async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = { 'x-api-key': apiKey }) {
      const content = body === undefined ? {} : { 'content-type': 'application/json' }
      const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
      const answer = await strange(`${emulator.url}${path}`, { method, headers: { ...content, ...headers }, ...text })
      return answer.status
    },
  }
}

/** The status of a refusal. */
const refused = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => 0,
    (error) => error.status,
  )

describe.each(generations)('generation %s', (generation) => {
  const wrongKey = generation === 'late-2026' ? 401 : 403

  test('create: with everything and with nothing, and once more for the same person', async () => {
    const { api } = setStage(generation)
    await api.sessions.create({ workflow_id: workflows.kyc })
    const body = {
      workflow_id: workflows.kyc,
      vendor_data: 'user-7',
      callback: 'https://shop.example/done',
      callback_method: 'both' as const,
      metadata: { order: 17 },
      language: 'pt-BR',
      contact_details: {
        email: 'ada@example.test',
        email_lang: 'en',
        send_notification_emails: true,
        phone: '+4520123456',
      },
      expected_details: {
        first_name: 'Ada',
        last_name: 'Example',
        date_of_birth: '1990-01-02',
        gender: 'F',
        nationality: 'DNK',
        country: 'DNK',
        address: 'Nowhere 1',
        ip_address: '192.0.2.7',
        expected_document_types: ['P', 'ID'],
      },
    }
    const first = await api.sessions.create(body)
    const again = await api.sessions.create({ ...body, metadata: { order: 18 } })
    expect(again.session_id).toBe(first.session_id)
  })

  test('create: what is refused', async () => {
    const { api, ask, clientWith, emulator } = setStage(generation)
    expect(await ask('POST', '/v3/session/', {})).toBe(400)
    expect(await ask('POST', '/v3/session/', { workflow_id: unknownId })).toBe(400)
    expect(await ask('POST', '/v3/session/', { workflow_id: workflows.biometric })).toBe(400)
    expect(await ask('POST', '/v3/session/', { workflow_id: workflows.kyc, language: 'xx' })).toBe(400)
    expect(await ask('POST', '/v3/session/', { workflow_id: workflows.kyc, contact_details: { email: 'x' } })).toBe(400)
    expect(await ask('POST', '/v3/session/', { workflow_id: workflows.kyc }, {})).toBe(403)
    expect(await refused(clientWith('wrong').sessions.create({ workflow_id: workflows.kyc }))).toBe(wrongKey)
    emulator.control.faults({ api: { status: 429 } })
    expect(await refused(api.sessions.create({ workflow_id: workflows.kyc }))).toBe(429)
  })

  test.each(Object.entries(workflows))('decision: the workflow "%s" in every status', async (_, workflow_id) => {
    const { api, emulator } = setStage(generation)
    for (const status of statuses) {
      const { session_id } = await api.sessions.create({ workflow_id, vendor_data: status, portrait_image: 'AAAA' })
      if (status !== 'Not Started') emulator.control.finish(session_id, status)
      expect((await api.sessions.retrieveDecision(session_id)).status).toBe(status)
    }
  })

  test('decision: what is refused', async () => {
    const { api, ask, clientWith, emulator } = setStage(generation)
    const { session_id } = await api.sessions.create({ workflow_id: workflows.kyc })
    const path = `/v3/session/${session_id}/decision/`
    expect(await ask('GET', path, undefined, {})).toBe(403)
    expect(await refused(clientWith('wrong').sessions.retrieveDecision(session_id))).toBe(wrongKey)
    expect(await refused(api.sessions.retrieveDecision(unknownId))).toBe(404)
    expect(await refused(clientWith(`${apiKey}-partner`).sessions.retrieveDecision(session_id))).toBe(404)
    emulator.control.faults({ api: { status: 429, retryAfterSeconds: 60 } })
    expect(await refused(api.sessions.retrieveDecision(session_id))).toBe(429)
  })

  test('delete: once, once more, and for whom it is refused', async () => {
    const { api, ask, clientWith, emulator } = setStage(generation)
    const { session_id } = await api.sessions.create({ workflow_id: workflows.kyc })
    expect(await ask('DELETE', `/v3/session/${session_id}/delete/`, undefined, {})).toBe(403)
    expect(await refused(clientWith('wrong').sessions.delete(session_id))).toBe(wrongKey)
    emulator.control.faults({ api: { status: 429, retryAfterSeconds: 60 } })
    expect(await refused(api.sessions.delete(session_id))).toBe(429)
    emulator.control.faults({ filedReport: true })
    if (generation === 'late-2026') expect(await refused(api.sessions.delete(session_id))).toBe(409)
    emulator.control.faults({})
    await api.sessions.delete(session_id)
    expect(await refused(api.sessions.delete(session_id))).toBe(404)

    const kept = await api.sessions.create({ workflow_id: workflows.kyc, vendor_data: 'user-7' })
    emulator.control.finish(kept.session_id, 'Approved')
    await api.sessions.delete(kept.session_id, { retain_face_embeddings: true, face_retention_days: 30 })
  })
})

/** The operations of the document that the emulator has. */
const emulated = [
  'POST /v3/session/',
  'GET /v3/session/{sessionId}/decision/',
  'DELETE /v3/session/{sessionId}/delete/',
]

// A check of the check: closing objects, and what is made of "nullable", is how the document means itself.
test.each(emulated)('the examples of "%s" agree with its own schemas, but for formats they leave open', async (name) => {
  const [method = '', path = ''] = name.split(' ')
  const operation = document.paths[path]?.[method.toLowerCase()]
  if (operation === undefined) throw new Error('The document does not have it.')
  const request = new Request(`http://didit.test${path.replace(/\{\w+\}/, unknownId)}`, { method })
  const rules = new Set<string>()
  let count = 0
  for (const [status, answer] of Object.entries(operation.responses)) {
    const { 'application/json': media } = follow<AnswerObject>(document, answer).content ?? {}
    for (const example of media === undefined ? [] : examplesOf(media)) {
      const findings = await validator.ofAnswer({ request, answer: Response.json(example, { status: Number(status) }) })
      for (const { rule } of findings) rules.add(rule)
      count += 1
    }
  }
  expect(count).toBeGreaterThan(0)
  // Headers are not part of an example; links are shortened, and some times have no zone.
  expect([...rules].filter((rule) => !['header', 'format'].includes(rule))).toEqual([])
})

describe('a broken answer is found out', () => {
  type Broken = Record<string, unknown> & { id_verifications: Record<string, unknown>[] }

  async function decisionBroken(breakIt: (decision: Broken) => unknown): Promise<string[]> {
    const emulator = createEmulator({ apiKey })
    const own = createWitness(validator, deviations)
    const api = createDiditApi({
      apiKey,
      baseUrl: emulator.url,
      fetch: own.client((request) => emulator.fetch(request)),
    })
    const { session_id } = await api.sessions.create({ workflow_id: workflows.kyc })
    emulator.control.finish(session_id, 'Approved')
    await api.sessions.retrieveDecision(session_id)
    expect(own.take()).toEqual([])

    const fetch = own.stranger(async (request) => {
      const answer = await emulator.fetch(request)
      const decision: Broken = await answer.json()
      return Response.json(breakIt(decision) ?? decision, { status: answer.status })
    })
    await fetch(`${emulator.url}/v3/session/${session_id}/decision/`, { headers: { 'x-api-key': apiKey } })
    return own.take().map((text) => text.replace(/^GET \S+ 200 /, '').replace(/: .*/s, ''))
  }

  test.each<[string, (decision: Broken) => unknown, string]>([
    ['a status in small letters', (it) => ({ ...it, status: 'approved' }), '/status enum'],
    ['a number that is a text', (it) => ({ ...it, session_number: '7' }), '/session_number type'],
    ['a block that is no list', (it) => ({ ...it, face_matches: {} }), '/face_matches type'],
    ['a misspelt block', (it) => ({ ...it, face_match: [] }), '/face_match additionalProperties'],
    [
      'a misspelt field of a block',
      (it) => {
        for (const block of it.id_verifications) block.firstname = 'Ada'
      },
      '/id_verifications/*/firstname additionalProperties',
    ],
    [
      'a status that a block does not have',
      (it) => {
        for (const block of it.id_verifications) block.status = 'Resub Requested'
      },
      '/id_verifications/*/status enum',
    ],
    ['a list in place of the decision', (it) => [it], 'type'],
  ])('%s', async (_, breakIt, found) => {
    expect(await decisionBroken(breakIt)).toEqual([found])
  })
})

// Last, when every test above had its turn. A run of single tests by name has too few of them to tell.
test('every deviation that is written down is needed', () => {
  expect(witness.stale()).toEqual([])
})
