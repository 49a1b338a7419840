import { isDiditError } from '@didit-verify/core/schemas'
import { defaultApiKey, defaultWebhookSecret } from '../default-secrets.ts'
import { createEmulator } from '../emulator.ts'
import { type EmulatorServer, listen } from '../listen.ts'
import { readFlags, usage } from './flags.ts'

/** Where the command speaks. */
export interface Terminal {
  readonly out: (line: string) => void
  readonly error: (line: string) => void
}

/** What the command came to: an emulator that runs, or the code to exit with. */
export type CliResult = { readonly server: EmulatorServer } | { readonly exitCode: number }

/** Turns what `listen` may meet into a sentence; null for a fault that is ours. */
function sentenceOf(error: unknown, host: string, port: number): string | null {
  const { code } = error as { code?: string }
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Stop what uses it, or choose another one with --port.`
  if (code === 'EACCES') return `Port ${port} is not open to this user. Choose one above 1023 with --port.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `This machine has no address ${host}. Check --host.`
  return null
}

/**
 * Runs `didit-emulator`.
 *
 * @param argv - The arguments after the command's own name.
 * @returns The running server, or 0 after `--help`, 1 for a port that cannot be had, 2 for a wrong flag.
 */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<CliResult> {
  const options = readFlags(argv)
  if ('message' in options) {
    terminal.error(options.message)
    return { exitCode: 2 }
  }
  if (options.help) {
    terminal.out(usage)
    return { exitCode: 0 }
  }
  const { host, port, apiKey, webhookUrl, webhookSecret, generation, environment } = options
  try {
    const server = await listen({ host, port }, (address) =>
      createEmulator({ ...options, url: options.url ?? address, logger: { info: terminal.out, warn: terminal.error } }),
    )
    // What was given on the command line may be somebody's real one, so only the built-in ones are printed.
    const hint = (value: string, builtIn: string) =>
      value === builtIn ? `${builtIn} (opens nothing but this)` : 'as given'
    terminal.out(`Didit emulator: ${server.emulator.url}`)
    terminal.out(`  console          ${server.emulator.url}/console`)
    terminal.out(`  API key          ${hint(apiKey, defaultApiKey)}`)
    terminal.out(`  webhooks to      ${webhookUrl}`)
    terminal.out(`  webhook secret   ${hint(webhookSecret, defaultWebhookSecret)}`)
    terminal.out(`  behaves as       ${generation}, ${environment}`)
    return { server }
  } catch (error) {
    const sentence = isDiditError(error) ? `${error.message} ${error.help ?? ''}` : sentenceOf(error, host, port)
    if (sentence === null) throw error
    terminal.error(sentence.trim())
    return { exitCode: 1 }
  }
}
