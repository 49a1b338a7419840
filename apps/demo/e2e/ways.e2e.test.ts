import { verifyProof } from '@didit-verify/server'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { known } from '../testing/bank-scenes.ts'
import { chooseOutcome, type Demo, seenEvents, startDemo, untilState, watchElement } from '../testing/harness.ts'

/** Didit's page inline and by redirect, and the proof that the host gets in the end. */

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterEach(() => demo?.closePages())
afterAll(() => demo?.close())

test('inline fills a phone and goes back into the page without being loaded again, and the verdict arrives', async () => {
  const page = await demo.newPage({ width: 1280, height: 900 })
  await known(page, demo)
  await page.goto(`${demo.origin}/`)
  await page.getByRole('button', { name: 'Verify your identity' }).click()
  const hosted = page.frameLocator('didit-verify iframe')
  await hosted.getByRole('button', { name: 'Start' }).click()
  await hosted.getByRole('button', { name: 'Continue' }).waitFor()
  const frame = page.frames().find((it) => it !== page.mainFrame())
  await frame?.evaluate(() => {
    document.documentElement.dataset.mark = 'the same document'
  })
  const dialog = page.locator('didit-verify dialog')
  const isOnTop = () => dialog.evaluate((it) => it.matches(':modal'))
  expect(await isOnTop()).toBe(false)
  // It is a part of the page: it scrolls along, and the rest of the page stays usable.
  expect(await dialog.evaluate((it) => getComputedStyle(it).position)).not.toBe('fixed')

  await page.setViewportSize({ width: 390, height: 844 })
  await expect.poll(isOnTop).toBe(true)
  const box = async () => Object.values((await dialog.boundingBox()) ?? {}).map(Math.round)
  await expect.poll(box).toEqual([0, 0, 390, 844])
  expect(await dialog.getByRole('button', { name: 'Close' }).isVisible()).toBe(true)

  await page.setViewportSize({ width: 800, height: 900 })
  await expect.poll(isOnTop).toBe(false)
  await page.setViewportSize({ width: 1280, height: 900 })
  expect(await frame?.evaluate(() => document.documentElement.dataset.mark)).toBe('the same document')

  await chooseOutcome(page, 'Approved')
  await untilState(page, 'approved')
  await page.getByText('Account number').waitFor()
})

test('a reviewer who changes the verdict is seen without a reload', async () => {
  const page = await demo.newPage({ width: 1280, height: 900 })
  await known(page, demo)
  await page.goto(`${demo.origin}/`)
  await page.getByRole('button', { name: 'Verify your identity' }).click()
  await chooseOutcome(page, 'Declined')
  await page.getByRole('heading', { level: 1, name: 'We could not let you in' }).waitFor()
  const { session_id: sessionId = '' } = demo.emulator.control.sessions().at(-1) ?? {}
  demo.emulator.control.finish(sessionId, 'Approved')
  await page.getByRole('heading', { level: 1, name: 'Welcome aboard' }).waitFor()
  await page.getByText('Account number').waitFor()
  demo.emulator.control.finish(sessionId, 'Resubmitted')
  await page.getByText('Take a new picture of your identity document.').waitFor()
  await expect.poll(() => page.locator('.iban').count()).toBe(0)
})

test('redirect leaves the page and comes back to a verdict, though every webhook is lost and the address lies', async () => {
  const page = await demo.newPage()
  await watchElement(page)
  await page.addInitScript(() => {
    document.addEventListener('DOMContentLoaded', () => {
      document.querySelector('didit-verify')?.setAttribute('mode', 'redirect')
    })
  })
  await page.goto(`${demo.origin}/plain.html`)
  await untilState(page, 'none')
  await page.getByRole('button', { name: 'Verify your identity' }).click()
  await page.waitForURL(new RegExp(`^${demo.emulator.url}/`))
  expect(page.frames()).toHaveLength(1)

  demo.emulator.control.faults({ drop: true, pageClaims: 'Approved' })
  await page.getByRole('button', { name: 'Declined', exact: true }).click()
  await page.waitForURL(`${demo.origin}/plain.html`)
  await untilState(page, 'declined')
  demo.emulator.control.faults({})
  const statuses = (await seenEvents(page)).filter(({ type }) => type === 'didit-status')
  expect(statuses.at(-1)?.detail).toMatchObject({ status: 'Declined', source: 'api' })
  await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(0)
})

test('a form submits a proof that another backend can check, of this person and of nobody else', async () => {
  const page = await demo.newPage()
  await page.goto(`${demo.origin}/plain.html`)
  await page.getByRole('button', { name: 'Verify your identity' }).click()
  await chooseOutcome(page, 'Approved')
  await untilState(page, 'approved')
  await page.evaluate(() => {
    const element = Object.assign(document.createElement('didit-verify'), { name: 'identity', required: true })
    const form = document.createElement('form')
    form.append(element)
    document.body.append(form)
  })
  const submitted = () =>
    page.evaluate(() => {
      const [form] = document.forms
      return form?.checkValidity() ? new FormData(form).get('identity') : null
    })
  await expect.poll(submitted).toEqual(expect.any(String))

  const cookies = await page.context().cookies()
  const userId = `anonymous-${cookies.find(({ name }) => name === 'didit_anonymous')?.value}`
  const check = { secret: demo.secrets.ticketSecret, userId, workflow: 'default' }
  const proof = await submitted()
  expect(await verifyProof(proof, check)).toMatchObject({ workflow: 'default', decidedAt: expect.any(Number) })
  await expect(verifyProof(proof, { ...check, userId: 'somebody-else' })).rejects.toMatchObject({
    code: 'proof-invalid',
  })
  await expect(verifyProof(proof, { ...check, workflow: 'transfer' })).rejects.toMatchObject({ code: 'proof-invalid' })
})
