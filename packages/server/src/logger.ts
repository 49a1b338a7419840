import { type Issue, isDiditError } from '@didit-verify/core/schemas'
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
  }
  return destination ? pino(options, destination) : pino(options)
}

/** Wraps a log so that errors arrive in it described, whatever its own way of printing them. */
export function guardLogger(logger: Logger): Logger {
  const guard = (fields: object) => ('err' in fields ? { ...fields, err: describeError(fields.err) } : fields)
  return {
    debug: (fields, message) => logger.debug(guard(fields), message),
    info: (fields, message) => logger.info(guard(fields), message),
    warn: (fields, message) => logger.warn(guard(fields), message),
    error: (fields, message) => logger.error(guard(fields), message),
  }
}

/**
 * An error as it may be logged. Of Didit's answers only the names of the fields it complained about: `raw` and
 * `issues` can quote what a person typed. Foreign errors come with their stack, for they are the ones to be looked into.
 */
function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { name: typeof error }
  const { name, message, stack, cause } = error
  // An error may be the cause of itself.
  const because = cause === undefined || depth > 4 ? {} : { cause: describeError(cause, depth + 1) }
  if (!isDiditError(error)) return { name, code: (error as { code?: unknown }).code, stack, ...because }
  const { status, issues = [] } = error as { status?: unknown; issues?: readonly Issue[] }
  return {
    name,
    code: error.code,
    message,
    help: error.help,
    status,
    fields: issues.map(({ path }) => path),
    ...because,
  }
}
