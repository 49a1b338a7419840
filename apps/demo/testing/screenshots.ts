import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bankScenes } from './bank-scenes.ts'
import { contactSheet, type Picture } from './contact-sheet.ts'
import { startEngine } from './engine.ts'
import { startDemo } from './harness.ts'
import type { Scene } from './scene.ts'
import { scenes } from './scenes.ts'
import { tour, viewports } from './tour.ts'

/** `/plain.html`, `lost connection` → `plain-lost-connection`. */
const fileName = (...parts: string[]) =>
  `${parts.map((part) => part.replace(/\.html$/, '').replace(/^\/$/, 'index')).join(' ')}.png`
    .replace(/^\//, '')
    .replaceAll(/[^a-z0-9.]+/gi, '-')

/**
 * Takes a picture of every scene, wide and on a phone, light and dark, and writes an HTML sheet that shows them all.
 *
 * @param folder - Emptied first.
 * @returns The URL of the sheet.
 */
export async function takeScreenshots(folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const pictures: Picture[] = []
  const engine = startEngine()

  async function takeAll(some: readonly Scene[]): Promise<void> {
    const demo = await startDemo({}, engine)
    try {
      await tour(demo, some, async (page, { scene, width, colorScheme }) => {
        const file = fileName(scene.path, scene.name, width, colorScheme)
        // A modal dialog covers the visible part of the page, so a picture of the full page shows nothing more.
        const isModal = await page.evaluate(
          () => document.querySelector('didit-verify')?.shadowRoot?.querySelector('dialog:modal') != null,
        )
        await page.screenshot({ path: join(folder, file), fullPage: !isModal, animations: 'disabled', caret: 'hide' })
        pictures.push({ file, path: scene.path, scene: scene.name, width: viewports[width].width, colorScheme })
      })
    } finally {
      await demo.close()
    }
  }
  try {
    await Promise.all([bankScenes, scenes.filter((scene) => !bankScenes.includes(scene))].map(takeAll))
  } finally {
    await engine.close()
  }
  const sheet = join(folder, 'index.html')
  writeFileSync(sheet, contactSheet(pictures, engine.name))
  return pathToFileURL(sheet).href
}
