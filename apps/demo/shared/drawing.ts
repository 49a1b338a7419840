/**
 * Drawings as data, so that React and the pages without JavaScript draw the same lines.
 *
 * Colours are classes (`fill-ink`, `line-chalk` …) of the one style sheet, which gives each a day and a night.
 */

/** An SVG element: its tag, its attributes, and its children. */
export type Shape = readonly [tag: string, attributes: Readonly<Record<string, string | number>>, ...children: Shape[]]

export const path = (d: string, look: string): Shape => ['path', { d, class: look }]

export const box = (x: number, y: number, width: number, height: number, look: string): Shape => [
  'rect',
  { x, y, width, height, class: look },
]

export const disc = (cx: number, cy: number, r: number, look: string): Shape => ['circle', { cx, cy, r, class: look }]

/** Moves what is inside, and scales it. */
export const at = (x: number, y: number, scale: number, ...children: readonly Shape[]): Shape => [
  'g',
  { transform: `translate(${x} ${y}) scale(${scale})` },
  ...children,
]

/** Names a group for the style sheet, which may move it. */
export const named = (name: string, ...children: readonly Shape[]): Shape => ['g', { class: name }, ...children]

const isSafe = /^[\w ,.()#%-]*$/

/** The drawing as markup, for pages that a server renders. */
export function toMarkup(shapes: readonly Shape[]): string {
  return shapes
    .map(([tag, attributes, ...children]) => {
      const written = Object.entries(attributes).map(([name, value]) => {
        if (!isSafe.test(String(value))) throw new TypeError(`A drawing holds what is no drawing: ${name}.`)
        return ` ${name}="${value}"`
      })
      return `<${tag}${written.join('')}>${toMarkup(children)}</${tag}>`
    })
    .join('')
}
