import { expect, test } from 'vitest'
import { acceptedTags, findLanguage, languages, pseudoTag } from './languages.ts'
import { fill, toPseudo } from './texts.ts'

const leaves = (value: unknown, at = ''): [string, string][] =>
  typeof value === 'string'
    ? [[at, value]]
    : Object.entries(value as object).flatMap(([name, inner]) => leaves(inner, `${at}.${name}`))

test('every language says everything, with the same gaps to fill', () => {
  const gaps = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join()
  const [english, ...others] = languages.map(({ texts }) => new Map(leaves(texts)))
  for (const other of others) {
    expect([...other.keys()]).toEqual([...(english?.keys() ?? [])])
    for (const [at, text] of english ?? []) expect(gaps(other.get(at) ?? ''), at).toBe(gaps(text))
  }
})

test('finds a language by its full tag, its base, or falls back to English', () => {
  expect(findLanguage(['es-MX']).tag).toBe('es')
  expect(findLanguage([null, undefined, '', 'ES']).tag).toBe('es')
  expect(findLanguage(['fi', 'es']).tag).toBe('es')
  expect(findLanguage(['tlh']).tag).toBe('en')
  expect(findLanguage([pseudoTag])).toMatchObject({ dir: 'rtl' })
})

test('reads the languages of a browser in the order it wants them', () => {
  expect(acceptedTags('en;q=0.5, es-MX, de;q=0, fr;q=0.8')).toEqual(['es-MX', 'fr', 'en'])
  expect(acceptedTags(null)).toEqual([])
})

test('fills gaps, and leaves alone what nothing is known of', () => {
  expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}')
})

test('the pseudo-language is longer and keeps its gaps', () => {
  const text = toPseudo({ hello: 'Continue as {name}', none: '' })
  expect(text.hello).toContain('{name}')
  expect(text.hello.length).toBeGreaterThan('Continue as {name}'.length * 1.3)
  expect(text.none).toBe('')
})
