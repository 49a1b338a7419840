import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Frame } from 'playwright'
import { afterAll, describe, test } from 'vitest'
import { startEngine } from './engine.ts'
import { setStage } from './harness.ts'
import { scenes } from './scenes.ts'
import { colorSchemes, tour, widths } from './tour.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const engine = startEngine()
afterAll(() => engine.close())

/** What axe objects to in one document: the page's, or that of the hosted page in its frame. */
async function objections(frame: Frame): Promise<string[]> {
  await frame.evaluate(axeSource)
  const violations = await frame.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(context: Document, options: RunOptions): Promise<AxeResults> } }
    // Each frame is looked at by itself.
    return (await axe.run(document, { iframes: false, resultTypes: ['violations'] })).violations
  })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

describe.concurrent('axe objects to nothing in any scene', { timeout: 300_000 }, () => {
  test.for(colorSchemes)('%s, wide and on a phone', async (colorScheme, { expect, onTestFinished }) => {
    const stage = await setStage({}, engine)
    // Also when the time is over.
    onTestFinished(() => stage.close())
    const found: string[] = []
    let documents = 0
    await tour(stage, colorScheme, async (page, { scene, width }) => {
      for (const frame of page.frames()) {
        documents += 1
        for (const objection of await objections(frame)) {
          found.push(`${scene.path} ${scene.name}, ${width}, ${new URL(frame.url()).pathname}: ${objection}`)
        }
      }
    })
    expect(found).toEqual([])
    // Hosted pages among them.
    expect(documents).toBeGreaterThan(scenes.length * widths.length)
  })
})
