import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import '../define.ts'
import { DiditError } from '@didit-verify/core'
import { FakeClient, hostedUrl, snapshot } from '../../testing/fake-client.ts'
import { type Fixture, mountElement, removeElements, until } from '../../testing/mount-element.ts'

const went = vi.hoisted(() => [] as string[])
vi.mock('./navigate.ts', () => ({ navigate: (address: string) => went.push(address) }))

beforeEach(() => {
  went.length = 0
  sessionStorage.clear()
})
afterEach(removeElements)

const remembered = () => Object.entries(sessionStorage).filter(([key]) => key.startsWith('didit-verify'))
const restoreFromCache = (persisted = true) => dispatchEvent(new PageTransitionEvent('pageshow', { persisted }))

/** Mounts an element with `mode="redirect"`. */
async function mountRedirect(attributes: Record<string, string> = {}, client = new FakeClient()): Promise<Fixture> {
  const fixture = await mountElement({ mode: 'redirect', ...attributes }, client)
  await until(() => client.store.calls.includes('load'))
  return fixture
}

test('goes to the checked address, and sends the return address to the server', async () => {
  const fixture = await mountRedirect({ 'document-camera': 'front' })
  void fixture.element.start()
  await until(() => went.length)
  expect(went).toEqual([`${hostedUrl}?document_camera=front`])
  expect(fixture.client.store.startOptions).toMatchObject([{ returnTo: location.href }])
  expect(fixture.log).toEqual(['didit-beforestart', 'didit-open'])
  expect(fixture.events[1]?.detail).toEqual({
    sessionId: fixture.client.store.getSnapshot()?.sessionId,
    mode: 'redirect',
  })
  expect([fixture.element.open, fixture.dialog.open, fixture.$('iframe')]).toEqual([false, false, null])
  await fixture.settle()
  expect(fixture.text).toContain('One moment')
  expect(fixture.button.getAttribute('aria-disabled')).toBe('true')
})

test('sends the return-to of the page to the server', async () => {
  const fixture = await mountRedirect({ 'return-to': '/welcome' })
  fixture.button.click()
  await until(() => went.length)
  expect(fixture.client.store.startOptions).toMatchObject([{ returnTo: '/welcome' }])
})

test('remembers that it left, without an id', async () => {
  const fixture = await mountRedirect()
  fixture.button.click()
  await until(() => went.length)
  expect(remembered()).toHaveLength(1)
  expect(JSON.stringify(remembered())).not.toMatch(/[0-9a-f]{8}-/)
  expect(JSON.stringify(remembered())).not.toContain(hostedUrl)
})

test('starts one run however often the button is pressed', async () => {
  const fixture = await mountRedirect()
  fixture.button.click()
  fixture.button.click()
  await until(() => went.length)
  fixture.button.click()
  await fixture.settle()
  expect(went).toHaveLength(1)
  expect(fixture.client.store.calls.filter((call) => call === 'start')).toHaveLength(1)
})

test('stays when the address is not of an allowed origin', async () => {
  const fixture = await mountRedirect({ 'allowed-origins': 'https://verify.example.com' })
  expect((await fixture.element.start()).kind).toBe('failed')
  await fixture.settle()
  expect([went, remembered()]).toEqual([[], []])
  expect(fixture.events.at(-1)?.detail).toMatchObject({ code: 'frame-url-refused' })
  expect(fixture.text).toContain('Verification is not available')
  expect(fixture.log).not.toContain('didit-open')
})

test('shows on the card why there is no page to go to', async () => {
  const fixture = await mountRedirect()
  fixture.client.store.answer = new DiditError('network', 'No answer.')
  expect((await fixture.element.start()).kind).toBe('failed')
  await fixture.settle()
  expect(fixture.text).toContain('There is no connection')
  fixture.client.store.answer = null
  expect((await fixture.element.start()).kind).toBe('already')
  expect(went).toEqual([])
})

test('stays when a listener of didit-open closes it', async () => {
  const fixture = await mountRedirect()
  document.addEventListener('didit-open', () => fixture.element.close(), { once: true })
  expect((await fixture.element.start()).kind).toBe('cancelled')
  await fixture.settle()
  expect([went, remembered()]).toEqual([[], []])
  expect(fixture.element.flow).toBe('closed')
  expect(fixture.log).toEqual(['didit-beforestart', 'didit-open', 'didit-close'])
  fixture.button.click()
  await until(() => went.length)
})

test('fails, and offers another try, when the page does not load', async () => {
  const fixture = await mountRedirect({ 'ready-timeout': '0.05' })
  expect((await fixture.element.start()).kind).toBe('failed')
  await fixture.settle()
  expect(fixture.events.at(-1)?.detail).toMatchObject({ mode: 'redirect', reason: 'error' })
  expect(fixture.events.at(-2)?.detail).toMatchObject({ code: 'frame-timeout' })
  expect(fixture.text).toContain('does not answer')
  // The page may still load, and the person return from it.
  expect(remembered()).toHaveLength(1)
  fixture.element.readyTimeout = 20
  fixture.button.click()
  await until(() => went.length === 2)
})

test('ends the run when the browser restores the page from its cache', async () => {
  const fixture = await mountRedirect()
  const outcome = fixture.element.start()
  await until(() => went.length)
  restoreFromCache(false)
  expect(fixture.element.flow).toBe('opening')
  restoreFromCache()
  expect((await outcome).kind).toBe('cancelled')
  await until(() => fixture.element.flow === 'closed')
  await fixture.settle()
  expect(fixture.events.at(-1)?.detail).toMatchObject({ mode: 'redirect', reason: 'returned' })
  expect(fixture.log.filter((name) => name === 'didit-close')).toHaveLength(1)
  expect(fixture.client.store.calls.filter((call) => call === 'refresh')).toHaveLength(1)
  expect(fixture.text).toContain('Continue')
  restoreFromCache()
  expect(fixture.client.store.calls.filter((call) => call === 'refresh')).toHaveLength(1)
  fixture.button.click()
  await until(() => went.length === 2)
})

test('makes the server read Didit once after the return, and shows the result', async () => {
  const left = await mountRedirect()
  left.button.click()
  await until(() => went.length)
  removeElements()

  const client = new FakeClient(snapshot('In Progress'))
  let answer = () => {}
  client.session({ workflow: undefined, sessionId: undefined }).refresh = async () => {
    client.store.calls.push('refresh')
    await new Promise<void>((resolve) => {
      answer = resolve
    })
    client.store.push('Approved', { source: 'api' })
    return snapshot('Approved')
  }
  const back = await mountRedirect({}, client)
  await until(() => client.store.calls.includes('refresh'))
  await back.settle()
  expect(back.text).toContain('Checking your result')
  expect(remembered()).toEqual([])
  answer()
  await until(() => back.element.matches(':state(approved)'))
  await back.settle()
  expect(back.text).toContain('Identity verified')
  expect(back.log).toEqual(['didit-status', 'didit-status', 'didit-decision'])

  removeElements()
  const again = await mountRedirect({}, new FakeClient(snapshot('In Progress')))
  await again.settle()
  expect(again.client.store.calls).toEqual(['load'])
})

test('ignores the content of the return address', async () => {
  const here = location.href
  history.replaceState(null, '', `?verificationSessionId=${snapshot('').sessionId}&status=Approved`)
  const fixture = await mountRedirect()
  await fixture.settle()
  history.replaceState(null, '', here)
  expect(fixture.text).toContain('Verify your identity')
  expect([fixture.element.snapshot, fixture.log, fixture.client.store.calls]).toEqual([null, [], ['load']])
})

test('lets a person who gave up continue', async () => {
  sessionStorage.setItem('didit-verify away default', '1')
  const fixture = await mountRedirect({}, new FakeClient(snapshot('In Progress')))
  await until(() => fixture.client.store.calls.includes('report closed'))
  await fixture.settle()
  expect(fixture.button.textContent).toContain('Continue')
  expect(fixture.client.store.calls.filter((call) => call === 'refresh')).toHaveLength(1)
})

test('shows no error when the read after the return fails', async () => {
  sessionStorage.setItem('didit-verify away default', '1')
  const client = new FakeClient(snapshot('In Progress'))
  client.session({ workflow: undefined, sessionId: undefined }).refresh = () =>
    Promise.reject(new DiditError('rate-limited', 'Too many.'))
  const fixture = await mountRedirect({}, client)
  await until(() => client.store.calls.includes('report closed'))
  await fixture.settle()
  expect([fixture.log.includes('didit-error'), fixture.element.error]).toEqual([false, null])
  expect(fixture.text).toContain('Continue')
})

test('leaves even when the browser blocks storage', async () => {
  const { setItem } = Storage.prototype
  Storage.prototype.setItem = () => {
    throw new DOMException('No.', 'SecurityError')
  }
  const fixture = await mountRedirect()
  fixture.button.click()
  await until(() => went.length)
  Storage.prototype.setItem = setItem
  expect(fixture.element.error).toBeNull()
})

test('keeps workflows apart', async () => {
  const fixture = await mountRedirect({ workflow: 'transfer' })
  fixture.button.click()
  await until(() => went.length)
  removeElements()
  const other = await mountRedirect({}, new FakeClient(snapshot('In Progress')))
  await other.settle()
  expect(other.client.store.calls).toEqual(['load'])
  expect(remembered()).toHaveLength(1)
})

test('dispatches nothing after it is removed', async () => {
  const fixture = await mountRedirect()
  const outcome = fixture.element.start()
  await until(() => went.length)
  fixture.element.remove()
  expect((await outcome).kind).toBe('cancelled')
  restoreFromCache()
  await fixture.settle()
  expect(fixture.log).toEqual(['didit-beforestart', 'didit-open'])
  expect(fixture.client.store.calls).not.toContain('refresh')
})

test('keeps an open dialog, and redirects at the next start', async () => {
  const fixture = await mountElement({ 'ready-timeout': '0.05' })
  fixture.client.store.answer = `${hostedUrl}?silent`
  fixture.button.click()
  await until(() => fixture.element.error)
  await fixture.settle()
  fixture.element.mode = 'redirect'
  fixture.element.readyTimeout = 20
  await fixture.settle()
  fixture.client.store.answer = hostedUrl
  fixture.$('[part=result] button')?.click()
  await until(() => fixture.log.includes('didit-ready'))
  expect(went).toEqual([])
  expect(fixture.client.store.startOptions.at(-1)?.returnTo).toBeUndefined()
  fixture.element.close()
  await fixture.settle()
  fixture.button.click()
  await until(() => went.length)
})
