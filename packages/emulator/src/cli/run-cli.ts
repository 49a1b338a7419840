import { isDiditError } from '@didit-verify/core/schemas'
import { defaultApiKey, defaultWebhookSecret } from '../default-secrets.ts'
import { createEmulator } from '../emulator.ts'
import { type EmulatorServer, listen } from '../listen.ts'
import { readFlags, usage } from './flags.ts'

/** Output of the command. */
export interface Terminal {
  readonly out: (line: string) => void
  readonly error: (line: string) => void
}

/** Result of the command: the running server, or an exit code. */
export type CliResult = { readonly server: EmulatorServer } | { readonly exitCode: number }

/** Returns a message for an expected error of `listen`, or null for any other error. */
function messageOf(error: unknown, host: string, port: number): string | null {
  const { code } = error as { code?: string }
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use. Stop the program that uses it, or choose another port with --port.`
  }
  if (code === 'EACCES') return `This user may not open port ${port}. Choose a port above 1023 with --port.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `This machine has no address ${host}. Check --host.`
  return null
}

/**
 * Runs `didit-emulator`.
 *
 * @param argv - The arguments after the name of the command.
 * @returns The running server, or an exit code: 0 after `--help`, 1 if the port cannot be opened, 2 for an invalid flag.
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
    // A given key or secret may be a real one, so only the defaults are printed.
    const hint = (value: string, builtIn: string) =>
      value === builtIn ? `${builtIn} (default, valid for this emulator only)` : 'as given'
    terminal.out(`Didit emulator: ${server.emulator.url}`)
    terminal.out(`  console          ${server.emulator.url}/console`)
    terminal.out(`  API key          ${hint(apiKey, defaultApiKey)}`)
    terminal.out(`  webhooks to      ${webhookUrl}`)
    terminal.out(`  webhook secret   ${hint(webhookSecret, defaultWebhookSecret)}`)
    terminal.out(`  behaves as       ${generation}, ${environment}`)
    return { server }
  } catch (error) {
    const message = isDiditError(error) ? `${error.message} ${error.help ?? ''}` : messageOf(error, host, port)
    if (message === null) throw error
    terminal.error(message.trim())
    return { exitCode: 1 }
  }
}
