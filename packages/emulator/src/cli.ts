#!/usr/bin/env node
import { isDiditError } from '@didit-verify/core/schemas'
import { type CliOptions, readFlags, usage } from './cli-flags.ts'
import { createEmulator } from './emulator.ts'
import { listen } from './listen.ts'

/** Ends the process with a sentence and no stack: whoever typed the command wants to know what to change. */
function stop(code: number, message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}

function flags(): CliOptions {
  const read = readFlags(process.argv.slice(2))
  if ('message' in read) stop(2, read.message)
  if (read.help) {
    process.stdout.write(usage)
    process.exit(0)
  }
  return read
}

const say = (message: string) => process.stdout.write(`${message}\n`)

try {
  const options = flags()
  const server = await listen({ host: options.host, port: options.port }, (address) =>
    createEmulator({ ...options, url: options.url ?? address, logger: { info: say, warn: say } }),
  )
  const { emulator } = server
  say(`Didit emulator: ${emulator.url}`)
  say(`  API key        ${options.apiKey} (only a test key; the partner application's is ${options.apiKey}-partner)`)
  say(`  webhooks to    ${options.webhookUrl}`)
  say(`  behaves as     ${options.generation}, ${options.environment}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void server.close().then(() => process.exit(0))
    })
  }
} catch (error) {
  if (isDiditError(error)) stop(2, `${error.message} ${error.help ?? ''}`.trim())
  const { code } = error as { code?: string }
  if (code === 'EADDRINUSE') stop(1, 'That port is taken. Stop what uses it, or choose another one with --port.')
  if (code === 'EACCES') stop(1, 'That port may not be used by this user. Choose one above 1023 with --port.')
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') stop(1, 'This machine has no such address. Check --host.')
  throw error
}
