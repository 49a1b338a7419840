import { type Issue, isDiditError } from '@didit-verify/core/schemas'
import { type DestinationStream, pino } from 'pino'

/** A logger: pino's own, or any object with these four methods. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** The lowest severity that is logged. */
export type LogLevel = (typeof logLevels)[number]

// A second line of defence: our own log lines contain none of these fields.
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

/** Creates the default logger: one JSON object per line on standard output, without secrets, bodies or personal data. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { name: 'didit-verify-server' },
    redact: { paths: secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[left out]' },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** Wraps a logger so that it gets errors as plain, safe objects, however it would print an `Error`. */
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
 * Returns an error in a form that is safe to log. Of an answer of Didit it keeps only the names of the rejected fields,
 * because `raw` and `issues` can quote what a person typed. Only errors that are not ours keep their stack: they are bugs.
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
