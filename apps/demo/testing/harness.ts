import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEmulator, type Emulator } from '@didit-verify/emulator'
import { getRequestListener } from '@hono/node-server'
import type { BrowserContext, Page } from 'playwright'
import { type ColorScheme, type Engine, type PageOptions, startEngine } from './engine.ts'
import { createRecordingProxy, type RecordingProxy } from './recording-proxy.ts'

/**
 * The whole product for a test: the emulator in this process, the demo's server in a second process that a test can
 * kill, a proxy in front of it that records every byte sent to a browser, and a real browser with a fake camera.
 */
export interface Demo extends Omit<RecordingProxy, 'server'> {
  readonly origin: string
  readonly emulator: Emulator
  readonly secrets: { readonly apiKey: string; readonly webhookSecret: string; readonly ticketSecret: string }
  /** Opens a page in a fresh profile with its own cookies. */
  newPage(options?: PageOptions): Promise<Page>
  /** Shows an open page in the other color scheme, without loading it again. */
  setColorScheme(page: Page, colorScheme: ColorScheme): Promise<void>
  /** Closes every page. Open pages poll and animate, which takes time from the tests that follow. */
  closePages(): Promise<void>
  /** Ends the server with SIGKILL, like a machine that crashes. */
  killServer(): Promise<void>
  /** Starts the server again. Does nothing while it runs. */
  startServer(overrides?: Readonly<Record<string, string>>): Promise<void>
  close(): Promise<void>
}

const secrets = {
  apiKey: 'e2e-api-key-3f9d1c7a5b',
  webhookSecret: 'e2e-webhook-secret-Zk81LmQ0',
  ticketSecret: 'e2e-ticket-secret-0123456789abcdefghijklmnop',
}
const serverEntry = fileURLToPath(new URL('../dist-server/server/main.js', import.meta.url))

/**
 * Returns a free port for the demo's server, which has to come back at the same one after a kill.
 *
 * It lies below the ports that systems give to outgoing connections: one of those could take it before the server does.
 */
async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_000)
  const probe = createServer()
  try {
    await listen(probe, port)
  } catch {
    return freePort()
  }
  await new Promise((done) => probe.close(done))
  return port
}

async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, 'localhost')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/**
 * Starts the emulator, the demo's server, the proxy and the browser.
 *
 * @param overrides - Environment variables of the demo's server.
 * @param shared - A browser for several demos. `close` leaves it open. Default: a new browser.
 */
export async function startDemo(overrides: Readonly<Record<string, string>> = {}, shared?: Engine): Promise<Demo> {
  // First, because it throws when the machine has no browser, and then nothing else is left running.
  const engine = shared ?? startEngine()
  // Emulator and proxy choose their ports themselves and keep them, so that no other process can take one in between.
  const handle: { emulator: RequestListener } = { emulator: (_request, response) => response.destroy() }
  const emulatorServer = createServer((request, response) => handle.emulator(request, response))
  const emulatorPort = await listen(emulatorServer)
  const { server: proxy, ...recording } = createRecordingProxy(() => serverPort)
  const origin = `http://localhost:${await listen(proxy)}`
  const serverPort = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'didit-verify-e2e-'))

  const emulator = createEmulator({
    url: `http://localhost:${emulatorPort}`,
    apiKey: secrets.apiKey,
    webhookSecret: secrets.webhookSecret,
    webhookUrl: `http://localhost:${serverPort}/api/didit/webhook`,
  })
  handle.emulator = getRequestListener(emulator.fetch)

  let isClosed = false
  let child: ChildProcess | null = null
  let output = ''
  async function startServer(more: Readonly<Record<string, string>> = {}): Promise<void> {
    if (child !== null) return
    // A test that has timed out still runs on.
    if (isClosed) throw new Error('The demo is closed.')
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

  let contexts: BrowserContext[] = []
  async function closePages(): Promise<void> {
    const open = contexts
    contexts = []
    await Promise.all(open.map((context) => context.close()))
  }

  return {
    ...recording,
    origin,
    emulator,
    secrets,
    newPage: async (options = {}) => {
      const context = await engine.newContext(options)
      contexts.push(context)
      // On a busy machine a page may need most of this.
      context.setDefaultTimeout(60_000)
      return context.newPage()
    },
    setColorScheme: engine.setColorScheme,
    closePages,
    killServer,
    startServer,
    close: async () => {
      isClosed = true
      await closePages()
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

/** An event of the element, as a listener on `document` saw it. */
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

/** Waits until the browser has drawn the page twice, so that the current state is on the screen. */
export const untilDrawn = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))))

/** Records each event on `document`, and whether the element ever showed an approval, as its state or in words. */
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

/** Returns the events so far. */
export const seenEvents = (page: Page): Promise<SeenEvent[]> =>
  page.evaluate(() => (window as unknown as Watched).seenEvents())

/** Waits for the latest event of the type, and returns all events so far. */
export async function untilEvent(page: Page, type: string): Promise<SeenEvent[]> {
  const wasSeen = (wanted: string) => (window as unknown as Watched).seenEvents().some((event) => event.type === wanted)
  await page.waitForFunction(wasSeen, type)
  return seenEvents(page)
}

/** Returns whether the element ever showed an approval. */
export const wasApproved = (page: Page): Promise<boolean> =>
  page.evaluate(() => (window as unknown as Watched).wasApproved())

/** Waits until the element is in the state, as CSS sees it. */
export const untilState = (page: Page, state: string, timeout = 60_000): Promise<unknown> =>
  page.waitForFunction((name) => document.querySelector('didit-verify')?.matches(`:state(${name})`), state, { timeout })

/** Presses the element's first button and returns the frame of the hosted page, once that shows its outcomes. */
export async function openHostedPage(page: Page) {
  await page.locator('didit-verify').locator('button').first().click()
  const frame = page.frameLocator('didit-verify iframe')
  await frame.getByRole('button', { name: 'Approved', exact: true }).waitFor()
  return frame
}

/**
 * Chooses an outcome on the hosted page that is open in the element.
 *
 * A real click may never return here: the frame can be gone before the browser has confirmed it. So the driver checks
 * that a pointer reaches the button, and the page itself presses it after the driver has its answer.
 */
export async function chooseOutcome(page: Page, outcome: string): Promise<void> {
  const button = page.frameLocator('didit-verify iframe').getByRole('button', { name: outcome, exact: true })
  await button.click({ trial: true })
  await button.evaluate((it) => {
    setTimeout(() => (it as HTMLElement).click())
  })
}

/** Returns the words that the element and its dialog show. `innerText` of the host leaves out its shadow root. */
export const shownText = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const parts = document.querySelector('didit-verify')?.shadowRoot?.children ?? []
    return [...parts].map((part) => (part instanceof HTMLElement ? part.innerText : '')).join('\n')
  })

/** Returns the button of the element that a person can press now, which is inside the dialog while that is open. */
export const shownButton = (page: Page, name: RegExp) =>
  page.locator('didit-verify').getByRole('button', { name }).last()
