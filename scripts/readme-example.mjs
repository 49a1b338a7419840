// Lets a test import the example of a README as a module: `import { App } from '../README.md?example'`.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const request = 'README.md?example'
// The name of a file beside the README, so that imports resolve and JSX compiles as in any file of the package.
const file = 'README.example.tsx'

/** Creates the Vite plugin. The example is the first `tsx` block, and its top-level declarations are exported. */
export function readmeExample() {
  return {
    name: 'readme-example',
    enforce: 'pre',
    resolveId(source, importer) {
      if (importer && source.endsWith(request)) return join(dirname(importer), source.replace(request, file))
    },
    load(id) {
      if (!id.endsWith(`/${file}`)) return
      const readme = id.replace(file, 'README.md')
      const code = /^```tsx\n(.*?)^```$/ms.exec(readFileSync(readme, 'utf8'))?.[1]
      if (code === undefined) throw new Error(`${readme} has no tsx block to run.`)
      this.addWatchFile(readme)
      const names = [...code.matchAll(/^(?:const|function) (\w+)/gm)].map(([, name]) => name)
      return `${code}\nexport { ${names.join(', ')} }\n`
    },
  }
}
