import type { Page } from 'playwright'
import { type ColorScheme, colorSchemes } from './engine.ts'
import type { Demo } from './harness.ts'
import type { Scene } from './scene.ts'

/** A scene at one width and in one color scheme. */
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
 * Visits scenes at both widths and in both color schemes.
 *
 * Each scene is reached once: the same page is resized and switched to the other scheme, without being loaded again.
 *
 * @param visit - Called for each view with the page in place, light before dark, the phone last.
 */
export async function tour(
  demo: Demo,
  scenes: readonly Scene[],
  visit: (page: Page, view: View) => Promise<void>,
): Promise<void> {
  for (const scene of scenes) {
    const page = await demo.newPage({ ...viewports.wide, reducedMotion: true })
    try {
      await scene.reach(page, demo)
      for (const width of widths) {
        await page.setViewportSize(viewports[width])
        for (const colorScheme of colorSchemes) {
          await demo.setColorScheme(page, colorScheme)
          await untilStill(page)
          await visit(page, { scene, width, colorScheme })
        }
      }
    } catch (cause) {
      throw new Error(`The scene "${scene.name}" of ${scene.path} was not reached.`, { cause })
    } finally {
      await demo.closePages()
      // Undo the faults of this scene.
      demo.emulator.control.faults({})
      await demo.startServer()
    }
  }
}
