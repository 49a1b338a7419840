import { expect, test, vi } from 'vitest'
import './define.ts'

// A module that fails to load. A factory that throws would be an error of the test runner instead.
vi.mock('./session-controller.ts', () => ({
  SessionController: class {
    constructor() {
      throw new TypeError('Failed to fetch dynamically imported module')
    }
  },
}))

test('reports that its own code cannot be loaded, offers a reload, and tries again on request of the page', async () => {
  const element = document.createElement('didit-verify')
  document.body.append(element)
  const codes: string[] = []
  element.addEventListener('didit-error', ({ detail }) => codes.push(detail.code))
  const shown = (part: string) => element.shadowRoot?.querySelector(`[part=${part}]`)?.textContent
  expect(await element.start()).toEqual({ kind: 'failed', sessionId: null })
  await element.updateComplete
  expect(element.matches(':state(failed)')).toBe(true)
  expect([shown('hint'), shown('button')]).toEqual(['There is no connection.', 'Reload the page'])
  expect(element.shadowRoot?.querySelector('button')?.hidden).toBe(false)
  expect(await element.retry()).toEqual({ kind: 'failed', sessionId: null })
  expect(codes).toEqual(['network', 'network'])
  element.remove()
})
