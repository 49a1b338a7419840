import { afterEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import './define.ts'
import { DiditError } from '@didit-verify/core'
import { FakeClient, hostedUrl, snapshot } from '../testing/fake-client.ts'
import { mountElement, openHostedPage, removeElements, until } from '../testing/mount-element.ts'

afterEach(removeElements)

test('goes from the button to the verdict, with every event at document', async () => {
  const fixture = await mountElement()
  const { element, client } = fixture
  expect(fixture.text).toContain('Verify your identity')
  expect(fixture.log).toEqual([])

  const outcome = element.start()
  await until(() => fixture.log.includes('didit-ready'))
  expect(element.open).toBe(true)
  expect(element.hasAttribute('open')).toBe(true)
  expect(fixture.$<HTMLIFrameElement>('iframe')?.src).toBe(hostedUrl)

  fixture.page.post('step_started', { step: 'document_front' })
  await until(() => fixture.log.includes('didit-step'))
  fixture.page.post('completed', { status: 'Declined' })
  await until(() => fixture.log.includes('didit-submit'))
  expect(await outcome).toEqual({ kind: 'submitted', sessionId: client.store.getSnapshot()?.sessionId })
  await fixture.settle()
  expect(fixture.$('iframe')).toBeNull()
  expect(fixture.$('[part=result]')?.textContent).toContain('Checking your result')

  client.store.push('Approved')
  await fixture.settle()
  expect(fixture.$('[part=result]')?.textContent).toContain('Identity verified')
  expect(element.matches(':state(approved):state(settled)')).toBe(true)

  fixture.$('[part=result] [part=action]')?.click()
  await fixture.settle()
  expect(element.open).toBe(false)
  expect(element.hasAttribute('open')).toBe(false)
  expect(fixture.log).toEqual([
    'didit-beforestart',
    'didit-open',
    'didit-ready',
    'didit-step',
    'didit-submit',
    'didit-status',
    'didit-decision',
    'didit-beforeclose',
    'didit-close',
  ])
  const { sessionId } = client.store.getSnapshot() ?? {}
  expect(fixture.events.find((event) => event.type === 'didit-decision')?.detail).toEqual({
    sessionId,
    status: 'Approved',
    previous: 'Not Started',
    phase: 'approved',
    settled: true,
    source: 'webhook',
    revision: 2,
  })
  for (const event of fixture.events) {
    expect(event).toMatchObject({ bubbles: true, composed: true })
    expect(Object.isFrozen(event.detail)).toBe(true)
    expect(event.cancelable).toBe(event.type.startsWith('didit-before'))
  }
})

test('has the new state when a listener is called', async () => {
  const fixture = await mountElement()
  const { element, client } = fixture
  const found: boolean[] = []
  for (const type of ['didit-status', 'didit-decision'] as const) {
    element.addEventListener(type, () => found.push(element.matches(':state(approved)')))
  }
  await openHostedPage(fixture)
  client.store.push('Approved')
  await fixture.settle()
  expect(found).toEqual([true, true])
})

test('never shows an outcome that the hosted page claims', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  fixture.page.post('status_updated', { status: 'Approved' })
  fixture.page.post('completed', { status: 'Approved' })
  await until(() => fixture.log.includes('didit-submit'))
  await fixture.settle()
  expect(fixture.element.matches(':state(approved)')).toBe(false)
  expect(fixture.text).not.toContain('Identity verified')
  fixture.client.store.push('Declined')
  await fixture.settle()
  expect(fixture.text).toContain('Not verified')
  expect(fixture.text).not.toContain('Identity verified')
  expect(fixture.element.matches(':state(declined)')).toBe(true)
})

test('shows checking, without a decision, while an approval is not settled', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  fixture.client.store.push('Approved', { settled: false })
  await fixture.settle()
  expect(fixture.text).toContain('Checking your result')
  expect(fixture.element.matches(':state(settled)')).toBe(false)
  expect(fixture.log).not.toContain('didit-decision')
  fixture.client.store.push('Approved', { settled: true })
  await fixture.settle()
  expect(fixture.log.filter((name) => name === 'didit-status')).toHaveLength(1)
  expect(fixture.log.filter((name) => name === 'didit-decision')).toHaveLength(1)
})

test('counts as submitted when the verdict arrives before the message of the page', async () => {
  const fixture = await mountElement()
  const outcome = fixture.element.start()
  await until(() => fixture.log.includes('didit-ready'))
  fixture.client.store.push('Approved')
  expect((await outcome).kind).toBe('submitted')
  expect(fixture.log.slice(2)).toEqual(['didit-ready', 'didit-submit', 'didit-status', 'didit-decision'])
  await fixture.settle()
  expect(fixture.$('iframe')).toBeNull()
})

test('starts one run however often it is called', async () => {
  const fixture = await mountElement()
  const runs = [fixture.element.start(), fixture.element.start(), fixture.element.resume()]
  await until(() => fixture.log.includes('didit-ready'))
  runs.push(fixture.element.start())
  fixture.element.close()
  const outcomes = await Promise.all(runs)
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['cancelled']))
  expect(fixture.client.store.calls.filter((call) => call === 'start')).toHaveLength(1)
  expect(fixture.log.filter((name) => name === 'didit-open' || name === 'didit-close')).toEqual([
    'didit-open',
    'didit-close',
  ])
})

test('queues calls until its code has loaded', async () => {
  const element = document.createElement('didit-verify')
  element.client = new FakeClient()
  document.body.append(element)
  const outcome = element.start()
  await until(() => element.open)
  element.close()
  expect((await outcome).kind).toBe('cancelled')
})

test('does nothing when the page cancels the start, or when it is disabled', async () => {
  const fixture = await mountElement()
  fixture.element.addEventListener('didit-beforestart', (event) => event.preventDefault(), { once: true })
  expect(await fixture.element.start()).toEqual({ kind: 'cancelled', sessionId: null })
  fixture.element.disabled = true
  await fixture.settle()
  expect(fixture.button.disabled).toBe(true)
  expect((await fixture.element.start()).kind).toBe('cancelled')
  expect(fixture.client.store.calls).not.toContain('start')
})

test('resolves to already, and opens nothing, when there is nothing to do', async () => {
  const fixture = await mountElement({}, new FakeClient(snapshot('In Review')))
  expect(fixture.button.hidden).toBe(true)
  fixture.client.store.answer = null
  expect(await fixture.element.start()).toEqual({ kind: 'already', sessionId: snapshot('').sessionId })
  expect(fixture.element.open).toBe(false)
  expect(fixture.log).not.toContain('didit-open')
})

test('reads from the server once, and not again when the shared client knows the Session', async () => {
  const client = new FakeClient()
  await mountElement({}, client)
  await mountElement({}, client)
  expect(client.store.calls.filter((call) => call === 'load')).toHaveLength(1)
})

test('shows a walk that other code started on the shared client', async () => {
  const fixture = await mountElement()
  await fixture.client.store.start()
  await until(() => fixture.log.includes('didit-ready'))
  expect(fixture.element.open).toBe(true)
})

test('leaves a page to the presenter that claimed it first', async () => {
  const client = new FakeClient()
  const [first, second] = [await mountElement({}, client), await mountElement({}, client)]
  await client.store.start()
  await until(() => first.element.open)
  await second.settle()
  expect(second.element.open).toBe(false)
})

test('closes with the page, after asking when the page asks', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  fixture.page.post('close_request')
  await until(() => fixture.$('[part=confirm]'))
  expect(fixture.element.open).toBe(true)
  fixture.page.post('cancelled')
  await until(() => !fixture.element.open)
  expect(fixture.events.at(-1)?.detail.reason).toBe('cancelled')
})

test('closes at once when confirm-exit is off', async () => {
  const fixture = await mountElement({ 'confirm-exit': 'false' })
  await openHostedPage(fixture)
  fixture.page.post('close_request')
  await until(() => !fixture.element.open)
  expect(fixture.events.at(-1)?.detail.reason).toBe('page')
  expect(fixture.client.store.calls).toContain('report closed')
})

test('stays open when the page forbids closing', async () => {
  const fixture = await mountElement({ 'confirm-exit': 'false' })
  await openHostedPage(fixture)
  fixture.element.addEventListener('didit-beforeclose', (event) => event.preventDefault())
  await userEvent.keyboard('{Escape}{Escape}')
  await fixture.settle()
  expect(fixture.element.close()).toBe(false)
  expect(fixture.element.open).toBe(true)
  expect(fixture.dialog.matches(':modal')).toBe(true)
})

test('closes at submit with auto-close, and shows checking on the card', async () => {
  const fixture = await mountElement({ 'auto-close': '' })
  await openHostedPage(fixture)
  fixture.page.post('completed')
  await until(() => !fixture.element.open)
  await fixture.settle()
  expect(fixture.log.slice(-3)).toEqual(['didit-submit', 'didit-beforeclose', 'didit-close'])
  expect(fixture.text).toContain('Checking your result')
})

test('accepts messages only with the exact origin, window and shape', async () => {
  const fixture = await mountElement()
  fixture.client.store.answer = `${hostedUrl}?silent`
  fixture.button.click()
  await until(() => fixture.page?.document?.readyState === 'complete' && fixture.page.post)
  const source = fixture.page
  const { origin } = location
  const ready = { type: 'didit:ready', data: {} }
  const forge = (init: MessageEventInit) => window.dispatchEvent(new MessageEvent('message', init))
  forge({ data: ready, origin: 'https://verify.didit.me.example.com', source })
  forge({ data: ready, origin: 'https://verify.didit.me', source })
  forge({ data: ready, origin, source: window })
  forge({ data: ready, origin })
  for (const data of [null, 'null', [], 'didit:ready', { type: 7 }, { type: 'didit:READY' }])
    forge({ data, origin, source })
  window.postMessage(ready, '*')
  await fixture.settle()
  expect(fixture.log).not.toContain('didit-ready')
  expect(fixture.element.matches(':state(opening)')).toBe(true)

  // The same message from the right window and in the right shape is accepted, so the refusals above were correct.
  fixture.page.postRaw(JSON.stringify(ready))
  await until(() => fixture.log.includes('didit-ready'))
})

test('asks the server for the language of the element, and sets the cameras', async () => {
  const fixture = await mountElement({ lang: 'da', 'document-camera': 'front', 'liveness-camera': 'back' })
  await openHostedPage(fixture)
  expect(fixture.client.store.startOptions).toMatchObject([{ language: 'da' }])
  expect(fixture.$<HTMLIFrameElement>('iframe')?.src).toBe(`${hostedUrl}?document_camera=front&liveness_camera=back`)
  expect(fixture.$('iframe')?.getAttribute('allow')).toBe(
    'camera; microphone; geolocation; clipboard-write; fullscreen; autoplay; encrypted-media; digital-credentials-get',
  )
  expect(fixture.$('iframe')?.hasAttribute('sandbox')).toBe(false)
})

test('has no frame before a gesture, one during the walk, none after it', async () => {
  const fixture = await mountElement({ 'confirm-exit': 'false' })
  expect(fixture.element.shadowRoot?.querySelectorAll('iframe')).toHaveLength(0)
  await openHostedPage(fixture)
  expect(fixture.element.shadowRoot?.querySelectorAll('iframe')).toHaveLength(1)
  const steps = history.length
  fixture.element.close()
  await fixture.settle()
  expect(fixture.element.shadowRoot?.querySelectorAll('iframe')).toHaveLength(0)
  fixture.log.length = 0
  await openHostedPage(fixture)
  expect(history.length).toBe(steps)
})

test('lets a declined person try again in the same dialog, and shows the reasons', async () => {
  const fixture = await mountElement()
  fixture.client.store.decision = {
    sessionId: 'any',
    status: 'Declined',
    decidedAt: 1,
    canRetry: true,
    checks: [{ kind: 'document', status: 'Declined', reasons: ['document-expired', 'toString', 'a-new-code'] }],
  }
  await openHostedPage(fixture)
  fixture.client.store.push('Declined')
  await until(() => fixture.$('[part=result] [part=reasons]'))
  expect(fixture.$('[part=result] [part=reasons]')?.children).toHaveLength(1)
  expect(fixture.text).toContain('The document has expired')
  const declined = fixture.client.store.getSnapshot()?.sessionId
  fixture.log.length = 0
  fixture.$('[part=result] [part=action]')?.click()
  await until(() => fixture.log.includes('didit-ready'))
  expect(fixture.client.store.getSnapshot()?.sessionId).not.toBe(declined)
  expect(fixture.log).toEqual(['didit-beforestart', 'didit-ready'])
})

test('offers no other try when the server allows none', async () => {
  const fixture = await mountElement({}, new FakeClient(snapshot('Declined', { canRetry: false })))
  expect(fixture.button.hidden).toBe(true)
  expect(fixture.text).toContain('Please contact us')
})

test('waits for the decision, and stops when aborted', async () => {
  const fixture = await mountElement()
  const waiting = fixture.element.waitForDecision()
  const stop = new AbortController()
  const givenUp = fixture.element.waitForDecision({ signal: stop.signal }).catch((error) => error.name)
  await fixture.settle()
  stop.abort()
  expect(await givenUp).toBe('AbortError')
  fixture.client.store.push('In Review')
  fixture.client.store.push('Approved')
  expect((await waiting).status).toBe('Approved')
})

test('dispatches no status event for a Session that was only created', async () => {
  const quiet = await mountElement({}, new FakeClient(snapshot('Not Started', { source: 'created' })))
  expect(quiet.log).toEqual([])
  removeElements()
  const loud = await mountElement({}, new FakeClient(snapshot('Approved')))
  expect(loud.log).toEqual(['didit-status', 'didit-decision'])
  expect(loud.events[0]?.detail).toMatchObject({ previous: null, status: 'Approved' })
})

test('keeps an unknown status, and treats it as unfinished', async () => {
  const fixture = await mountElement({}, new FakeClient(snapshot('Being Pondered')))
  expect(fixture.element.snapshot?.status).toBe('Being Pondered')
  expect(fixture.element.matches(':state(active)')).toBe(true)
  expect(fixture.button.textContent).toContain('Continue')
})

test('warns once about an unknown mode, and shows a modal', async () => {
  const warnings: unknown[] = []
  const { warn } = console
  console.warn = (...words) => warnings.push(...words)
  const fixture = await mountElement({ mode: 'popup' })
  await mountElement({ mode: 'popup' })
  await openHostedPage(fixture)
  fixture.element.strings = { noneTitle: 'Begin' }
  await fixture.settle()
  console.warn = warn
  expect(warnings).toEqual([expect.stringContaining('mode="popup"')])
  expect(fixture.dialog.matches(':modal')).toBe(true)
  expect(fixture.events.map(({ detail }) => detail.mode)).toEqual(['modal', 'modal', 'modal'])
})

test('shows a failed start on the card with an action, and reports it to the developer', async () => {
  const fixture = await mountElement()
  fixture.client.store.answer = new DiditError('didit-credentials', 'Didit refused the API key.', {
    help: 'Check the key.',
  })
  expect((await fixture.element.start()).kind).toBe('failed')
  await fixture.settle()
  expect(fixture.element.open).toBe(false)
  expect(fixture.element.matches(':state(failed)')).toBe(true)
  expect(fixture.text).toContain('Verification is not available')
  expect(fixture.text).not.toContain('API key')
  expect(fixture.button.textContent).toContain('Try again')
  expect(fixture.events.at(-1)?.detail).toEqual({
    code: 'didit-credentials',
    message: 'Didit refused the API key. Check the key.',
    level: 'error',
    retryable: false,
    action: 'contact',
    docs: 'ERRORS.md#didit-credentials',
  })

  fixture.client.store.answer = new DiditError('network', 'No answer.')
  await fixture.element.retry()
  await fixture.settle()
  expect(fixture.text).toContain('There is no connection')
  fixture.client.store.answer = hostedUrl
  await openHostedPage(fixture)
  expect(fixture.element.error).toBeNull()
})

test('offers no other try once all attempts are used up', async () => {
  const fixture = await mountElement()
  fixture.client.store.answer = new DiditError('attempts-exhausted', 'No attempt is left.')
  await fixture.element.start()
  await fixture.settle()
  expect(fixture.button.hidden).toBe(true)
  expect(fixture.text).toContain('Please contact us')
})

test('shows a start that other code made and that failed', async () => {
  const fixture = await mountElement()
  fixture.client.store.answer = new DiditError('rate-limited', 'Too many.')
  await fixture.client.store.start().catch(() => {})
  await fixture.settle()
  expect(fixture.log).toEqual(['didit-error'])
  expect(fixture.text).toContain('Please try again in a minute')
})

test('does nothing while it is not in a document', async () => {
  const element = document.createElement('didit-verify')
  element.client = new FakeClient()
  expect(await element.start()).toEqual({ kind: 'cancelled', sessionId: null })
  await expect(element.refresh()).rejects.toThrow('not in a document')
  expect(element.close()).toBe(true)
})

test('shows no error when the first load of the Session fails', async () => {
  const client = new FakeClient()
  client.session({ workflow: undefined, sessionId: undefined }).loadError = new DiditError('unauthenticated', 'No.')
  const fixture = await mountElement({}, client)
  expect(fixture.log).toEqual([])
  expect(fixture.text).toContain('Verify your identity')
  expect(fixture.button.hidden).toBe(false)
})

test('is not reopened by a start that the person has cancelled', async () => {
  const fixture = await mountElement({}, new FakeClient(snapshot('Declined')))
  await openHostedPage(fixture)
  fixture.client.store.push('Declined')
  await fixture.settle()
  let answer = () => {}
  fixture.client.store.gate = new Promise((resolve) => {
    answer = resolve
  })
  fixture.$('[part=result] [part=action]')?.click()
  await until(() => fixture.element.flow === 'creating')
  await userEvent.keyboard('{Escape}')
  expect(fixture.element.open).toBe(false)
  answer()
  await fixture.settle()
  expect([fixture.element.open, fixture.$('iframe')]).toEqual([false, null])
})

test('aborts a start when the page closes or removes the element', async () => {
  const fixture = await mountElement()
  fixture.client.store.gate = new Promise(() => {})
  const closed = fixture.element.start()
  await until(() => fixture.element.flow === 'creating')
  expect(fixture.element.close()).toBe(true)
  expect((await closed).kind).toBe('cancelled')
  await fixture.settle()
  expect(fixture.element.flow).toBe('idle')

  const removed = fixture.element.start()
  await until(() => fixture.element.flow === 'creating')
  fixture.element.remove()
  expect((await removed).kind).toBe('cancelled')
  await fixture.settle()
  expect(fixture.client.store.getState().flow).toBe('idle')
  expect(fixture.log).toEqual(['didit-beforestart', 'didit-beforestart'])
})

test('ends only the cancelled start and no later one', async () => {
  const fixture = await mountElement()
  const first = fixture.element.start()
  fixture.element.close()
  const second = fixture.element.start()
  expect((await first).kind).toBe('cancelled')
  await until(() => fixture.log.includes('didit-ready'))
  fixture.page.post('completed')
  expect((await second).kind).toBe('submitted')
})

test('dispatches nothing after it is removed, even if a refresh fails later', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  fixture.page.post('completed')
  await until(() => fixture.log.includes('didit-submit'))
  fixture.element.close()
  fixture.client.store.set({ connection: 'lost' })
  await fixture.settle()
  let fail = (_: unknown) => {}
  fixture.client.store.refresh = () =>
    new Promise((_, reject) => {
      fail = reject
    })
  fixture.button.click()
  const codes: string[] = []
  fixture.element.addEventListener('didit-error', ({ detail }) => codes.push(detail.code))
  fixture.element.remove()
  await fixture.settle()
  fail(new DiditError('network', 'No answer.'))
  await fixture.settle()
  expect([codes, fixture.element.error]).toEqual([[], null])
})

test('loads no page when a listener of didit-open closes it', async () => {
  const fixture = await mountElement()
  fixture.element.addEventListener('didit-open', () => fixture.element.close())
  expect((await fixture.element.start()).kind).toBe('cancelled')
  await fixture.settle()
  expect([fixture.element.open, fixture.$('iframe')]).toEqual([false, null])
})

test('returns to its initial state after a reset', async () => {
  const fixture = await mountElement()
  fixture.client.store.answer = new DiditError('network', 'No answer.')
  await fixture.element.start()
  expect(fixture.element.matches(':state(failed)')).toBe(true)
  await fixture.element.reset()
  expect(fixture.element.matches(':state(failed)')).toBe(false)

  fixture.client.store.answer = hostedUrl
  await openHostedPage(fixture)
  fixture.page.post('completed')
  await until(() => fixture.element.flow === 'submitted')
  await fixture.element.reset()
  await fixture.settle()
  expect(fixture.text).not.toContain('Checking your result')
  expect(fixture.button.hidden).toBe(false)
})

test('reports the same configuration error at every press', async () => {
  const element = document.createElement('didit-verify')
  const codes: string[] = []
  element.addEventListener('didit-error', ({ detail }) => codes.push(detail.code))
  element.endpoint = 'not an address'
  document.body.append(element)
  await until(() => codes.length === 1)
  expect((await element.start()).kind).toBe('failed')
  expect(codes).toEqual(['config-invalid', 'config-invalid'])
  await expect(element.waitForDecision()).rejects.toMatchObject({ code: 'config-invalid' })
})
