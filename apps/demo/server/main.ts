import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from './demo-emulator.ts'
import { startDemo } from './demo-server.ts'

/**
 * Runs the demo: the app with its companion server on PORT, and, unless DIDIT_BASE_URL names another Didit, the
 * emulator on EMULATOR_PORT. One process, so that one Ctrl-C ends all of it.
 */

const host = process.env.HOST ?? 'localhost'
const port = Number(process.env.PORT ?? 4000)
const emulatorPort = Number(process.env.EMULATOR_PORT ?? 4100)
const origin = process.env.PUBLIC_ORIGIN ?? `http://${host}:${port}`
// Keys of the emulator alone: they open nothing anywhere else.
const apiKey = process.env.DIDIT_API_KEY ?? 'demo-key-of-the-emulator'
const webhookSecret = process.env.DIDIT_WEBHOOK_SECRET ?? 'demo-webhook-secret-of-the-emulator'

/** A database for this run alone: the emulator forgets its Sessions at each start, so must the demo. */
function temporaryDatabase(): string {
  const folder = mkdtempSync(join(tmpdir(), 'didit-verify-demo-'))
  // However this process ends, after a failed start too.
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'demo.db')
}

function explain(error: unknown): never {
  const { code, message } = error as { code?: string; message?: string }
  console.error(
    code === 'EADDRINUSE'
      ? `A port is busy (${port} for the app, ${emulatorPort} for the emulator). Choose others with PORT and EMULATOR_PORT.`
      : (message ?? String(error)),
  )
  process.exit(1)
}

const databasePath = process.env.DATABASE_URL ?? temporaryDatabase()
const emulator =
  process.env.DIDIT_BASE_URL === undefined
    ? await startEmulator({
        host,
        port: emulatorPort,
        apiKey,
        webhookSecret,
        webhookUrl: `http://${host}:${port}/api/didit/webhook`,
      }).catch(explain)
    : null
const demo = await startDemo({
  host,
  port,
  origin,
  apiKey,
  webhookSecret,
  // The emulator's identity workflow.
  workflowId: process.env.DIDIT_WORKFLOW_ID ?? '11111111-2222-3333-4444-555555555555',
  // Its others, unless it is a Workflow of somebody's own that the demo runs with.
  furtherWorkflows:
    process.env.DIDIT_WORKFLOW_ID === undefined
      ? {
          age: '11111111-2222-3333-4444-555555555556',
          face: '11111111-2222-3333-4444-555555555557',
          address: '11111111-2222-3333-4444-555555555558',
          questions: '11111111-2222-3333-4444-555555555559',
          contact: '11111111-2222-3333-4444-55555555555a',
          everything: '11111111-2222-3333-4444-55555555555c',
        }
      : {},
  diditUrl: process.env.DIDIT_BASE_URL ?? emulator?.url ?? '',
  databasePath,
  ticketSecret: process.env.DIDIT_TICKET_SECRET,
  emulatorControls: emulator?.emulatorControls ?? null,
}).catch(explain)

console.log(`\nThe demo is ready at ${origin}`)
console.log(`  ${origin}/plain.html   the bare element, no framework`)
console.log(`  ${origin}/basic        the same bank without JavaScript`)
console.log(`  ${origin}/review       the desk of the bank's staff`)
if (emulator) console.log(`  ${emulator.url}   the emulator of Didit`)
console.log('Ctrl-C ends everything.\n')

let isStopping = false
async function stop(): Promise<void> {
  if (isStopping) return
  isStopping = true
  await demo.close()
  await emulator?.close()
  process.exit(0)
}
process.on('SIGINT', stop).on('SIGTERM', stop)
