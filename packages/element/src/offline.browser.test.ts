import { expect, test, vi } from 'vitest'
import './define.ts'

// A module that cannot be had. (A factory that throws would be an error of the test runner's own.)
vi.mock('./session-controller.ts', () => ({
  SessionController: class {
    constructor() {
      throw new TypeError('Failed to fetch dynamically imported module')
    }
  },
}))

test('says so when its own code cannot be loaded, and tries again at the next press', async () => {
  const element = document.createElement('didit-verify')
  document.body.append(element)
  const codes: string[] = []
  element.addEventListener('didit-error', ({ detail }) => codes.push(detail.code))
  expect(await element.start()).toEqual({ kind: 'failed', sessionId: null })
  await element.updateComplete
  expect(element.matches(':state(failed)')).toBe(true)
  expect(element.shadowRoot?.querySelector('[part=hint]')?.textContent).toContain('There is no connection')
  expect(element.shadowRoot?.querySelector('[part=hint]')?.textContent).toContain('reload the page')
  const button = element.shadowRoot?.querySelector('button')
  expect(button?.hidden).toBe(false)
  button?.click()
  await expect.poll(() => codes).toEqual(['network', 'network'])
  element.remove()
})
