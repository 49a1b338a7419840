#!/usr/bin/env node
import { runCli } from './cli/run-cli.ts'

const result = await runCli(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
})

if ('exitCode' in result) process.exitCode = result.exitCode
else {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void result.server.close().then(() => process.exit(0)))
  }
}
