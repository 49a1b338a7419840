import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { begin } from '../testing/bank-scenes.ts'
import {
  chooseOutcome,
  type Demo,
  openHostedPage,
  shownButton,
  shownText,
  startDemo,
  untilEvent,
  untilState,
  watchElement,
} from '../testing/harness.ts'

/** Presses the element's button while something is wrong. Returns the text for the person and the error for the developer. */
async function failToStart(demo: Demo, prepare?: (page: Awaited<ReturnType<Demo['newPage']>>) => Promise<unknown>) {
  const page = await demo.newPage()
  await watchElement(page)
  await page.goto(`${demo.origin}/plain.html`)
  await prepare?.(page)
  const element = page.locator('didit-verify')
  await element.locator('button').first().click()
  await untilState(page, 'failed')
  const error = (await untilEvent(page, 'didit-error')).find((event) => event.type === 'didit-error')
  const traffic = demo.traffic.map(({ body }) => body).join('\n')
  return { page, error, text: await shownText(page), traffic }
}

const problem = (answer: Response) => answer.json() as Promise<{ code: string; help?: string; title: string }>

describe('a Didit that refuses or does not answer', () => {
  test.each([
    ['the wrong API key', { DIDIT_API_KEY: 'a-key-of-nobody' }, 'didit-credentials'],
    ['an unknown workflow id', { DIDIT_WORKFLOW_ID: '00000000-0000-4000-8000-000000000000' }, 'didit-rejected'],
    ['an address where nothing listens', { DIDIT_BASE_URL: 'http://localhost:9' }, 'didit-unavailable'],
  ])('%s gives the person a sentence and a way on, the developer a code', async (_name, environment, code) => {
    const demo = await startDemo(environment)
    try {
      const { page, error, text, traffic } = await failToStart(demo)
      expect(error?.detail).toMatchObject({ code })
      expect(String(error?.detail.docs)).toContain(code)
      expect(text.length).toBeGreaterThan(20)
      await expect.poll(() => page.locator('didit-verify').getByRole('button').first().isEnabled()).toBe(true)
      expect(traffic).not.toContain('a-key-of-nobody')
      expect(await demo.emulator.control.sessions()).toEqual([])
      const current = await page.evaluate(async () => (await fetch('/api/didit/sessions/current')).status)
      expect(current).toBe(404)
    } finally {
      await demo.close()
    }
  })
})

describe('requests that must not pass', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo()
  })
  afterEach(() => demo?.closePages())
  afterAll(() => demo?.close())

  const api = (path: string, init?: RequestInit) => fetch(`${demo.origin}/api/didit${path}`, init)
  /** Creates a person with a cookie, a Session and a ticket. */
  async function person() {
    const answer = await api('/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: demo.origin },
      body: '{}',
    })
    expect(answer.status).toBe(201)
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    const body = (await answer.json()) as { session: { sessionId: string; revision: number }; ticket: string }
    return { cookie, sessionId: body.session.sessionId, revision: body.session.revision, ticket: body.ticket }
  }

  test('a workflow the host does not know', async () => {
    const { error } = await failToStart(demo, (page) =>
      page.evaluate(() => document.querySelector('didit-verify')?.setAttribute('workflow', 'unheard-of')),
    )
    expect(error?.detail).toMatchObject({ code: 'unknown-workflow' })
  })

  test('a frame that the hosted page refuses', async () => {
    await demo.emulator.control.faults({ blockFrame: true })
    const page = await demo.newPage()
    await watchElement(page)
    await page.goto(`${demo.origin}/plain.html`)
    await page.evaluate(() => document.querySelector('didit-verify')?.setAttribute('ready-timeout', '2'))
    const element = page.locator('didit-verify')
    await element.locator('button').first().click()
    await untilState(page, 'failed')
    const error = (await untilEvent(page, 'didit-error')).find((event) => event.type === 'didit-error')
    expect(['frame-timeout', 'frame-blocked']).toContain(error?.detail.code)
    await demo.emulator.control.faults({})
    // A healthy page may need longer than that on a busy machine.
    await page.evaluate(() => document.querySelector('didit-verify')?.removeAttribute('ready-timeout'))
    await shownButton(page, /try again/i).click()
    await page.frameLocator('didit-verify iframe').getByRole('button', { name: 'Approved', exact: true }).waitFor()
  })

  test('a ticket that nobody gave, and a ticket for another Session', async () => {
    const one = await person()
    const other = await person()
    for (const ticket of ['', 'nonsense', `${one.ticket}x`, other.ticket]) {
      for (const path of ['', '/events', '/decision']) {
        const answer = await api(`/sessions/${one.sessionId}${path}`, {
          headers: { authorization: `Bearer ${ticket}` },
        })
        expect(answer.status, `${path} with "${ticket.slice(0, 8)}"`).toBe(401)
        expect((await problem(answer)).code).toBe('ticket-invalid')
      }
    }
  })

  test("somebody else's Session", async () => {
    const one = await person()
    const other = await person()
    const answer = await api(`/sessions/${one.sessionId}/ticket`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: demo.origin, cookie: other.cookie },
      body: '{}',
    })
    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toContain('"ticket"')
  })

  test('a page of another origin', async () => {
    const answer = await api('/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://elsewhere.example' },
      body: '{}',
    })
    expect(answer.status).toBe(403)
    expect((await problem(answer)).code).toBe('forbidden-origin')
  })

  test('a forged webhook and a replayed one change nothing', async () => {
    const { cookie, sessionId, revision, ticket } = await person()
    const body = (timestamp: number) =>
      JSON.stringify({
        event_id: `e2e-${timestamp}`,
        webhook_type: 'status.updated',
        timestamp,
        created_at: timestamp,
        environment: 'live',
        session_id: sessionId,
        status: 'Approved',
      })
    const send = (text: string, secret: string) =>
      api('/webhook', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-signature': createHmac('sha256', secret).update(text).digest('hex'),
          'x-timestamp': String(Math.floor(Date.now() / 1000)),
        },
        body: text,
      })
    const now = Math.floor(Date.now() / 1000)
    expect((await send(body(now), 'a secret of nobody')).status).toBe(401)
    // The signature is right, but the event is from last week, before the Session existed: it changes no state.
    expect((await send(body(now - 7 * 86_400), demo.secrets.webhookSecret)).status).toBe(200)
    const answer = await api(`/sessions/${sessionId}`, { headers: { authorization: `Bearer ${ticket}`, cookie } })
    expect(await answer.json()).toMatchObject({ status: 'Not Started', revision })
  })
})

describe('code that is loaded later and fails to load', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo()
  })
  afterEach(() => demo?.closePages())
  afterAll(() => demo?.close())

  // Firefox does not retry a module that failed to load until the page is loaded again.
  test('the button reloads the page when the code of the walk cannot be loaded', async () => {
    demo.cut.path = 'session-controller'
    const { page, error, text } = await failToStart(demo)
    expect(error?.detail).toMatchObject({ code: 'network' })
    expect(text).toContain('There is no connection.')
    demo.cut.path = ''
    await shownButton(page, /reload the page/i).click()
    await untilState(page, 'none')
    await openHostedPage(page)
    await chooseOutcome(page, 'Approved')
    await untilState(page, 'approved')
    await page.close()
  })

  // The element has this code in its own chunks. The hooks of the bank's page load it by itself.
  test('the verdict arrives when the code of the stream cannot be loaded', async () => {
    const streams = () => demo.traffic.filter(({ url }) => url.endsWith('/events')).length
    const before = streams()
    demo.cut.path = 'live-updates-connection'
    const page = await demo.newPage()
    const sessionId = await begin(page, demo)
    await page.goto(`${demo.origin}/`)
    await expect.poll(() => demo.traffic.some(({ url }) => url.includes(demo.cut.path))).toBe(true)
    demo.emulator.control.finish(sessionId, 'Approved')
    await page.getByRole('heading', { level: 1, name: 'Welcome aboard' }).waitFor()
    expect(streams()).toBe(before)
  })
})

test('a server that stops while the page is open is reported, and the page works again once it is back', async () => {
  const demo = await startDemo()
  try {
    const page = await demo.newPage()
    await watchElement(page)
    await page.goto(`${demo.origin}/plain.html`)
    // First the element's own code has to be loaded: another test is about code that cannot be loaded.
    await untilState(page, 'none')
    await demo.killServer()
    const element = page.locator('didit-verify')
    await element.locator('button').first().click()
    await untilState(page, 'failed')
    await expect.poll(async () => (await shownText(page)).length).toBeGreaterThan(20)
    await demo.startServer()
    await openHostedPage(page)
    await chooseOutcome(page, 'Approved')
    await untilState(page, 'approved')
  } finally {
    await demo.close()
  }
})
