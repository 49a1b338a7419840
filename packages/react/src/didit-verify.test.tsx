import { cleanup, render } from '@testing-library/react'
import { createRef } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { createFakeCompanion, snapshot } from '../testing/fake-companion.ts'
import { DiditProvider, DiditVerify, type DiditVerifyElement } from './index.ts'

// jsdom cannot run the element (no form-associated internals), so a stub replaces it. These tests check what React passes
// to the element. The demo's browser tests run the real element.
vi.mock('@didit-verify/element/define', () => ({}))
vi.mock('@didit-verify/element', () => {
  class DiditVerify extends HTMLElement {
    client: unknown
    workflow: string | undefined
    sessionId: string | undefined
    disabled = false
  }
  customElements.define('didit-verify', DiditVerify)
  return { DiditVerify }
})

afterEach(cleanup)

const element = () => document.querySelector('didit-verify') as DiditVerifyElement

test('gives the element the client that the hooks use', async () => {
  const companion = createFakeCompanion(snapshot())
  const { rerender } = render(
    <DiditProvider fetch={companion.fetch} userKey="ada">
      <DiditVerify workflow="transfer" />
    </DiditProvider>,
  )
  const { client } = element()
  expect(client?.endpoint).toBe('/api/didit')
  expect(element().workflow).toBe('transfer')
  rerender(
    <DiditProvider fetch={companion.fetch} userKey="bob">
      <DiditVerify sessionId="c0ffee00-0000-4000-8000-000000000001" disabled />
    </DiditProvider>,
  )
  expect(element().client).not.toBe(client)
  expect(element()).toMatchObject({
    sessionId: 'c0ffee00-0000-4000-8000-000000000001',
    workflow: undefined,
    disabled: true,
  })
})

test('works without a provider, as the bare tag does', () => {
  render(<DiditVerify />)
  expect(element().client).toBeUndefined()
})

test('hands on events, refs and attributes, and always the newest handler', () => {
  const ref = createRef<DiditVerifyElement>()
  const first = vi.fn()
  const second = vi.fn()
  const { rerender } = render(<DiditVerify ref={ref} className="kyc" onDiditStatus={first} />)
  rerender(<DiditVerify ref={ref} className="kyc" onDiditStatus={second} />)
  expect(ref.current).toBe(element())
  expect(element().className).toBe('kyc')
  const event = new CustomEvent('didit-status', { detail: { status: 'Approved' } })
  element().dispatchEvent(event)
  expect(first).not.toHaveBeenCalled()
  expect(second).toHaveBeenCalledExactlyOnceWith(event)
})
