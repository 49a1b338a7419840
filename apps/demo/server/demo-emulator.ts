import { createServer } from 'node:http'
import { createEmulator, type Faults } from '@didit-verify/emulator'
import { getRequestListener } from '@hono/node-server'
import type { EmulatorControls, FaultName } from './bank/emulator-controls.ts'
import { listen, type Running } from './listen.ts'

export interface DemoEmulatorOptions {
  readonly host: string
  readonly port: number
  readonly apiKey: string
  readonly webhookSecret: string
  readonly webhookUrl: string
}

const faults: Readonly<Record<FaultName, Faults>> = {
  none: {},
  lose: { drop: true },
  // Held back a little, or the server's word would be faster than the lie.
  lie: { pageClaims: 'Approved', delayMs: 2_500 },
  down: { api: { status: 503 } },
  late: { delayMs: 8_000 },
  twice: { duplicate: true },
  forged: { forge: true },
}

/** Starts the emulator on a port. */
export async function startEmulator(
  options: DemoEmulatorOptions,
): Promise<Running & { url: string; emulatorControls: EmulatorControls }> {
  const url = `http://${options.host}:${options.port}`
  const emulator = createEmulator({ ...options, url })
  const running = await listen(createServer(getRequestListener(emulator.fetch)), options)
  let inForce: FaultName = 'none'
  return {
    ...running,
    url,
    emulatorControls: {
      review: (sessionId, status) => void emulator.control.finish(sessionId, status),
      break(fault) {
        emulator.control.faults(faults[fault])
        inForce = fault
      },
      fault: () => inForce,
      deliveries: (sessionId) =>
        emulator.control
          .deliveries()
          .filter((it) => it.sessionId === sessionId)
          .map(({ status, state, forged, attempts }) => ({
            at: attempts.at(-1)?.at ?? null,
            status,
            marks: [state, ...(forged ? ['forged'] : [])],
          })),
    },
  }
}
