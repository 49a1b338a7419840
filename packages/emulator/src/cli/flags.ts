import { parseArgs } from 'node:util'
import { defaultApiKey, defaultWebhookSecret } from '../default-secrets.ts'

/** Options from the command line, including defaults. */
export interface CliOptions {
  readonly host: string
  readonly port: number
  readonly url: string | undefined
  readonly apiKey: string
  readonly webhookUrl: string
  readonly webhookSecret: string
  readonly generation: '2026-07' | 'late-2026'
  readonly environment: 'live' | 'sandbox'
  /** False: no rate limits. Undefined: the limits that Didit documents. */
  readonly rateLimits: false | undefined
  readonly help: boolean
}

/** Text of `--help`: each flag with its meaning and its default. */
export const usage = `didit-emulator: an emulator of Didit for local development

  --port N            port to listen on; 0 picks a free one      4100
  --host ADDRESS      address to listen on                       127.0.0.1
  --url URL           public address, used in links              http://localhost:PORT
  --api-key KEY       API key of the main application            ${defaultApiKey}
  --webhook-url URL   receiver of webhooks                       http://localhost:4200/api/didit/webhook
  --webhook-secret S  secret that signs webhooks                 ${defaultWebhookSecret}
  --generation G      2026-07 or late-2026                       late-2026
  --environment E     live or sandbox                            live
  --no-rate-limits    turns the rate limits off                  Didit's rate limits
  --help              shows this text
`

const defaults = {
  port: '4100',
  // Not `localhost`: that name may resolve to ::1 only, and then connections to 127.0.0.1 would fail.
  host: '127.0.0.1',
  'api-key': defaultApiKey,
  'webhook-url': 'http://localhost:4200/api/didit/webhook',
  'webhook-secret': defaultWebhookSecret,
  generation: 'late-2026',
  environment: 'live',
}

const text = (name: keyof typeof defaults) => ({ type: 'string' as const, default: defaults[name] })

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      port: text('port'),
      host: text('host'),
      url: { type: 'string' },
      'api-key': text('api-key'),
      'webhook-url': text('webhook-url'),
      'webhook-secret': text('webhook-secret'),
      generation: text('generation'),
      environment: text('environment'),
      'no-rate-limits': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values
}

/** Parses the flags. Returns a message if one of them is invalid. */
export function readFlags(argv: readonly string[]): CliOptions | { readonly message: string } {
  let values: ReturnType<typeof parse>
  try {
    values = parse(argv)
  } catch (error) {
    // The first sentence of Node's message names the flag. The rest is advice about positional arguments.
    const [sentence] = (error as Error).message.split('. ')
    return { message: `${sentence}. See didit-emulator --help.` }
  }
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    return { message: `--port must be a number up to 65535, not '${values.port}'.` }
  }
  const { generation, environment } = values
  if (generation !== '2026-07' && generation !== 'late-2026') {
    return { message: `--generation must be 2026-07 or late-2026, not '${generation}'.` }
  }
  if (environment !== 'live' && environment !== 'sandbox') {
    return { message: `--environment must be live or sandbox, not '${environment}'.` }
  }
  for (const name of ['url', 'webhook-url'] as const) {
    const value = values[name]
    if (value !== undefined && !(URL.canParse(value) && /^https?:/i.test(value))) {
      return { message: `--${name} must be an http or https address, not '${value}'.` }
    }
  }
  for (const name of ['api-key', 'webhook-secret', 'host'] as const) {
    if (values[name] === '') return { message: `--${name} must not be empty.` }
  }
  return {
    host: values.host,
    port,
    url: values.url,
    apiKey: values['api-key'],
    webhookUrl: values['webhook-url'],
    webhookSecret: values['webhook-secret'],
    generation,
    environment,
    rateLimits: values['no-rate-limits'] ? false : undefined,
    help: values.help,
  }
}
