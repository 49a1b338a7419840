/// <reference path="../testing/readme-example.d.ts" />
import { cleanup, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { App } from '../README.md?example'
import { approved, createFakeCompanion, snapshot } from '../testing/fake-companion.ts'

vi.mock('@didit-verify/element/define', () => ({}))
vi.mock('@didit-verify/element', () => {
  class DiditVerify extends HTMLElement {
    client: unknown
  }
  customElements.define('didit-verify', DiditVerify)
  return { DiditVerify }
})
afterEach(cleanup)
afterEach(() => vi.unstubAllGlobals())

test('README example', async () => {
  const companion = createFakeCompanion(snapshot())
  vi.stubGlobal('fetch', companion.fetch)
  render(<App user={{ id: 'ada' }} />)
  await waitFor(() => expect(document.querySelector('didit-verify')).not.toBeNull())
  await waitFor(() => expect(companion.streams).toBe(1))
  companion.push(approved())
  await screen.findByText('Welcome!')
})
