import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from '../testing/harness.ts'

/** The emulator's hosted page alone in a real browser: the behaviour that unit tests cannot see. */

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterEach(() => demo?.closePages())
afterAll(() => demo?.close())

interface Wanted {
  readonly callback?: string
  readonly language?: string
  /** Last three characters of the Workflow's id. */
  readonly workflow?: string
}

async function createSession({ workflow = '555', ...more }: Wanted = {}): Promise<{ url: string; session_id: string }> {
  const answer = await demo.emulator.fetch(
    new Request(`${demo.emulator.url}/v3/session/`, {
      method: 'POST',
      headers: { 'x-api-key': demo.secrets.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ workflow_id: `11111111-2222-3333-4444-555555555${workflow}`, ...more }),
    }),
  )
  expect(answer.status).toBe(201)
  return answer.json()
}

async function decisionOf(sessionId: string) {
  const address = `${demo.emulator.url}/v3/session/${sessionId}/decision/`
  const answer = await demo.emulator.fetch(new Request(address, { headers: { 'x-api-key': demo.secrets.apiKey } }))
  return answer.json()
}

describe('with scripts off', () => {
  async function open(more: Parameters<typeof createSession>[0]) {
    const { url } = await createSession(more)
    const page = await demo.newPage({ scripts: false })
    await page.goto(url)
    return page
  }
  type Opened = Awaited<ReturnType<typeof open>>
  // A click needs a script that tells when the button has stopped moving. A key does not.
  const press = (page: Opened, name: string) => page.getByRole('button', { name, exact: true }).press('Enter')

  test('a person finds the outcomes alone, chooses one, and is taken back to the callback', async () => {
    const page = await open({ callback: `${demo.origin}/plain.html?from=didit` })
    expect(await page.locator('main').innerText()).toContain('Without JavaScript you cannot take pictures')
    const buttons = await page.getByRole('button').allInnerTexts()
    expect(buttons).toEqual(['Approved', 'Declined', 'In Review', 'Abandoned', 'Expired'])
    expect(await page.getByRole('list', { name: 'Steps' }).isVisible()).toBe(false)

    await press(page, 'Declined')
    await page.getByRole('heading', { name: 'Outcome: Declined' }).waitFor()
    expect(await page.getByRole('link', { name: 'Return' }).isVisible()).toBe(true)
    await page.waitForURL(/plain\.html\?from=didit&verificationSessionId=[0-9a-f-]{36}&status=Declined$/)
  })

  test('a session without a callback ends at a page that can be closed', async () => {
    const page = await open({ language: 'he' })
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl')
    await press(page, 'In Review')
    await page.getByText('You can close this page.').waitFor()
    expect(await page.getByRole('link').count()).toBe(0)
  })
})

test('reports its height as it grows and shrinks, without a loop with the frame that follows it', async () => {
  const { url } = await createSession()
  const page = await demo.newPage({ width: 600 })
  await page.goto(`${demo.origin}/plain.html`)
  await page.evaluate((address) => {
    const frame = Object.assign(document.createElement('iframe'), { src: `${address}?sdk_presentation=embedded` })
    Object.assign(frame.style, { width: '400px', height: '700px', border: '0' })
    const heights: number[] = []
    addEventListener('message', ({ data }) => {
      if (data.type !== 'didit:layout') return
      heights.push(data.data.contentHeight)
      frame.style.height = `${data.data.contentHeight}px`
    })
    document.body.prepend(frame)
    Object.assign(window, { told: () => heights })
  }, url)
  const told = () => page.evaluate(() => (window as unknown as { told(): number[] }).told())
  await expect.poll(() => page.frames().length).toBe(2)
  const frame = page.frames().find((it) => it !== page.mainFrame())
  if (!frame) throw new Error('The page has no frame.')

  /** Returns the heights that the page reported for one step, once its frame has the last of them. */
  let count = 0
  async function settle(): Promise<number[]> {
    const measure = () =>
      frame?.evaluate(() => [
        Math.ceil(document.body.getBoundingClientRect().height),
        innerHeight,
        document.documentElement.scrollHeight,
      ])
    // The frame is as high as its content: no scroll bar, and no space below.
    await expect
      .poll(async () => {
        const last = (await told()).at(-1)
        return (await measure())?.every((height) => height === last)
      })
      .toBe(true)
    const heights = (await told()).slice(count)
    count += heights.length
    return heights
  }

  await frame.getByRole('button', { name: 'Start' }).waitFor()
  const steps = [await settle()]
  await frame.getByRole('button', { name: 'Start' }).click()
  await frame.getByRole('button', { name: 'Continue' }).waitFor()
  steps.push(await settle())
  await frame.getByRole('button', { name: 'Continue' }).click()
  await frame.getByText('There is no camera here.').waitFor()
  steps.push(await settle())
  await frame.getByRole('button', { name: 'Declined' }).click()
  await frame.getByRole('heading', { name: /Outcome/ }).waitFor()
  steps.push(await settle())

  const [start = 0, , capture = 0, done = 0] = steps.map((heights) => heights.at(-1))
  expect(capture).toBeGreaterThan(start)
  expect(done).toBeLessThan(start)
  // One or two messages for each step: a scroll bar appears until the frame has grown.
  expect(Math.max(...steps.map((heights) => heights.length))).toBeLessThanOrEqual(3)
})

test('a person with a keyboard answers the questions, mends what was wrong, and the decision has the answers', async () => {
  const { url, session_id } = await createSession({ workflow: '559' })
  const page = await demo.newPage({ width: 360, height: 640 })
  await page.goto(url)
  await page.getByRole('button', { name: 'Start' }).press('Enter')
  await page.getByRole('heading', { name: 'Source of funds' }).waitFor()
  await page.getByLabel('Occupation').fill('Diver')
  await page.getByRole('button', { name: 'Continue' }).press('Enter')
  // Six answers are missing. The focus is on the first of them, which says what is wrong.
  await expect.poll(() => page.getByText('This field is required.').count()).toBe(6)
  const first = page.getByLabel('Main source of funds')
  await expect.poll(() => first.evaluate((field) => field === document.activeElement)).toBe(true)
  await expect.poll(() => first.getAttribute('aria-invalid')).toBe('true')

  await page.keyboard.press('ArrowDown')
  await page.getByRole('radio', { name: 'No' }).press('Space')
  await page.getByRole('checkbox', { name: 'Saving' }).press('Space')
  await page.getByRole('checkbox', { name: 'Payments abroad' }).press('Space')
  await page.getByLabel('Expected payments in a month').fill('42')
  await page.getByLabel('Since when do you live').fill('2020-02-29')
  await page.getByRole('checkbox', { name: 'My answers are true.' }).press('Space')
  await page.getByRole('button', { name: 'Continue' }).press('Enter')
  await page.getByRole('button', { name: 'Submit', exact: true }).press('Enter')
  await page.getByRole('button', { name: 'Approved', exact: true }).press('Enter')
  await page.getByRole('heading', { name: 'Outcome: Approved' }).waitFor()

  const { questionnaire_responses } = await decisionOf(session_id)
  const items: { answer: { value: string } }[] = questionnaire_responses[0].sections[0].items
  expect(items.map(({ answer }) => answer.value)).toEqual([
    'salary',
    'no',
    'saving,abroad',
    '42',
    '2020-02-29',
    'Diver',
    '',
    'true',
  ])
})

test('a card has a back, a code may be wrong once, and a letter of its own stays with the person', async () => {
  const { url, session_id } = await createSession({ workflow: '55c' })
  const page = await demo.newPage({ width: 500, height: 700 })
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.postData() ?? ''))
  await page.goto(url)
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByLabel('Kind of document').selectOption('Identity card')
  await page.getByRole('button', { name: 'Continue' }).click()
  for (const title of ['Picture of your document', 'Picture of the back', 'Picture of your face']) {
    await page.getByRole('heading', { name: title }).waitFor()
    await page.getByRole('button', { name: 'Use a sample image' }).click()
  }
  await page.getByLabel('Kind of letter').selectOption('Bank statement')
  const letter = { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-secret') }
  await page.getByLabel('Picture or PDF').setInputFiles(letter)
  await page.getByRole('button', { name: 'Hand it in' }).click()
  await page.getByRole('button', { name: 'Send a code' }).click()
  await page.getByRole('textbox', { name: 'Code', exact: true }).fill('1')
  await page.keyboard.press('Enter')
  await page.getByText('That is not the code.').waitFor()
  await page.getByRole('textbox', { name: 'Code', exact: true }).fill('123456')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Your e-mail address' }).waitFor()
  await page.getByRole('button', { name: 'Approved', exact: true }).click()
  await page.getByRole('heading', { name: 'Outcome: Approved' }).waitFor()

  const decision = await decisionOf(session_id)
  expect(decision.id_verifications[0].document_type).toBe('Identity Card')
  expect(decision.phone_verifications[0].verification_attempts).toBe(2)
  expect(decision.poa_verifications[0].document_type).toBe('BANK_STATEMENT')
  expect(sent.join()).not.toMatch(/secret|letter\.pdf/)
  const drawing = await page.goto(decision.id_verifications[0].front_image)
  expect(drawing?.headers()['content-type']).toBe('image/svg+xml; charset=utf-8')
  expect(await page.locator('svg text').first().textContent()).toBe('Identity card')
})
