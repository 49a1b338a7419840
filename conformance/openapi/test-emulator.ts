import { readFileSync } from 'node:fs'
import { createEmulator, type EmulatorOptions, type Generation } from '@didit-verify/emulator'
import { createDiditApi } from '@didit-verify/server'
import { findOpenApi } from '../../scripts/openapi.mjs'
import { deviations } from './deviations.ts'
import type { OpenApiDocument } from './document.ts'
import { createRecordingFetch } from './recording-fetch.ts'
import { standIns } from './stand-ins.ts'
import { createValidator } from './validator.ts'

export const document: OpenApiDocument = JSON.parse(readFileSync(findOpenApi() ?? '', 'utf8'))
export const validator = createValidator(document, standIns)
/** Records the whole run. All scenarios share it, so that it knows which deviations were needed. */
export const recordingFetch = createRecordingFetch(validator, deviations)

export const generations: readonly Generation[] = ['2026-07', 'late-2026']
export const apiKey = 'conformance-key'
export const partnerKey = `${apiKey}-partner`
export const mainApplication = '88888888-2222-4333-8444-555555555555'
export const partnerApplication = '99999999-2222-4333-8444-555555555555'

const workflow = (last: string) => `11111111-2222-3333-4444-55555555555${last}`
export const workflows = {
  kyc: workflow('5'),
  age: workflow('6'),
  biometric: workflow('7'),
  address: workflow('8'),
  questionnaire: workflow('9'),
  contact: workflow('a'),
  company: workflow('b'),
  everything: workflow('c'),
}
export const statuses = [
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
/** An id that no Session has. */
export const unknownId = '00000000-0000-4000-8000-000000000000'
/** A PNG of one pixel. */
export const picture = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (character) => character.charCodeAt(0),
)

/** Creates an emulator, our client for it, and a way to send requests that our client would not send. */
export function createTestEmulator(generation: Generation, options: EmulatorOptions = {}) {
  const emulator = createEmulator({ apiKey, generation, ...options })
  const handle = (request: Request) => emulator.fetch(request)
  const clientWith = (key: string) =>
    createDiditApi({
      apiKey: key,
      baseUrl: emulator.url,
      fetch: recordingFetch.checkBoth(handle),
      // The tests look at a 429, so the client must not wait and retry.
      longestWaitMs: 0,
      sleep: async () => {},
    })
  const api = clientWith(apiKey)
  const askDirectly = recordingFetch.checkAnswers(handle)
  return {
    emulator,
    api,
    clientWith,
    /** Sends a request that our client would not send, and returns the status of the answer. */
    async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = { 'x-api-key': apiKey }) {
      const isPlain = typeof body === 'object' && !(body instanceof FormData)
      const content: Record<string, string> = isPlain ? { 'content-type': 'application/json' } : {}
      const init: RequestInit = { method, headers: { ...content, ...headers }, redirect: 'manual' }
      if (body !== undefined) init.body = isPlain ? JSON.stringify(body) : (body as BodyInit)
      return (await askDirectly(`${emulator.url}${path}`, init)).status
    },
    /** Creates a Session, brings it to a status, and returns its id. */
    async session(status: (typeof statuses)[number] = 'Not Started', more: Record<string, unknown> = {}) {
      const { session_id } = await api.sessions.create({ workflow_id: workflows.kyc, ...more })
      if (status !== 'Not Started') emulator.control.finish(session_id, status)
      return session_id
    },
  }
}

/** Returns the HTTP status of a failed call, or 0 if the call succeeded. */
export const refused = (call: PromiseLike<unknown>): Promise<number> =>
  Promise.resolve(call).then(
    () => 0,
    (error) => error.status,
  )
