import type { Page } from 'playwright'
import { signIn } from './bank-scenes.ts'
import type { Demo } from './harness.ts'
import type { Reach, Scene } from './scene.ts'

/** Scenes of the review desk. */

const path = '/review'

/** Signs in at the desk with the cookies of the page, before the page is open. */
export async function takeWatch(page: Page, { origin }: Demo): Promise<void> {
  const answer = await page.request.put(`${origin}/bank/review/me`, { headers: { origin }, data: { staff: 'rae' } })
  if (!answer.ok()) throw new Error(`The desk's sign-in was answered ${answer.status()}.`)
}

/** Adds the dozen people that the desk's own button adds. */
export async function bringPeople(page: Page, demo: Demo): Promise<void> {
  const { origin } = demo
  const answer = await page.request.post(`${origin}/bank/review/fill`, { headers: { origin }, data: {} })
  if (!answer.ok()) throw new Error(`Filling the desk was answered ${answer.status()}.`)
  await demo.emulator.control.idle()
}

/** Demos whose desk has people already, because a dozen is enough for all scenes. */
const filled = new WeakSet<Demo>()

/** Opens the list with people in it. */
const atList: Reach = async (page, demo) => {
  await takeWatch(page, demo)
  if (!filled.has(demo)) await bringPeople(page, demo)
  filled.add(demo)
  await page.goto(`${demo.origin}${path}`)
  await page.locator('.arrival').first().waitFor()
}

/** Opens the newest Session of a person, on any page of the list. */
export async function openSession(page: Page, demo: Demo, name: string): Promise<void> {
  await page.goto(`${demo.origin}${path}#/harbour/sessions?search=${encodeURIComponent(name)}`)
  // The list of the page before is still there for a moment.
  await page.waitForFunction((text) => document.querySelector<HTMLInputElement>('[type=search]')?.value === text, name)
  await page.locator('.desk-body[aria-busy=false]').waitFor()
  await page.locator('.arrival-link', { hasText: name }).first().click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

const atSession =
  (name: string): Reach =>
  async (page, demo) => {
    await atList(page, demo)
    await openSession(page, demo, name)
    await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
  }

const scenes: readonly (readonly [name: string, reach: Reach])[] = [
  [
    'door',
    async (page, demo) => {
      await page.goto(`${demo.origin}${path}`)
      await page.getByRole('button', { name: 'Take the watch as Rae Reviewer' }).waitFor()
    },
  ],
  [
    'door for a customer',
    async (page, demo) => {
      await signIn(page, demo)
      await page.goto(`${demo.origin}${path}`)
      await page.getByRole('heading', { name: 'No entry for customers' }).waitFor()
    },
  ],
  [
    'list',
    async (page, demo) => {
      await atList(page, demo)
      await page.getByText('More filters').click()
    },
  ],
  // Every block, unfolded.
  [
    'Session',
    async (page, demo) => {
      await atSession('Ilse Varga-Nørgaard')(page, demo)
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true
      })
    },
  ],
  ['nothing to decide', atSession('Nils Provtagare')],
  [
    'question',
    async (page, demo) => {
      await atSession('Ilse Varga-Nørgaard')(page, demo)
      await page.getByRole('button', { name: 'Ask for steps again' }).click()
      await page.getByRole('dialog').waitFor()
    },
  ],
  [
    'blocklist',
    async (page, demo) => {
      await atSession('Siri Prøve')(page, demo)
      for (const kind of ['Document', 'Face']) {
        await page.getByRole('button', { name: `Block: ${kind}` }).click()
        await page.getByRole('button', { name: `Take off: ${kind}` }).waitFor()
      }
      await page.getByRole('link', { name: 'Blocklist', exact: true }).click()
      await page.getByRole('heading', { name: 'Who shall not pass' }).waitFor()
      await page.locator('.blocked li').first().waitFor()
    },
  ],
  [
    'import',
    async (page, demo) => {
      await takeWatch(page, demo)
      await page.goto(`${demo.origin}${path}#/lantern/import`)
      await page.getByLabel('Token of the partner').fill('not.a.token')
      await page.getByRole('button', { name: 'Import', exact: true }).click()
      await page.getByRole('alert').waitFor()
    },
  ],
]

export const deskScenes: readonly Scene[] = scenes.map(([name, reach]) => ({ name, path, reach }))
