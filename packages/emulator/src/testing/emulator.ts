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
import type { Delivery } from '../webhooks/delivery.ts'

/** Options of the testing kit's `createEmulator`. */
export interface TestEmulatorOptions extends EmulatorOptions {
  /**
   * Registers the function that closes the emulator after the test: `onTestFinished` in Vitest,
   * `(close) => t.after(close)` in `node:test`. Default: none; call `close()`, or declare the emulator with `await using`.
   */
  readonly closeAfter?: ((close: () => Promise<void>) => unknown) | undefined
}

/** Body of a request that creates a Session, in Didit's field names. `workflow_id` defaults to the identity check. */
export type SessionStart = { readonly workflow_id?: string; readonly [field: string]: unknown }

/** Conditions on a webhook. A missing field matches any value. */
export interface DeliveryMatch {
  readonly sessionId?: string
  readonly status?: string
  readonly webhookType?: string
}

/** An emulator with helpers for tests. */
export interface TestEmulator extends Emulator, AsyncDisposable {
  /** The key of the main application. */
  readonly apiKey: string
  /**
   * Serves the emulator on a free port of this machine, so that a browser can open its hosted pages. `url` changes to the
   * new address. Call it before the first Session, because the link of a Session contains the address.
   *
   * @throws {ConfigError} `config-invalid` if there is a Session already, or if it is called twice.
   */
  listen(): Promise<{ url: string }>
  /**
   * Creates a Session through the API.
   *
   * @throws {TypeError} If the emulator refuses the request. The message contains its answer.
   */
  startSession(body?: SessionStart): Promise<CreatedSession>
  /** Sets any status, and resolves when the webhooks for it are delivered. */
  finish(sessionId: string, status: KnownSessionStatus): Promise<void>
  /**
   * Resolves with the first delivered webhook that matches, from the past or the future.
   *
   * @param options.timeoutMs - Timeout in milliseconds of real time. Default 5,000.
   * @throws {TypeError} After the timeout. The message lists the matching webhooks with their states.
   */
  waitForDelivery(match?: DeliveryMatch, options?: { readonly timeoutMs?: number }): Promise<Delivery>
  /** Frees the port, deletes all data and stops all timers. */
  close(): Promise<void>
}

const identityCheck = '11111111-2222-3333-4444-555555555555'

const matches = (delivery: Delivery, { sessionId, status, webhookType }: DeliveryMatch) =>
  (sessionId === undefined || delivery.sessionId === sessionId) &&
  (status === undefined || delivery.status === status) &&
  (webhookType === undefined || delivery.webhookType === webhookType)

/** Resolves with the first delivered webhook that matches. */
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
    // Real time, so that a test with a fake clock in the emulator still ends.
    const timer = setTimeout(() => {
      stop()
      const others = deliveries().filter((delivery) => matches(delivery, match))
      const rest = others.map(({ webhookType, status, state }) => `${webhookType} ${status} (${state})`).join(', ')
      const wanted = JSON.stringify(match)
      const state = rest === '' ? 'No webhook matches.' : `These match: ${rest}.`
      reject(new TypeError(`No webhook ${wanted} was delivered within ${timeoutMs} ms. ${state}`))
    }, timeoutMs)
    const stop = watch(look)
    look()
  })
}

/** Creates a Session through the API, as an app does. */
async function createSession(emulator: Emulator, apiKey: string, body: SessionStart): Promise<CreatedSession> {
  const answer = await emulator.fetch(
    new Request(`${emulator.url}/v3/session/`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ workflow_id: identityCheck, ...body }),
    }),
  )
  const text = await answer.text()
  if (answer.status !== 201) throw new TypeError(`The emulator did not create a Session: ${answer.status} ${text}`)
  return createdSessionSchema.parse(JSON.parse(text))
}

/**
 * Creates an emulator for a test. It runs in this process, and opens a port only if `listen()` is called.
 *
 * @param options - The options of the emulator, and `closeAfter`.
 * @throws {ConfigError} `config-invalid`, under the same conditions as `createEmulator` of the main entry.
 * @example
 * ```ts
 * import { createEmulator } from '@didit-verify/emulator/testing'
 *
 * const emulator = createEmulator()
 * const { session_id } = await emulator.startSession({ vendor_data: 'user-1' })
 * await emulator.finish(session_id, 'Approved')
 * await emulator.close()
 * ```
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
      if (server !== null) throw new ConfigError('The emulator is already listening.', { help: 'Call listen() once.' })
      if (emulator.control.sessions().length > 0) {
        const help = 'Call listen() before the first Session, because the link of a Session contains the address.'
        throw new ConfigError('The emulator has Sessions whose links contain another address.', { help })
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
