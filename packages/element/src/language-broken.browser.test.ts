import { afterEach, expect, test, vi } from 'vitest'
import './define.ts'
import { mountElement, removeElements, until } from '../testing/mount-element.ts'

// The texts of a language are a file of their own, which can fail to load by itself.
vi.mock('./texts/languages/es.ts', () => ({
  get phrases() {
    throw new TypeError('Failed to fetch dynamically imported module')
  },
}))

afterEach(removeElements)

test('shows English left to right when the language after a right-to-left one cannot be loaded', async () => {
  const fixture = await mountElement({ lang: 'ar' })
  const direction = () => getComputedStyle(fixture.$('.card') as Element).direction
  await until(() => direction() === 'rtl')
  fixture.element.lang = 'es'
  await until(() => direction() === 'ltr')
  expect(fixture.text).toContain('Identity verification')
})
