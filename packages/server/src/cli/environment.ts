import { isLoopback } from '../http/loopback.ts'
import { originProblem } from '../http/origins.ts'
import { type LogLevel, logLevels } from '../logger.ts'
import { type SecretRules, secretProblem } from '../secrets.ts'
import { type ProxySettings, readProxy } from './proxy.ts'

/** Way in which the CLI finds the signed-in user. */
export type AuthSetting =
  | { readonly kind: 'jwks'; readonly url: URL; readonly audience: string | undefined }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'anonymous' }

/** Settings of the command `serve`. */
export interface Settings {
  readonly apiKey: string
  readonly webhookSecrets: readonly string[]
  readonly workflowId: string
  readonly baseUrl: string
  readonly environment: 'live' | 'sandbox'
  readonly ticketSecret: string
  readonly auth: AuthSetting
  readonly databasePath: string
  readonly host: string
  readonly port: number
  readonly allowedOrigins: readonly string[]
  /** The number of trusted proxies. */
  readonly trustProxy: number
  readonly keepAliveSeconds: number
  readonly logLevel: LogLevel
  /** The proxies for calls of this server; undefined: none. */
  readonly proxy?: ProxySettings | undefined
}

// Load balancers keep idle connections for 60 seconds, and must be the ones to close them: a request that they send while
// this server closes is lost.
const defaultKeepAliveSeconds = 65

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads the settings from environment variables. A secret can also come from the file that `NAME_FILE` names.
 *
 * @param readFile - Returns a file's text, or throws.
 * @returns The settings, or one message for each missing or invalid variable. No message contains a value.
 */
export function readEnvironment(
  variables: Variables,
  readFile: (path: string) => string,
): { readonly settings: Settings } | { readonly sentences: readonly string[] } {
  const sentences: string[] = []
  const complain = (sentence: string): undefined => void sentences.push(sentence)

  const quoted = new Set<string>()
  const plain = (name: string): string | undefined => {
    const value = variables[name]?.trim() || undefined
    if (value === undefined || !/^(["'`]).*\1$/s.test(value)) return value
    if (!quoted.has(name)) {
      complain(`${name} must be without quotes around it: an --env-file or Docker keeps them as part of the value.`)
    }
    quoted.add(name)
    return value.slice(1, -1).trim() || undefined
  }
  /** The lines of a secret, none of which is empty. */
  const secretLines = (name: string, purpose: string): string[] => {
    const file = plain(`${name}_FILE`)
    const value = plain(name)
    if (file !== undefined && value !== undefined) {
      complain(`Both ${name} and ${name}_FILE are set: remove one of them.`)
    } else if (file !== undefined) {
      try {
        // An editor may have put a byte order mark at the beginning.
        const lines = readLines(readFile(file).replace(/^\uFEFF/, ''))
        if (lines.length > 0) return lines
        complain(`The file that ${name}_FILE names is empty.`)
      } catch {
        complain(`The file that ${name}_FILE names cannot be read.`)
      }
    } else {
      if (value !== undefined) return readLines(value)
      complain(`${name} is not set: ${purpose}.`)
    }
    return []
  }
  const checkSecret = (name: string, value: string, rules?: SecretRules) => {
    const problem = quoted.has(name) ? null : secretProblem(value, rules)
    if (problem !== null) complain(`${name} must be ${problem}.`)
  }
  const secret = (name: string, purpose: string, rules?: SecretRules): string => {
    const [value = '', ...rest] = secretLines(name, purpose)
    if (rest.length > 0) complain(`${name} must be one line: there are ${rest.length + 1}.`)
    else if (value !== '') checkSecret(name, value, rules)
    return value
  }
  /** Secrets one to a line, or with commas between them. */
  const secrets = (name: string, purpose: string): string[] => {
    const lines = secretLines(name, purpose)
    const values = lines.flatMap(list)
    if (lines.length > 0 && values.length === 0) complain(`${name} holds commas only: ${purpose}.`)
    for (const value of values) checkSecret(name, value)
    return values
  }
  const list = (text: string) => text.split(',').flatMap((item) => item.trim() || [])

  const apiKey = secret('DIDIT_API_KEY', "Didit's API key, from the console")
  const webhookSecrets = secrets(
    'DIDIT_WEBHOOK_SECRET',
    'the secret of the webhook destination; comma-separated while you rotate it',
  )
  const ticketSecret = secret(
    'DIDIT_TICKET_SECRET',
    'at least 32 random characters, such as `openssl rand -hex 32` prints',
    { allowInnerSpaces: true },
  )
  if (ticketSecret !== '' && ticketSecret.length < 32)
    complain('DIDIT_TICKET_SECRET is too short: at least 32 characters.')

  const workflowId = plain('DIDIT_WORKFLOW_ID') ?? ''
  if (workflowId === '') complain('DIDIT_WORKFLOW_ID is not set: the id of the workflow, from the console.')
  else if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(workflowId)) {
    complain('DIDIT_WORKFLOW_ID is not a valid id: expected hex digits as 8-4-4-4-12.')
  }

  const environment = plain('DIDIT_ENVIRONMENT') ?? 'live'
  if (environment !== 'live' && environment !== 'sandbox') complain('DIDIT_ENVIRONMENT is neither live nor sandbox.')

  const allowedOrigins = list(plain('ALLOWED_ORIGINS') ?? '')
  if (allowedOrigins.length === 0) {
    complain('ALLOWED_ORIGINS is not set: the origins of your pages, comma-separated, such as https://app.example.com.')
  }
  for (const origin of allowedOrigins) {
    const problem = originProblem(origin)
    if (problem !== null) complain(`ALLOWED_ORIGINS: each entry must be ${problem}.`)
  }

  const trustProxy = readTrust(plain('TRUST_PROXY') ?? 'false')
  if (trustProxy === null) complain('TRUST_PROXY is not valid: expected true, false, or the number of trusted proxies.')

  const keepAliveSeconds = Number(plain('KEEP_ALIVE_SECONDS') ?? defaultKeepAliveSeconds)
  if (!Number.isInteger(keepAliveSeconds) || keepAliveSeconds < 1 || keepAliveSeconds > 3_600) {
    complain('KEEP_ALIVE_SECONDS is not a whole number of seconds from 1 to 3600.')
  }

  const databaseUrl = plain('DATABASE_URL') ?? './didit-verify.db'
  if (/^postgres(ql)?:/i.test(databaseUrl)) {
    complain(
      'DATABASE_URL names a PostgreSQL database. This version supports only a SQLite file; PostgreSQL comes later.',
    )
  }
  const database = /^postgres(ql)?:/i.test(databaseUrl) ? { path: '' } : readDatabasePath(databaseUrl)
  if ('problem' in database) complain(`DATABASE_URL ${database.problem}.`)
  const databasePath = 'path' in database ? database.path : ''

  const host = plain('HOST') ?? '127.0.0.1'
  const port = Number(plain('PORT') ?? 4200)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    complain('PORT is not valid: expected a number from 0 to 65535.')
  const logLevel = logLevels.find((level) => level === (plain('LOG_LEVEL') ?? 'info'))
  if (logLevel === undefined) complain(`LOG_LEVEL is not valid: expected one of ${logLevels.join(', ')}.`)

  const proxy = readProxy(variables)
  if (typeof proxy === 'string') complain(proxy)

  const auth = readAuth(plain('DIDIT_AUTH'), plain('DIDIT_AUTH_AUDIENCE'))
  if (typeof auth === 'string') complain(auth)
  else if (auth.kind === 'anonymous' && environment === 'live' && !isLoopback(host)) {
    complain(
      'DIDIT_AUTH=anonymous is for development: with DIDIT_ENVIRONMENT=live it needs HOST=127.0.0.1, since anyone could start Sessions, which cost money.',
    )
  }

  if (
    sentences.length > 0 ||
    typeof auth === 'string' ||
    typeof proxy === 'string' ||
    logLevel === undefined ||
    trustProxy === null
  )
    return { sentences }
  return {
    settings: {
      apiKey,
      webhookSecrets,
      workflowId,
      baseUrl: plain('DIDIT_BASE_URL') ?? 'https://verification.didit.me',
      environment: environment as Settings['environment'],
      ticketSecret,
      auth,
      databasePath,
      host,
      port,
      allowedOrigins,
      trustProxy,
      keepAliveSeconds,
      logLevel,
      proxy,
    },
  }
}

/** The lines of a text that hold something, without the spaces around them. */
const readLines = (text: string) => text.split(/[\r\n]+/).flatMap((line) => line.trim() || [])

/**
 * Reads the path of the SQLite file. Both spellings of `sqlite:` are in use, `sqlite:///relative.db` (SQLAlchemy) and
 * `sqlite:///absolute.db` (URLs): the second counts, but for `./` and `../`, which can only be meant as the first.
 */
function readDatabasePath(value: string): { readonly path: string } | { readonly problem: string } {
  const onlyPath = 'names a SQLite file by its path, such as ./didit-verify.db or sqlite:///var/lib/didit-verify.db'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a path must not hold.
  if (/[\x00-\x1f\x7f]/.test(value)) return { problem: 'must be without control characters' }
  if (/^["'`]|["'`]$/.test(value)) return { problem: 'must be without quotes around it' }
  const [, scheme, rest = ''] = /^([a-z][a-z\d+.-]+):(.*)$/i.exec(value) ?? []
  if (scheme !== undefined && !/^(sqlite3?|file)$/i.test(scheme))
    return { problem: `is of an unknown kind: it ${onlyPath}` }
  const text = scheme === undefined ? value : rest
  if (/[?#]/.test(text)) return { problem: `must be without parameters behind ? or #: it ${onlyPath}` }
  if (text.startsWith('~')) return { problem: 'begins with ~, which only a shell replaces: write the path in full' }
  if (scheme === undefined) return { path: value }
  const [, host, path = ''] = /^\/\/(localhost(?=\/))?(.*)$/.exec(text) ?? [text, undefined, text]
  if (/^file$/i.test(scheme) && text.startsWith('//') && host === undefined && !/^\/|^\.{1,2}\//.test(path)) {
    return { problem: 'names another machine: the file must be on this one' }
  }
  const decoded = decodePath(path)
  if (decoded === null) return { problem: 'holds a % that begins no code: write %25 for one' }
  const plain = decoded.replace(/^\/(?=\.{1,2}\/|:memory:$|[a-z]:[\\/])/i, '').replace(/^\/{2,}/, '/')
  return plain === '' || plain === '/' ? { problem: onlyPath } : { path: plain }
}

function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

function readTrust(value: string): number | null {
  if (/^(true|false)$/i.test(value)) return Number(value.toLowerCase() === 'true')
  return /^(1?\d|20)$/.test(value) ? Number(value) : null
}

function readAuth(value: string | undefined, audience: string | undefined): AuthSetting | string {
  const forms = 'jwks:URL, header:NAME (behind a trusted proxy) or, for development, anonymous'
  if (value === undefined) return `DIDIT_AUTH is not set: how the server finds the signed-in user. Expected ${forms}.`
  const [kind = '', ...rest] = value.split(':')
  const parameter = rest.join(':')
  if (kind === 'anonymous' && parameter === '') return { kind }
  if (kind === 'header' && /^[\w-]+$/.test(parameter)) return { kind, name: parameter }
  if (kind === 'jwks' && URL.canParse(parameter)) {
    const url = new URL(parameter)
    if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
      return { kind, url, audience }
    return 'DIDIT_AUTH=jwks: needs an https:// address, or http:// on this machine.'
  }
  return `DIDIT_AUTH is not valid. Expected ${forms}.`
}
