import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  chooseOutcome,
  type Demo,
  openHostedPage,
  seenEvents,
  shownButton,
  shownText,
  startDemo,
  untilEvent,
  untilState,
  wasApproved,
  watchElement,
} from '../testing/harness.ts'
import { personalData, sessionTokens } from '../testing/personal-data.ts'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterEach(() => demo?.closePages())
afterAll(() => demo?.close())

async function openPlain(options: Parameters<Demo['newPage']>[0] = {}) {
  await demo.emulator.control.faults({})
  const page = await demo.newPage(options)
  await watchElement(page)
  await page.goto(`${demo.origin}/plain.html`)
  return page
}

const press = async (page: Awaited<ReturnType<typeof openPlain>>, outcome: string) => {
  await openHostedPage(page)
  await chooseOutcome(page, outcome)
}

const currentSessionId = async (page: Awaited<ReturnType<typeof openPlain>>): Promise<string> => {
  const answer = await page.evaluate(async () => (await fetch('/api/didit/sessions/current')).json())
  expect(answer.sessionId).toMatch(/^[0-9a-f-]{36}$/)
  return answer.sessionId
}

test('an approval arrives by itself, by webhook, in the documented order of events', async () => {
  const page = await openPlain()
  await press(page, 'Approved')
  await untilState(page, 'approved')
  const events = await untilEvent(page, 'didit-decision')
  const milestones = ['didit-open', 'didit-ready', 'didit-status', 'didit-decision']
  expect(events.map((event) => event.type).filter((type) => milestones.includes(type))).toEqual(milestones)
  const byWebhook = events.filter((event) => event.type === 'didit-status' && event.detail.source === 'webhook')
  expect(byWebhook).toHaveLength(1)
  expect(byWebhook[0]?.detail).toMatchObject({ status: 'Approved', phase: 'approved' })
  const decision = events.findLast((event) => event.type === 'didit-decision')
  expect(decision?.detail).toMatchObject({ status: 'Approved', settled: true })
  // Shows that `wasApproved` works: the tests below expect false.
  await expect.poll(() => wasApproved(page)).toBe(true)
})

test('a decline shows the person why, in words, and offers another try', async () => {
  const page = await openPlain()
  await press(page, 'Declined')
  await untilState(page, 'declined')
  expect(await wasApproved(page)).toBe(false)
  await expect.poll(() => shownText(page)).toContain('expired')
  await expect.poll(() => shownButton(page, /try again/i).isVisible()).toBe(true)
})

test('a review that later ends in an approval shows it without a reload', async () => {
  const page = await openPlain()
  await press(page, 'In Review')
  await untilState(page, 'review')
  await demo.emulator.control.finish(await currentSessionId(page), 'Approved')
  await untilState(page, 'approved')
  const statuses = (await seenEvents(page)).filter((event) => event.type === 'didit-status')
  expect(statuses.map((event) => event.detail.status)).toEqual(['In Review', 'Approved'])
})

test('a reload in the middle goes on in the same Session', async () => {
  const page = await openPlain({ camera: true })
  const frame = await openHostedPage(page)
  await frame.getByRole('button', { name: /^start/i }).click()
  await untilState(page, 'active')
  const before = await currentSessionId(page)

  await page.reload()
  await untilState(page, 'active')
  await press(page, 'Approved')
  await untilState(page, 'approved')
  expect(await currentSessionId(page)).toBe(before)
})

test('a person who is faster than the first answer keeps the Session', async () => {
  const release = demo.holdAnswers('/sessions/current')
  onTestFinished(release)
  const page = await openPlain()
  const answered = page.waitForResponse((response) => response.url().includes('/sessions/current'))
  await openHostedPage(page)
  release()
  await answered
  await page.reload()
  await untilState(page, 'active')
  expect(await currentSessionId(page)).toBeTruthy()
})

test('the walk with a camera ends with the verdict on the screen', async () => {
  const page = await openPlain({ camera: true })
  const frame = await openHostedPage(page)
  await frame.getByRole('button', { name: /^start/i }).click()
  await frame.getByRole('button', { name: 'Continue', exact: true }).click()
  await frame.getByRole('button', { name: 'Take the picture' }).click() // the document
  await frame.getByRole('heading', { name: 'Picture of your face' }).waitFor()
  await frame.getByRole('button', { name: 'Take the picture' }).click()
  await frame.getByRole('button', { name: 'Submit', exact: true }).click()
  await chooseOutcome(page, 'Approved')
  await untilState(page, 'approved')
  const types = (await untilEvent(page, 'didit-submit')).map((event) => event.type)
  expect(types).toContain('didit-step')
  expect(types).toContain('didit-submit')
})

test('a server killed in the middle comes back and the verdict arrives without a reload', async () => {
  const page = await openPlain()
  await openHostedPage(page)
  const before = demo.emulator.control.deliveries().length
  await demo.killServer()
  await chooseOutcome(page, 'Approved')
  // The server stays away until a webhook has failed to reach it.
  await expect
    .poll(() =>
      demo.emulator.control
        .deliveries()
        .slice(before)
        .some(({ attempts }) => attempts.length > 0),
    )
    .toBe(true)
  await demo.startServer()
  await untilState(page, 'approved')
  await untilEvent(page, 'didit-decision')
})

test('when every webhook is lost, a refresh brings the verdict', async () => {
  const page = await openPlain()
  await demo.emulator.control.faults({ drop: true })
  await press(page, 'Approved')
  await untilState(page, 'approved')
  const decided = (await seenEvents(page)).filter((event) => event.type === 'didit-status')
  expect(decided.map((event) => event.detail.source)).toEqual(['api'])
})

test('a page that claims Approved never makes the screen say so when the server says Declined', async () => {
  const page = await openPlain()
  await demo.emulator.control.faults({ pageClaims: 'Approved' })
  await press(page, 'Declined')
  await untilState(page, 'declined')
  await expect.poll(() => shownText(page)).toMatch(/not verified/i)
  expect(await shownText(page)).not.toMatch(/\bapproved\b|identity verified|is verified/i)
  expect(await wasApproved(page)).toBe(false)
  const statuses = (await seenEvents(page)).filter((event) => event.type === 'didit-status')
  expect(statuses.map((event) => event.detail.status)).toEqual(['Declined'])
})

test('the React page shows the same verdict through both hooks', async () => {
  await demo.emulator.control.faults({})
  const page = await demo.newPage()
  await watchElement(page)
  await page.goto(`${demo.origin}/`)
  await page.getByRole('button', { name: 'Continue as Mira Sample' }).click()
  const answers = {
    'First names': 'Adalind',
    'Family name': 'Probestein',
    Day: '27',
    Month: '3',
    Year: '1985',
    'E-mail': 'adalind@example.org',
    'Street and number': 'Kaistrasse 7',
    'Postal code': '20457',
    'Town or city': 'Hamburg',
  }
  for (const [label, answer] of Object.entries(answers)) await page.getByLabel(label, { exact: true }).fill(answer)
  await page.getByLabel('Country').selectOption({ label: 'Germany' })
  await page.getByRole('button', { name: 'Save and continue' }).click()
  await page.getByRole('button', { name: 'Verify your identity' }).click()
  await chooseOutcome(page, 'Declined')
  await untilState(page, 'declined')
  // `useSession` gives the status, `useDecision` the check with its reason.
  await expect.poll(() => page.locator('main').innerText()).toMatch(/could not let you in[\s\S]*expired/i)
})

test('two tabs of one person share one Session', async () => {
  const first = await openPlain()
  await first.locator('didit-verify').locator('button').first().click()
  await first.frameLocator('didit-verify iframe').getByRole('button', { name: 'Approved', exact: true }).waitFor()
  const second = await first.context().newPage()
  await second.goto(`${demo.origin}/plain.html`)
  const started = await second.evaluate(async () => {
    const send = () =>
      fetch('/api/didit/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    const answers = await Promise.all([send(), send()])
    return Promise.all(answers.map(async (answer) => (await answer.json()).session.sessionId))
  })
  expect(new Set([...started, await currentSessionId(first)]).size).toBe(1)
})

test('no secret, no session token and no personal data ever reached the browser', async () => {
  const { apiKey, webhookSecret, ticketSecret } = demo.secrets
  const tokens = await sessionTokens(demo)
  const personal = await personalData(demo)
  // The recording holds the walks, and the secrets to look for exist.
  expect(demo.traffic.some(({ body }) => body.includes('event: snapshot') && body.includes('"Approved"'))).toBe(true)
  expect(tokens.length).toBeGreaterThan(5)
  expect(personal.length).toBeGreaterThan(4)

  for (const { url, body } of demo.traffic) {
    // The address of the hosted page contains its token, so this field is left out.
    const rest = body.replaceAll(/"url":"[^"]*"/g, '')
    for (const secret of [apiKey, webhookSecret, ticketSecret, ...tokens, ...personal]) {
      expect(rest.includes(secret), `${url} carries ${secret}`).toBe(false)
    }
  }
})
