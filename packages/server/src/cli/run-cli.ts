import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readEnvironment } from './environment.ts'
import { type Running, serve } from './serve.ts'

const usage = `Usage: didit-verify-server [serve]

Runs the companion server of didit-verify. Environment variables configure it:

  DIDIT_API_KEY          Didit's API key                                          required
  DIDIT_WEBHOOK_SECRET   webhook secret; comma-separated while you rotate it      required
  DIDIT_WORKFLOW_ID      id of the workflow                                       required
  DIDIT_TICKET_SECRET    at least 32 random characters                            required
  DIDIT_AUTH             jwks:URL, header:NAME, or anonymous for development      required
  DIDIT_AUTH_AUDIENCE    required audience of a token, with jwks:                 any
  ALLOWED_ORIGINS        origins of your pages, comma-separated                   required
  DIDIT_ENVIRONMENT      live or sandbox                                          live
  DIDIT_BASE_URL         base URL of Didit's API                                  https://verification.didit.me
  DATABASE_URL           SQLite file                                              ./didit-verify.db
  HOST, PORT             address and port to listen on                            127.0.0.1, 4200
  TRUST_PROXY            number of trusted proxies in front; true is 1            false
  KEEP_ALIVE_SECONDS     time for which an idle connection stays open             65
  HTTPS_PROXY, NO_PROXY  proxy for calls to Didit and to the keys of jwks:        none
  LOG_LEVEL              fatal, error, warn, info, debug, trace or silent         info

DIDIT_API_KEY, DIDIT_WEBHOOK_SECRET and DIDIT_TICKET_SECRET can also be given as NAME_FILE, the path of a file
(DIDIT_WEBHOOK_SECRET_FILE: one secret in each line).

  -h, --help       show this help
  -v, --version    show the version`

export interface CliOutput {
  out(line: string): void
  error(line: string): void
}

/** Runs the command line and returns the running server, or the exit code. */
export async function runCli(
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
  output: CliOutput,
): Promise<{ readonly running: Running } | { readonly exitCode: number }> {
  const parsed = parse(args)
  if (parsed === null || parsed.positionals.length > 1 || (parsed.positionals[0] ?? 'serve') !== 'serve') {
    output.error('Unknown command or option. Try: didit-verify-server --help')
    return { exitCode: 2 }
  }
  if (parsed.values.help) {
    output.out(usage)
    return { exitCode: 0 }
  }
  if (parsed.values.version) {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    output.out(version)
    return { exitCode: 0 }
  }
  const read = readEnvironment(variables, (path) => readFileSync(path, 'utf8'))
  if ('sentences' in read) {
    for (const sentence of read.sentences) output.error(sentence)
    return { exitCode: 2 }
  }
  const result = await serve(read.settings)
  if ('sentence' in result) {
    output.error(result.sentence)
    return { exitCode: result.exitCode }
  }
  output.error(`didit-verify-server listens on ${result.address}`)
  return { running: result }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
    })
  } catch {
    return null
  }
}
