import {
  ConfigError,
  type CreatedSession,
  createdSessionSchema,
  type KnownSessionStatus,
} from '@didit-verify/core/schemas'
import type { EmulatorControl } from '../control/control.ts'
import { defaultApiKey } from '../default-secrets.ts'
import { createEmulator as createPlainEmulator, type Emulator, type EmulatorOptions } from '../emulator.ts'
import { type EmulatorServer, listen } from '../listen.ts'
import type { Delivery } from '../webhooks/sender.ts'

export interface TestEmulatorOptions extends EmulatorOptions {
  /**
   * Takes what is to be closed when the test is over: `onTestFinished` of Vitest, `(close) => t.after(close)` of
   * `node:test`. Default: nobody; call `close()`, or declare the emulator with `await using`.
   */
  readonly closeAfter?: ((close: () => Promise<void>) => unknown) | undefined
}

/** What a Session is created with, in Didit's field names; `workflow_id` defaults to the identity check. */
export type SessionStart = { readonly workflow_id?: string; readonly [field: string]: unknown }

/** Which webhook is meant; what is left out may be anything. */
export interface DeliveryMatch {
  readonly sessionId?: string
  readonly status?: string
  readonly webhookType?: string
}

/** An emulator with what tests need around it. */
export interface TestEmulator extends Emulator, AsyncDisposable {
  /** The key of the main application. */
  readonly apiKey: string
  /**
   * Puts the emulator on a free port of this machine, where a browser can reach its hosted pages; from here on `url` is
   * that address. Comes before the first Session, whose link names the address.
   *
   * @throws {ConfigError} `config-invalid` when there is a Session already, or a second port is asked for.
   */
  listen(): Promise<{ url: string }>
  /**
   * Creates a Session as the API does.
   *
   * @throws {TypeError} When the emulator refuses, with its answer.
   */
  startSession(body?: SessionStart): Promise<CreatedSession>
  /** Sets a status, from any other, and waits until the webhooks it causes are on the other side. */
  finish(sessionId: string, status: KnownSessionStatus): Promise<void>
  /**
   * Waits for a webhook that was taken: one of before, or the next.
   *
   * @param timeoutMs - How long, in real milliseconds. Default 5,000.
   * @throws {TypeError} When none came in time, with what became of those that match.
   */
  waitForDelivery(match?: DeliveryMatch, options?: { readonly timeoutMs?: number }): Promise<Delivery>
  /** Frees the port, forgets everything, and stops every timer. */
  close(): Promise<void>
}

const identityCheck = '11111111-2222-3333-4444-555555555555'

const matches = (delivery: Delivery, { sessionId, status, webhookType }: DeliveryMatch) =>
  (sessionId === undefined || delivery.sessionId === sessionId) &&
  (status === undefined || delivery.status === status) &&
  (webhookType === undefined || delivery.webhookType === webhookType)

/** Resolves with the first webhook that matches and was taken. */
function deliveryOf(
  { deliveries, watch }: Pick<EmulatorControl, 'deliveries' | 'watch'>,
  match: DeliveryMatch,
  timeoutMs: number,
): Promise<Delivery> {
  return new Promise((resolve, reject) => {
    const found = () => deliveries().find((delivery) => delivery.state === 'delivered' && matches(delivery, match))
    const look = () => {
      const delivery = found()
      if (delivery === undefined) return
      clearTimeout(timer)
      stop()
      resolve(delivery)
    }
    // Real time on purpose: a test that fakes the clock of the emulator must still end.
    const timer = setTimeout(() => {
      stop()
      const others = deliveries().filter((delivery) => matches(delivery, match))
      const rest = others.map(({ webhookType, status, state }) => `${webhookType} ${status} (${state})`).join(', ')
      const wanted = JSON.stringify(match)
      reject(new TypeError(`No webhook ${wanted} was taken within ${timeoutMs} ms; there is ${rest || 'none'}.`))
    }, timeoutMs)
    const stop = watch(look)
    look()
  })
}

/** Creates a Session through the API itself, so that a test starts as an app does. */
async function createSession(emulator: Emulator, apiKey: string, body: SessionStart): Promise<CreatedSession> {
  const answer = await emulator.fetch(
    new Request(`${emulator.url}/v3/session/`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ workflow_id: identityCheck, ...body }),
    }),
  )
  const text = await answer.text()
  if (answer.status !== 201) throw new TypeError(`The emulator created no Session: ${answer.status} ${text}`)
  return createdSessionSchema.parse(JSON.parse(text))
}

/**
 * Creates an emulator for a test: in this process, on a port once `listen()` is called, closed with the test.
 *
 * @param options - Those of the emulator, and `closeAfter`.
 * @throws {ConfigError} `config-invalid`, as the emulator's own `createEmulator`.
 */
export function createEmulator(options: TestEmulatorOptions = {}): TestEmulator {
  const { closeAfter, ...own } = options
  const apiKey = own.apiKey ?? defaultApiKey
  let emulator = createPlainEmulator(own)
  let server: EmulatorServer | null = null

  async function close(): Promise<void> {
    if (server === null) emulator.close()
    else await server.close()
  }
  closeAfter?.(close)

  return {
    apiKey,
    get url() {
      return emulator.url
    },
    get control() {
      return emulator.control
    },
    fetch: (request, origin) => emulator.fetch(request, origin),
    async listen() {
      if (server !== null) throw new ConfigError('The emulator listens already.', { help: 'Call listen() once.' })
      if (emulator.control.sessions().length > 0) {
        const help = 'Call listen() before the first Session: its link names the address.'
        throw new ConfigError('The emulator has Sessions whose links name another address.', { help })
      }
      const { url: _replaced, ...rest } = own
      const bound = await listen({ host: '127.0.0.1', port: 0 }, (url) => createPlainEmulator({ ...rest, url }))
      emulator.close()
      server = bound
      emulator = bound.emulator
      return { url: emulator.url }
    },
    startSession: (body = {}) => createSession(emulator, apiKey, body),
    async finish(sessionId, status) {
      emulator.control.finish(sessionId, status)
      await emulator.control.idle()
    },
    waitForDelivery: (match = {}, { timeoutMs = 5_000 } = {}) => deliveryOf(emulator.control, match, timeoutMs),
    close,
    [Symbol.asyncDispose]: close,
  }
}
