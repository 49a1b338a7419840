import type { KnownSessionStatus, Phase } from '@didit-verify/core'
import type { Page } from 'playwright'
import { bankScenes } from './bank-scenes.ts'
import { deskScenes } from './desk-scenes.ts'
import { type Demo, untilState } from './harness.ts'
import { losingConnection, type Reach, type Scene } from './scene.ts'

const plain = '/plain.html'

/** Gives the page's person a Session in this status. */
const inStatus =
  (status: KnownSessionStatus, phase: Phase): Reach =>
  async (page, demo) => {
    // With the cookies of the page, before the page is open.
    const answer = await page.request.post(`${demo.origin}/api/didit/sessions`, {
      headers: { origin: demo.origin },
      data: {},
    })
    const { sessionId } = (await answer.json()).session
    demo.emulator.control.finish(sessionId, status)
    await demo.emulator.control.idle()
    await page.goto(`${demo.origin}${plain}`)
    await untilState(page, phase)
  }

const pressStart = (page: Page) => page.getByRole('button', { name: 'Verify your identity' }).first().click()

/** Presses the button while something is wrong. */
const failing =
  (trouble: (demo: Demo) => unknown): Reach =>
  async (page, demo) => {
    await page.goto(`${demo.origin}${plain}`)
    await untilState(page, 'none')
    await trouble(demo)
    await pressStart(page)
    await untilState(page, 'failed')
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

const plainScenes: readonly Scene[] = [
  {
    name: 'none',
    path: plain,
    reach: async (page, demo) => {
      await page.goto(`${demo.origin}${plain}`)
      await untilState(page, 'none')
    },
  },
  {
    name: 'hosted page',
    path: plain,
    reach: async (page, demo) => {
      await page.goto(`${demo.origin}${plain}`)
      await pressStart(page)
      await page.frameLocator('didit-verify iframe').getByRole('button', { name: 'Approved', exact: true }).waitFor()
    },
  },
  ...phaseScenes.map(([name, status, phase]) => ({ name, path: plain, reach: inStatus(status, phase) })),
  {
    name: 'creation refused',
    path: plain,
    reach: failing((demo) => demo.emulator.control.faults({ api: { status: 403 } })),
  },
  { name: 'service down', path: plain, reach: failing((demo) => demo.killServer()) },
  { name: 'lost connection', path: plain, reach: losingConnection(inStatus('In Review', 'review')) },
]

/** Every scene, page by page, in the order in which people meet them. */
export const scenes: readonly Scene[] = [...bankScenes, ...plainScenes, ...deskScenes]
