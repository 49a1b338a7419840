// What our packages cost a browser, measured on the built files and held to the budgets of DESIGN section 10.
// 1 kB = 1000 bytes after gzip -9. Every chunk is compressed by itself, as a server would send it.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles source text or a file and returns its chunks with who loads whom. */
async function bundle(contents, resolveDir, external = []) {
  const result = await build({
    stdin: { contents, resolveDir: `${root}${resolveDir}`, loader: 'js' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    outdir: `${root}size`,
    external,
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  const bytes = new Map(result.outputFiles.map((file) => [file.path, gzipSync(file.contents, { level: 9 }).length]))
  const outputs = Object.entries(result.metafile.outputs).map(([path, output]) => ({
    path,
    name: /([^/]+?)(-[A-Z0-9]{8})?\.js$/.exec(path)[1],
    size: bytes.get(`${root}${path}`) ?? 0,
    imports: output.imports.filter((it) => !it.external),
    inputs: Object.keys(output.inputs).filter((input) => output.inputs[input].bytesInOutput > 0),
    isEntry: output.entryPoint?.includes('stdin') === true,
  }))
  const byPath = new Map(outputs.map((output) => [output.path, output]))
  const reach = (kinds, without = []) => {
    const seen = new Set()
    const visit = (output) => {
      if (output === undefined || seen.has(output) || without.includes(output.name)) return
      seen.add(output)
      for (const it of output.imports) if (kinds.includes(it.kind)) visit(byPath.get(it.path))
    }
    visit(outputs.find((output) => output.isEntry))
    return [...seen]
  }
  const sum = (...which) => reach(...which).reduce((total, output) => total + output.size, 0)
  // What can be loaded at all: esbuild also writes the lazy chunks of modules that nothing of the entry needs.
  const inputs = reach(['import-statement', 'dynamic-import']).flatMap((output) => output.inputs)
  return {
    firstLoad: sum(['import-statement']),
    everything: sum(['import-statement', 'dynamic-import']),
    without: (names) => sum(['import-statement', 'dynamic-import'], names),
    /** The chunks of these names, each with its size: one that is not there would hide a mistake. */
    chunks: (names) =>
      names.map((name) => {
        const chunk = outputs.find((output) => output.name === name)
        if (!chunk) throw new Error(`There is no chunk "${name}".`)
        return `${name} ${(chunk.size / 1000).toFixed(2)} kB`
      }),
    carries: (name) => inputs.some((path) => path.includes(`/${name}/`)),
  }
}

/** Chunks that a walk to Approved never imports: one comes when the page asks for it, the other with a refusal. */
const notInWalk = ['preflight', 'reason-phrases']

/** Prints the table; resolves to false when a budget is broken. */
export async function reportSizes() {
  const element = await bundle(`import '@didit-verify/element/define'`, 'apps/demo')
  const core = await bundle(`export * from '@didit-verify/core'`, 'apps/demo')
  const hooks = await bundle(
    `export { DiditProvider, useSession, useDecision, diditKeys } from '@didit-verify/react'`,
    'apps/demo',
    ['react', 'react-dom', 'react/jsx-runtime', '@tanstack/react-query', '@didit-verify/core'],
  )
  const rows = [
    ['element/define, first load, Lit included', element.firstLoad, 9000],
    ['everything a modal walk downloads of ours', element.without(notInWalk), 15000],
    ['core entry', core.everything, 5000],
    ['react hooks over core and peers', hooks.everything, 2500],
  ]
  const refused = [
    ['zod in the element', element.carries('zod')],
    ['zod in core', core.carries('zod')],
    ['Lit in a hooks-only import', hooks.carries('lit') || hooks.carries('lit-element')],
  ]
  let isWithin = true
  console.log('Budget (gzip, 1 kB = 1000 B)'.padEnd(46), 'is'.padStart(9), 'at most'.padStart(9))
  for (const [name, size, most] of rows) {
    const over = size > most
    if (over) isWithin = false
    const kilo = (bytes) => `${(bytes / 1000).toFixed(2)} kB`
    console.log(name.padEnd(46), kilo(size).padStart(9), kilo(most).padStart(9), over ? 'OVER' : 'ok')
  }
  console.log(`Not in a walk to Approved, and not counted in it: ${element.chunks(notInWalk).join(', ')}`)
  console.log(`Of the core entry, loaded with the first Session that is followed: ${core.chunks(['relay-source'])}`)
  for (const [name, found] of refused) {
    if (found) isWithin = false
    console.log(name.padEnd(46), (found ? 'yes' : 'none').padStart(9), 'none'.padStart(9), found ? 'OVER' : 'ok')
  }
  return isWithin
}
