import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { contactSheet, type Picture } from './contact-sheet.ts'
import { startEngine } from './engine.ts'
import { setStage } from './harness.ts'
import { type ColorScheme, colorSchemes, tour, viewports } from './tour.ts'

/** `/plain.html`, `lost connection` → `plain-lost-connection`. */
const fileName = (...parts: string[]) =>
  `${parts.map((part) => part.replace(/\.html$/, '').replace(/^\/$/, 'index')).join(' ')}.png`
    .replace(/^\//, '')
    .replaceAll(/[^a-z0-9.]+/gi, '-')

/**
 * Takes a picture of every scene, wide and on a phone, light and dark, and writes them with a sheet that shows them all.
 *
 * @param folder - Is emptied first.
 * @returns The address of the sheet.
 */
export async function takeScreenshots(folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const pictures: Picture[] = []
  const engine = startEngine()

  async function takeAll(colorScheme: ColorScheme): Promise<void> {
    const stage = await setStage({}, engine)
    try {
      await tour(stage, colorScheme, async (page, { scene, width }) => {
        const file = fileName(scene.path, scene.name, width, colorScheme)
        // What is in the top layer lies over the part of the page that is in sight, and is all there is to see.
        const isModal = await page.evaluate(
          () => document.querySelector('didit-verify')?.shadowRoot?.querySelector('dialog:modal') != null,
        )
        await page.screenshot({ path: join(folder, file), fullPage: !isModal, animations: 'disabled', caret: 'hide' })
        pictures.push({ file, path: scene.path, scene: scene.name, width: viewports[width].width, colorScheme })
      })
    } finally {
      await stage.close()
    }
  }
  try {
    await Promise.all(colorSchemes.map(takeAll))
  } finally {
    await engine.close()
  }
  const sheet = join(folder, 'index.html')
  writeFileSync(sheet, contactSheet(pictures, engine.name))
  return pathToFileURL(sheet).href
}
