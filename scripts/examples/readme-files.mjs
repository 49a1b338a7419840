// Reads the files of an example out of a README: blocks of code whose first line names a file.
/** Returns the text below a heading, up to the next heading of the same or a higher level. */
function sectionOf(readme, name) {
  const start = readme.search(new RegExp(`^##+ ${name}$`, 'm'))
  if (start === -1) throw new Error(`The README has no section "${name}".`)
  const [heading] = readme.slice(start).match(/^#+/)
  const text = readme.slice(start + heading.length)
  const end = text.search(new RegExp(`^#{2,${heading.length}} `, 'm'))
  return end === -1 ? text : text.slice(0, end)
}

/** Returns path → text of each block in a section that begins with a comment like `// server.js`. */
export function readmeFiles(readme, section) {
  const blocks = [...sectionOf(readme, section).matchAll(/^```\w+\n(\/\/ (\S+\.\w+)\n.*?)^```$/gms)]
  if (blocks.length === 0) throw new Error(`The section "${section}" of the README has no block that names its file.`)
  return Object.fromEntries(blocks.map(([, code, path]) => [path, code]))
}
