/** A picture of a view. */
export interface Picture {
  /** File name, relative to the sheet. */
  readonly file: string
  readonly path: string
  readonly scene: string
  /** Width of the window, in CSS pixels. */
  readonly width: number
  readonly colorScheme: string
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' }
const inHtml = (text: string) => text.replaceAll(/[&<"]/g, (character) => escapes[character] ?? '')

function groups<Item>(items: readonly Item[], key: (item: Item) => string): [string, Item[]][] {
  const found = new Map<string, Item[]>()
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item])
  return [...found]
}

// Wide before narrow, light before dark: each view has the same column in every row.
const inOrder = (pictures: readonly Picture[]) =>
  pictures.toSorted((one, other) => other.width - one.width || other.colorScheme.localeCompare(one.colorScheme))

const figure = ({ file, width, colorScheme, scene }: Picture) => `
      <figure data-width="${width}">
        <a href="${inHtml(file)}"><img src="${inHtml(file)}" alt="${inHtml(`${scene}, ${width} px, ${colorScheme}`)}" loading="lazy"></a>
        <figcaption>${width} px, ${inHtml(colorScheme)}</figcaption>
      </figure>`

const styles = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; padding: 1.5rem; max-width: 110rem; }
  nav ul { columns: 16rem; padding: 0; list-style: none; }
  section { margin-block: 2.5rem; }
  h2 { border-block-start: 3px solid; padding-block-start: .5rem; }
  h3 { margin-block: 1.5rem .5rem; }
  .row { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; }
  figure { margin: 0; flex: 3 1 18rem; max-width: 30rem; }
  figure[data-width="390"] { flex: 1 1 9rem; max-width: 13rem; }
  img { display: block; width: 100%; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
  figcaption { font-size: .8125rem; opacity: .8; }
`

/** Returns an HTML page that shows every picture with its caption, with a row per scene. */
export function contactSheet(pictures: readonly Picture[], engine: string): string {
  const pages = groups(pictures, ({ path }) => path).map(([path, ofPage]) => ({
    path,
    scenes: groups(ofPage, ({ scene }) => scene).map(([scene, views]) => ({
      scene,
      id: encodeURIComponent(`${path} ${scene}`),
      views: inOrder(views),
    })),
  }))
  const links = pages.flatMap(({ path, scenes }) =>
    scenes.map(({ scene, id }) => `<li><a href="#${encodeURIComponent(id)}">${inHtml(path)} ${inHtml(scene)}</a></li>`),
  )
  const sections = pages.map(
    ({ path, scenes }) => `
  <section>
    <h2>${inHtml(path)}</h2>${scenes
      .map(
        ({ scene, id, views }) => `
    <h3 id="${id}">${inHtml(scene)}</h3>
    <div class="row">${views.map(figure).join('')}
    </div>`,
      )
      .join('')}
  </section>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Every scene of the demo</title>
  <style>${styles}</style>
</head>
<body>
  <h1>Every scene of the demo</h1>
  <p>${pictures.length} pictures, taken in ${inHtml(engine)}.</p>
  <nav aria-label="Scenes"><ul>${links.join('')}</ul></nav>${sections.join('')}
</body>
</html>
`
}
