/** Every error code of these packages. Each has a heading in ERRORS.md. */
export const errorCodes = [
  // a mistake in the caller's own code or configuration
  'config-invalid',
  // the companion server and the browser
  'unauthenticated',
  'forbidden-origin',
  'request-invalid',
  'body-too-large',
  'unknown-workflow',
  'session-not-found',
  'session-foreign',
  'attempts-exhausted',
  'ticket-invalid',
  'ticket-expired',
  'rate-limited',
  'not-approved',
  'identity-required',
  'staff-only',
  'proof-invalid',
  'proof-expired',
  'storage-unavailable',
  'shutting-down',
  'route-not-found',
  'internal',
  // the browser's own path to the server
  'network',
  'timeout',
  'aborted',
  'answer-invalid',
  'relay-lost',
  // Didit's API, met by the server
  'didit-credentials',
  'didit-rejected',
  'didit-not-found',
  'didit-rate-limited',
  'didit-unavailable',
  'didit-answer-invalid',
  // webhooks
  'webhook-forged',
  'webhook-stale',
  'webhook-unreadable',
  'webhook-too-large',
  // the hosted page in its frame
  'frame-url-refused',
  'frame-blocked',
  'frame-timeout',
  'frame-error',
] as const

/** A code from the list, stable across versions. Branch on it, never on a message. */
export type DiditErrorCode = (typeof errorCodes)[number]

/** Options that every error of these packages accepts beside its code and message. */
export interface DiditErrorOptions {
  /** One sentence: what to do next. */
  readonly help?: string | undefined
  /** The original error. */
  readonly cause?: unknown
}

// A symbol of the global registry: isDiditError() then works across copies of this package and across realms.
const marker = Symbol.for('didit-verify.error')

/** Root of every error these packages throw. Branch on `code`, never on `message`. */
export class DiditError extends Error {
  override readonly name: string = 'DiditError'
  declare readonly code: DiditErrorCode
  declare readonly help: string | undefined
  readonly [marker] = true

  constructor(code: DiditErrorCode, message: string, options?: DiditErrorOptions) {
    super(message, options) // takes its cause from them, where there is one
    this.code = code
    this.help = options?.help
  }
}

/** A mistake in the caller's code or configuration, thrown when the object is created. */
export class ConfigError extends DiditError {
  override readonly name: string = 'ConfigError'

  constructor(message: string, options?: DiditErrorOptions) {
    super('config-invalid', message, options)
  }
}

/** One problem in a request or an answer: its path, and the expected value. */
export interface Issue {
  readonly path: string
  readonly message: string
}

export interface RequestErrorOptions extends DiditErrorOptions {
  /** The HTTP status; 0 when no answer came. */
  readonly status: number
  readonly issues?: readonly Issue[] | undefined
  /** Pause before the next attempt, in seconds, if the server names one. */
  readonly retryAfterSeconds?: number | undefined
  /** The body of the answer, as far as it was readable. Server only: it may contain personal data. */
  readonly raw?: unknown
}

/** A request that failed: to the companion server from a browser, or to Didit from the server. */
export class RequestError extends DiditError {
  override readonly name: string = 'RequestError'
  declare readonly status: number
  declare readonly issues: readonly Issue[]
  declare readonly retryAfterSeconds: number | undefined
  // Private behind a getter, so that a logger that lists an error's fields does not print personal data.
  readonly #raw: unknown

  constructor(code: DiditErrorCode, message: string, options: RequestErrorOptions) {
    super(code, message, options)
    this.status = options.status
    // The value may come from an answer, so its type is not certain.
    this.issues = Array.isArray(options.issues) ? options.issues : []
    this.retryAfterSeconds = options.retryAfterSeconds
    this.#raw = options.raw
  }

  /** The body of the answer that caused the error. */
  get raw(): unknown {
    return this.#raw
  }
}

/** The stream of events broke, and several attempts to reconnect failed. */
export class RelayError extends DiditError {
  override readonly name: string = 'RelayError'

  constructor(message: string, options?: DiditErrorOptions) {
    super('relay-lost', message, options)
  }
}

/** An answer is not in the expected format. */
export class ContractError extends DiditError {
  override readonly name: string = 'ContractError'
  declare readonly issues: readonly Issue[]

  constructor(message: string, options?: DiditErrorOptions & { issues?: readonly Issue[] }) {
    super('answer-invalid', message, options)
    this.issues = options?.issues ?? []
  }
}

/**
 * Returns true for every error of these packages, also for one from another copy of the package or another realm.
 *
 * @example
 * ```ts
 * import { isDiditError } from '@didit-verify/core'
 *
 * try {
 *   await fetch('/api/didit/health/live')
 * } catch (error) {
 *   if (isDiditError(error) && error.code === 'network') console.log(error.help)
 * }
 * ```
 */
export function isDiditError(value: unknown): value is DiditError {
  return (value as Record<symbol, unknown> | null | undefined)?.[marker] === true
}
