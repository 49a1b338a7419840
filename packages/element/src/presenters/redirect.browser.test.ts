import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import '../define.ts'
import { DiditError } from '@didit-verify/core'
import { FakeClient, hostedUrl, snapshot } from '../../testing/fake-client.ts'
import { clear, mount, type Stage, until } from '../../testing/stage.ts'

const went = vi.hoisted(() => [] as string[])
vi.mock('./navigate.ts', () => ({ navigate: (address: string) => went.push(address) }))

beforeEach(() => {
  went.length = 0
  sessionStorage.clear()
})
afterEach(clear)

const remembered = () => Object.entries(sessionStorage).filter(([key]) => key.startsWith('didit-verify'))
const restoreFromCache = (persisted = true) => dispatchEvent(new PageTransitionEvent('pageshow', { persisted }))

/** An element that is ready to leave. */
async function mountRedirect(attributes: Record<string, string> = {}, client = new FakeClient()): Promise<Stage> {
  const stage = await mount({ mode: 'redirect', ...attributes }, client)
  await until(() => client.store.calls.includes('load'))
  return stage
}

test('leaves for the checked address, with the way back told to the server', async () => {
  const stage = await mountRedirect({ 'document-camera': 'front' })
  void stage.element.start()
  await until(() => went.length)
  expect(went).toEqual([`${hostedUrl}?document_camera=front`])
  expect(stage.client.store.startOptions).toMatchObject([{ returnTo: location.href }])
  expect(stage.log).toEqual(['didit-beforestart', 'didit-open'])
  expect(stage.events[1]?.detail).toEqual({
    sessionId: stage.client.store.getSnapshot()?.sessionId,
    mode: 'redirect',
  })
  expect([stage.element.open, stage.dialog.open, stage.$('iframe')]).toEqual([false, false, null])
  await stage.settle()
  expect(stage.text).toContain('One moment')
  expect(stage.button.getAttribute('aria-disabled')).toBe('true')
})

test('tells the server of the way back that the host names', async () => {
  const stage = await mountRedirect({ 'return-to': '/welcome' })
  stage.button.click()
  await until(() => went.length)
  expect(stage.client.store.startOptions).toMatchObject([{ returnTo: '/welcome' }])
})

test('remembers that it left, and no id', async () => {
  const stage = await mountRedirect()
  stage.button.click()
  await until(() => went.length)
  expect(remembered()).toHaveLength(1)
  expect(JSON.stringify(remembered())).not.toMatch(/[0-9a-f]{8}-/)
  expect(JSON.stringify(remembered())).not.toContain(hostedUrl)
})

test('is one run however often it is pressed', async () => {
  const stage = await mountRedirect()
  stage.button.click()
  stage.button.click()
  await until(() => went.length)
  stage.button.click()
  await stage.settle()
  expect(went).toHaveLength(1)
  expect(stage.client.store.calls.filter((call) => call === 'start')).toHaveLength(1)
})

test('goes nowhere when the address is not of an allowed origin', async () => {
  const stage = await mountRedirect({ 'allowed-origins': 'https://verify.example.com' })
  expect((await stage.element.start()).kind).toBe('failed')
  await stage.settle()
  expect([went, remembered()]).toEqual([[], []])
  expect(stage.events.at(-1)?.detail).toMatchObject({ code: 'frame-url-refused' })
  expect(stage.text).toContain('Verification is not available')
  expect(stage.log).not.toContain('didit-open')
})

test('shows on the card why there is nothing to go to', async () => {
  const stage = await mountRedirect()
  stage.client.store.answer = new DiditError('network', 'No answer.')
  expect((await stage.element.start()).kind).toBe('failed')
  await stage.settle()
  expect(stage.text).toContain('There is no connection')
  stage.client.store.answer = null
  expect((await stage.element.start()).kind).toBe('already')
  expect(went).toEqual([])
})

test('stays when the page closes it while hearing of the opening', async () => {
  const stage = await mountRedirect()
  document.addEventListener('didit-open', () => stage.element.close(), { once: true })
  expect((await stage.element.start()).kind).toBe('cancelled')
  await stage.settle()
  expect([went, remembered()]).toEqual([[], []])
  expect(stage.element.flow).toBe('closed')
  expect(stage.log).toEqual(['didit-beforestart', 'didit-open', 'didit-close'])
  stage.button.click()
  await until(() => went.length)
})

test('says so, and offers another try, when the page it goes to does not come', async () => {
  const stage = await mountRedirect({ 'ready-timeout': '0.05' })
  expect((await stage.element.start()).kind).toBe('failed')
  await stage.settle()
  expect(stage.events.at(-1)?.detail).toMatchObject({ mode: 'redirect', reason: 'error' })
  expect(stage.events.at(-2)?.detail).toMatchObject({ code: 'frame-timeout' })
  expect(stage.text).toContain('does not answer')
  // It may still come: then the person comes back as well.
  expect(remembered()).toHaveLength(1)
  stage.element.readyTimeout = 20
  stage.button.click()
  await until(() => went.length === 2)
})

test('does not hang when the browser brings back the page as it was left', async () => {
  const stage = await mountRedirect()
  const outcome = stage.element.start()
  await until(() => went.length)
  restoreFromCache(false)
  expect(stage.element.flow).toBe('opening')
  restoreFromCache()
  expect((await outcome).kind).toBe('cancelled')
  await until(() => stage.element.flow === 'closed')
  await stage.settle()
  expect(stage.events.at(-1)?.detail).toMatchObject({ mode: 'redirect', reason: 'returned' })
  expect(stage.log.filter((name) => name === 'didit-close')).toHaveLength(1)
  expect(stage.client.store.calls.filter((call) => call === 'refresh')).toHaveLength(1)
  expect(stage.text).toContain('Continue')
  restoreFromCache()
  expect(stage.client.store.calls.filter((call) => call === 'refresh')).toHaveLength(1)
  stage.button.click()
  await until(() => went.length === 2)
})

test('has the server read Didit once when the person is back, and shows what it says', async () => {
  const left = await mountRedirect()
  left.button.click()
  await until(() => went.length)
  clear()

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

  clear()
  const again = await mountRedirect({}, new FakeClient(snapshot('In Progress')))
  await again.settle()
  expect(again.client.store.calls).toEqual(['load'])
})

test('believes nothing in the address the person comes back with', async () => {
  const here = location.href
  history.replaceState(null, '', `?verificationSessionId=${snapshot('').sessionId}&status=Approved`)
  const stage = await mountRedirect()
  await stage.settle()
  history.replaceState(null, '', here)
  expect(stage.text).toContain('Verify your identity')
  expect([stage.element.snapshot, stage.log, stage.client.store.calls]).toEqual([null, [], ['load']])
})

test('lets a person who gave up go on', async () => {
  sessionStorage.setItem('didit-verify away default', '1')
  const stage = await mountRedirect({}, new FakeClient(snapshot('In Progress')))
  await until(() => stage.client.store.calls.includes('report closed'))
  await stage.settle()
  expect(stage.button.textContent).toContain('Continue')
  expect(stage.client.store.calls.filter((call) => call === 'refresh')).toHaveLength(1)
})

test('says nothing of a question that failed when nobody has asked', async () => {
  sessionStorage.setItem('didit-verify away default', '1')
  const client = new FakeClient(snapshot('In Progress'))
  client.session({ workflow: undefined, sessionId: undefined }).refresh = () =>
    Promise.reject(new DiditError('rate-limited', 'Too many.'))
  const stage = await mountRedirect({}, client)
  await until(() => client.store.calls.includes('report closed'))
  await stage.settle()
  expect([stage.log.includes('didit-error'), stage.element.error]).toEqual([false, null])
  expect(stage.text).toContain('Continue')
})

test('leaves even where the browser keeps nothing for the page', async () => {
  const { setItem } = Storage.prototype
  Storage.prototype.setItem = () => {
    throw new DOMException('No.', 'SecurityError')
  }
  const stage = await mountRedirect()
  stage.button.click()
  await until(() => went.length)
  Storage.prototype.setItem = setItem
  expect(stage.element.error).toBeNull()
})

test('is told apart by workflow', async () => {
  const stage = await mountRedirect({ workflow: 'transfer' })
  stage.button.click()
  await until(() => went.length)
  clear()
  const other = await mountRedirect({}, new FakeClient(snapshot('In Progress')))
  await other.settle()
  expect(other.client.store.calls).toEqual(['load'])
  expect(remembered()).toHaveLength(1)
})

test('says nothing more once it is taken away', async () => {
  const stage = await mountRedirect()
  const outcome = stage.element.start()
  await until(() => went.length)
  stage.element.remove()
  expect((await outcome).kind).toBe('cancelled')
  restoreFromCache()
  await stage.settle()
  expect(stage.log).toEqual(['didit-beforestart', 'didit-open'])
  expect(stage.client.store.calls).not.toContain('refresh')
})

test('stays a dialog while one is open, and leaves at the next start', async () => {
  const stage = await mount({ 'ready-timeout': '0.05' })
  stage.client.store.answer = `${hostedUrl}?silent`
  stage.button.click()
  await until(() => stage.element.error)
  await stage.settle()
  stage.element.mode = 'redirect'
  stage.element.readyTimeout = 20
  await stage.settle()
  stage.client.store.answer = hostedUrl
  stage.$('[part=result] button')?.click()
  await until(() => stage.log.includes('didit-ready'))
  expect(went).toEqual([])
  expect(stage.client.store.startOptions.at(-1)?.returnTo).toBeUndefined()
  stage.element.close()
  await stage.settle()
  stage.button.click()
  await until(() => went.length)
})
