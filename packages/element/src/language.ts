/**
 * The language an element is in, as a BCP 47 tag: its own `lang`, else that of what is around it, shadow roots or not,
 * else the browser's.
 *
 * The browser's, and not English, since the hosted page does the same: a page that states no language has the person
 * read both in one.
 */
export function languageOf(element: Element): string {
  for (let node: Node | null = element; node; node = node.parentNode ?? (node as ShadowRoot).host) {
    if ((node as HTMLElement).lang) return (node as HTMLElement).lang
  }
  return navigator.language
}
