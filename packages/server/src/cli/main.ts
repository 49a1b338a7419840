#!/usr/bin/env node
import { runCli } from './run-cli.ts'

const result = await runCli(process.argv.slice(2), process.env, {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
})

if ('exitCode' in result) process.exitCode = result.exitCode
else {
  let isClosing = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A second signal exits at once.
      if (isClosing) process.exit(130)
      isClosing = true
      void result.running.close().then(() => process.exit(0))
    })
  }
}
