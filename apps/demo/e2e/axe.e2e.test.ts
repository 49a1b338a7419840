import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Frame, Page } from 'playwright'
import { afterAll, describe, test } from 'vitest'
import { startEngine } from '../testing/engine.ts'
import { setStage } from '../testing/harness.ts'
import { scenes } from '../testing/scenes.ts'
import { colorSchemes, tour, widths } from '../testing/tour.ts'

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

/** The narrowest phone, and a window of 1280 pixels at a zoom of 200 %. */
const tight = [
  { width: 320, height: 568 },
  { width: 640, height: 450 },
]

/** What sticks out of the page sideways, or is wider than it and cannot be scrolled to. */
async function sidewaysFaults(page: Page): Promise<string[]> {
  const faults: string[] = []
  for (const size of tight) {
    await page.setViewportSize(size)
    const found = await page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      const { scrollWidth, clientWidth } = document.documentElement
      const controls = [...document.querySelectorAll<HTMLElement>('button, a, input, select, summary')]
      const cut = controls.filter((it) => {
        const { left, right, width } = it.getBoundingClientRect()
        // What is folded away keeps the place it had at another width, in Firefox. What only shows when it is focused is
        // kept off the screen on purpose.
        return it.checkVisibility() && width > 0 && (left < -1 || right > clientWidth + 1) && !it.matches('.skip')
      })
      return [
        ...(scrollWidth > clientWidth ? [`${scrollWidth} px of content`] : []),
        ...cut.map((it) => it.outerHTML.slice(0, 80)),
      ]
    })
    faults.push(...found.map((fault) => `at ${size.width} px: ${fault}`))
  }
  return faults
}

describe.concurrent('axe objects to nothing in any scene, and nothing sticks out at 320 px or at 200 %', {
  timeout: 600_000,
}, () => {
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
      // Once is enough: colours change no width.
      if (colorScheme !== 'light' || width !== widths.at(-1)) return
      const sideways = await sidewaysFaults(page)
      found.push(...sideways.map((fault) => `${scene.path} ${scene.name} sticks out ${fault}`))
    })
    expect(found).toEqual([])
    // Hosted pages among them.
    expect(documents).toBeGreaterThan(scenes.length * widths.length)
  })
})
