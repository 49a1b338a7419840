import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { answers } from '../testing/bank-scenes.ts'
import { type Demo, startDemo } from '../testing/harness.ts'
import { expectFocusKept, focused, go } from '../testing/keys.ts'

/** From the first page to the result with keys only: no click, and no focus set by the test. */

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterEach(() => demo?.closePages())
afterAll(() => demo?.close())

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()

test('a person with a keyboard gets from the first field to the result', async () => {
  const page = await demo.newPage({ width: 1280, height: 900 })
  await page.goto(`${demo.origin}/`)
  await page.getByRole('button', { name: 'Continue as Mira Sample' }).waitFor()
  await go(page, 'Continue as Mira Sample')
  await page.keyboard.press('Enter')
  await heading(page, 'Tell us who is coming aboard')
  await expectFocusKept(page)

  // A form that is sent incomplete moves the focus to its first fault.
  await go(page, 'Save and continue')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await focused(page)).name).toBe('First names')
  await page.keyboard.type(answers.firstName)
  const rest = [
    ['Family name', answers.lastName],
    ['Day', answers.birthDay],
    ['Month', answers.birthMonth],
    ['Year', answers.birthYear],
    ['E-mail', answers.email],
    ['Street and number', answers.street],
    ['Postal code', answers.postalCode],
    ['Town or city', answers.city],
    ['Country', 'Germany'],
  ] as const
  for (const [name, value] of rest) {
    // A complete field of a date moves the focus on by itself.
    if ((await focused(page)).name !== name) await go(page, name)
    await page.keyboard.type(value)
  }
  await go(page, 'Save and continue')
  await page.keyboard.press('Enter')
  await heading(page, 'Ready to cast off')
  await expectFocusKept(page)

  await go(page, 'Verify your identity')
  await page.keyboard.press('Enter')
  await page.frameLocator('didit-verify iframe').getByRole('button', { name: 'Start' }).waitFor()
  await expectFocusKept(page)
  await go(page, 'Start')
  await page.keyboard.press('Enter')
  await page.frameLocator('didit-verify iframe').getByRole('button', { name: 'Continue' }).waitFor()

  // Leaving is confirmed by a question.
  do await go(page, 'Close', 'Shift+Tab')
  while ((await focused(page)).isInFrame) // Didit's page has a button of that name too.
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await focused(page)).name).toBe('Stay')
  await page.keyboard.press('Enter')
  await expectFocusKept(page)

  await go(page, 'Approved')
  await page.keyboard.press('Enter')
  await heading(page, 'Welcome aboard')
  await page.getByText('Account number').waitFor()
  await expectFocusKept(page)
})
