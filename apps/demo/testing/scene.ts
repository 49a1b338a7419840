import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright'
import type { Demo } from './harness.ts'

/** A state of the screen that a person can get to. */
export interface Scene {
  /** Unique on its path; the caption of its pictures. */
  readonly name: string
  /** The page that shows it. */
  readonly path: string
  /** Brings a fresh page into this state. */
  readonly reach: (page: Page, demo: Demo) => Promise<unknown>
}

export type Reach = Scene['reach']

/** Kills the server while a page follows a Session. The page says so only after several failed attempts. */
export const losingConnection =
  (follow: Reach): Reach =>
  async (page, demo) => {
    await follow(page, demo)
    // First the page has to follow the Session: it cannot lose a connection that it never had.
    while (demo.openStreams() === 0) await setTimeout(50)
    let failed = 0
    const lost = page.waitForEvent('requestfailed', {
      predicate: (request) => request.url().includes('/api/didit/sessions/') && ++failed > 3,
      timeout: 90_000,
    })
    await demo.killServer()
    await lost
  }
