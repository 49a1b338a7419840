import { bind } from '../listen.ts'
import { createEmulator, type TestEmulator, type TestEmulatorOptions } from './emulator.ts'
import { chooseOutcome, type Outcome, type OutcomePage } from './outcome.ts'

/** The app under test, as a handler: what `createDiditServer` returns is one. */
export interface MountedApp {
  fetch(request: Request): Response | Promise<Response>
  close?(): unknown
}

export interface DiditFixtureOptions {
  /** Options of the emulator. */
  readonly emulator?: TestEmulatorOptions
  /**
   * Creates the app that the browser visits and that gets the webhooks; it is served on a free port.
   *
   * @param context.emulator - Listens already: its `url` and `apiKey` are what the app needs.
   * @param context.url - Where the app itself is reached.
   */
  readonly app?: (context: {
    readonly emulator: TestEmulator
    readonly url: string
  }) => MountedApp | Promise<MountedApp>
  /** Where the app takes webhooks. Default `/api/didit/webhook`. */
  readonly webhookPath?: string
  /** How long `outcome` waits for a hosted page and for its effect, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number
}

/** What a Playwright test gets as `didit`. */
export interface DiditFixture {
  /** The emulator, on a port of its own for each test. */
  readonly emulator: TestEmulator
  /** Where the app is reached, or null when there is none. */
  readonly appUrl: string | null
  /**
   * Presses the button of an outcome on the hosted page: in the page itself, in a frame or in a popup. Resolves when
   * the status has changed and its webhooks are delivered.
   *
   * @throws {TypeError} When no hosted page opens in time, or the button has no effect.
   */
  outcome(page: OutcomePage, status: Outcome): Promise<{ sessionId: string; status: Outcome }>
}

async function withDidit(options: DiditFixtureOptions, use: (didit: DiditFixture) => Promise<void>): Promise<void> {
  const { app: createApp, webhookPath = '/api/didit/webhook', timeoutMs = 10_000 } = options
  const unopened = () => new Response('The app is not ready yet.', { status: 503 })
  let app: MountedApp = { fetch: unopened }
  // The port of the app comes first: the emulator has to know where webhooks go.
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
 * Creates the fixture `didit` for Playwright: an emulator, and an app if one is given, started anew for each test.
 *
 * Playwright itself is not imported here; any version whose fixtures are functions of `({}, use)` will do.
 *
 * @param options - See each field.
 * @returns The fixture, to be handed to `test.extend<{ didit: DiditFixture }>({ didit })`.
 * @see Playwright docs, "Fixtures": https://playwright.dev/docs/test-fixtures
 */
export function createDiditFixture(options: DiditFixtureOptions = {}) {
  // Playwright reads from the first parameter which fixtures are wanted, and insists on a pattern.
  // biome-ignore lint/correctness/noEmptyPattern: see above
  return async ({}: object, use: (didit: DiditFixture) => Promise<void>): Promise<void> => withDidit(options, use)
}
