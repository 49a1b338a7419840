import { isLoopback } from '../http/loopback.ts'
import { type LogLevel, logLevels } from '../logger.ts'

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

  const plain = (name: string): string | undefined => variables[name]?.trim() || undefined
  const secret = (name: string, purpose: string): string => {
    const file = plain(`${name}_FILE`)
    if (file !== undefined && plain(name) !== undefined) {
      complain(`Both ${name} and ${name}_FILE are set: remove one of them.`)
    } else if (file !== undefined) {
      try {
        const text = readFile(file).trim()
        if (text !== '') return text
        complain(`The file that ${name}_FILE names is empty.`)
      } catch {
        complain(`The file that ${name}_FILE names cannot be read.`)
      }
    } else {
      const value = plain(name)
      if (value !== undefined) return value
      complain(`${name} is not set: ${purpose}.`)
    }
    return ''
  }
  const list = (text: string) => text.split(',').flatMap((item) => item.trim() || [])

  const apiKey = secret('DIDIT_API_KEY', "Didit's API key, from the console")
  const webhookSecrets = list(
    secret('DIDIT_WEBHOOK_SECRET', 'the secret of the webhook destination; comma-separated while you rotate it'),
  )
  const ticketSecret = secret(
    'DIDIT_TICKET_SECRET',
    'at least 32 random characters, such as `openssl rand -hex 32` prints',
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
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      complain(
        'ALLOWED_ORIGINS contains an invalid origin: expected scheme, host and port only, without a slash at the end.',
      )
    }
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
  } else if (/^[a-z][a-z+]+:\/\//i.test(databaseUrl) && !/^(sqlite|file):/i.test(databaseUrl)) {
    complain('DATABASE_URL is not supported: expected the path of a SQLite file.')
  }
  const databasePath = databaseUrl.replace(/^(sqlite|file):(\/\/)?/i, '')

  const host = plain('HOST') ?? '127.0.0.1'
  const port = Number(plain('PORT') ?? 4200)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    complain('PORT is not valid: expected a number from 0 to 65535.')
  const logLevel = logLevels.find((level) => level === (plain('LOG_LEVEL') ?? 'info'))
  if (logLevel === undefined) complain(`LOG_LEVEL is not valid: expected one of ${logLevels.join(', ')}.`)

  const auth = readAuth(plain('DIDIT_AUTH'), plain('DIDIT_AUTH_AUDIENCE'))
  if (typeof auth === 'string') complain(auth)
  else if (auth.kind === 'anonymous' && environment === 'live' && !isLoopback(host)) {
    complain(
      'DIDIT_AUTH=anonymous is for development: with DIDIT_ENVIRONMENT=live it needs HOST=127.0.0.1, since anyone could start Sessions, which cost money.',
    )
  }

  if (sentences.length > 0 || typeof auth === 'string' || logLevel === undefined || trustProxy === null)
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
    },
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
