import type { KnownSessionStatus } from '@didit-verify/core'
import type { Page } from 'playwright'
import { afterAll, describe, test } from 'vitest'
import { startEngine } from '../testing/engine.ts'
import { type Stage, seenEvents, setStage, watchElement } from '../testing/harness.ts'

/**
 * The promise in the middle of the product: what Didit was told "200" for is on the screen in the end, though the
 * server died before it could say so. Each kill takes a server whose answer to the webhook is out and whose push is
 * not: the proxy lets nothing more of the open stream through.
 */

/** Four people, five kills each: at every kill another status is on its way. */
const walks: readonly { readonly passing: readonly KnownSessionStatus[]; readonly end: KnownSessionStatus }[] = [
  { passing: ['In Progress', 'In Review', 'Resubmitted', 'In Review'], end: 'Approved' },
  { passing: ['In Progress', 'Awaiting User', 'In Review', 'Resubmitted'], end: 'Declined' },
  { passing: ['In Progress', 'In Review', 'Resubmitted', 'In Progress'], end: 'Abandoned' },
  { passing: ['In Progress', 'Awaiting User', 'In Review', 'Resubmitted'], end: 'In Review' },
]

const engine = startEngine()
afterAll(() => engine.close())

/** A page of somebody who has a Session and follows it, without having opened the hosted page. */
async function openPage(stage: Stage): Promise<{ page: Page; sessionId: string }> {
  const page = await stage.newPage()
  await watchElement(page)
  await page.goto(`${stage.origin}/plain.html`)
  const sessionId = await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/api/didit/sessions', { method: 'POST', headers, body: '{}' })
    return (await answer.json()).session.sessionId
  })
  await page.reload()
  return { page, sessionId }
}

/** What the element last told of the Session. */
async function lastTold(page: Page) {
  const told = (await seenEvents(page)).findLast((event) => event.type === 'didit-status')
  return (told?.detail ?? {}) as { status?: string; source?: string; revision?: number }
}

// Each cut makes the browser wait longer before it comes back, up to eight seconds: it is the waiting that takes its time.
describe.concurrent('a server killed five times between the 200 of a webhook and its push', {
  timeout: 300_000,
}, () => {
  test.for(walks)(
    'shows every status after it has come back, without a reload, as far as $end',
    async (walk, { expect, onTestFinished }) => {
      const stage = await setStage({}, engine)
      // Also when the time is over.
      onTestFinished(() => stage.close())
      const { page, sessionId } = await openPage(stage)
      await page.evaluate(() => Object.assign(window, { isSamePage: true }))
      let revision = 0
      for (const status of [...walk.passing, walk.end]) {
        // A browser whose streams were cut too early asks again and again for a minute, before it tries another one.
        await expect.poll(() => stage.openStreams(), { timeout: 90_000 }).toBe(1)
        const before = await lastTold(page)
        stage.holdStreams()
        stage.emulator.control.finish(sessionId, status)
        await stage.emulator.control.idle()
        await stage.killServer()

        const delivery = stage.emulator.control.deliveries().at(-1)
        expect(delivery?.attempts.map((attempt) => attempt.status)).toEqual([200])
        expect(await lastTold(page)).toEqual(before)
        await stage.startServer()
        await expect.poll(async () => (await lastTold(page)).status, { timeout: 60_000 }).toBe(status)
        const after = await lastTold(page)
        // From the server's own storage: Didit was not asked again.
        expect(after).toMatchObject({ status, source: 'webhook' })
        expect(after.revision).toBeGreaterThan(revision)
        revision = after.revision ?? 0
      }
      expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true)
    },
  )
})
