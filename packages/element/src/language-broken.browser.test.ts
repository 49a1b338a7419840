import { afterEach, expect, test, vi } from 'vitest'
import './define.ts'
import { clear, mount, until } from '../testing/stage.ts'

// The words of a language are a file of their own, and can be missing alone.
vi.mock('./texts/languages/es.ts', () => ({
  get phrases() {
    throw new TypeError('Failed to fetch dynamically imported module')
  },
}))

afterEach(clear)

test('speaks English from left to right when the words that follow a language from right to left cannot be loaded', async () => {
  const stage = await mount({ lang: 'ar' })
  const direction = () => getComputedStyle(stage.$('.card') as Element).direction
  await until(() => direction() === 'rtl')
  stage.element.lang = 'es'
  await until(() => direction() === 'ltr')
  expect(stage.text).toContain('Identity verification')
})
