import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stage, setStage } from './harness.ts'

/** The emulator's page by itself, in a real browser: what its unit tests cannot see of it. */

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.close())

async function createSession(more: { callback?: string; language?: string } = {}): Promise<{ url: string }> {
  const answer = await stage.emulator.fetch(
    new Request(`${stage.emulator.url}/v3/session/`, {
      method: 'POST',
      headers: { 'x-api-key': stage.secrets.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ workflow_id: '11111111-2222-3333-4444-555555555555', ...more }),
    }),
  )
  expect(answer.status).toBe(201)
  return answer.json()
}

describe('with scripts off', () => {
  async function open(more: Parameters<typeof createSession>[0]) {
    const { url } = await createSession(more)
    const page = await stage.newPage({ scripts: false })
    await page.goto(url)
    return page
  }
  type Opened = Awaited<ReturnType<typeof open>>
  // A browser whose scripts are off tells no driver when a button has stopped moving: the key needs no such answer.
  const press = (page: Opened, name: string) => page.getByRole('button', { name, exact: true }).press('Enter')

  test('a person finds the outcomes alone, chooses one, and is taken back to the callback', async () => {
    const page = await open({ callback: `${stage.origin}/plain.html?from=didit` })
    expect(await page.locator('main').innerText()).toContain('Without JavaScript no picture can be taken')
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

test('tells its height as it grows and shrinks, and never in a circle with the frame that follows it', async () => {
  const { url } = await createSession()
  const page = await stage.newPage({ width: 600 })
  await page.goto(`${stage.origin}/plain.html`)
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
  const frame = page.frames().find((it) => it !== page.mainFrame())
  if (!frame) throw new Error('There is no frame.')

  /** The heights that the page told of for one step, once its frame has the last of them. */
  let count = 0
  async function settle(): Promise<number[]> {
    const height = () => frame?.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height))
    await expect.poll(async () => (await told()).at(-1) === (await height())).toBe(true)
    const heights = (await told()).slice(count)
    count += heights.length
    // As high as its content: neither a bar to scroll with nor room below.
    await expect
      .poll(() => frame?.evaluate(() => [innerHeight, document.documentElement.scrollHeight]))
      .toEqual([heights.at(-1) ?? 0, heights.at(-1) ?? 0])
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
  // A message or two for each step: the bar to scroll with comes before the frame has grown.
  expect(Math.max(...steps.map((heights) => heights.length))).toBeLessThanOrEqual(3)
})
