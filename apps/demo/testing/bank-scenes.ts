import type { KnownSessionStatus } from '@didit-verify/core'
import type { Page } from 'playwright'
import type { ScreenState } from '../shared/screen-state.ts'
import { chooseOutcome, type Demo } from './harness.ts'
import { losingConnection, type Reach, type Scene } from './scene.ts'

/** Scenes of the bank: the app at `/`, and its pages without JavaScript below `/basic`. */

export const answers = {
  firstName: 'Adalind',
  lastName: 'Probestein',
  birthDay: '27',
  birthMonth: '3',
  birthYear: '1985',
  email: 'adalind@example.org',
  street: 'Kaistrasse 7',
  postalCode: '20457',
  city: 'Hamburg',
  country: 'DE',
}

/** Sends a request with the cookies of the page, before the page is open. */
async function ask(page: Page, { origin }: Demo, method: 'PUT' | 'POST', path: string, data: object): Promise<unknown> {
  const answer = await page.request.fetch(`${origin}${path}`, { method, headers: { origin }, data })
  if (!answer.ok()) throw new Error(`${method} ${path} was answered ${answer.status()}.`)
  return answer.json()
}

export async function signIn(page: Page, demo: Demo): Promise<void> {
  await ask(page, demo, 'PUT', '/bank/me', { person: 'mira' })
}

/** Saves the details of the signed-in person. */
export const giveDetails = (page: Page, demo: Demo) => ask(page, demo, 'PUT', '/bank/details', answers)

/** Signs in and saves the details. */
export async function known(page: Page, demo: Demo): Promise<void> {
  await signIn(page, demo)
  await giveDetails(page, demo)
}

export async function begin(page: Page, demo: Demo): Promise<string> {
  await known(page, demo)
  const { session } = (await ask(page, demo, 'POST', '/api/didit/sessions', {})) as { session: { sessionId: string } }
  return session.sessionId
}

const shown = (page: Page, screenState: ScreenState) => page.locator(`[data-screen="${screenState}"]`).waitFor()

const inStatus =
  (status: KnownSessionStatus, screenState: ScreenState): Reach =>
  async (page, demo) => {
    const sessionId = await begin(page, demo)
    demo.emulator.control.finish(sessionId, status)
    await demo.emulator.control.idle()
    await page.goto(`${demo.origin}/`)
    await shown(page, screenState)
  }

const ready: Reach = async (page, demo) => {
  await known(page, demo)
  await page.goto(`${demo.origin}/`)
  await shown(page, 'ready')
}

const pressStart = (page: Page) => page.getByRole('button', { name: 'Verify your identity' }).click()

const atHostedPage: Reach = async (page, demo) => {
  await ready(page, demo)
  await pressStart(page)
  await page.frameLocator('didit-verify iframe').getByRole('button', { name: 'Approved', exact: true }).waitFor()
}

const failing =
  (trouble: (demo: Demo) => unknown, screenState: ScreenState): Reach =>
  async (page, demo) => {
    await ready(page, demo)
    await trouble(demo)
    await pressStart(page)
    await shown(page, screenState)
  }

const review = inStatus('In Review', 'review')

const app: readonly (readonly [name: string, reach: Reach])[] = [
  [
    'sign-in',
    async (page, demo) => {
      await page.goto(`${demo.origin}/`)
      await page.getByRole('button', { name: 'Continue as Mira Sample' }).waitFor()
    },
  ],
  [
    'details',
    async (page, demo) => {
      await signIn(page, demo)
      await page.goto(`${demo.origin}/`)
      await page.getByLabel('First names').waitFor()
    },
  ],
  [
    'details with faults',
    async (page, demo) => {
      await signIn(page, demo)
      await page.goto(`${demo.origin}/`)
      await page.getByLabel('First names').fill('R2D2')
      await page.getByLabel('Day').fill('31')
      await page.getByLabel('Month').fill('2')
      await page.getByLabel('Year').fill('1990')
      await page.getByRole('button', { name: 'Save and continue' }).click()
      await page.getByRole('heading', { name: '8 answers need another look' }).waitFor()
    },
  ],
  ['none', ready],
  ['hosted page', atHostedPage],
  ['active', inStatus('In Progress', 'unfinished')],
  [
    'checking',
    async (page, demo) => {
      await atHostedPage(page, demo)
      // The result arrives neither by webhook nor by a read. Dropped, not delayed: the next scene would wait for it.
      demo.emulator.control.faults({ drop: true, api: { delayMs: 60_000 } })
      await chooseOutcome(page, 'Approved')
      await shown(page, 'checking')
    },
  ],
  [
    'not settled yet',
    async (page, demo) => {
      const sessionId = await begin(page, demo)
      // Didit does not document this transition, so the server confirms it by a read, and each read fails.
      demo.emulator.control.faults({ api: { status: 503 } })
      demo.emulator.control.finish(sessionId, 'Approved')
      await demo.emulator.control.idle()
      await page.goto(`${demo.origin}/`)
      await shown(page, 'unsure')
    },
  ],
  ['review', review],
  [
    'approved',
    async (page, demo) => {
      await inStatus('Approved', 'approved')(page, demo)
      await page.getByText('Account number').waitFor()
    },
  ],
  [
    'declined',
    async (page, demo) => {
      await inStatus('Declined', 'declined')(page, demo)
      await page.getByText('Use one that is still valid.').waitFor()
    },
  ],
  [
    'resubmitted',
    async (page, demo) => {
      await inStatus('Resubmitted', 'resubmit')(page, demo)
      await page.getByText('Take a new picture of your identity document.').waitFor()
    },
  ],
  ['abandoned', inStatus('Abandoned', 'abandoned')],
  ['expired', inStatus('Expired', 'expired')],
  ['kyc expired', inStatus('Kyc Expired', 'lapsed')],
  ['creation refused', failing((demo) => demo.emulator.control.faults({ api: { status: 403 } }), 'refused')],
  ['too many at once', failing((demo) => demo.emulator.control.faults({ api: { status: 429 } }), 'limited')],
  ['service down', failing((demo) => demo.killServer(), 'down')],
  ['lost connection', losingConnection(review)],
  [
    'Spanish',
    async (page, demo) => {
      await known(page, demo)
      await page.goto(`${demo.origin}/?lang=es`)
      await page.getByRole('button', { name: 'Verificar mi identidad' }).waitFor()
    },
  ],
  [
    // A language made from English: longer words, and right to left.
    'right to left',
    async (page, demo) => {
      await known(page, demo)
      await page.goto(`${demo.origin}/?lang=ar-XB`)
      await shown(page, 'ready')
      await page.locator('didit-verify').getByRole('button').waitFor()
    },
  ],
  [
    'behind the scenes',
    async (page, demo) => {
      await review(page, demo)
      await page.getByRole('button', { name: 'Behind the scenes' }).click()
      await page.getByText('status.updated').first().waitFor()
    },
  ],
  [
    'forget me',
    async (page, demo) => {
      await review(page, demo)
      await page.getByRole('button', { name: 'Forget me' }).click()
      await page.getByRole('button', { name: 'Keep everything' }).waitFor()
    },
  ],
]

const basic: readonly (readonly [name: string, reach: Reach])[] = [
  ['sign-in', (page, demo) => page.goto(`${demo.origin}/basic`)],
  [
    'details with faults',
    async (page, demo) => {
      await signIn(page, demo)
      await page.goto(`${demo.origin}/basic/details`)
      await page.getByRole('button', { name: 'Save and continue' }).click()
      await page.getByRole('heading', { name: '8 answers need another look' }).waitFor()
    },
  ],
  [
    'none',
    async (page, demo) => {
      await known(page, demo)
      await page.goto(`${demo.origin}/basic/identity`)
    },
  ],
  [
    'approved',
    async (page, demo) => {
      await inStatus('Approved', 'approved')(page, demo)
      await page.goto(`${demo.origin}/basic/identity`)
      await page.getByText('Account number').waitFor()
    },
  ],
]

export const bankScenes: readonly Scene[] = [
  ...app.map(([name, reach]) => ({ name, path: '/', reach })),
  ...basic.map(([name, reach]) => ({ name, path: '/basic', reach })),
]
