// What our packages cost a browser, measured on the built files and held to the budgets of DESIGN section 10.
// 1 kB = 1000 bytes after gzip -9. Every chunk is compressed by itself, as a server would send it. "First load" and
// "entry" are what static imports bring; the walk is what the person's browser has loaded when the verdict is shown.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles source text as a host's bundler would and says what its chunks weigh. */
async function bundle(contents, external = []) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: `${root}apps/demo`, loader: 'js' },
    absWorkingDir: root,
    outdir: 'size',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    external,
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  const sizeOf = (path) => {
    const file = outputFiles.find((it) => it.path === join(root, path))
    if (!file) throw new Error(`The bundler named a chunk ${path} and did not make it.`)
    return gzipSync(file.contents, { level: 9 }).length
  }
  const [entry] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint?.includes('stdin'))

  /** The chunks an import loads; those behind `import()` only when asked for. esbuild also makes some that nothing reaches. */
  function reach(lazyToo) {
    const seen = new Set()
    const visit = (path) => {
      if (seen.has(path)) return
      seen.add(path)
      for (const it of metafile.outputs[path].imports) {
        if (!it.external && (lazyToo || it.kind === 'import-statement')) visit(it.path)
      }
    }
    visit(entry)
    return [...seen]
  }
  const total = (paths) => paths.reduce((sum, path) => sum + sizeOf(path), 0)
  /** One of the element's languages: a walk loads at most one, and none in English. */
  const isLanguage = (path) => /\/languages\/(?!languages\.)/.test(metafile.outputs[path].entryPoint ?? '')
  const nameOf = (path) => /([^/]+?)(-[A-Z0-9]{8})?\.js$/.exec(path)[1]

  return {
    firstLoad: total(reach(false)),
    without: (names) => total(reach(true).filter((path) => !names.includes(nameOf(path)) && !isLanguage(path))),
    languages: () =>
      reach(true)
        .filter(isLanguage)
        .map((path) => `${nameOf(path)} ${kilo(sizeOf(path))}`),
    /** The chunks of these names, each with its size: one that is not there would hide a mistake. */
    chunks: (names) =>
      names.map((name) => {
        const path = reach(true).find((it) => nameOf(it) === name)
        if (!path) throw new Error(`There is no chunk "${name}".`)
        return `${name} ${kilo(sizeOf(path))}`
      }),
    carries: (name) =>
      reach(true).some((path) =>
        Object.entries(metafile.outputs[path].inputs).some(
          ([input, { bytesInOutput }]) => bytesInOutput > 0 && input.includes(`/${name}/`),
        ),
      ),
  }
}

const kilo = (bytes) => `${(bytes / 1000).toFixed(2)} kB`

/**
 * Chunks that a modal walk to Approved in English never imports: they come when the page asks for it, with a refusal, with
 * an address of the page's own, with a name in a form, with another language, with another mode.
 */
const notInWalk = ['preflight', 'explanation', 'url-store', 'form-value', 'languages', 'presenters']

/**
 * The one budget that is known to be over, and how far it may be: the gate lets it pass up to here, so that it cannot
 * grow unseen, and only as long as it is over. To be lowered, never raised.
 */
const knownOver = { name: 'everything a modal walk downloads of ours', most: 23800 }

/**
 * Prints the table; resolves to false when a budget is broken.
 *
 * @param options.isGate - Lets the budget that is known to be over pass. Every other one still has to hold.
 */
export async function reportSizes({ isGate = false } = {}) {
  const element = await bundle(`import '@didit-verify/element/define'`)
  const core = await bundle(`export * from '@didit-verify/core'`)
  const hooks = await bundle(
    `export { DiditProvider, useSession, useDecision, diditKeys } from '@didit-verify/react'`,
    ['react', 'react-dom', 'react/jsx-runtime', '@tanstack/react-query', '@didit-verify/core'],
  )
  const rows = [
    ['element/define, first load, Lit included', element.firstLoad, 9000],
    [knownOver.name, element.without(notInWalk), 15000],
    ['core entry', core.firstLoad, 5000],
    ['react hooks over core and peers', hooks.firstLoad, 2500],
  ]
  const refused = [
    ['zod in the element', element.carries('zod')],
    ['zod in core', core.carries('zod')],
    ['Lit in a hooks-only import', hooks.carries('lit-html')],
  ]
  if (!element.carries('lit-html')) throw new Error('Lit was not found where it must be, so it would be found nowhere.')

  let isWithin = true
  const print = (name, is, most, isOver, isTolerated = false) => {
    if (isOver && !isTolerated) isWithin = false
    console.log(name.padEnd(46), is.padStart(9), most.padStart(9), isOver ? 'OVER' : 'ok')
  }
  console.log('Budget (gzip, 1 kB = 1000 B)'.padEnd(46), 'is'.padStart(9), 'at most'.padStart(9))
  for (const [name, size, most] of rows) {
    const isTolerated = isGate && name === knownOver.name && size <= knownOver.most
    print(name, kilo(size), kilo(most), size > most, isTolerated)
    if (name === knownOver.name && size <= most) {
      console.log(`"${name}" is within its budget again: take it out of knownOver.`)
      isWithin = false
    }
  }
  for (const [name, found] of refused) print(name, found ? 'yes' : 'none', 'none', found)
  console.log(
    `Loaded beside a walk to Approved, and not counted in it: ${[...element.chunks(notInWalk), ...element.languages()].join(', ')}.`,
  )
  const whole = kilo(core.without([]))
  console.log(
    `The core entry is what its import loads. With ${core.chunks(['live-updates-connection'])}, which it loads once a`,
  )
  console.log(`Session is followed, it is ${whole}: over 5.00 kB, were that counted too.`)
  return isWithin
}
