import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { begin, giveDetails, signIn } from '../testing/bank-scenes.ts'
import { type Demo, startDemo, untilDrawn } from '../testing/harness.ts'

/** Two people at one browser: neither sees what the other typed, nor the other's result. */

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterEach(() => demo?.closePages())
afterAll(() => demo?.close())

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const switchTo = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** Sends a request from the page, with its cookies, and returns the status and body of the answer. */
const askAs = (
  page: Page,
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
) =>
  page.evaluate(
    async ([address, options]) => {
      const answer = await fetch(address, options)
      return { status: answer.status, text: await answer.text() }
    },
    [path, init] as const,
  )

async function approvedMira(): Promise<{ page: Page; sessionId: string }> {
  const page = await demo.newPage()
  const sessionId = await begin(page, demo)
  demo.emulator.control.finish(sessionId, 'Approved')
  await demo.emulator.control.idle()
  await page.goto(`${demo.origin}/`)
  await heading(page, 'Welcome aboard')
  return { page, sessionId }
}

test("an approval, its account and its timeline are gone at the other's sign-in, and there again after it", async () => {
  const { page, sessionId } = await approvedMira()
  const iban = await page.locator('.iban').innerText()
  await page.getByRole('button', { name: 'Behind the scenes' }).click()
  await page.getByText('status.updated').first().waitFor()

  await switchTo(page, 'Tom Example')
  await heading(page, 'Tell us who is coming aboard')
  const seen = await page.locator('body').innerText()
  for (const text of [iban, 'Approved', 'status.updated']) expect(seen).not.toContain(text)
  expect((await askAs(page, '/api/didit/sessions/current')).status).toBe(404)
  const ticket = await askAs(page, `/api/didit/sessions/${sessionId}/ticket`, { method: 'POST' })
  expect(ticket.status).toBe(404)
  const proof = await askAs(page, `/api/didit/sessions/${sessionId}/proof`, { method: 'POST' })
  expect(proof).toMatchObject({ status: 404, text: expect.stringContaining('session-not-found') })

  await switchTo(page, 'Mira Sample')
  await heading(page, 'Welcome aboard')
  await expect.poll(() => page.locator('.iban').innerText()).toBe(iban)
})

test('the form of one person does not hold what the other typed and did not send', async () => {
  const page = await demo.newPage()
  await signIn(page, demo)
  await page.goto(`${demo.origin}/`)
  await page.getByLabel('First names').fill('Adalind')
  await switchTo(page, 'Tom Example')
  await expect.poll(() => page.getByLabel('First names').inputValue()).toBe('')
  await page.reload()
  await expect.poll(() => page.getByLabel('First names').inputValue()).toBe('')
  await switchTo(page, 'Mira Sample')
  await expect.poll(() => page.getByLabel('First names').inputValue()).toBe('Adalind')
})

test("a ticket opens no Session of another person, and an older tab does not show the other's result", async () => {
  const { page, sessionId } = await approvedMira()
  const { ticket } = JSON.parse((await askAs(page, `/api/didit/sessions/${sessionId}/ticket`, { method: 'POST' })).text)

  const second = await page.context().newPage()
  await second.goto(`${demo.origin}/`)
  await heading(second, 'Welcome aboard')
  await switchTo(second, 'Tom Example')
  await heading(second, 'Tell us who is coming aboard')
  await giveDetails(second, demo)
  const toms = await askAs(second, '/api/didit/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const tomsId = JSON.parse(toms.text).session.sessionId
  expect(tomsId).not.toBe(sessionId)
  const foreign = await askAs(second, `/api/didit/sessions/${tomsId}`, {
    headers: { authorization: `Bearer ${ticket}` },
  })
  expect(foreign).toMatchObject({ status: 401, text: expect.stringContaining('ticket-invalid') })

  // The first tab still shows Mira, so it must not show Tom's result.
  demo.emulator.control.finish(tomsId, 'Declined')
  await demo.emulator.control.idle()
  await page.bringToFront()
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  // It asks for the Session every few seconds. Then it draws the answer.
  await page.waitForResponse((response) => response.url().includes('/api/didit/sessions/'))
  await untilDrawn(page)
  expect(await page.locator('body').innerText()).not.toContain('We could not let you in')
  await page.reload()
  await heading(page, 'We could not let you in')
  expect(await page.locator('.iban').count()).toBe(0)
})

test('the back button shows nothing of the person who was here before', async () => {
  const { page } = await approvedMira()
  await page.goto(`${demo.origin}/plain.html`)
  await page.request.fetch(`${demo.origin}/bank/me`, {
    method: 'PUT',
    headers: { origin: demo.origin },
    data: { person: 'tom' },
  })
  // `page.goBack` waits for a `load` event, which a page restored from the back-forward cache does not fire.
  await page.evaluate(() => history.back())
  await heading(page, 'Tell us who is coming aboard')
  expect(await page.locator('.iban').count()).toBe(0)
})
