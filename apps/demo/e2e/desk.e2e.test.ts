import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { signIn } from '../testing/bank-scenes.ts'
import { bringPeople, openSession, takeWatch } from '../testing/desk-scenes.ts'
import { type Demo, startDemo } from '../testing/harness.ts'
import { expectFocusKept, focused, go } from '../testing/keys.ts'
import { personalData } from '../testing/personal-data.ts'

/** The review desk: each function of Didit's session API, used by a person at a screen. */

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterEach(() => demo?.closePages())
afterAll(() => demo?.close())

const apis = ['/api/didit/staff', '/api/partner/staff']

/** Opens the list, with a dozen people who have just arrived. */
async function openDesk(): Promise<Page> {
  const page = await demo.newPage({ width: 1280, height: 900 })
  await takeWatch(page, demo)
  await bringPeople(page, demo)
  await page.goto(`${demo.origin}/review`)
  await page.locator('.arrival').first().waitFor()
  return page
}

async function openFile(name: string): Promise<Page> {
  const page = await openDesk()
  await openSession(page, demo, name)
  await isRead(page)
  return page
}

const isRead = (page: Page) => page.locator('article[aria-busy=false]').waitFor()
const status = (page: Page) => page.locator('.file-head .status-name').innerText()
const untilStatus = (page: Page, name: string) => expect.poll(() => status(page)).toBe(name)
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const sessionIdOf = (page: Page) => new URL(page.url()).hash.split('/').at(-1) ?? ''

/** Reads an endpoint of Didit's API directly. */
async function atDidit(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { 'x-api-key': demo.secrets.apiKey }
  const answer = await demo.emulator.fetch(new Request(`${demo.emulator.url}/v3${path}`, { headers }))
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Record<string, unknown> }
}
const decisionOf = (sessionId: string) => atDidit(`/session/${sessionId}/decision/`)
/** The screen shows a status before Didit has taken it, so a test that reads the decision waits for Didit's own status. */
const untilDiditSays = (sessionId: string, wanted: string) =>
  expect.poll(async () => (await decisionOf(sessionId)).body.status).toBe(wanted)

test('a person who is not on the staff is refused everything and sees nothing', async () => {
  const staff = await demo.newPage()
  await takeWatch(staff, demo)
  await bringPeople(staff, demo)
  const secrets = await personalData(demo)
  expect(secrets).toContain('Varga-Nørgaard')
  const { body } = await atDidit('/sessions/?limit=1')
  const [{ session_id: sessionId }] = body.results as [{ session_id: string }]

  for (const [prepare, refusal, code, title] of [
    [async () => {}, 401, 'unauthenticated', 'Who has the watch?'],
    [signIn, 403, 'staff-only', 'No entry for customers'],
  ] as const) {
    const page = await demo.newPage()
    await prepare(page, demo)
    const before = demo.traffic.length
    await page.goto(`${demo.origin}/review#/harbour/sessions/${sessionId}`)
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    for (const api of apis) {
      for (const [method, path] of [
        ['GET', '/sessions'],
        ['GET', `/sessions/${sessionId}/decision`],
        ['GET', '/sessions/00000000-0000-4000-8000-000000000000/decision'],
        ['POST', `/sessions/${sessionId}/update-status`],
        ['GET', `/sessions/${sessionId}/pdf`],
        ['POST', `/sessions/${sessionId}/share`],
        ['POST', '/import'],
        ['GET', '/blocklist'],
        ['POST', '/blocklist/add'],
        ['POST', '/blocklist/remove'],
        ['DELETE', `/sessions/${sessionId}`],
        ['GET', '/events'],
      ] as const) {
        const answer = await page.evaluate(
          async ([address, verb]) => {
            const body = verb === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json' } }
            const { status, ...rest } = await fetch(address, { method: verb, ...body }).then(async (it) => ({
              status: it.status,
              code: ((await it.json()) as { code?: string }).code,
            }))
            return { status, ...rest }
          },
          [`${api}${path}`, method] as const,
        )
        expect(answer, `${method} ${api}${path}`).toEqual({ status: refusal, code })
      }
    }
    const heard = demo.traffic.slice(before).map(({ body: text }) => text)
    for (const secret of secrets)
      expect(
        heard.some((text) => text.includes(secret)),
        secret,
      ).toBe(false)
  }
})

test('a signed-in reviewer whose watch is over is put before the door, and the screen is empty', async () => {
  const page = await openFile('Ilse Varga-Nørgaard')
  await page.context().clearCookies()
  await page.getByRole('link', { name: 'Blocklist', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Who has the watch?' }).waitFor()
  expect(await page.locator('body').innerText()).not.toContain('Ilse')
})

test('the desk is filled, and a Session is found by status, by name, and by its country', async () => {
  const page = await demo.newPage({ width: 1280, height: 900 })
  await takeWatch(page, demo)
  await page.goto(`${demo.origin}/review`)
  await button(page, 'Fill the desk').click()
  await page.getByText(/Sessions have arrived/).waitFor()
  await page.locator('.arrival').first().waitFor()

  await page.getByRole('navigation', { name: 'Status' }).getByRole('link', { name: 'Declined' }).click()
  await expect.poll(() => page.locator('.arrival .status-name').allInnerTexts()).toContain('Declined')
  await expect.poll(async () => new Set(await page.locator('.arrival .status-name').allInnerTexts()).size).toBe(1)

  await page.getByRole('navigation', { name: 'Status' }).getByRole('link', { name: 'All' }).click()
  await page.getByLabel('Name, number or e-mail').fill('Przykład')
  await button(page, 'Find').click()
  await expect
    .poll(async () => new Set(await page.locator('.arrival-link').allInnerTexts()))
    .toEqual(new Set(['Olek Przykład']))
  // The search stands behind the #, so it is not sent to the server as part of the address.
  expect(new URL(page.url()).search).toBe('')

  await page.getByText('More filters').click()
  await page.getByLabel('Name, number or e-mail').fill('')
  await page.getByLabel('Country of the document').selectOption({ label: 'Norway' })
  await button(page, 'Find').click()
  await expect
    .poll(async () => new Set(await page.locator('.arrival-link').allInnerTexts()))
    .toEqual(new Set(['Siri Prøve']))
  await page.getByLabel('Created until').fill('2020-01-01')
  await button(page, 'Find').click()
  await page.getByRole('heading', { name: 'Nobody fits' }).waitFor()
  await page.getByRole('link', { name: 'Clear all filters' }).first().click()
  await page.locator('.arrival').nth(10).waitFor()
})

test('a list of many pages is turned over, and back', async () => {
  const page = await openDesk()
  await bringPeople(page, demo)
  await bringPeople(page, demo)
  await page.reload()
  await page.locator('.arrival').nth(19).waitFor()
  const first = await page.locator('.arrival-number').first().innerText()
  await page.getByRole('link', { name: 'Older' }).click()
  await page.getByText(/^21–/).waitFor()
  await page.evaluate(() => history.back())
  await page.getByText(/^1–20 of/).waitFor()
  await expect.poll(() => page.locator('.arrival-number').first().innerText()).toBe(first)
})

test('every block of a decision is there in words, with its pictures and its warnings', async () => {
  const page = await openFile('Ilse Varga-Nørgaard')
  for (const block of [
    'Identity document',
    'Chip of the document',
    'A living person',
    'Face on the document',
    'Proof of address',
    'Phone number',
    'E-mail address',
    'Answers',
    'Watch lists',
    'Public registers',
    'Connection and device',
    'What the bank told Didit',
  ]) {
    expect(await page.getByRole('heading', { level: 3, name: block, exact: true }).count(), block).toBe(1)
  }
  await page.getByText('A watch list has an entry that may be this person.').first().waitFor()
  expect(await page.locator('.warnings code').allInnerTexts()).toContain('POSSIBLE_MATCH_FOUND')
  // Pictures load once they are scrolled into view.
  for (const picture of await page.locator('.pictures img').all()) {
    await picture.scrollIntoViewIfNeeded()
    await expect.poll(() => picture.evaluate((it) => (it as HTMLImageElement).naturalWidth)).toBeGreaterThan(0)
  }
  await expect.poll(() => page.locator('.trail li').first().innerText()).toContain('by webhook')
  // Every key of Didit has a label.
  expect(await page.locator('dt').allInnerTexts()).not.toContainEqual(expect.stringContaining('_'))
})

test('a Session is approved, declined with a reason, and sent back for the chosen steps', async () => {
  const page = await openFile('Bram Musterman')
  const sessionId = sessionIdOf(page)
  await button(page, 'Approve').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
  await untilStatus(page, 'Approved')
  await page.getByText('Bram Musterman is approved.').waitFor()
  await untilDiditSays(sessionId, 'Approved')
  await page.getByText('Already approved.').waitFor()
  await expect.poll(() => button(page, 'Approve').getAttribute('aria-disabled')).toBe('true')

  await button(page, 'Decline').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Decline' }).click()
  await page.getByText('Write why the Session is declined.').waitFor()
  await page.getByLabel('Comment').fill('The portrait is another person.')
  await page.getByRole('dialog').getByRole('button', { name: 'Decline' }).click()
  await untilStatus(page, 'Declined')
  await untilDiditSays(sessionId, 'Declined')
  await page.locator('blockquote', { hasText: 'The portrait is another person.' }).waitFor()

  await isRead(page)
  await button(page, 'Ask for steps again').click()
  const dialog = page.getByRole('dialog')
  for (const box of await dialog.getByRole('checkbox').all()) await box.uncheck()
  await dialog.getByRole('button', { name: 'Ask for steps again' }).click()
  await page.getByText('Choose at least one step.').waitFor()
  await dialog.getByRole('checkbox', { name: /A living person/ }).check()
  await dialog.getByRole('button', { name: 'Ask for steps again' }).click()
  await untilStatus(page, 'Sent back')
  await untilDiditSays(sessionId, 'Resubmitted')
  const { body } = await decisionOf(sessionId)
  // Didit deletes the result of the chosen step, and nothing else.
  expect(body.liveness_checks).toBeNull()
  expect(body.id_verifications).not.toBeNull()
})

test('a verdict that Didit does not take is taken off the screen again, and the reviewer told', async () => {
  const page = await openFile('Inês Exemplo')
  const sessionId = sessionIdOf(page)
  const release = demo.holdAnswers('update-status')
  // A refusal, because the desk does not retry one.
  demo.emulator.control.faults({ api: { status: 403 } })
  try {
    await button(page, 'Approve').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
    // The screen shows it before the answer, and takes it back after the refusal.
    await untilStatus(page, 'Approved')
    release()
    await page.getByText('The approval did not go through, so everything is as it was: in review.').waitFor()
    await untilStatus(page, 'In review')
  } finally {
    release()
    demo.emulator.control.faults({})
  }
  expect((await decisionOf(sessionId)).body.status).toBe('In Review')
  await page.reload()
  await button(page, 'Approve').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
  await untilStatus(page, 'Approved')
  await untilDiditSays(sessionId, 'Approved')
})

test('what happens elsewhere shows by itself, on the list and in an open file', async () => {
  const list = await openDesk()
  const file = await demo.newPage({ width: 1280, height: 900 })
  await takeWatch(file, demo)
  await openSession(file, demo, 'Ilse Varga-Nørgaard')
  await isRead(file)
  const sessionId = sessionIdOf(file)
  for (const page of [list, file]) await page.locator('.live[data-live=true]').waitFor()

  demo.emulator.control.finish(sessionId, 'Declined')
  await untilStatus(file, 'Declined')
  const row = list.locator('.arrival', { has: list.locator(`a[href$="${sessionId}"]`) })
  await expect.poll(() => row.locator('.status-name').innerText()).toBe('Declined')
  await list.getByText(/^Session \d+ is now declined\.$/).waitFor({ state: 'attached' })

  // New Sessions do not move the list. It says that they exist, and shows them on request.
  const before = await list.locator('.arrival').count()
  await bringPeople(file, demo)
  await list.getByText(/Sessions? elsewhere ha(s|ve) changed/).waitFor()
  expect(await list.locator('.arrival').count()).toBe(before)
  // Some of them may arrive only after the first press.
  await expect
    .poll(async () => {
      for (const show of await button(list, 'Show the newest').all())
        await show.evaluate((it: HTMLElement) => it.click())
      return list.getByText(/elsewhere/).count()
    })
    .toBe(0)
})

test('the report is a PDF, and is not offered where there is none yet', async () => {
  const page = await openFile('Olek Przykład')
  const answer = page.waitForResponse((it) => it.url().endsWith('/pdf'))
  await button(page, 'Download the PDF report').click()
  const report = await answer
  expect(report.status()).toBe(200)
  expect(report.headers()['content-type']).toBe('application/pdf')
  const start = await page.evaluate(async (url) => (await (await fetch(url)).text()).slice(0, 4), report.url())
  expect(start).toBe('%PDF')

  await openSession(page, demo, 'Nils Provtagare')
  await page.getByText('A report is written once').waitFor()
  await expect.poll(() => button(page, 'Download the PDF report').getAttribute('aria-disabled')).toBe('true')
  await page.getByText('The person is not done yet: nothing to decide.').waitFor()
})

test('a Session is shared with the partner and imported there, once', async () => {
  const page = await openFile('Olek Przykład')
  await page.getByText('Share with a partner').click()
  await button(page, 'Make a token').click()
  const token = await page.getByLabel('Token').inputValue()
  expect(token.split('.')).toHaveLength(3)
  await button(page, 'Import it as Lantern Credit').click()
  await page.getByText('Lantern Credit has it now, as approved.').waitFor()
  await page.getByRole('link', { name: 'See it at Lantern Credit' }).click()
  await page
    .getByRole('navigation', { name: 'Bank' })
    .locator('[aria-current]', { hasText: 'Lantern Credit' })
    .waitFor()
  await page.getByRole('heading', { level: 1, name: 'Olek Przykład' }).waitFor()

  // The same token a second time, by hand, at the partner's own desk.
  await page.getByRole('link', { name: 'Import', exact: true }).click()
  await page.getByLabel('Token of the partner').fill(token)
  await button(page, 'Import').click()
  await page.getByRole('alert').waitFor()
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('Didit refuses')
})

test('face, document, number and address go on the blocklist, decline the next one, and come off', async () => {
  const page = await openFile('Siri Prøve')
  const blocked: string[] = []
  for (const kind of ['Face', 'Document', 'Phone number', 'E-mail address']) {
    await page.getByRole('button', { name: `Block: ${kind}` }).click()
    await page.getByRole('button', { name: `Take off: ${kind}` }).waitFor()
    blocked.push(kind)
  }
  // Siri verifies again. Without the blocklist she would be approved.
  await bringPeople(page, demo)
  await openSession(page, demo, 'Siri Prøve')
  await untilStatus(page, 'Declined')
  await page.getByText('The bank has blocked this face.').first().waitFor()
  await page.getByText('The bank has blocked this document.').first().waitFor()

  await page.getByRole('link', { name: 'Blocklist', exact: true }).click()
  const entries = page.locator('.blocked li')
  await expect.poll(() => entries.count()).toBeGreaterThanOrEqual(blocked.length)
  await page.getByRole('navigation', { name: 'Show' }).getByRole('link', { name: 'Phone number' }).click()
  await expect.poll(() => entries.count()).toBe(1)
  await page.getByRole('navigation', { name: 'Show' }).getByRole('link', { name: 'All' }).click()
  for (let left = blocked.length; left > 0; left -= 1) {
    await expect.poll(() => entries.count()).toBe(left)
    await entries.first().getByRole('button').click()
  }
  await page.getByRole('heading', { name: 'Nobody is blocked' }).waitFor()
})

test('a Session is deleted for good, once its number has been typed', async () => {
  const page = await openFile('Jean-Loup Échantillon')
  const sessionId = sessionIdOf(page)
  const number = await page.locator('.file-head dd').first().innerText()
  await button(page, 'Delete the Session').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('1')
  await dialog.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByText('That is not the number of this Session.').waitFor()
  expect((await decisionOf(sessionId)).status).toBe(200)
  await dialog.getByRole('textbox').fill(number)
  await dialog.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByRole('heading', { name: 'The Session is deleted' }).waitFor()
  expect((await decisionOf(sessionId)).status).toBe(404)
  await page.reload()
  await page.getByRole('heading', { name: 'There is no such Session' }).waitFor()
})

test('a person with a keyboard gets from the door to a verdict', async () => {
  const page = await demo.newPage({ width: 1280, height: 900 })
  await takeWatch(page, demo)
  await bringPeople(page, demo)
  await page.context().clearCookies()
  await page.goto(`${demo.origin}/review`)
  await page.getByRole('heading', { name: 'Who has the watch?' }).waitFor()
  await go(page, 'Take the watch as Rae Reviewer')
  await page.keyboard.press('Enter')
  await page.locator('.arrival').first().waitFor()
  await go(page, 'Name, number or e-mail')
  await page.keyboard.type('Ilse')
  await page.keyboard.press('Enter')
  await expect.poll(async () => new Set(await page.locator('.arrival-link').allInnerTexts()).size).toBe(1)
  await go(page, 'Ilse Varga-Nørgaard')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Ilse Varga-Nørgaard' }).waitFor()
  await isRead(page)
  await expectFocusKept(page)
  await go(page, 'Approve')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  // When the dialog closes without an answer, the focus returns to its button.
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await focused(page)).name).toBe('Approve')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await go(page, 'Approve')
  await page.keyboard.press('Enter')
  await untilStatus(page, 'Approved')
  await untilDiditSays(sessionIdOf(page), 'Approved')
  await expectFocusKept(page)
})

// Last, because Didit's clock is an hour ahead from here on.
test('a picture whose link has run out says so, and fresh links bring it back', async () => {
  const page = await openFile('Siri Prøve')
  await demo.emulator.control.clock({ advanceSeconds: 3_700 })
  await page.evaluate(() => {
    for (const image of document.querySelectorAll<HTMLImageElement>('.pictures img')) image.src = `${image.src}&again`
  })
  await page.getByText('The link to this picture has run out.').first().waitFor()
  await button(page, 'Fetch fresh links').first().click()
  await expect
    .poll(() =>
      page
        .locator('.pictures img')
        .first()
        .evaluate((it) => (it as HTMLImageElement).naturalWidth),
    )
    .toBeGreaterThan(0)
})

test('before any other Didit than the emulator the desk is closed: it has no password', async () => {
  await demo.killServer()
  await demo.startServer({ DIDIT_BASE_URL: 'https://didit.invalid' })
  const page = await demo.newPage()
  await page.goto(`${demo.origin}/review`)
  await page.getByRole('heading', { name: 'The desk is closed' }).waitFor()
  for (const path of ['/bank/review/me', ...apis.map((api) => `${api}/sessions`)]) {
    const answer = await page.request.get(`${demo.origin}${path}`)
    expect(answer.status(), path).toBe(404)
  }
})
