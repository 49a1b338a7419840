import { readdirSync, readFileSync } from 'node:fs'
import { createDiditApi, type DiditApiOptions } from '../src/api/didit-api.ts'

/** A fake Didit for tests that look at single requests, with examples of Didit's answers. */

export const apiKey = 'key_0123456789_of_a_fictional_application'
export const sessionId = '1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31'

const fixtures = new URL('../../core/fixtures/', import.meta.url)
export const fixture = (name: string) => JSON.parse(readFileSync(new URL(name, fixtures), 'utf8'))
export const fixtureNames = (prefix: string) => readdirSync(fixtures).filter((name) => name.startsWith(prefix))

export type Reply = Response | Error | ((signal: AbortSignal) => Promise<Response>)
export const json = (body: unknown, init: ResponseInit = {}) => Response.json(body, init)

/** A `fetch` that gives one reply after the other, and notes what it was asked. */
export function scripted(...replies: Reply[]) {
  const calls: { url: string; init: RequestInit }[] = []
  const fetch = (async (input, init) => {
    calls.push({ url: String(input), init: init as RequestInit })
    const reply = replies[calls.length - 1] ?? new Error('asked more often than expected')
    if (reply instanceof Error) throw reply
    return typeof reply === 'function' ? reply(init?.signal as AbortSignal) : reply
  }) as typeof globalThis.fetch
  return { fetch, calls }
}

/** A client whose `fetch` follows a script, and that waits for nothing but notes for how long it should. */
export function setUp(replies: Reply[], options: Partial<DiditApiOptions> = {}) {
  const { fetch, calls } = scripted(...replies)
  const waits: number[] = []
  const all: DiditApiOptions = {
    apiKey,
    fetch,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms)
    },
    ...options,
  }
  return { api: createDiditApi(all), calls, waits, options: all }
}

/** The error of a promise that has to fail. */
export const failure = (promise: PromiseLike<unknown>): Promise<Record<string, unknown>> =>
  Promise.resolve(promise).then(
    () => Promise.reject(new Error('It did not fail.')),
    (error: Record<string, unknown>) => error,
  )
