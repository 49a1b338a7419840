// The element's class comment and declarations are the only source for its attributes. From them this file writes the
// custom-elements manifest and everything that editors, JSX and the README say about the attributes.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { create, ts } from '@custom-elements-manifest/analyzer'
import { litPlugin } from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js'

const folder = fileURLToPath(new URL('../packages/element/', import.meta.url))
const biome = join(dirname(createRequire(import.meta.url).resolve('@biomejs/biome/package.json')), 'bin/biome')
const tag = 'didit-verify'
const source = 'src/didit-verify.ts'
const read = (path) => readFileSync(join(folder, path), 'utf8')

/** Attributes of every HTML element that this one documents because it reacts to them. */
const htmlAttributes = ['lang', 'dir']

/**
 * Creates the custom-elements manifest.
 *
 * @param text - Source text of the element's class. Tests pass a changed one.
 * @throws When an attribute is documented but not declared, or declared but not documented.
 */
export function createManifest(text = read(source)) {
  const files = { [source]: text, 'src/define.ts': read('src/define.ts'), 'src/index.ts': read('src/index.ts') }
  const manifest = create({
    modules: Object.entries(files).map(([path, code]) => ts.createSourceFile(path, code, ts.ScriptTarget.ES2022, true)),
    plugins: litPlugin(),
  })
  const element = manifest.modules.flatMap((module) => module.declarations).find((it) => it.tagName === tag)
  element.members = element.members.filter(isPublic)
  element.attributes = element.attributes.map((attribute) => withDefault(attribute))
  checkAttributes(element)
  for (const module of manifest.modules) module.path = built(module.path)
  for (const it of manifest.modules.flatMap(({ exports }) => exports)) {
    if (it.declaration.module) it.declaration.module = built(it.declaration.module)
  }
  // The analyzer misses this one: `define.ts` registers the element under a condition.
  const definition = { name: 'DiditVerify', module: built(source) }
  const define = manifest.modules.find(({ path }) => path === built('src/define.ts'))
  define.exports.push({ kind: 'custom-element-definition', name: tag, declaration: definition })
  return manifest
}

const built = (path) => path.replace(/^\/?src\/(.+)\.ts$/, 'dist/$1.js')

/** A page uses members that have a description; callbacks of the platform have none of interest. */
const isPublic = ({ name, privacy, static: isStatic, description, attribute }) =>
  privacy !== 'private' && !name.endsWith('Callback') && !isStatic && Boolean(description || attribute)

/** Moves "Default: …" out of a description: each format has a field of its own for it. */
function withDefault({ default: initial, ...attribute }) {
  const { text, value } = splitDefault(attribute.description)
  const defaultValue = value ?? initial
  return { ...attribute, description: text, ...(defaultValue === undefined ? {} : { default: defaultValue }) }
}

function splitDefault(description = '') {
  const [, value] = / Default: (.+?)\.(?= |$)/.exec(description) ?? []
  return { text: description.replace(/ Default: .+?\.(?= |$)/, '').trim(), value }
}

const isReadOnlyAttribute = ({ members }, { name }) => members.some((it) => it.name === name && it.readonly)

function checkAttributes(element) {
  for (const attribute of element.attributes) {
    const { name, fieldName, description } = attribute
    if (!description) throw new Error(`The class comment of <${tag}> lacks "@attr ${name}".`)
    if (!fieldName && !htmlAttributes.includes(name) && !isReadOnlyAttribute(element, attribute)) {
      throw new Error(`The class comment of <${tag}> names "${name}", and the class declares no such attribute.`)
    }
  }
}

const withoutUndefined = (type) => type.replace(/ \| undefined$/, '')

/** The literal values of a type such as `'front' | 'back'`; none for any other type. */
const valuesOf = (type) => (/^'[^|]+'( \| '[^|]+')*$/.test(type) ? type.replaceAll("'", '').split(' | ') : [])

/** The type of an attribute, with the name of a type replaced by its definition. */
function typeOf({ type }) {
  const text = withoutUndefined(type?.text ?? 'string')
  const [, definition] = new RegExp(`^export type ${text} = (.+)$`, 'm').exec(read('src/events.ts')) ?? []
  return definition ?? text
}

/**
 * Creates the text of every generated file.
 *
 * @param text - Source text of the element's class. Tests pass a changed one.
 * @returns Path in packages/element → text.
 */
export function createFiles(text = read(source)) {
  const manifest = createManifest(text)
  const element = manifest.modules.flatMap((module) => module.declarations).find((it) => it.tagName === tag)
  return {
    'custom-elements.json': formatted('custom-elements.json', JSON.stringify(manifest)),
    'vscode.html-custom-data.json': formatted('vscode.html-custom-data.json', JSON.stringify(vsCodeData(element))),
    'web-types.json': formatted('web-types.json', JSON.stringify(webTypes(element))),
    'src/attributes.ts': formatted('src/attributes.ts', jsxAttributes(element)),
    'README.md': readme(element),
  }
}

function formatted(path, text) {
  const args = [biome, 'format', '--stdin-file-path', join(folder, path)]
  return execFileSync(process.execPath, args, { input: text, encoding: 'utf8' })
}

const withDefaultText = ({ description, default: initial }) => description + (initial ? ` Default: ${initial}.` : '')

/** https://github.com/microsoft/vscode-custom-data */
function vsCodeData(element) {
  const attributes = element.attributes.map((attribute) => {
    const values = valuesOf(typeOf(attribute)).map((name) => ({ name }))
    const isBoolean = typeOf(attribute) === 'boolean' && attribute.default !== 'true'
    return {
      name: attribute.name,
      description: { kind: 'markdown', value: withDefaultText(attribute) },
      ...(isBoolean ? { valueSet: 'v' } : {}),
      ...(values.length ? { values } : {}),
    }
  })
  return { version: 1.1, tags: [{ name: tag, description: element.description, attributes }] }
}

/** https://github.com/JetBrains/web-types */
function webTypes(element) {
  const { name, version } = JSON.parse(read('package.json'))
  const described = (it) => ({ name: it.name, description: it.description })
  const attributes = element.attributes.map((attribute) => ({
    ...described(attribute),
    value: { type: typeOf(attribute), required: false },
    ...(attribute.default ? { default: attribute.default.replaceAll('`', '') } : {}),
  }))
  const properties = element.members
    .filter(({ kind }) => kind === 'field')
    .map((field) => ({
      name: field.name,
      description: field.description ?? element.attributes.find((it) => it.fieldName === field.name)?.description,
      type: withoutUndefined(field.type?.text ?? 'string'),
      ...(field.readonly ? { 'read-only': true } : {}),
    }))
  return {
    $schema: 'https://raw.githubusercontent.com/JetBrains/web-types/master/schema/web-types.json',
    name,
    version,
    'description-markup': 'markdown',
    contributions: {
      html: {
        elements: [
          {
            name: tag,
            description: element.description,
            attributes,
            js: { properties, events: element.events.map(described) },
          },
        ],
      },
      css: {
        properties: element.cssProperties.map(described),
        'pseudo-elements': element.cssParts.map((part) => ({
          name: `part(${part.name})`,
          description: part.description,
        })),
      },
    },
  }
}

function jsxAttributes(element) {
  const lines = element.attributes
    .filter((attribute) => !isReadOnlyAttribute(element, attribute))
    .map((attribute) => {
      const name = attribute.name.includes('-') ? `'${attribute.name}'` : attribute.name
      // A boolean attribute that is on by default is turned off by the word "false".
      const isOn = typeOf(attribute) === 'boolean' && attribute.default === 'true'
      const comment = withDefaultText(attribute).replace(/(.{1,108})(?:\s|$)/g, '   * $1\n')
      return `  /**\n${comment}   */\n  ${name}?: ${isOn ? "'true' | 'false'" : typeOf(attribute)} | undefined`
    })
  return `// Written by \`npm run manifest\` from the class comment in didit-verify.ts. Edit that one.

/** The attributes of \`<${tag}>\`, by their names in HTML. */
export interface ElementAttributes {
${lines.join('\n')}
}
`
}

const start = '<!-- Written by `npm run manifest` from the class comment in src/didit-verify.ts. Edit that one. -->'
const end = '<!-- The generated table ends here. -->'

function readme(element) {
  const cell = (text) => text.replaceAll('|', '\\|')
  const code = (text) => (text ? `\`${cell(text)}\`` : '')
  const row = (attribute, property, type, initial, description) =>
    `| ${code(attribute)} | ${property} | ${code(type)} | ${cell(initial)} | ${cell(description)} |`
  const isReadOnly = (name) => element.members.some((it) => it.name === name && it.readonly)
  const propertyCell = (name) => (name ? code(name) + (isReadOnly(name) ? ' (read)' : '') : '')
  const ofAttributes = element.attributes.map((attribute) => {
    const { name, fieldName = name, default: initial = '', description } = attribute
    return row(name, propertyCell(fieldName), typeOf(attribute), initial, description)
  })
  const names = element.attributes.map(({ name, fieldName = name }) => fieldName)
  const ofProperties = element.members
    .filter(({ kind, name, description }) => kind === 'field' && description && !names.includes(name))
    .map((field) => {
      const { text, value = '' } = splitDefault(field.description)
      return row('', propertyCell(field.name), withoutUndefined(field.type.text), value, text)
    })
  const head = ['| attribute | property | type | default | meaning |', '| --- | --- | --- | --- | --- |']
  const table = [...head, ...ofAttributes, ...ofProperties].join('\n')
  const text = read('README.md')
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error('README.md of the element lacks the two comments around its table.')
  return `${text.slice(0, from)}${start}\n\n${table}\n\n${text.slice(to)}`
}

/**
 * Lists the generated files that differ from what the class says.
 *
 * @param text - Source text of the element's class. Tests pass a changed one.
 */
export function staleFiles(text = read(source)) {
  return Object.entries(createFiles(text))
    .filter(([path, wanted]) => read(path) !== wanted)
    .map(([path]) => path)
}

/** Writes the generated files. */
export function writeManifest() {
  for (const [path, text] of Object.entries(createFiles())) writeFileSync(join(folder, path), text)
}

/** Ends the process when a generated file is stale. */
export function checkManifest() {
  const stale = staleFiles()
  if (!stale.length) return
  console.error(`Stale in packages/element: ${stale.join(', ')}. Run: npm run manifest`)
  process.exit(1)
}
