import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createDiditApi } from '@didit-verify/server'
import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumArgs, findChromium, missing } from '../../scripts/browsers.mjs'
import { type OnLoopback, serveEmulator, serveOnLoopback } from '../on-loopback.ts'

/** Didit's own browser SDK, as its package has it, against the emulator's hosted page in a real Chromium. */

const sdk = readFileSync(fileURLToPath(import.meta.resolve('@didit-protocol/sdk-web')))
const kyc = '11111111-2222-3333-4444-555555555555'
const apiKey = 'conformance-key'

/** What a shop would write: the SDK from its own server, one container, and everything the SDK tells it kept. */
const shop = `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head><body>
<div id="place" style="width:420px;height:640px"></div>
<script type="module">
  import { DiditSdk } from '/sdk.js'
  const told = { results: [], events: [], states: [] }
  const sdk = DiditSdk.shared
  sdk.onComplete = (result) => told.results.push(JSON.parse(JSON.stringify(result)))
  sdk.onEvent = ({ type, data }) => told.events.push({ type, data })
  sdk.onStateChange = (state) => told.states.push(state)
  Object.assign(window, { sdk, told })
</script></body></html>`

interface Told {
  readonly results: readonly { readonly type: string; readonly session?: { sessionId: string; status: string } }[]
  readonly events: readonly { readonly type: string; readonly data?: Record<string, unknown> }[]
  readonly states: readonly string[]
}

interface SdkWindow {
  readonly told: Told
  readonly sdk: { readonly isPresented: boolean; startVerification(options: unknown): Promise<void> }
}

let didit: Awaited<ReturnType<typeof serveEmulator>>
let host: OnLoopback
let browser: Browser
beforeAll(async () => {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error(missing('chromium'))
  didit = await serveEmulator({ apiKey })
  host = await serveOnLoopback(() => (request) => {
    const isSdk = new URL(request.url).pathname === '/sdk.js'
    return new Response(isSdk ? sdk : shop, {
      headers: { 'content-type': isSdk ? 'text/javascript' : 'text/html; charset=utf-8' },
    })
  })
  browser = await chromium.launch({
    executablePath,
    args: [
      ...chromiumArgs,
      '--use-fake-device-for-media-stream',
      // Nothing else has a name here: whoever needs another machine fails at once.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
  })
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await didit?.close()
})

let contexts: BrowserContext[] = []
const reached = new Set<string>()
afterEach(async () => {
  for (const context of contexts) await context.close()
  contexts = []
  // What the SDK does by itself, it does with this machine alone.
  expect([...reached]).toEqual(['localhost'])
})

const api = () => createDiditApi({ apiKey, baseUrl: didit.url })

interface Walk {
  readonly page: Page
  readonly sessionId: string
  /** The hosted page, in the SDK's frame. */
  readonly hosted: FrameLocator
  told(): Promise<Told>
  isPresented(): Promise<boolean>
}

/** A visitor of the shop starts a verification with the SDK. */
async function begin(
  configuration: Record<string, unknown> = {},
  { language = 'en', camera = false }: { language?: string; camera?: boolean } = {},
): Promise<Walk> {
  const { session_id: sessionId, url } = await api().sessions.create({ workflow_id: kyc, language })
  const context = await browser.newContext({ permissions: camera ? ['camera'] : [] })
  contexts.push(context)
  const page = await context.newPage()
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (protocol.startsWith('http')) reached.add(hostname)
  })
  await page.goto(host.url)
  await page.waitForFunction(() => 'sdk' in window)
  await page.evaluate(async (options) => (window as unknown as SdkWindow).sdk.startVerification(options), {
    url,
    configuration,
  })
  return {
    page,
    sessionId,
    hosted: page.frameLocator('iframe'),
    told: () => page.evaluate(() => (window as unknown as SdkWindow).told),
    isPresented: () => page.evaluate(() => (window as unknown as SdkWindow).sdk.isPresented),
  }
}

const press = (hosted: FrameLocator, name: string) => hosted.getByRole('button', { name, exact: true }).click()

/** Does what each step asks for, until everything is submitted. */
async function goThrough(hosted: FrameLocator): Promise<void> {
  const submitted = hosted.getByRole('heading', { name: 'Submitted' })
  const next = hosted.locator('section:not([hidden]) .primary:visible')
  while (!(await submitted.isVisible())) {
    await submitted.or(next).first().waitFor()
    if (await submitted.isVisible()) return
    await next.first().click()
  }
}

const typesOf = ({ events }: Told) => events.map(({ type }) => type)

test('a person walks through every step with a camera, and the SDK hears of each and of the end', async () => {
  const { hosted, told, sessionId, isPresented } = await begin({}, { camera: true })
  await press(hosted, 'Start')
  await goThrough(hosted)
  await press(hosted, 'Approved')

  await expect
    .poll(async () => (await told()).results)
    .toEqual([{ type: 'completed', session: { sessionId, status: 'Approved' } }])
  const types = typesOf(await told())
  // The first one is the SDK's own.
  expect(types.slice(0, 3)).toEqual(['didit:started', 'didit:ready', 'didit:started'])
  expect(types.at(-1)).toBe('didit:completed')
  expect([...new Set(types)].sort()).toEqual([
    'didit:completed',
    'didit:document_selected',
    'didit:media_captured',
    'didit:media_started',
    'didit:ready',
    'didit:started',
    'didit:status_updated',
    'didit:step_changed',
    'didit:step_completed',
    'didit:step_started',
    'didit:verification_submitted',
  ])
  // It stays open until it is closed, as the SDK does by default.
  expect(await isPresented()).toBe(true)
  expect((await api().sessions.retrieveDecision(sessionId)).status).toBe('Approved')
})

// The SDK knows three words for a status, and hands on whatever else the page says.
test.each(['Approved', 'Declined', 'In Review'])('the outcome "%s" reaches onComplete', async (status) => {
  const { hosted, told, sessionId } = await begin()
  await press(hosted, status)
  await expect.poll(async () => (await told()).results).toEqual([{ type: 'completed', session: { sessionId, status } }])
  expect((await api().sessions.retrieveDecision(sessionId)).status).toBe(status)
})

test('a finished verification closes by itself where the shop asks for that', async () => {
  const { hosted, told, isPresented } = await begin({ closeModalOnComplete: true })
  await press(hosted, 'Approved')
  await expect.poll(isPresented).toBe(false)
  expect((await told()).results.map(({ type }) => type)).toEqual(['completed'])
})

test('a person who gives up inside the page is told of as cancelled, and the modal closes', async () => {
  const { hosted, told, sessionId, isPresented } = await begin()
  await press(hosted, 'Abandoned')
  await expect.poll(async () => (await told()).results.map(({ type }) => type)).toEqual(['cancelled'])
  expect(await isPresented()).toBe(false)
  expect((await api().sessions.retrieveDecision(sessionId)).status).toBe('Abandoned')
})

describe('closing', () => {
  test('the page asks to be closed, and the person confirms', async () => {
    const { page, hosted, told, sessionId, isPresented } = await begin()
    await press(hosted, 'Close')
    await page.getByRole('button', { name: 'Continue', exact: true }).click()
    expect(await isPresented()).toBe(true)
    expect((await told()).results).toEqual([])

    await press(hosted, 'Close')
    // The SDK's way out is no button.
    await page.getByText('Exit', { exact: true }).click()
    await expect.poll(async () => (await told()).results.map(({ type }) => type)).toEqual(['cancelled'])
    expect(await isPresented()).toBe(false)
    // The page asked; it decided nothing.
    expect(typesOf(await told())).not.toContain('didit:close_request')
    expect((await api().sessions.retrieveDecision(sessionId)).status).toBe('Not Started')
  })

  test('without a confirmation the request of the page closes at once', async () => {
    const { hosted, told } = await begin({ showExitConfirmation: false })
    await press(hosted, 'Close')
    await expect.poll(async () => (await told()).results.map(({ type }) => type)).toEqual(['cancelled'])
  })

  test('Escape asks, and the language of the URL is the language of the question', async () => {
    const { page } = await begin({}, { language: 'es' })
    await page.keyboard.press('Escape')
    await page.getByText('¿Salir de la verificación?').waitFor()
  })
})

test('embedded: the page fills the container, and its end arrives', async () => {
  const { page, hosted, told, sessionId } = await begin({
    embedded: true,
    embeddedContainerId: 'place',
    defaultDocumentCamera: 'front',
    showLivenessCameraSwitchButton: false,
  })
  const frame = page.locator('#place iframe')
  await frame.waitFor()
  const source = new URL((await frame.getAttribute('src')) ?? '')
  expect(Object.fromEntries(source.searchParams)).toMatchObject({
    document_camera: 'front',
    liveness_camera_switch: 'false',
  })
  expect(await frame.boundingBox()).toMatchObject({ width: 420, height: 640 })
  await press(hosted, 'Declined')
  await expect
    .poll(async () => (await told()).results)
    .toEqual([{ type: 'completed', session: { sessionId, status: 'Declined' } }])
})

test('messages that are JSON texts are understood just as well', async () => {
  didit.emulator.control.faults({ stringMessages: true })
  const { hosted, told, sessionId } = await begin()
  await press(hosted, 'Approved')
  await expect
    .poll(async () => (await told()).results)
    .toEqual([{ type: 'completed', session: { sessionId, status: 'Approved' } }])
  didit.emulator.control.faults({})
})
