import { afterEach, expect, test, vi } from 'vitest'
import './define.ts'
import { mountElement, removeElements, until } from '../testing/mount-element.ts'

// A language that fails to load. A factory that throws would be an error of the test runner instead.
vi.mock('./texts/languages/languages.ts', () => ({
  learn: async () => {
    throw new TypeError('Failed to fetch dynamically imported module')
  },
}))

afterEach(removeElements)

test('shows English when its language cannot be loaded', async () => {
  const fixture = await mountElement({ lang: 'es' })
  await until(() => fixture.$('.card')?.getAttribute('aria-busy') === 'false')
  expect(fixture.button.checkVisibility({ visibilityProperty: true })).toBe(true)
  expect(fixture.text).toContain('Identity verification')
})

test('shows English after three seconds when its language does not load', async () => {
  const fixture = await mountElement({ lang: 'es' })
  fixture.$('.card')?.setAttribute('aria-busy', 'true')
  const [animation] = fixture.button.getAnimations()
  expect(animation?.effect?.getComputedTiming().endTime).toBe(3000)
  expect(fixture.button.checkVisibility({ visibilityProperty: true })).toBe(false)
  animation?.finish()
  expect(fixture.button.checkVisibility({ visibilityProperty: true })).toBe(true)
})
