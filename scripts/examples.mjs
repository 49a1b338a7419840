// Reads docstrings: the code below `@example`, and the functions that the entries of a package export.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Returns the blocks of code below `@example` in the sources of a folder, each with its file and line. */
export function exampleBlocks(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /(?<!\.test)\.tsx?$/.test(name))
    .flatMap((name) => {
      const path = join(folder, name)
      const text = readFileSync(path, 'utf8')
      return [...text.matchAll(/^[ \t]*\/\*\*.*?\*\//gms)]
        .filter(([doc]) => doc.includes('@example'))
        .flatMap(({ 0: doc, index: start }) =>
          [...doc.matchAll(/^ *\* ```(tsx?)\n(.*?)^ *\* ```$/gms)].map(({ 1: language, 2: code, index }) => ({
            path,
            line: text.slice(0, start + index).split('\n').length + 1,
            language,
            code: code.replaceAll(/^ *\* ?/gm, ''),
          })),
        )
    })
}

/** Returns the functions that the entries in package.json export, each with the file that declares it. */
export function publicFunctions(packageFolder) {
  const { exports } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  const entries = Object.values(exports).flatMap((it) => it['@didit-verify/source'] ?? [])
  const found = new Map()
  for (const entry of entries) {
    for (const it of functionsOf(join(packageFolder, entry))) found.set(`${it.path} ${it.name}`, it)
  }
  return [...found.values()]
}

function functionsOf(path, wanted = null) {
  if (!existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  const own = [
    ...text.matchAll(
      /^export (?:async )?(?:function (\w+)|const (\w+)(?:: [^=\n]+)? =\s+(?:\/\/.+\s+)?(?:\/\* @__PURE__ \*\/ )?(?:guard<|(?:async )?(?:<.+?>)?\())/gm,
    ),
  ]
    .map(({ 1: one, 2: other, index }) => ({
      path,
      name: one ?? other,
      hasExample: docBefore(text, index).includes('@example'),
    }))
    .filter(({ name }) => wanted === null || wanted.includes(name))
  // Overloads are one function, documented once.
  const byName = new Map()
  for (const it of own)
    byName.set(it.name, { ...it, hasExample: it.hasExample || byName.get(it.name)?.hasExample === true })
  const passedOn = [...text.matchAll(/^export (?:\*|\{([^}]*)\}) from '(\.[^']+)'/gms)].flatMap(([, list, from]) => {
    const names = list
      ?.split(',')
      .map((it) => it.trim())
      .filter((it) => it !== '' && !it.startsWith('type '))
      .map((it) => it.split(' as ')[0])
      .filter((it) => wanted === null || wanted.includes(it))
    return names?.length === 0 ? [] : functionsOf(join(dirname(path), from), names ?? wanted)
  })
  return [...byName.values(), ...passedOn]
}

/** Returns the docstring that ends right before a place in the text, or an empty text. */
function docBefore(text, index) {
  return /\/\*\*(?:(?!\*\/).)*\*\/\n$/s.exec(text.slice(0, index))?.[0] ?? ''
}

// `node scripts/examples.mjs SEED` draws ten public functions and says where each is declared.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const all = readdirSync(join(root, 'packages')).flatMap((name) => publicFunctions(join(root, 'packages', name)))
  let seed = Number(process.argv[2] ?? 1)
  for (let drawn = 0; drawn < 10 && all.length > 0; drawn += 1) {
    // A linear congruential generator: the same seed draws the same functions on every machine.
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
    const [it] = all.splice(seed % all.length, 1)
    console.log(`${it.name.padEnd(28)} ${relative(root, it.path)}`)
  }
}
