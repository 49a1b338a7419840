import { createEmulator } from '@didit-verify/emulator'
import { createDiditApi } from '@didit-verify/server'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { propertyRuns } from '../../scripts/property-runs.ts'
import { calls } from '../api-client/calls.ts'
import { guid } from '../api-client/values.ts'
import { deviations } from './deviations.ts'
import { type AnswerObject, follow } from './document.ts'
import { emulated } from './emulated.ts'
import { examplesOf } from './examples.ts'
import { createRecordingFetch } from './recording-fetch.ts'
import { sessionScenarios } from './scenarios/sessions.ts'
import { settingUpScenarios } from './scenarios/setting-up.ts'
import { standaloneScenarios } from './scenarios/standalone.ts'
import { apiKey, document, generations, recordingFetch, unknownId, validator, workflows } from './test-emulator.ts'
import { createValidator } from './validator.ts'

/** Checks every request of our client and every answer of the emulator against Didit's own OpenAPI document. */

afterEach(() => {
  expect(recordingFetch.takeFindings()).toEqual([])
})

describe.each(generations)('generation %s', (generation) => {
  sessionScenarios(generation)
  standaloneScenarios(generation)
  settingUpScenarios(generation)
})

describe('the client sends every input that it accepts as the document describes', () => {
  test.each(calls.map((call) => [call.name, call] as const))('%s', async (_, call) => {
    let sent: (string | null)[] = []
    const fetch = recordingFetch.checkRequests((request) => {
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
        expect(recordingFetch.takeFindings()).toEqual([])
      }),
      // Fewer than the 50 PDFs allowed in a minute, so that no call waits for the rate limit.
      propertyRuns({ usual: 40, most: 40 }),
    )
  })
})

/** Checks without our stand-ins. */
const plain = createValidator(document)

// Tests the validator itself: its reading of closed objects and of "nullable" must accept the document's own examples.
test.each(emulated)('the examples of "%s" match its own schemas, except for formats', async (name) => {
  const [method = '', path = ''] = name.split(' ')
  const operation = document.paths[path]?.[method.toLowerCase()]
  if (operation === undefined) throw new Error('The document does not have it.')
  const request = new Request(`http://didit.test${path.replace(/\{\w+\}/, unknownId)}`, { method })
  const rules = new Set<string>()
  for (const [status, answer] of Object.entries(operation.responses)) {
    const { 'application/json': media } = follow<AnswerObject>(document, answer).content ?? {}
    for (const example of media === undefined ? [] : examplesOf(media)) {
      const findings = await plain.checkAnswer({
        request,
        answer: Response.json(example, { status: Number(status) }),
      })
      for (const { rule } of findings) rules.add(rule)
    }
  }
  // An example has no headers. Its links are shortened, and some of its times have no time zone.
  expect([...rules].filter((rule) => !['header', 'format'].includes(rule))).toEqual([])
})

describe('detects a broken answer', () => {
  type Broken = Record<string, unknown> & { id_verifications: Record<string, unknown>[] }

  async function decisionBroken(breakIt: (decision: Broken) => unknown): Promise<string[]> {
    const emulator = createEmulator({ apiKey })
    const recording = createRecordingFetch(validator, deviations)
    const api = createDiditApi({
      apiKey,
      baseUrl: emulator.url,
      fetch: recording.checkBoth((request) => emulator.fetch(request)),
    })
    const { session_id } = await api.sessions.create({ workflow_id: workflows.kyc })
    emulator.control.finish(session_id, 'Approved')
    await api.sessions.retrieveDecision(session_id)
    expect(recording.takeFindings()).toEqual([])

    const fetch = recording.checkAnswers(async (request) => {
      const answer = await emulator.fetch(request)
      const decision: Broken = await answer.json()
      return Response.json(breakIt(decision) ?? decision, { status: answer.status })
    })
    await fetch(`${emulator.url}/v3/session/${session_id}/decision/`, { headers: { 'x-api-key': apiKey } })
    return recording.takeFindings().map((text) => text.replace(/^GET \S+ 200 /, '').replace(/: .*/s, ''))
  }

  test.each<[string, (decision: Broken) => unknown, string]>([
    ['a status in lower case', (it) => ({ ...it, status: 'approved' }), '/status enum'],
    ['a number given as a string', (it) => ({ ...it, session_number: '7' }), '/session_number type'],
    ['a block that is not a list', (it) => ({ ...it, face_matches: {} }), '/face_matches type'],
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

test('the emulator answers no further operation of the document, which would go unchecked', async () => {
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

test('detects a broken request', async () => {
  const emulator = createEmulator({ apiKey })
  const recording = createRecordingFetch(validator, deviations)
  const api = createDiditApi({
    apiKey,
    baseUrl: emulator.url,
    fetch: recording.checkBoth((request) => emulator.fetch(request)),
  })
  // The client does not know these two fields and sends them unchanged.
  await api.sessions.create({ workflow_id: workflows.kyc, langauge: 'es' })
  await api.sessions.list({ page_length: 5 })
  expect(recording.takeFindings()).toEqual([
    'POST /v3/session/ request /langauge additionalProperties: must NOT have additional properties',
    'GET /v3/sessions/ request query/page_length additionalProperties: is not in the document',
  ])
})

// These two come last, after every test above has run. They fail when only some tests are selected by name.

test('every documented answer occurred at least once', () => {
  const documented = emulated.flatMap((name) => {
    const [method = '', path = ''] = name.split(' ')
    const { responses = {} } = document.paths[path]?.[method.toLowerCase()] ?? {}
    return Object.keys(responses).map((status) => `${name} ${status}`)
  })
  expect(documented.filter((answer) => !recordingFetch.checkedAnswers.has(answer))).toEqual([])
})

test('every listed deviation and every stand-in was needed', () => {
  expect(recordingFetch.unusedDeviations()).toEqual([])
  expect(validator.unusedStandIns()).toEqual([])
})
