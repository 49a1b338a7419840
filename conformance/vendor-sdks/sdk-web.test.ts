import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createDiditApi } from '@didit-verify/server'
import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumArgs, findChromium, missing } from '../../scripts/browsers.mjs'
import { type OnLoopback, serveEmulator, serveOnLoopback } from '../on-loopback.ts'

/** Runs Didit's own browser SDK from its published package against the emulator's hosted page, in a real Chromium. */

const sdk = readFileSync(fileURLToPath(import.meta.resolve('@didit-protocol/sdk-web')))
const kyc = '11111111-2222-3333-4444-555555555555'
const apiKey = 'conformance-key'

/** The page of a shop. It loads the SDK from its own server, and keeps everything that the SDK reports. */
const shop = `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head><body>
<div id="place" style="width:420px;height:640px"></div>
<script type="module">
  import { DiditSdk } from '/sdk.js'
  const reported = { results: [], events: [], states: [] }
  const sdk = DiditSdk.shared
  sdk.onComplete = (result) => reported.results.push(JSON.parse(JSON.stringify(result)))
  sdk.onEvent = ({ type, data }) => reported.events.push({ type, data })
  sdk.onStateChange = (state) => reported.states.push(state)
  Object.assign(window, { sdk, reported })
</script></body></html>`

interface Reported {
  readonly results: readonly { readonly type: string; readonly session?: { sessionId: string; status: string } }[]
  readonly events: readonly { readonly type: string; readonly data?: Record<string, unknown> }[]
  readonly states: readonly string[]
}

interface SdkWindow {
  readonly reported: Reported
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
      // No other name resolves, so a request to another machine fails at once.
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
  // The SDK contacts no other machine.
  expect([...reached]).toEqual(['localhost'])
})

const api = () => createDiditApi({ apiKey, baseUrl: didit.url })

interface Verification {
  readonly page: Page
  readonly sessionId: string
  /** The hosted page, in the SDK's frame. */
  readonly hosted: FrameLocator
  reported(): Promise<Reported>
  isPresented(): Promise<boolean>
}

/** Opens the shop and starts a verification with the SDK. */
async function startVerification(
  configuration: Record<string, unknown> = {},
  { language = 'en', camera = false }: { language?: string; camera?: boolean } = {},
): Promise<Verification> {
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
    reported: () => page.evaluate(() => (window as unknown as SdkWindow).reported),
    isPresented: () => page.evaluate(() => (window as unknown as SdkWindow).sdk.isPresented),
  }
}

const clickButton = (hosted: FrameLocator, name: string) => hosted.getByRole('button', { name, exact: true }).click()

/** Completes each step until everything is submitted. */
async function completeSteps(hosted: FrameLocator): Promise<void> {
  const submitted = hosted.getByRole('heading', { name: 'Submitted' })
  const next = hosted.locator('section:not([hidden]) .primary:visible')
  while (!(await submitted.isVisible())) {
    await submitted.or(next).first().waitFor()
    if (await submitted.isVisible()) return
    await next.first().click()
  }
}

const typesOf = ({ events }: Reported) => events.map(({ type }) => type)

test('a person completes every step with a camera, and the SDK reports each step and the end', async () => {
  const { hosted, reported, sessionId, isPresented } = await startVerification({}, { camera: true })
  await clickButton(hosted, 'Start')
  await completeSteps(hosted)
  await clickButton(hosted, 'Approved')

  await expect
    .poll(async () => (await reported()).results)
    .toEqual([{ type: 'completed', session: { sessionId, status: 'Approved' } }])
  const types = typesOf(await reported())
  // The SDK itself emits the first one.
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
  // By default the SDK keeps the modal open until the person closes it.
  expect(await isPresented()).toBe(true)
  expect((await api().sessions.retrieveDecision(sessionId)).status).toBe('Approved')
})

// The SDK knows three statuses, and passes any other status through.
test.each(['Approved', 'Declined', 'In Review'])('the outcome "%s" reaches onComplete', async (status) => {
  const { hosted, reported, sessionId } = await startVerification()
  await clickButton(hosted, status)
  await expect
    .poll(async () => (await reported()).results)
    .toEqual([{ type: 'completed', session: { sessionId, status } }])
  expect((await api().sessions.retrieveDecision(sessionId)).status).toBe(status)
})

test('a finished verification closes by itself if the shop asks for it', async () => {
  const { hosted, reported, isPresented } = await startVerification({ closeModalOnComplete: true })
  await clickButton(hosted, 'Approved')
  await expect.poll(isPresented).toBe(false)
  expect((await reported()).results.map(({ type }) => type)).toEqual(['completed'])
})

test('a person who gives up inside the page is reported as cancelled, and the modal closes', async () => {
  const { hosted, reported, sessionId, isPresented } = await startVerification()
  await clickButton(hosted, 'Abandoned')
  await expect.poll(async () => (await reported()).results.map(({ type }) => type)).toEqual(['cancelled'])
  expect(await isPresented()).toBe(false)
  expect((await api().sessions.retrieveDecision(sessionId)).status).toBe('Abandoned')
})

describe('closing', () => {
  test('the page asks to be closed, and the person confirms', async () => {
    const { page, hosted, reported, sessionId, isPresented } = await startVerification()
    await clickButton(hosted, 'Close')
    await page.getByRole('button', { name: 'Continue', exact: true }).click()
    expect(await isPresented()).toBe(true)
    expect((await reported()).results).toEqual([])

    await clickButton(hosted, 'Close')
    // The SDK's exit control does not have the role of a button.
    await page.getByText('Exit', { exact: true }).click()
    await expect.poll(async () => (await reported()).results.map(({ type }) => type)).toEqual(['cancelled'])
    expect(await isPresented()).toBe(false)
    // The page only asked: the Session is unchanged.
    expect(typesOf(await reported())).not.toContain('didit:close_request')
    expect((await api().sessions.retrieveDecision(sessionId)).status).toBe('Not Started')
  })

  test("without a confirmation, the page's request closes at once", async () => {
    const { hosted, reported } = await startVerification({ showExitConfirmation: false })
    await clickButton(hosted, 'Close')
    await expect.poll(async () => (await reported()).results.map(({ type }) => type)).toEqual(['cancelled'])
  })

  test('Escape asks for confirmation, in the language of the URL', async () => {
    const { page } = await startVerification({}, { language: 'es' })
    await page.keyboard.press('Escape')
    await page.getByText('¿Salir de la verificación?').waitFor()
  })
})

test('embedded: the page fills the container, and its outcome arrives', async () => {
  const { page, hosted, reported, sessionId } = await startVerification({
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
  await clickButton(hosted, 'Declined')
  await expect
    .poll(async () => (await reported()).results)
    .toEqual([{ type: 'completed', session: { sessionId, status: 'Declined' } }])
})

test('understands messages that are JSON strings', async () => {
  didit.emulator.control.faults({ stringMessages: true })
  const { hosted, reported, sessionId } = await startVerification()
  await clickButton(hosted, 'Approved')
  await expect
    .poll(async () => (await reported()).results)
    .toEqual([{ type: 'completed', session: { sessionId, status: 'Approved' } }])
  didit.emulator.control.faults({})
})
