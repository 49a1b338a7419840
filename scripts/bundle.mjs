import { build } from 'esbuild'

/** Bundles an entry of our sources, with everything it imports, into one file for Node. */
export const bundleForNode = (entry, outfile) =>
  build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@didit-verify/source'],
    logLevel: 'error',
  })
