import { chromium } from '@playwright/test'
import { describe, expect, onTestFinished, test } from 'vitest'
// @ts-expect-error: a script without types
import { chromiumArgs, findChromium } from '../../../../scripts/browsers.mjs'
import { createEmulator } from '../testing.ts'

const start = Date.UTC(2026, 9, 26, 8)

async function setUp(answers: number[] = []) {
  const emulator = createEmulator({
    closeAfter: (close) => onTestFinished(close),
    now: () => start,
    webhookUrl: 'http://app.test/hook',
    webhookSecret: 'the-secret',
    fetch: async () => new Response(null, { status: answers.shift() ?? 200 }),
  })
  const open = async (path: string, headers: Record<string, string> = {}, address?: string) => {
    const origin = address === undefined ? {} : { incoming: { socket: { remoteAddress: address } } }
    const answer = await emulator.fetch(new Request(`${emulator.url}${path}`, { headers }), origin)
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  /** Sends a form as a browser does. `to` is the target of the redirect. */
  const press = async (path: string, fields: Record<string, string> = {}, origin: string = emulator.url) => {
    const answer = await emulator.fetch(
      new Request(`${emulator.url}${path}`, { method: 'POST', body: new URLSearchParams(fields), headers: { origin } }),
    )
    return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() }
  }
  const session = async (body: Record<string, unknown> = {}) => (await emulator.startSession(body)).session_id
  return { emulator, control: emulator.control, open, press, session }
}

/** Returns the visible text: without tags, and with collapsed white space. */
const textOf = (markup: string) =>
  markup
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&quot;', '"')
    .trim()

test('the start page links to the console', async () => {
  const { open } = await setUp()
  const page = await open('/')
  expect(page.text).toContain('href="/console"')
  expect(page.headers.get('content-type')).toContain('text/html')
})

describe('sessions', () => {
  test('are listed newest first, and can be filtered by status, application and text', async () => {
    const { emulator, open, session } = await setUp()
    await session({ vendor_data: 'user-1', expected_details: { first_name: 'Ilse', last_name: 'Varga' } })
    const second = await session({ vendor_data: 'user-2' })
    await emulator.finish(second, 'Declined')
    const numbers = async (query: string) =>
      [...(await open(`/console?${query}`)).text.matchAll(/class="name" href="[^"]+">(\d+) ·/g)].map(
        ([, number]) => number,
      )
    expect(await numbers('')).toEqual(['1002', '1001'])
    expect(await numbers('status=Declined')).toEqual(['1002'])
    expect(await numbers('search=varga')).toEqual(['1001'])
    expect(await numbers('search=USER-2')).toEqual(['1002'])
    expect(await numbers(`search=${second}`)).toEqual(['1002'])
    expect(await numbers('application=99999999-2222-4333-8444-555555555555')).toEqual([])
    expect(textOf((await open('/console?search=nobody')).text)).toContain('No Session matches.')
  })

  test('are listed fifty to a page', async () => {
    const { open, session } = await setUp()
    for (let index = 0; index < 51; index += 1) await session()
    const first = (await open('/console')).text
    expect(first.match(/class="row"/g)).toHaveLength(50)
    const older = /href="([^"]+)">Older/.exec(first)?.[1]?.replaceAll('&amp;', '&') as string
    expect((await open(older)).text.match(/class="row"/g)).toHaveLength(1)
  })

  test('show their checks with warnings, their webhooks and the whole decision', async () => {
    const { emulator, open, session } = await setUp()
    const id = await session({ vendor_data: 'user-1' })
    await emulator.finish(id, 'Declined')
    const page = await open(`/console/sessions/${id}`)
    const text = textOf(page.text)
    for (const part of ['Session 1001', 'Declined', 'Document', 'Screening', 'status.updated · Declined']) {
      expect(text).toContain(part)
    }
    expect(text).toMatch(/DOCUMENT_EXPIRED \(error\)/)
    expect(text).toContain('"session_kind": "user"')
  })

  test('can be given a status, which sends a webhook', async () => {
    const { control, press, open, session } = await setUp()
    const id = await session()
    expect(await press(`/console/sessions/${id}/finish`, { status: 'In Review' })).toMatchObject({
      status: 303,
      to: `/console/sessions/${id}`,
    })
    await control.idle()
    expect(control.deliveries()).toMatchObject([{ status: 'In Review', state: 'delivered' }])
    const refused = await press(`/console/sessions/${id}/finish`, { status: 'Maybe' })
    expect(refused.status).toBe(400)
    expect(textOf(refused.text)).toContain('status: Expected one of:')
    expect((await open(`/console/sessions/${id}`)).text).toContain('In Review')
  })

  test('can be deleted', async () => {
    const { control, press, open, session } = await setUp()
    const id = await session()
    expect(await press(`/console/sessions/${id}/delete`)).toMatchObject({ status: 303, to: '/console' })
    expect(control.sessions()).toEqual([])
    expect((await open(`/console/sessions/${id}`)).status).toBe(404)
    expect((await press(`/console/sessions/${id}/finish`, { status: 'Approved' })).status).toBe(404)
  })

  test('are escaped', async () => {
    const { open, session } = await setUp()
    const evil = '<script>alert(1)</script>'
    const id = await session({ vendor_data: evil, metadata: { note: evil }, expected_details: { first_name: evil } })
    for (const path of ['/console', `/console/sessions/${id}`, `/console?search=${encodeURIComponent(evil)}`]) {
      const { text } = await open(path)
      expect(text).not.toContain(evil)
      expect(text).toContain('&lt;script&gt;')
    }
  })
})

describe('webhooks', () => {
  test('are listed, shown with headers and body, and can be resent', async () => {
    const { emulator, control, open, press, session } = await setUp([400])
    await emulator.finish(await session(), 'Approved')
    const list = await open('/console/deliveries')
    expect(textOf(list.text)).toMatch(/status\.updated · Approved.* failed .*To http:\/\/app\.test\/hook.*Answers 400/)
    const action = /action="(\/console\/deliveries\/[^"]+\/resend)"/.exec(list.text)?.[1] as string
    expect(await press(action)).toMatchObject({ status: 303, to: '/console/deliveries' })
    expect(control.deliveries()).toMatchObject([{ state: 'failed' }, { state: 'delivered', resent: true }])
    const one = textOf((await open('/console/deliveries/1')).text)
    expect(one).toContain('"X-Signature-V2"')
    expect(one).toContain('"webhook_type": "status.updated"')
    expect((await open('/console/deliveries/9')).status).toBe(404)
    expect((await press('/console/deliveries/nope/resend')).status).toBe(404)
  })

  test('have destinations, which can be tested and switched off', async () => {
    const { control, open, press } = await setUp()
    const uuid = '77777777-2222-4333-8444-555555555555'
    const application = '88888888-2222-4333-8444-555555555555'
    const page = textOf((await open('/console/destinations')).text)
    expect(page).toContain('Main application Default destination enabled')
    expect(page).toContain('Partner application No destination. Events of this application are not sent.')
    await press(`/console/destinations/${uuid}/try`, { application, type: 'transaction.created' })
    await control.idle()
    expect(control.deliveries()).toMatchObject([{ webhookType: 'transaction.created', test: true, state: 'delivered' }])
    await press(`/console/destinations/${uuid}/switch`, { application })
    expect(textOf((await open('/console/destinations')).text)).toContain('Default destination off')
    expect((await press(`/console/destinations/${uuid}/try`, { application, type: 'nope' })).status).toBe(400)
    expect((await press('/console/destinations/nope/switch', { application })).status).toBe(404)
  })
})

describe('faults and time', () => {
  test('can be switched on and off one by one, and conflicting faults replace each other', async () => {
    const { control, open, press } = await setUp()
    const indexOf = async (label: string) => {
      const { text } = await open('/console/controls')
      return new RegExp(`value="(\\d+)" aria-pressed="(true|false)"\\s*>${label}`).exec(text) ?? []
    }
    const flip = async (label: string) => press('/console/faults/switch', { preset: (await indexOf(label))[1] ?? '' })
    await flip('Swap neighbouring webhooks')
    await flip('Limit the API with 429')
    expect((await indexOf('Limit the API with 429'))[2]).toBe('true')
    await flip('Fail the API with 500')
    await flip('Swap neighbouring webhooks')
    const { text } = await open('/console/controls')
    expect(text).toContain('&quot;status&quot;: 500')
    expect(text).not.toContain('&quot;reorder&quot;')
    expect(control.faults({})).toEqual({})
  })

  test('can be set as JSON, with a message about mistakes', async () => {
    const { open, press } = await setUp()
    expect((await press('/console/faults', { faults: '{"drop": 2}' })).status).toBe(303)
    expect((await open('/console/controls')).text).toContain('&quot;drop&quot;: 2')
    const wrong = await press('/console/faults', { faults: '{"dorp": 2}' })
    expect(wrong.status).toBe(400)
    expect(textOf(wrong.text)).toContain('dorp: There is no such field.')
    expect(wrong.text).toContain('{&quot;dorp&quot;: 2}')
    expect(textOf((await press('/console/faults', { faults: '{' })).text)).toContain('The text is not JSON.')
  })

  test('refuse a truncated form and a form that is too large', async () => {
    const { emulator } = await setUp()
    const send = (body: string, type: string) =>
      emulator.fetch(
        new Request(`${emulator.url}/console/faults`, { method: 'POST', headers: { 'content-type': type }, body }),
      )
    const broken = await send('--x\r\nContent-Disposition: form-data', 'multipart/form-data; boundary=x')
    expect([broken.status, await broken.text()]).toEqual([400, 'The form could not be read.\n'])
    const endless = await send(`faults=${'x'.repeat(1_100_000)}`, 'application/x-www-form-urlencoded')
    expect(endless.status).toBe(413)
  })

  test('can skip time, and delete everything', async () => {
    const { control, open, press, session } = await setUp()
    const id = await session()
    await press('/console/clock', { seconds: '604800' })
    expect(control.sessions()).toMatchObject([{ session_id: id, status: 'Expired' }])
    expect((await open('/console/controls')).text).toContain('2026-11-02 08:00:00 UTC')
    expect((await press('/console/clock', { seconds: '-1' })).status).toBe(400)
    expect((await press('/console/reset')).status).toBe(303)
    expect(control.sessions()).toEqual([])
  })
})

test.each([
  ['127.0.0.1', undefined, 200],
  ['192.0.2.7', undefined, 403],
  ['127.0.0.1', 'https://shop.example.com', 403],
])('called from %s by a page of %s, answers %i', async (address, origin, status) => {
  const { open } = await setUp()
  const headers = origin === undefined ? {} : { origin }
  for (const path of ['/console', '/console/controls', '/console/console.js']) {
    expect((await open(path, headers, address)).status).toBe(status)
  }
})

test('prevents other pages from pressing its buttons or framing it, and blocks foreign scripts', async () => {
  const { control, open, press, session } = await setUp()
  await session()
  expect((await press('/console/reset', {}, 'https://shop.example.com')).status).toBe(403)
  expect(control.sessions()).toHaveLength(1)
  const policy = (await open('/console')).headers.get('content-security-policy')
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toContain("script-src 'self'")
})

test('answers 304 while nothing changes', async () => {
  const { emulator, open, session } = await setUp()
  const id = await session()
  const tag = (await open('/console')).headers.get('etag') as string
  expect(await open('/console', { 'if-none-match': tag })).toMatchObject({ status: 304, text: '' })
  await emulator.finish(id, 'Approved')
  expect((await open('/console', { 'if-none-match': tag })).status).toBe(200)
})

test('updates itself in a browser until it is paused', { timeout: 60_000 }, async () => {
  const { emulator } = await setUp()
  const { url } = await emulator.listen()
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArgs })
  onTestFinished(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 360, height: 640 } })
  const faults: string[] = []
  page.on('console', (message) => faults.push(message.text()))
  page.on('pageerror', (error) => faults.push(error.message))
  await page.clock.install()
  await page.goto(`${url}/`)
  await page.getByRole('link', { name: 'Open the console' }).click()
  expect(await page.getByText('No Session matches.').isVisible()).toBe(true)

  const { session_id } = await emulator.startSession({ vendor_data: 'user-1' })
  await page.clock.runFor(2_100)
  await page.getByRole('link', { name: '1001 · user-1' }).click()
  await emulator.finish(session_id, 'Approved')
  await page.clock.runFor(2_100)
  await page.getByRole('link', { name: 'status.updated · Approved' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)

  await page.getByLabel('Set the status').selectOption('Declined')
  await page.getByRole('button', { name: 'Set', exact: true }).click()
  await page.getByText('DOCUMENT_EXPIRED', { exact: true }).waitFor()
  expect(emulator.control.sessions()).toMatchObject([{ status: 'Declined' }])

  const details = page.locator('[data-live=checks] summary').first()
  await details.click()
  await emulator.finish(session_id, 'Approved')
  await page.clock.runFor(4_100)
  await page.locator('.top .badge', { hasText: 'Approved' }).waitFor()
  expect(await page.getByText('DOCUMENT_EXPIRED', { exact: true }).isVisible()).toBe(true)
  await details.click()
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await page.clock.runFor(2_100)
  await page.getByText('DOCUMENT_EXPIRED', { exact: true }).waitFor({ state: 'detached' })

  const status = page.locator('.top .badge')
  await page.getByRole('button', { name: 'Pause updates' }).click()
  await emulator.finish(session_id, 'In Review')
  await page.clock.runFor(10_000)
  expect(await status.textContent()).toBe('Approved')
  await page.getByRole('button', { name: 'Resume updates' }).click()
  await page.clock.runFor(2_100)
  await page.locator('.top .badge', { hasText: 'In Review' }).waitFor()
  expect(faults).toEqual([])
})
