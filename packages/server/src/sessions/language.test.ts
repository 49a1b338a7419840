import { expect, test } from 'vitest'
import { toDiditLanguage } from './language.ts'

test.each([
  ['en', 'en'],
  ['de-AT', 'de'],
  ['pt-br', 'pt-BR'],
  ['pt_BR', 'pt-BR'],
  ['ZH-tw', 'zh-TW'],
  ['zh-Hant-TW', 'zh'],
  ['tlh', undefined],
  ['', undefined],
  ['__proto__', undefined],
  [undefined, undefined],
])('finds for %o the language %o of the hosted page', (tag, language) => {
  expect(toDiditLanguage(tag)).toBe(language)
})
