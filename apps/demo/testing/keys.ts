import type { Page } from 'playwright'
import { expect } from 'vitest'

/** A page as a person sees it who uses only the keyboard. */

/** The element that the next key goes to. */
export interface Focused {
  readonly tag: string
  readonly isInFrame: boolean
  readonly name: string
  /** Whether an outline or a shadow shows the focus. */
  readonly isMarked: boolean
}

/** Returns the focused element, through shadow roots and into the frame of the hosted page. */
export async function focused(page: Page): Promise<Focused> {
  const look = () => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element ?? document.body)
    const { labels } = element as HTMLInputElement
    const name = element?.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element?.textContent ?? ''
    return {
      tag: element?.tagName ?? '',
      name: name.trim(),
      isMarked: (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none',
    }
  }
  const here = await page.evaluate(look)
  const frame = page.frames().find((it) => it !== page.mainFrame())
  const isInFrame = here.tag === 'IFRAME' && frame !== undefined
  return { ...(isInFrame ? await frame.evaluate(look) : here), isInFrame }
}

/** Presses a key until the named control has the focus. Fails when the focus is invisible on the way. */
export async function go(page: Page, name: string, key = 'Tab'): Promise<void> {
  const stops: string[] = []
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press(key)
    const stop = await focused(page)
    stops.push(stop.name.slice(0, 40))
    // Between two documents a browser may stop at the frame itself, or at the page.
    const isControl = !['IFRAME', 'BODY', 'HTML'].includes(stop.tag)
    if (isControl) expect(stop.isMarked, `The focus on "${stop.name}" (${stop.tag}) cannot be seen.`).toBe(true)
    if (stop.name === name) return
  }
  throw new Error(`"${name}" cannot be reached: ${stops.join(' → ')}`)
}

/** Waits until the focus is on an element other than the document. A change of the page must not lose the focus. */
export const expectFocusKept = (page: Page) =>
  expect.poll(async () => (await focused(page)).tag).not.toMatch(/^(BODY|HTML|)$/)
