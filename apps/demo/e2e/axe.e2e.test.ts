import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Frame, Page } from 'playwright'
import { afterAll, describe, test } from 'vitest'
import { bankScenes } from '../testing/bank-scenes.ts'
import { colorSchemes, startEngine } from '../testing/engine.ts'
import { startDemo } from '../testing/harness.ts'
import { scenes } from '../testing/scenes.ts'
import { tour, widths } from '../testing/tour.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const engine = startEngine()
afterAll(() => engine.close())

/** The rules of axe whose result depends on the color scheme. */
const colorRules = ['color-contrast', 'link-in-text-block']

/**
 * Returns axe's objections to one document: the page itself, or the hosted page in its frame.
 *
 * @param rules - Default: all rules that axe runs by itself.
 */
async function objections(frame: Frame, rules?: readonly string[]): Promise<string[]> {
  // The page keeps axe from its last view.
  if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axeSource)
  const violations = await frame.evaluate(async (only) => {
    const { axe } = window as unknown as { axe: { run(context: Document, options: RunOptions): Promise<AxeResults> } }
    // Each frame has a run of its own.
    const options: RunOptions = { iframes: false, resultTypes: ['violations'] }
    return (await axe.run(document, only ? { ...options, runOnly: { type: 'rule', values: [...only] } } : options))
      .violations
  }, rules)
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

/** The narrowest phone, and a window of 1280 pixels at a zoom of 200 %. */
const tight = [
  { width: 320, height: 568 },
  { width: 640, height: 450 },
]

/** Returns the parts that stick out of the page sideways. */
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
        // In Firefox, folded content keeps the place that it had at another width. A link that shows only with the focus
        // is kept off the screen on purpose.
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

/** Two halves of about the same duration, because they run at the same time. */
const halves = [
  ['the bank', bankScenes],
  ['the bare tag and the review desk', scenes.filter((scene) => !bankScenes.includes(scene))],
] as const

describe.concurrent('axe objects to nothing in any scene, and nothing sticks out at 320 px or at 200 %', {
  timeout: 600_000,
}, () => {
  test.for(halves)('%s, light and dark, wide and on a phone', async ([, half], { expect, onTestFinished }) => {
    const demo = await startDemo({}, engine)
    // Also after a timeout.
    onTestFinished(() => demo.close())
    const found: string[] = []
    let documents = 0
    await tour(demo, half, async (page, { scene, width, colorScheme }) => {
      for (const frame of page.frames()) {
        documents += 1
        // Both schemes show the same document, so the second run needs only the rules about colors.
        for (const objection of await objections(frame, colorScheme === 'light' ? undefined : colorRules)) {
          const { pathname } = new URL(frame.url())
          found.push(`${scene.path} ${scene.name}, ${width}, ${colorScheme}, ${pathname}: ${objection}`)
        }
      }
      // Last, because it changes the width. Colors change no width, so once is enough.
      if (colorScheme !== colorSchemes.at(-1) || width !== widths.at(-1)) return
      const sideways = await sidewaysFaults(page)
      found.push(...sideways.map((fault) => `${scene.path} ${scene.name} sticks out ${fault}`))
    })
    expect(found).toEqual([])
    // More, because hosted pages count too.
    expect(documents).toBeGreaterThanOrEqual(half.length * widths.length * colorSchemes.length)
  })
})
