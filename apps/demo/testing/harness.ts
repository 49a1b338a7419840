import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEmulator, type Emulator } from '@didit-verify/emulator'
import { getRequestListener } from '@hono/node-server'
import type { BrowserContext, Page } from 'playwright'
import { type Engine, type PageOptions, startEngine } from './engine.ts'
import { createRecordingProxy, type RecordingProxy } from './recording-proxy.ts'

/**
 * The whole product for a test: the emulator in this process, the demo's server as a process of its own that can be
 * killed, a proxy before it that records every byte a browser gets, and a real browser with a fake camera.
 */
export interface Stage extends Omit<RecordingProxy, 'server'> {
  readonly origin: string
  readonly emulator: Emulator
  readonly secrets: { readonly apiKey: string; readonly webhookSecret: string; readonly ticketSecret: string }
  /** A page in a fresh profile with its own cookies. */
  newPage(options?: PageOptions): Promise<Page>
  /** `kill -9`, as a machine that dies. */
  killServer(): Promise<void>
  /** Does nothing while it runs. */
  startServer(overrides?: Readonly<Record<string, string>>): Promise<void>
  close(): Promise<void>
}

const secrets = {
  apiKey: 'e2e-api-key-3f9d1c7a5b',
  webhookSecret: 'e2e-webhook-secret-Zk81LmQ0',
  ticketSecret: 'e2e-ticket-secret-0123456789abcdefghijklmnop',
}
const serverEntry = fileURLToPath(new URL('../dist-server/server/main.js', import.meta.url))

async function freePort(): Promise<number> {
  const probe = createTcpServer().listen(0, 'localhost')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((done) => probe.close(done))
  return port
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, 'localhost')
  await once(server, 'listening')
}

/**
 * Starts all of it.
 *
 * @param overrides - Environment variables of the demo's server.
 * @param shared - A browser that several stages use; it stays open when one of them closes. Default: one of its own.
 */
export async function setStage(overrides: Readonly<Record<string, string>> = {}, shared?: Engine): Promise<Stage> {
  // First: where there is no browser, nothing else is left running.
  const engine = shared ?? startEngine()
  const [emulatorPort, serverPort, proxyPort] = [await freePort(), await freePort(), await freePort()]
  const origin = `http://localhost:${proxyPort}`
  const folder = mkdtempSync(join(tmpdir(), 'didit-verify-e2e-'))

  const emulator = createEmulator({
    url: `http://localhost:${emulatorPort}`,
    apiKey: secrets.apiKey,
    webhookSecret: secrets.webhookSecret,
    webhookUrl: `http://localhost:${serverPort}/api/didit/webhook`,
  })
  const emulatorServer = createServer(getRequestListener(emulator.fetch))
  const { server: proxy, ...recording } = createRecordingProxy(() => serverPort)
  await listen(emulatorServer, emulatorPort)
  await listen(proxy, proxyPort)

  let isClosed = false
  let child: ChildProcess | null = null
  let output = ''
  async function startServer(more: Readonly<Record<string, string>> = {}): Promise<void> {
    if (child !== null) return
    // A test that has run out of time goes on all the same.
    if (isClosed) throw new Error('The stage is closed.')
    const started = spawn(process.execPath, [serverEntry], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        HOST: 'localhost',
        PORT: String(serverPort),
        PUBLIC_ORIGIN: origin,
        DIDIT_BASE_URL: `http://localhost:${emulatorPort}`,
        DIDIT_API_KEY: secrets.apiKey,
        DIDIT_WEBHOOK_SECRET: secrets.webhookSecret,
        DIDIT_TICKET_SECRET: secrets.ticketSecret,
        DATABASE_URL: join(folder, 'e2e.db'),
        ...overrides,
        ...more,
      },
    })
    child = started
    output = ''
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output += chunk.toString('utf8')
        if (output.includes('The demo is ready')) resolve()
      }
      started.stdout?.on('data', read)
      started.stderr?.on('data', read)
      started.once('exit', (code) => {
        child = null
        reject(new Error(`The demo's server ended with ${code}:\n${output}`))
      })
    })
  }
  async function killServer(): Promise<void> {
    if (child === null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  await startServer()

  const contexts: BrowserContext[] = []

  return {
    ...recording,
    origin,
    emulator,
    secrets,
    newPage: async (options = {}) => {
      const context = await engine.newContext(options)
      contexts.push(context)
      return context.newPage()
    },
    killServer,
    startServer,
    close: async () => {
      isClosed = true
      for (const context of contexts) await context.close()
      if (!shared) await engine.close()
      await killServer()
      for (const server of [proxy, emulatorServer]) {
        server.closeAllConnections()
        await new Promise((done) => server.close(done))
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One event of the element as a listener at `document` saw it. */
export interface SeenEvent {
  readonly type: string
  readonly detail: Record<string, unknown>
}

const eventTypes = [
  'didit-beforestart',
  'didit-open',
  'didit-ready',
  'didit-step',
  'didit-submit',
  'didit-beforeclose',
  'didit-close',
  'didit-status',
  'didit-decision',
  'didit-error',
]

/** Records each event at `document`, and whether any frame on the screen said approved: by its state or in words. */
export async function watchElement(page: Page): Promise<void> {
  await page.addInitScript((types) => {
    const seen: SeenEvent[] = []
    let wasApproved = false
    for (const type of types) {
      document.addEventListener(type, (event) => {
        seen.push({ type, detail: { ...(event as CustomEvent).detail } })
      })
    }
    const look = () => {
      const element = document.querySelector('didit-verify')
      const words = element?.shadowRoot?.textContent ?? ''
      if (element?.matches(':state(approved)') || words.includes('Identity verified')) wasApproved = true
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
    Object.assign(window, { seenEvents: () => seen, wasApproved: () => wasApproved })
  }, eventTypes)
}

type Watched = { seenEvents(): SeenEvent[]; wasApproved(): boolean }

export const seenEvents = (page: Page): Promise<SeenEvent[]> =>
  page.evaluate(() => (window as unknown as Watched).seenEvents())

export const wasApproved = (page: Page): Promise<boolean> =>
  page.evaluate(() => (window as unknown as Watched).wasApproved())

/** Waits until the element is in the state, as CSS sees it. */
export const untilState = (page: Page, state: string, timeout = 20_000): Promise<unknown> =>
  page.waitForFunction((name) => document.querySelector('didit-verify')?.matches(`:state(${name})`), state, { timeout })

/** Presses the element's first button and returns the hosted page's frame once it shows its outcomes. */
export async function openHostedPage(page: Page) {
  await page.locator('didit-verify').locator('button').first().click()
  const frame = page.frameLocator('didit-verify iframe')
  await frame.getByRole('button', { name: 'Approved', exact: true }).waitFor()
  return frame
}

/** The words the element shows, its dialog's included. A host element's own `innerText` leaves its shadow out. */
export const shownText = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const parts = document.querySelector('didit-verify')?.shadowRoot?.children ?? []
    return [...parts].map((part) => (part instanceof HTMLElement ? part.innerText : '')).join('\n')
  })

/** A button of the element that a person can press now: inside the dialog while it is open. */
export const shownButton = (page: Page, name: RegExp) =>
  page.locator('didit-verify').getByRole('button', { name }).last()
