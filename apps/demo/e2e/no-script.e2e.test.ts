import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { answers } from '../testing/bank-scenes.ts'
import { type Demo, startDemo } from '../testing/harness.ts'

/** The whole flow without scripts, from the bank's first form through Didit's page to the result. */

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterEach(() => demo?.closePages())
afterAll(() => demo?.close())

// A click needs a script that tells when the button has stopped moving. A key does not.
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).press('Enter')
const heading = (page: Page, name: RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()

/** Signs in, gives the details and goes on to Didit's page. */
async function goToDidit(): Promise<Page> {
  const page = await demo.newPage({ scripts: false })
  await page.goto(`${demo.origin}/`)
  // The page with scripts redirects to the one without.
  await page.waitForURL(/\/basic/)
  await press(page, 'Continue as Mira Sample')
  await page.getByLabel('First names').waitFor()
  for (const [name, value] of Object.entries(answers)) {
    const field = page.locator(`[name=${name}]`)
    await field.pressSequentially(name === 'country' ? 'Germany' : value)
  }
  await press(page, 'Save and continue')
  await heading(page, /Ready to cast off/)
  await press(page, 'Verify your identity')
  await page.waitForURL(new RegExp(`^${demo.emulator.url}/`))
  return page
}

test.each([
  ['Approved', /Welcome aboard/],
  ['Declined', /We could not let you in/],
] as const)('%s is on the result page, to which Didit leads back', async (outcome, title) => {
  const page = await goToDidit()
  await press(page, outcome)
  await page.waitForURL(`${demo.origin}/basic/identity?back=yes`)
  await heading(page, title)
  await expect.poll(() => page.getByText('Account number').count()).toBe(outcome === 'Approved' ? 1 : 0)
})

test('a review that ends in an approval is shown by the page itself, without a press', async () => {
  const page = await goToDidit()
  await press(page, 'In Review')
  await heading(page, /A pilot has come aboard/)
  const [session] = demo.emulator.control.sessions().slice(-1)
  demo.emulator.control.finish(session?.session_id ?? '', 'Approved')
  await heading(page, /Welcome aboard/)
  await page.getByText('Account number').waitFor()
})

test('nothing that the address says is believed', async () => {
  const page = await goToDidit()
  demo.emulator.control.faults({ pageClaims: 'Approved' })
  await press(page, 'Declined')
  await heading(page, /We could not let you in/)
  const [session] = demo.emulator.control.sessions().slice(-1)
  const lies = `status=Approved&verificationSessionId=${session?.session_id}&returnTo=https://evil.example/`
  for (const path of ['/basic/identity', '/api/didit/return']) {
    await page.goto(`${demo.origin}${path}?${lies}`)
    await page.waitForURL(new RegExp(`^${demo.origin}/basic/identity`))
    await heading(page, /We could not let you in/)
  }
  demo.emulator.control.faults({})
})

test('a faulty form comes back with what was typed and says what is wrong', async () => {
  const page = await demo.newPage({ scripts: false })
  await page.goto(`${demo.origin}/basic`)
  await press(page, 'Continue as Tom Example')
  await page.getByLabel('First names').pressSequentially('Tom')
  await page.getByLabel('Day').pressSequentially('31')
  await page.getByLabel('Month').pressSequentially('2')
  await page.getByLabel('Year').pressSequentially('1990')
  await press(page, 'Save and continue')
  await page.getByRole('heading', { name: /answers need another look/ }).waitFor()
  expect(await page.getByLabel('First names').inputValue()).toBe('Tom')
  expect(await page.getByLabel('Day').inputValue()).toBe('31')
  expect(await page.locator('[aria-invalid=true]').count()).toBeGreaterThan(4)
})
