import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  openHostedPage,
  type Stage,
  seenEvents,
  setStage,
  shownButton,
  shownText,
  untilState,
  watchElement,
} from '../testing/harness.ts'

/** What a person is told when the element's button leads nowhere, and what the developer gets. */
async function failToStart(stage: Stage, prepare?: (page: Awaited<ReturnType<Stage['newPage']>>) => Promise<unknown>) {
  const page = await stage.newPage()
  await watchElement(page)
  await page.goto(`${stage.origin}/plain.html`)
  await prepare?.(page)
  const element = page.locator('didit-verify')
  await element.locator('button').first().click()
  await untilState(page, 'failed', 30_000)
  const error = (await seenEvents(page)).find((event) => event.type === 'didit-error')
  const traffic = stage.traffic.map(({ body }) => body).join('\n')
  return { page, error, text: await shownText(page), traffic }
}

const problem = (answer: Response) => answer.json() as Promise<{ code: string; help?: string; title: string }>

describe('a Didit that refuses or does not answer', () => {
  test.each([
    ['the wrong API key', { DIDIT_API_KEY: 'a-key-of-nobody' }, 'didit-credentials'],
    ['an unknown workflow id', { DIDIT_WORKFLOW_ID: '00000000-0000-4000-8000-000000000000' }, 'didit-rejected'],
    ['an address where nothing listens', { DIDIT_BASE_URL: 'http://localhost:9' }, 'didit-unavailable'],
  ])('%s gives the person a sentence and a way on, the developer a code', async (_name, environment, code) => {
    const stage = await setStage(environment)
    try {
      const { page, error, text, traffic } = await failToStart(stage)
      expect(error?.detail).toMatchObject({ code })
      expect(String(error?.detail.docs)).toContain(code)
      expect(text.length).toBeGreaterThan(20)
      await expect.poll(() => page.locator('didit-verify').getByRole('button').first().isEnabled()).toBe(true)
      expect(traffic).not.toContain('a-key-of-nobody')
      expect(await stage.emulator.control.sessions()).toEqual([])
      const current = await page.evaluate(async () => (await fetch('/api/didit/sessions/current')).status)
      expect(current).toBe(404)
    } finally {
      await stage.close()
    }
  })
})

describe('requests that must not pass', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage()
  })
  afterAll(() => stage?.close())

  const api = (path: string, init?: RequestInit) => fetch(`${stage.origin}/api/didit${path}`, init)
  /** A person of their own: a cookie, a Session, a ticket. */
  async function person() {
    const answer = await api('/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: stage.origin },
      body: '{}',
    })
    expect(answer.status).toBe(201)
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    const body = (await answer.json()) as { session: { sessionId: string; revision: number }; ticket: string }
    return { cookie, sessionId: body.session.sessionId, revision: body.session.revision, ticket: body.ticket }
  }

  test('a workflow the host does not know', async () => {
    const { error } = await failToStart(stage, (page) =>
      page.evaluate(() => document.querySelector('didit-verify')?.setAttribute('workflow', 'unheard-of')),
    )
    expect(error?.detail).toMatchObject({ code: 'unknown-workflow' })
  })

  test('a frame that the hosted page refuses', async () => {
    await stage.emulator.control.faults({ blockFrame: true })
    const page = await stage.newPage()
    await watchElement(page)
    await page.goto(`${stage.origin}/plain.html`)
    await page.evaluate(() => document.querySelector('didit-verify')?.setAttribute('ready-timeout', '2'))
    const element = page.locator('didit-verify')
    await element.locator('button').first().click()
    await untilState(page, 'failed')
    const error = (await seenEvents(page)).find((event) => event.type === 'didit-error')
    expect(['frame-timeout', 'frame-blocked']).toContain(error?.detail.code)
    await stage.emulator.control.faults({})
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
      headers: { 'content-type': 'application/json', origin: stage.origin, cookie: other.cookie },
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
    // Signed right but of last week, before the Session was: kept as history, and no state comes of it.
    expect((await send(body(now - 7 * 86_400), stage.secrets.webhookSecret)).status).toBe(200)
    const answer = await api(`/sessions/${sessionId}`, { headers: { authorization: `Bearer ${ticket}`, cookie } })
    expect(await answer.json()).toMatchObject({ status: 'Not Started', revision })
  })
})

describe('code that comes late and cannot be had', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage()
  })
  afterAll(() => stage?.close())

  // Firefox keeps a module that it could not load as failed for as long as the page lives.
  test('the button brings the page anew where the walk is missing', async () => {
    stage.cut.path = 'session-controller'
    const { page, error, text } = await failToStart(stage)
    expect(error?.detail).toMatchObject({ code: 'network' })
    expect(text).toContain('There is no connection.')
    stage.cut.path = ''
    await shownButton(page, /reload the page/i).click()
    await untilState(page, 'none')
    const frame = await openHostedPage(page)
    await frame.getByRole('button', { name: 'Approved', exact: true }).click()
    await untilState(page, 'approved')
    await page.close()
  })

  test('the verdict comes by itself where the stream is missing', async () => {
    const streams = () => stage.traffic.filter(({ url }) => url.endsWith('/events')).length
    const before = streams()
    stage.cut.path = 'relay-source'
    const page = await stage.newPage()
    await page.goto(`${stage.origin}/plain.html`)
    await untilState(page, 'none')
    const frame = await openHostedPage(page)
    await frame.getByRole('button', { name: 'Approved', exact: true }).click()
    await untilState(page, 'approved', 45_000)
    expect(streams()).toBe(before)
  })
})

test('a server that goes away while the page is open is no end: it is said, and it comes back', async () => {
  const stage = await setStage()
  try {
    const page = await stage.newPage()
    await watchElement(page)
    await page.goto(`${stage.origin}/plain.html`)
    // Not before the element's own code is there: what becomes of it otherwise has a test of its own.
    await untilState(page, 'none')
    await stage.killServer()
    const element = page.locator('didit-verify')
    await element.locator('button').first().click()
    await untilState(page, 'failed', 30_000)
    expect((await shownText(page)).length).toBeGreaterThan(20)
    await stage.startServer()
    const frame = await openHostedPage(page)
    await frame.getByRole('button', { name: 'Approved', exact: true }).click()
    await untilState(page, 'approved')
  } finally {
    await stage.close()
  }
})
