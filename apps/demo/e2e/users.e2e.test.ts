import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { begin, giveDetails, signIn } from '../testing/bank-scenes.ts'
import { type Stage, setStage } from '../testing/harness.ts'

/** Two people at one browser: what the one typed, verified or was refused never shows for the other. */

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.close())

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const switchTo = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** The status and body of an answer to a request that the page itself sends, with its cookies. */
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
  const page = await stage.newPage()
  const sessionId = await begin(page, stage)
  stage.emulator.control.finish(sessionId, 'Approved')
  await stage.emulator.control.idle()
  await page.goto(`${stage.origin}/`)
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

test('what one has typed and not sent is not in the form of the other', async () => {
  const page = await stage.newPage()
  await signIn(page, stage)
  await page.goto(`${stage.origin}/`)
  await page.getByLabel('First names').fill('Adalind')
  await switchTo(page, 'Tom Example')
  await expect.poll(() => page.getByLabel('First names').inputValue()).toBe('')
  await page.reload()
  expect(await page.getByLabel('First names').inputValue()).toBe('')
  await switchTo(page, 'Mira Sample')
  await expect.poll(() => page.getByLabel('First names').inputValue()).toBe('Adalind')
})

test("one's ticket opens no Session of the other, and a tab of before shows nobody else's", async () => {
  const { page, sessionId } = await approvedMira()
  const { ticket } = JSON.parse((await askAs(page, `/api/didit/sessions/${sessionId}/ticket`, { method: 'POST' })).text)

  const second = await page.context().newPage()
  await second.goto(`${stage.origin}/`)
  await heading(second, 'Welcome aboard')
  await switchTo(second, 'Tom Example')
  await heading(second, 'Tell us who is coming aboard')
  await giveDetails(second, stage)
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

  // The first tab is still Mira's: it must not take what is now Tom's for hers.
  stage.emulator.control.finish(tomsId, 'Declined')
  await stage.emulator.control.idle()
  await page.bringToFront()
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await page.waitForTimeout(1_000)
  expect(await page.locator('body').innerText()).not.toContain('We could not let you in')
  await page.reload()
  await heading(page, 'We could not let you in')
  expect(await page.locator('.iban').count()).toBe(0)
})

test('the way back in the history shows nothing of who was here before', async () => {
  const { page } = await approvedMira()
  await page.goto(`${stage.origin}/plain.html`)
  await page.request.fetch(`${stage.origin}/bank/me`, {
    method: 'PUT',
    headers: { origin: stage.origin },
    data: { person: 'tom' },
  })
  // A page that is kept as it was fires no `load`, which is what the driver's own way back waits for.
  await page.evaluate(() => history.back())
  await heading(page, 'Tell us who is coming aboard')
  expect(await page.locator('.iban').count()).toBe(0)
})
