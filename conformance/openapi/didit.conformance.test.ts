import { createEmulator } from '@didit-verify/emulator'
import { createDiditApi } from '@didit-verify/server'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { calls } from '../api-client/calls.ts'
import { guid } from '../api-client/values.ts'
import { deviations } from './deviations.ts'
import { type AnswerObject, follow } from './document.ts'
import { emulated } from './emulated.ts'
import { examplesOf } from './examples.ts'
import { createWitness } from './recording-fetch.ts'
import { sessionScenarios } from './scenarios/sessions.ts'
import { settingUpScenarios } from './scenarios/setting-up.ts'
import { standaloneScenarios } from './scenarios/standalone.ts'
import { apiKey, document, generations, unknownId, validator, witness, workflows } from './test-emulator.ts'
import { createValidator } from './validator.ts'

/** Every request of our client and every answer of the emulator, held against Didit's own OpenAPI document. */

afterEach(() => {
  expect(witness.take()).toEqual([])
})

describe.each(generations)('generation %s', (generation) => {
  sessionScenarios(generation)
  standaloneScenarios(generation)
  settingUpScenarios(generation)
})

describe('whatever the client takes for right, it sends as the document has it', () => {
  test.each(calls.map((call) => [call.name, call] as const))('%s', async (_, call) => {
    let sent: (string | null)[] = []
    const fetch = witness.sender((request) => {
      const answer = Response.json({ detail: 'Asked.' }, { status: 400 })
      sent.push(validator.operationOf({ request, answer }))
      return answer
    })
    const api = createDiditApi({ apiKey, baseUrl: 'http://localhost:9', fetch })
    await fc.assert(
      fc.asyncProperty(call.right, guid, async (body, id) => {
        sent = []
        await Promise.resolve(call.send(api, body as never, id)).catch(() => {})
        expect(sent).toEqual([call.operation])
        expect(witness.take()).toEqual([])
      }),
      // Fewer than reports in a minute, so that none has to wait.
      { numRuns: 40 },
    )
  })
})

/** Without what stands in for the document's own. */
const plain = createValidator(document)

// A check of the check: closing objects, and what is made of "nullable", is how the document means itself.
test.each(emulated)(
  'the examples of "%s" agree with its own schemas, but for formats they leave open',
  async (name) => {
    const [method = '', path = ''] = name.split(' ')
    const operation = document.paths[path]?.[method.toLowerCase()]
    if (operation === undefined) throw new Error('The document does not have it.')
    const request = new Request(`http://didit.test${path.replace(/\{\w+\}/, unknownId)}`, { method })
    const rules = new Set<string>()
    for (const [status, answer] of Object.entries(operation.responses)) {
      const { 'application/json': media } = follow<AnswerObject>(document, answer).content ?? {}
      for (const example of media === undefined ? [] : examplesOf(media)) {
        const findings = await plain.ofAnswer({
          request,
          answer: Response.json(example, { status: Number(status) }),
        })
        for (const { rule } of findings) rules.add(rule)
      }
    }
    // Headers are not part of an example; links are shortened, and some times have no zone.
    expect([...rules].filter((rule) => !['header', 'format'].includes(rule))).toEqual([])
  },
)

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

test('the emulator has no other operation of the document, which nobody would judge', async () => {
  const emulator = createEmulator({ apiKey, rateLimits: false })
  const others = Object.entries(document.paths).flatMap(([path, operations]) =>
    ['get', 'post', 'put', 'patch', 'delete']
      .filter((method) => operations[method] !== undefined)
      .map((method) => `${method.toUpperCase()} ${path}`)
      .filter((name) => !emulated.includes(name)),
  )
  expect(others.length).toBeGreaterThan(50)
  const answered: string[] = []
  for (const name of others) {
    const [method = '', path = ''] = name.split(' ')
    const url = `${emulator.url}${path.replaceAll(/\{\w+\}/g, unknownId)}`
    const { status, headers } = await emulator.fetch(new Request(url, { method, headers: { 'x-api-key': apiKey } }))
    if (status !== 404 || headers.get('content-type')?.includes('json')) answered.push(`${name}: ${status}`)
  }
  expect(answered).toEqual([])
})

test('a broken request is found out', async () => {
  const emulator = createEmulator({ apiKey })
  const own = createWitness(validator, deviations)
  const api = createDiditApi({ apiKey, baseUrl: emulator.url, fetch: own.client((request) => emulator.fetch(request)) })
  // Both are fields that the client does not know, and sends as they are.
  await api.sessions.create({ workflow_id: workflows.kyc, langauge: 'es' })
  await api.sessions.list({ page_length: 5 })
  expect(own.take()).toEqual([
    'POST /v3/session/ request /langauge additionalProperties: must NOT have additional properties',
    'GET /v3/sessions/ request query/page_length additionalProperties: is not in the document',
  ])
})

// The rest comes last, when every test above had its turn. A run of single tests by name has too few of them to tell.

test('every answer that the document has was given at least once', () => {
  const documented = emulated.flatMap((name) => {
    const [method = '', path = ''] = name.split(' ')
    const { responses = {} } = document.paths[path]?.[method.toLowerCase()] ?? {}
    return Object.keys(responses).map((status) => `${name} ${status}`)
  })
  expect(documented.filter((answer) => !witness.judged.has(answer))).toEqual([])
})

test('every deviation and every stand-in that is written down is needed', () => {
  expect(witness.stale()).toEqual([])
  expect(validator.unusedStandIns()).toEqual([])
})
