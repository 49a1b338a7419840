import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createFiles, createManifest, staleFiles } from './manifest.mjs'

const source = readFileSync(new URL('../packages/element/src/didit-verify.ts', import.meta.url), 'utf8')
const documented = source.replace(' * @attr disabled', ' * @attr extra-word - A word more.\n * @attr disabled')
const declared = source
  .replace('    disabled: {', "    extraWord: { attribute: 'extra-word' },\n    disabled: {")
  .replace('  declare disabled:', '  declare extraWord: string | undefined\n  declare disabled:')
const both = declared.replace(' * @attr disabled', ' * @attr extra-word - A word more.\n * @attr disabled')

test('manifest, JSX types, README and editor data say what the class of the element says', () => {
  expect(staleFiles(), 'Run: npm run manifest').toEqual([])
})

test('a new attribute makes every generated file stale', () => {
  expect(staleFiles(both)).toEqual(Object.keys(createFiles()))
})

test('refuses an attribute that is declared and not documented', () => {
  expect(() => createManifest(declared)).toThrow('lacks "@attr extra-word"')
})

test('refuses an attribute that is documented and not declared', () => {
  expect(() => createManifest(documented)).toThrow('declares no such attribute')
})
