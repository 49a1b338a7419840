// Checks the notes in `.changeset/`. A bad one would otherwise stop the release, on the day of the release.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bumps = ['patch', 'minor', 'major']

/** Returns the names of the packages that are published. */
export function publicPackages() {
  return readdirSync(`${root}packages`)
    .map((folder) => JSON.parse(readFileSync(`${root}packages/${folder}/package.json`, 'utf8')))
    .filter((it) => !it.private)
    .map((it) => it.name)
}

/**
 * Returns what is wrong with one changeset.
 *
 * @param text - The whole file.
 * @param known - The packages it may name.
 * @returns One sentence for each fault.
 */
export function changesetFaults(text, known) {
  const parts = /^---\n(.*?)\n?---\n(.*)$/s.exec(text.replaceAll('\r\n', '\n'))
  if (!parts) return ['It does not begin with the lines between two "---" that name packages.']
  const [, front, note] = parts
  const lines = front.split('\n').filter((line) => line.trim() !== '')
  const faults = lines.length === 0 ? ['It names no package.'] : []
  const seen = new Set()
  for (const line of lines) {
    const [, name, bump] = /^"(.+)": *(\w+)$/.exec(line.replaceAll("'", '"').trim()) ?? []
    if (!name) faults.push(`"${line}" does not have the form "@didit-verify/NAME": ${bumps.join(' | ')}.`)
    else if (!known.includes(name)) faults.push(`"${name}" is not a published package.`)
    else if (!bumps.includes(bump)) faults.push(`"${bump}" of ${name} is not one of ${bumps.join(', ')}.`)
    if (name && seen.has(name)) faults.push(`It names ${name} twice.`)
    seen.add(name)
  }
  // A sentence first; a list or the code of a migration may follow.
  if (!/^[\p{Lu}`].+?[.!](\s|$)/su.test(note.trim()))
    faults.push('Its note does not begin with a sentence: a capital letter, words, a full stop.')
  return faults
}

/** Prints every fault of every changeset; ends the process when there is one. */
export function checkChangesets() {
  const known = publicPackages()
  const faults = readdirSync(`${root}.changeset`)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .flatMap((name) =>
      changesetFaults(readFileSync(`${root}.changeset/${name}`, 'utf8'), known).map(
        (it) => `.changeset/${name}: ${it}`,
      ),
    )
  if (faults.length === 0) return
  console.error(`${faults.join('\n')}\n.changeset/README.md shows what one looks like.`)
  process.exit(1)
}
