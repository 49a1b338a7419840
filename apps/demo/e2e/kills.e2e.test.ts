import type { KnownSessionStatus } from '@didit-verify/core'
import type { Page } from 'playwright'
import { afterAll, describe, test } from 'vitest'
import { startEngine } from '../testing/engine.ts'
import { type Demo, seenEvents, startDemo, watchElement } from '../testing/harness.ts'

/**
 * The central promise of the product: every webhook that was answered with 200 reaches the screen in the end, even if
 * the server dies before it could push it. Each kill hits a server that has answered the webhook and not pushed it yet,
 * because the proxy discards the rest of the open stream.
 */

/** Four people with five kills each. Every kill interrupts another status. */
const walks: readonly { readonly passing: readonly KnownSessionStatus[]; readonly end: KnownSessionStatus }[] = [
  { passing: ['In Progress', 'In Review', 'Resubmitted', 'In Review'], end: 'Approved' },
  { passing: ['In Progress', 'Awaiting User', 'In Review', 'Resubmitted'], end: 'Declined' },
  { passing: ['In Progress', 'In Review', 'Resubmitted', 'In Progress'], end: 'Abandoned' },
  { passing: ['In Progress', 'Awaiting User', 'In Review', 'Resubmitted'], end: 'In Review' },
]

const engine = startEngine()
afterAll(() => engine.close())

/** Opens the page of a person who has a Session, without opening the hosted page. */
async function openPage(demo: Demo): Promise<{ page: Page; sessionId: string }> {
  const page = await demo.newPage()
  await watchElement(page)
  await page.goto(`${demo.origin}/plain.html`)
  const sessionId = await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/api/didit/sessions', { method: 'POST', headers, body: '{}' })
    return (await answer.json()).session.sessionId
  })
  await page.reload()
  return { page, sessionId }
}

/** Returns the detail of the element's latest `didit-status` event. */
async function lastTold(page: Page) {
  const told = (await seenEvents(page)).findLast((event) => event.type === 'didit-status')
  return (told?.detail ?? {}) as { status?: string; source?: string; revision?: number }
}

// After each cut the browser waits longer before it reconnects, up to eight seconds. Most of the time is this waiting.
describe.concurrent('a server killed five times between the 200 of a webhook and its push', {
  timeout: 300_000,
}, () => {
  test.for(walks)(
    'shows every status after it has come back, without a reload, as far as $end',
    async (walk, { expect, onTestFinished }) => {
      const demo = await startDemo({}, engine)
      // Also after a timeout.
      onTestFinished(() => demo.close())
      const { page, sessionId } = await openPage(demo)
      await page.evaluate(() => Object.assign(window, { isSamePage: true }))
      let revision = 0
      for (const status of [...walk.passing, walk.end]) {
        // A browser whose streams ended too early polls for a minute before it opens another one.
        await expect.poll(() => demo.openStreams(), { timeout: 90_000 }).toBe(1)
        const before = await lastTold(page)
        demo.holdStreams()
        demo.emulator.control.finish(sessionId, status)
        await demo.emulator.control.idle()
        await demo.killServer()

        const delivery = demo.emulator.control.deliveries().at(-1)
        expect(delivery?.attempts.map((attempt) => attempt.status)).toEqual([200])
        expect(await lastTold(page)).toEqual(before)
        await demo.startServer()
        await expect.poll(async () => (await lastTold(page)).status, { timeout: 90_000 }).toBe(status)
        const after = await lastTold(page)
        // It comes from the server's own storage: Didit was not asked again.
        expect(after).toMatchObject({ status, source: 'webhook' })
        expect(after.revision).toBeGreaterThan(revision)
        revision = after.revision ?? 0
      }
      expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true)
    },
  )
})
