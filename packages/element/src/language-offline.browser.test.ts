import { afterEach, expect, test, vi } from 'vitest'
import './define.ts'
import { clear, mount, until } from '../testing/stage.ts'

// A language that cannot be had. (A factory that throws would be an error of the test runner's own.)
vi.mock('./texts/languages/languages.ts', () => ({
  learn: async () => {
    throw new TypeError('Failed to fetch dynamically imported module')
  },
}))

afterEach(clear)

test('speaks English when its language cannot be loaded', async () => {
  const stage = await mount({ lang: 'es' })
  await until(() => stage.$('.card')?.getAttribute('aria-busy') === 'false')
  expect(stage.button.checkVisibility({ visibilityProperty: true })).toBe(true)
  expect(stage.text).toContain('Identity verification')
})

test('says something after three seconds when its language does not come at all', async () => {
  const stage = await mount({ lang: 'es' })
  stage.$('.card')?.setAttribute('aria-busy', 'true')
  const [animation] = stage.button.getAnimations()
  expect(animation?.effect?.getComputedTiming().endTime).toBe(3000)
  expect(stage.button.checkVisibility({ visibilityProperty: true })).toBe(false)
  animation?.finish()
  expect(stage.button.checkVisibility({ visibilityProperty: true })).toBe(true)
})
