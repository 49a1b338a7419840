/**
 * Returns the language of an element as a BCP 47 tag: its own `lang`, else the nearest one around it, across shadow
 * roots, else the browser's language.
 *
 * The last resort is the browser's language and not English, because the hosted page does the same. On a page without
 * `lang` the person then reads both in one language.
 */
export function languageOf(element: Element): string {
  for (let node: Node | null = element; node; node = node.parentNode ?? (node as ShadowRoot).host) {
    if ((node as HTMLElement).lang) return (node as HTMLElement).lang
  }
  return navigator.language
}
