// @vitest-environment node
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** Bundles `import { … } from '@didit-verify/react'` and returns the size and the bundled files. */
async function bundle(names: string, external: string[]) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: `export { ${names} } from './index.ts'`, resolveDir: new URL('.', import.meta.url).pathname },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    conditions: ['@didit-verify/source'],
    external,
  })
  const parts = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const files = parts.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file)
  const packed = new Blob(outputFiles.map(({ text }) => text)).stream().pipeThrough(new CompressionStream('gzip'))
  return { files: files.join('\n'), gzip: (await new Response(packed).arrayBuffer()).byteLength }
}

const peers = ['react', 'react/jsx-runtime', '@tanstack/react-query']
const hooks = 'DiditProvider, useSession, useDecision'

test('the hooks are no more than 2.5 kB over core and peers', async () => {
  const { gzip } = await bundle(hooks, [...peers, '@didit-verify/core'])
  expect(gzip).toBeGreaterThan(500)
  expect(gzip).toBeLessThanOrEqual(2500)
})

test('an import of the hooks carries neither Lit nor the element', async () => {
  const { files } = await bundle(hooks, peers)
  expect(files).toContain('use-session.ts')
  expect(files).not.toMatch(/\blit\b|element/)
})

test('an import of the component carries both', async () => {
  const { files } = await bundle('DiditVerify', peers)
  expect(files).toMatch(/element\/src\/define\.ts/)
  expect(files).toMatch(/\blit\b/)
})
