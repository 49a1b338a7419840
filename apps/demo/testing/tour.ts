import type { Page } from 'playwright'
import type { Stage } from './harness.ts'
import type { Scene } from './scene.ts'
import { scenes } from './scenes.ts'

export const colorSchemes = ['light', 'dark'] as const
export type ColorScheme = (typeof colorSchemes)[number]

/** How a scene is looked at. */
export interface View {
  readonly scene: Scene
  readonly width: keyof typeof viewports
  readonly colorScheme: ColorScheme
}

/** The two widths that everything is designed for, in CSS pixels. */
export const viewports = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const
export const widths = Object.keys(viewports) as (keyof typeof viewports)[]

/** Waits until nothing moves or loads any more. */
const untilStill = (page: Page) =>
  page.waitForFunction(async () => {
    await document.fonts.ready
    if (document.querySelector('[aria-busy=true]')) return false
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))
  })

/**
 * Goes through every scene at both widths.
 *
 * @param visit - Called with the page in place; the next scene comes when it is done.
 */
export async function tour(
  stage: Stage,
  colorScheme: ColorScheme,
  visit: (page: Page, view: View) => Promise<void>,
): Promise<void> {
  for (const scene of scenes) {
    // The wide page becomes a narrow one, as a window does: each scene is reached once.
    const page = await stage.newPage({ ...viewports.wide, colorScheme, reducedMotion: true })
    try {
      await scene.reach(page, stage)
      for (const width of widths) {
        await page.setViewportSize(viewports[width])
        await untilStill(page)
        await visit(page, { scene, width, colorScheme })
      }
    } catch (cause) {
      throw new Error(`The scene "${scene.name}" of ${scene.path} was not reached.`, { cause })
    } finally {
      await page.context().close()
      // The next scene begins with everything well.
      stage.emulator.control.faults({})
      await stage.startServer()
    }
  }
}
