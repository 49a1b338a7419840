import { bind } from '../listen.ts'
import { createEmulator, type TestEmulator, type TestEmulatorOptions } from './emulator.ts'
import { chooseOutcome, type Outcome, type OutcomePage } from './outcome.ts'

/** The app under test, as a request handler. The result of `createDiditServer` is one. */
export interface MountedApp {
  fetch(request: Request): Response | Promise<Response>
  close?(): unknown
}

/** Options of `createDiditFixture`. */
export interface DiditFixtureOptions {
  /** Options of the emulator. */
  readonly emulator?: TestEmulatorOptions
  /**
   * Creates the app that the browser opens and that receives the webhooks. It is served on a free port.
   *
   * @param context.emulator - The emulator, already listening. The app needs its `url` and `apiKey`.
   * @param context.url - The address of the app itself.
   */
  readonly app?: (context: {
    readonly emulator: TestEmulator
    readonly url: string
  }) => MountedApp | Promise<MountedApp>
  /** The path where the app receives webhooks. Default `/api/didit/webhook`. */
  readonly webhookPath?: string
  /** Timeout of `outcome`, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number
}

/** Value of the fixture `didit` in a Playwright test. */
export interface DiditFixture {
  /** The emulator. Each test has its own, on its own port. */
  readonly emulator: TestEmulator
  /** The address of the app, or null without an app. */
  readonly appUrl: string | null
  /**
   * Presses the button of an outcome on the hosted page, which may be the page itself, a frame or a popup. Resolves when
   * the status has changed and its webhooks are delivered.
   *
   * @throws {TypeError} If no hosted page opens in time, or if the button has no effect.
   */
  outcome(page: OutcomePage, status: Outcome): Promise<{ sessionId: string; status: Outcome }>
}

async function withDidit(options: DiditFixtureOptions, use: (didit: DiditFixture) => Promise<void>): Promise<void> {
  const { app: createApp, webhookPath = '/api/didit/webhook', timeoutMs = 10_000 } = options
  const notReady = () => new Response('The app is not ready yet.', { status: 503 })
  let app: MountedApp = { fetch: notReady }
  // Open the port of the app first, because the emulator needs the address for webhooks.
  const port =
    createApp === undefined ? null : await bind({ host: '127.0.0.1', port: 0 }, (request) => app.fetch(request))
  const emulator = createEmulator({
    ...(port === null ? {} : { webhookUrl: `${port.address}${webhookPath}` }),
    ...options.emulator,
  })
  try {
    await emulator.listen()
    if (createApp !== undefined && port !== null) app = await createApp({ emulator, url: port.address })
    await use({
      emulator,
      appUrl: port?.address ?? null,
      outcome: (page, status) => chooseOutcome(emulator, page, status, timeoutMs),
    })
  } finally {
    await emulator.close()
    await app.close?.()
    await port?.close()
  }
}

/**
 * Creates the fixture `didit` for Playwright. It starts an emulator, and optionally an app, for each test.
 *
 * This module does not import Playwright. It works with any version whose fixtures are functions of `({}, use)`.
 *
 * @param options - See each field.
 * @returns The fixture for `test.extend<{ didit: DiditFixture }>({ didit })`.
 * @example
 * ```ts
 * import { createDiditFixture, type DiditFixture } from '@didit-verify/emulator/testing'
 * import { test as base, expect } from '@playwright/test'
 *
 * const test = base.extend<{ didit: DiditFixture }>({ didit: createDiditFixture() })
 *
 * test('declines a Session', async ({ page, didit }) => {
 *   const { url } = await didit.emulator.startSession()
 *   await page.goto(String(url))
 *   expect((await didit.outcome(page, 'Declined')).status).toBe('Declined')
 * })
 * ```
 * @see Playwright docs, "Fixtures": https://playwright.dev/docs/test-fixtures
 */
export function createDiditFixture(options: DiditFixtureOptions = {}) {
  // Playwright reads the required fixtures from the first parameter, which must be a destructuring pattern.
  // biome-ignore lint/correctness/noEmptyPattern: see above
  return async ({}: object, use: (didit: DiditFixture) => Promise<void>): Promise<void> => withDidit(options, use)
}
