import type { KnownSessionStatus } from '@didit-verify/core'
import type { Page } from 'playwright'
import type { Situation } from '../shared/screen-state.ts'
import type { Stage } from './harness.ts'
import { losingConnection, type Reach, type Scene } from './scene.ts'

/** What a person may find at the bank: the app at `/`, and its pages without JavaScript below `/basic`. */

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

/** With the cookies of the page, before there is one. */
async function ask(
  page: Page,
  { origin }: Stage,
  method: 'PUT' | 'POST',
  path: string,
  data: object,
): Promise<unknown> {
  const answer = await page.request.fetch(`${origin}${path}`, { method, headers: { origin }, data })
  if (!answer.ok()) throw new Error(`${method} ${path} was answered ${answer.status()}.`)
  return answer.json()
}

export async function signIn(page: Page, stage: Stage): Promise<void> {
  await ask(page, stage, 'PUT', '/bank/me', { person: 'mira' })
}

/** Whoever is signed in. */
export const giveDetails = (page: Page, stage: Stage) => ask(page, stage, 'PUT', '/bank/details', answers)

/** Somebody who is signed in and has given their details. */
export async function known(page: Page, stage: Stage): Promise<void> {
  await signIn(page, stage)
  await giveDetails(page, stage)
}

export async function begin(page: Page, stage: Stage): Promise<string> {
  await known(page, stage)
  const { session } = (await ask(page, stage, 'POST', '/api/didit/sessions', {})) as { session: { sessionId: string } }
  return session.sessionId
}

const shown = (page: Page, situation: Situation, timeout = 20_000) =>
  page.locator(`[data-stage="${situation}"]`).waitFor({ timeout })

const inStatus =
  (status: KnownSessionStatus, situation: Situation): Reach =>
  async (page, stage) => {
    const sessionId = await begin(page, stage)
    stage.emulator.control.finish(sessionId, status)
    await stage.emulator.control.idle()
    await page.goto(`${stage.origin}/`)
    await shown(page, situation)
  }

const ready: Reach = async (page, stage) => {
  await known(page, stage)
  await page.goto(`${stage.origin}/`)
  await shown(page, 'ready')
}

const pressStart = (page: Page) => page.getByRole('button', { name: 'Verify your identity' }).click()

const atHostedPage: Reach = async (page, stage) => {
  await ready(page, stage)
  await pressStart(page)
  await page.frameLocator('didit-verify iframe').getByRole('button', { name: 'Approved', exact: true }).waitFor()
}

const failing =
  (trouble: (stage: Stage) => unknown, situation: Situation): Reach =>
  async (page, stage) => {
    await ready(page, stage)
    await trouble(stage)
    await pressStart(page)
    await shown(page, situation, 40_000)
  }

const review = inStatus('In Review', 'review')

const app: readonly (readonly [name: string, reach: Reach])[] = [
  [
    'sign-in',
    async (page, stage) => {
      await page.goto(`${stage.origin}/`)
      await page.getByRole('button', { name: 'Continue as Mira Sample' }).waitFor()
    },
  ],
  [
    'details',
    async (page, stage) => {
      await signIn(page, stage)
      await page.goto(`${stage.origin}/`)
      await page.getByLabel('First names').waitFor()
    },
  ],
  [
    'details with faults',
    async (page, stage) => {
      await signIn(page, stage)
      await page.goto(`${stage.origin}/`)
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
    async (page, stage) => {
      await atHostedPage(page, stage)
      // Neither a webhook nor a read brings the result. Dropped, not delayed: the next scene would wait for it.
      stage.emulator.control.faults({ drop: true, api: { delayMs: 60_000 } })
      await page.frameLocator('didit-verify iframe').getByRole('button', { name: 'Approved', exact: true }).click()
      await shown(page, 'checking')
    },
  ],
  [
    'not settled yet',
    async (page, stage) => {
      const sessionId = await begin(page, stage)
      // A move that Didit does not document has to be confirmed by a read, and none succeeds.
      stage.emulator.control.faults({ api: { status: 503 } })
      stage.emulator.control.finish(sessionId, 'Approved')
      await stage.emulator.control.idle()
      await page.goto(`${stage.origin}/`)
      await shown(page, 'unsure')
    },
  ],
  ['review', review],
  [
    'approved',
    async (page, stage) => {
      await inStatus('Approved', 'approved')(page, stage)
      await page.getByText('Account number').waitFor()
    },
  ],
  [
    'declined',
    async (page, stage) => {
      await inStatus('Declined', 'declined')(page, stage)
      await page.getByText('Use one that is still valid.').waitFor()
    },
  ],
  [
    'resubmitted',
    async (page, stage) => {
      await inStatus('Resubmitted', 'resubmit')(page, stage)
      await page.getByText('Take a new picture of your identity document.').waitFor()
    },
  ],
  ['abandoned', inStatus('Abandoned', 'abandoned')],
  ['expired', inStatus('Expired', 'expired')],
  ['kyc expired', inStatus('Kyc Expired', 'lapsed')],
  ['creation refused', failing((stage) => stage.emulator.control.faults({ api: { status: 403 } }), 'refused')],
  ['too many at once', failing((stage) => stage.emulator.control.faults({ api: { status: 429 } }), 'limited')],
  ['service down', failing((stage) => stage.killServer(), 'down')],
  ['lost connection', losingConnection(review)],
  [
    'Spanish',
    async (page, stage) => {
      await known(page, stage)
      await page.goto(`${stage.origin}/?lang=es`)
      await page.getByRole('button', { name: 'Verificar mi identidad' }).waitFor()
    },
  ],
  [
    // Longer words, from right to left: a language made from English.
    'right to left',
    async (page, stage) => {
      await known(page, stage)
      await page.goto(`${stage.origin}/?lang=ar-XB`)
      await shown(page, 'ready')
      await page.locator('didit-verify').getByRole('button').waitFor()
    },
  ],
  [
    'behind the scenes',
    async (page, stage) => {
      await review(page, stage)
      await page.getByRole('button', { name: 'Behind the scenes' }).click()
      await page.getByText('status.updated').first().waitFor()
    },
  ],
  [
    'forget me',
    async (page, stage) => {
      await review(page, stage)
      await page.getByRole('button', { name: 'Forget me' }).click()
      await page.getByRole('button', { name: 'Keep everything' }).waitFor()
    },
  ],
]

const basic: readonly (readonly [name: string, reach: Reach])[] = [
  ['sign-in', (page, stage) => page.goto(`${stage.origin}/basic`)],
  [
    'details with faults',
    async (page, stage) => {
      await signIn(page, stage)
      await page.goto(`${stage.origin}/basic/details`)
      await page.getByRole('button', { name: 'Save and continue' }).click()
      await page.getByRole('heading', { name: '8 answers need another look' }).waitFor()
    },
  ],
  [
    'none',
    async (page, stage) => {
      await known(page, stage)
      await page.goto(`${stage.origin}/basic/identity`)
    },
  ],
  [
    'approved',
    async (page, stage) => {
      await inStatus('Approved', 'approved')(page, stage)
      await page.goto(`${stage.origin}/basic/identity`)
      await page.getByText('Account number').waitFor()
    },
  ],
]

export const bankScenes: readonly Scene[] = [
  ...app.map(([name, reach]) => ({ name, path: '/', reach })),
  ...basic.map(([name, reach]) => ({ name, path: '/basic', reach })),
]
