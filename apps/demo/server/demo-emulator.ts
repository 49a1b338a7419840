import { createServer } from 'node:http'
import { createEmulator } from '@didit-verify/emulator'
import { getRequestListener } from '@hono/node-server'
import { listen, type Running } from './listen.ts'

export interface DemoEmulatorOptions {
  readonly host: string
  readonly port: number
  readonly apiKey: string
  readonly webhookSecret: string
  readonly webhookUrl: string
}

/** Starts the emulator on a port. */
export async function startEmulator(options: DemoEmulatorOptions): Promise<Running & { url: string }> {
  const url = `http://${options.host}:${options.port}`
  const emulator = createEmulator({ ...options, url })
  const running = await listen(createServer(getRequestListener(emulator.fetch)), options)
  return { ...running, url }
}
