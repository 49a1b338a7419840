import type { Page } from 'playwright'
import type { Stage } from './harness.ts'

/** One thing that a person may find on the screen. */
export interface Scene {
  /** Unique on its path; the caption of its pictures. */
  readonly name: string
  /** The page that shows it. */
  readonly path: string
  /** Brings a fresh page there, as far as the thing to be looked at. */
  readonly reach: (page: Page, stage: Stage) => Promise<unknown>
}

export type Reach = Scene['reach']

/** A page that follows a Session when the server goes away; several tries have to fail before that is worth a word. */
export const losingConnection =
  (follow: Reach): Reach =>
  async (page, stage) => {
    await follow(page, stage)
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
