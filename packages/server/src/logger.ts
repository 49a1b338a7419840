import { isDiditError } from '@didit-verify/core/schemas'
import { type DestinationStream, pino } from 'pino'

/** Where the server writes its log: pino's own methods, or anything of their shape. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** How much is logged. */
export type LogLevel = (typeof logLevels)[number]

// A second line of defence: our own lines hold none of these to begin with.
const secret = [
  'apiKey',
  'authorization',
  'body',
  'cookie',
  'raw',
  'secret',
  'ticket',
  'token',
  'url',
  'userId',
  'vendor_data',
]

/** The default log: one JSON object a line on standard output, without secrets, bodies or people. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { name: 'didit-verify-server' },
    redact: { paths: secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[left out]' },
    serializers: { err: describeError },
  }
  return destination ? pino(options, destination) : pino(options)
}

/**
 * An error as it may be logged: never the `raw` answer or the `issues` of Didit, which can quote what a person typed,
 * and of foreign errors (a database may quote values) the name and stack, whose first line is the message's only place.
 */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error }
  const { name, message, stack, cause } = error
  if (!isDiditError(error)) return { name, code: (error as { code?: unknown }).code, stack, ...causeOf(cause) }
  const status = (error as { status?: unknown }).status
  return { name, code: error.code, message, help: error.help, status, ...causeOf(cause) }
}

function causeOf(cause: unknown): object {
  return cause === undefined ? {} : { cause: describeError(cause) }
}
