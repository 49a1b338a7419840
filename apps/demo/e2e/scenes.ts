import type { KnownSessionStatus, Phase } from '@didit-verify/core'
import type { Page } from 'playwright'
import { type Stage, untilState } from './harness.ts'

/** One thing that a person may find on the screen. */
export interface Scene {
  /** Unique on its path; the caption of its pictures. */
  readonly name: string
  /** The page that shows it. */
  readonly path: string
  /** Brings a fresh page there, as far as the thing to be looked at. */
  readonly reach: (page: Page, stage: Stage) => Promise<unknown>
}

type Reach = Scene['reach']

const paths = ['/', '/plain.html']

/** Whoever looks at the page has a Session in this status. */
const inStatus =
  (path: string, status: KnownSessionStatus, phase: Phase): Reach =>
  async (page, stage) => {
    // With the cookies of the page, before there is one.
    const answer = await page.request.post(`${stage.origin}/api/didit/sessions`, {
      headers: { origin: stage.origin },
      data: {},
    })
    const { sessionId } = (await answer.json()).session
    stage.emulator.control.finish(sessionId, status)
    await stage.emulator.control.idle()
    await page.goto(`${stage.origin}${path}`)
    await untilState(page, phase)
  }

const pressStart = (page: Page) => page.getByRole('button', { name: 'Verify your identity' }).first().click()

/** Somebody presses the button while something is wrong. */
const failing =
  (path: string, trouble: (stage: Stage) => unknown): Reach =>
  async (page, stage) => {
    await page.goto(`${stage.origin}${path}`)
    await untilState(page, 'none')
    await trouble(stage)
    await pressStart(page)
    await untilState(page, 'failed', 40_000)
  }

/** Follows a Session when the server goes away; several tries have to fail before that is worth a word. */
const losingConnection =
  (path: string): Reach =>
  async (page, stage) => {
    await inStatus(path, 'In Review', 'review')(page, stage)
    // Not before it follows: a page that has never heard from the server does not lose it either.
    while (stage.openStreams() === 0) await page.waitForTimeout(50)
    let failed = 0
    const lost = page.waitForEvent('requestfailed', {
      predicate: (request) => request.url().includes('/api/didit/sessions/') && ++failed > 3,
      timeout: 40_000,
    })
    await stage.killServer()
    await lost
  }

const phaseScenes: readonly (readonly [name: string, status: KnownSessionStatus, phase: Phase])[] = [
  ['active', 'In Progress', 'active'],
  ['review', 'In Review', 'review'],
  ['approved', 'Approved', 'approved'],
  ['declined', 'Declined', 'declined'],
  ['resubmitted', 'Resubmitted', 'action'],
  ['abandoned', 'Abandoned', 'action'],
  ['expired', 'Expired', 'expired'],
  ['kyc expired', 'Kyc Expired', 'expired'],
]

/** Every scene, in the order in which people meet them. */
export const scenes: readonly Scene[] = paths.flatMap((path) => [
  {
    name: 'none',
    path,
    reach: async (page, stage) => {
      await page.goto(`${stage.origin}${path}`)
      await untilState(page, 'none')
    },
  },
  {
    name: 'hosted page',
    path,
    reach: async (page, stage) => {
      await page.goto(`${stage.origin}${path}`)
      await pressStart(page)
      await page.frameLocator('didit-verify iframe').getByRole('button', { name: 'Approved', exact: true }).waitFor()
    },
  },
  ...phaseScenes.map(([name, status, phase]) => ({ name, path, reach: inStatus(path, status, phase) })),
  {
    name: 'creation refused',
    path,
    reach: failing(path, (stage) => stage.emulator.control.faults({ api: { status: 403 } })),
  },
  { name: 'service down', path, reach: failing(path, (stage) => stage.killServer()) },
  { name: 'lost connection', path, reach: losingConnection(path) },
])
