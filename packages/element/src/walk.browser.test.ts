import { afterEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import './define.ts'
import { DiditError } from '@didit-verify/core'
import { FakeClient, hostedUrl, snapshot } from '../testing/fake-client.ts'
import { clear, mount, until, walkIn } from '../testing/stage.ts'

afterEach(clear)

test('walks from the button to the verdict, and every step is heard at document', async () => {
  const stage = await mount()
  const { element, client } = stage
  expect(stage.text).toContain('Verify your identity')
  expect(stage.log).toEqual([])

  const outcome = element.start()
  await until(() => stage.log.includes('didit-ready'))
  expect(element.open).toBe(true)
  expect(element.hasAttribute('open')).toBe(true)
  expect(stage.$<HTMLIFrameElement>('iframe')?.src).toBe(hostedUrl)

  stage.page.say('step_started', { step: 'document_front' })
  await until(() => stage.log.includes('didit-step'))
  stage.page.say('completed', { status: 'Declined' })
  await until(() => stage.log.includes('didit-submit'))
  expect(await outcome).toEqual({ kind: 'submitted', sessionId: client.store.getSnapshot()?.sessionId })
  await stage.settle()
  expect(stage.$('iframe')).toBeNull()
  expect(stage.$('[part=result]')?.textContent).toContain('Checking your result')

  client.store.push('Approved')
  await stage.settle()
  expect(stage.$('[part=result]')?.textContent).toContain('Identity verified')
  expect(element.matches(':state(approved):state(settled)')).toBe(true)

  stage.$('[part=result] [part=action]')?.click()
  await stage.settle()
  expect(element.open).toBe(false)
  expect(element.hasAttribute('open')).toBe(false)
  expect(stage.log).toEqual([
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
  expect(stage.events.find((event) => event.type === 'didit-decision')?.detail).toEqual({
    sessionId,
    status: 'Approved',
    previous: 'Not Started',
    phase: 'approved',
    settled: true,
    source: 'webhook',
    revision: 2,
  })
  for (const event of stage.events) {
    expect(event).toMatchObject({ bubbles: true, composed: true })
    expect(Object.isFrozen(event.detail)).toBe(true)
    expect(event.cancelable).toBe(event.type.startsWith('didit-before'))
  }
})

test('has the state that an event tells of when the event is heard', async () => {
  const stage = await mount()
  const { element, client } = stage
  const found: boolean[] = []
  for (const type of ['didit-status', 'didit-decision'] as const) {
    element.addEventListener(type, () => found.push(element.matches(':state(approved)')))
  }
  await walkIn(stage)
  client.store.push('Approved')
  await stage.settle()
  expect(found).toEqual([true, true])
})

test('never shows what the page claims', async () => {
  const stage = await mount()
  await walkIn(stage)
  stage.page.say('status_updated', { status: 'Approved' })
  stage.page.say('completed', { status: 'Approved' })
  await until(() => stage.log.includes('didit-submit'))
  await stage.settle()
  expect(stage.element.matches(':state(approved)')).toBe(false)
  expect(stage.text).not.toContain('Identity verified')
  stage.client.store.push('Declined')
  await stage.settle()
  expect(stage.text).toContain('Not verified')
  expect(stage.text).not.toContain('Identity verified')
  expect(stage.element.matches(':state(declined)')).toBe(true)
})

test('says checking, and decides nothing, while an approval is not settled', async () => {
  const stage = await mount()
  await walkIn(stage)
  stage.client.store.push('Approved', { settled: false })
  await stage.settle()
  expect(stage.text).toContain('Checking your result')
  expect(stage.element.matches(':state(settled)')).toBe(false)
  expect(stage.log).not.toContain('didit-decision')
  stage.client.store.push('Approved', { settled: true })
  await stage.settle()
  expect(stage.log.filter((name) => name === 'didit-status')).toHaveLength(1)
  expect(stage.log.filter((name) => name === 'didit-decision')).toHaveLength(1)
})

test('counts as submitted when the verdict is faster than the message of the page', async () => {
  const stage = await mount()
  const outcome = stage.element.start()
  await until(() => stage.log.includes('didit-ready'))
  stage.client.store.push('Approved')
  expect((await outcome).kind).toBe('submitted')
  expect(stage.log.slice(2)).toEqual(['didit-ready', 'didit-submit', 'didit-status', 'didit-decision'])
  await stage.settle()
  expect(stage.$('iframe')).toBeNull()
})

test('is one run however often it is started', async () => {
  const stage = await mount()
  const runs = [stage.element.start(), stage.element.start(), stage.element.resume()]
  await until(() => stage.log.includes('didit-ready'))
  runs.push(stage.element.start())
  stage.element.close()
  const outcomes = await Promise.all(runs)
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['cancelled']))
  expect(stage.client.store.calls.filter((call) => call === 'start')).toHaveLength(1)
  expect(stage.log.filter((name) => name === 'didit-open' || name === 'didit-close')).toEqual([
    'didit-open',
    'didit-close',
  ])
})

test('queues what is called before anything has loaded', async () => {
  const element = document.createElement('didit-verify')
  element.client = new FakeClient()
  document.body.append(element)
  const outcome = element.start()
  await until(() => element.open)
  element.close()
  expect((await outcome).kind).toBe('cancelled')
})

test('does nothing when the page cancels the start, or when it is disabled', async () => {
  const stage = await mount()
  stage.element.addEventListener('didit-beforestart', (event) => event.preventDefault(), { once: true })
  expect(await stage.element.start()).toEqual({ kind: 'cancelled', sessionId: null })
  stage.element.disabled = true
  await stage.settle()
  expect(stage.button.disabled).toBe(true)
  expect((await stage.element.start()).kind).toBe('cancelled')
  expect(stage.client.store.calls).not.toContain('start')
})

test('says already, and opens nothing, when there is nothing to do', async () => {
  const stage = await mount({}, new FakeClient(snapshot('In Review')))
  expect(stage.button.hidden).toBe(true)
  stage.client.store.answer = null
  expect(await stage.element.start()).toEqual({ kind: 'already', sessionId: snapshot('').sessionId })
  expect(stage.element.open).toBe(false)
  expect(stage.log).not.toContain('didit-open')
})

test('asks the server once, and not again for what the shared client knows already', async () => {
  const client = new FakeClient()
  await mount({}, client)
  await mount({}, client)
  expect(client.store.calls.filter((call) => call === 'load')).toHaveLength(1)
})

test('presents what somebody else started on the shared client', async () => {
  const stage = await mount()
  await stage.client.store.start()
  await until(() => stage.log.includes('didit-ready'))
  expect(stage.element.open).toBe(true)
})

test('leaves a page to another presenter that was first', async () => {
  const client = new FakeClient()
  const [first, second] = [await mount({}, client), await mount({}, client)]
  await client.store.start()
  await until(() => first.element.open)
  await second.settle()
  expect(second.element.open).toBe(false)
})

test('closes with the page, after asking when the page asks', async () => {
  const stage = await mount()
  await walkIn(stage)
  stage.page.say('close_request')
  await until(() => stage.$('[part=confirm]'))
  expect(stage.element.open).toBe(true)
  stage.page.say('cancelled')
  await until(() => !stage.element.open)
  expect(stage.events.at(-1)?.detail.reason).toBe('cancelled')
})

test('closes at once on request where no question is wanted', async () => {
  const stage = await mount({ 'confirm-exit': 'false' })
  await walkIn(stage)
  stage.page.say('close_request')
  await until(() => !stage.element.open)
  expect(stage.events.at(-1)?.detail.reason).toBe('page')
  expect(stage.client.store.calls).toContain('report closed')
})

test('stays open when the page forbids closing', async () => {
  const stage = await mount({ 'confirm-exit': 'false' })
  await walkIn(stage)
  stage.element.addEventListener('didit-beforeclose', (event) => event.preventDefault())
  await userEvent.keyboard('{Escape}{Escape}')
  await stage.settle()
  expect(stage.element.close()).toBe(false)
  expect(stage.element.open).toBe(true)
  expect(stage.dialog.matches(':modal')).toBe(true)
})

test('closes at submit with auto-close, and goes on checking on the card', async () => {
  const stage = await mount({ 'auto-close': '' })
  await walkIn(stage)
  stage.page.say('completed')
  await until(() => !stage.element.open)
  await stage.settle()
  expect(stage.log.slice(-3)).toEqual(['didit-submit', 'didit-beforeclose', 'didit-close'])
  expect(stage.text).toContain('Checking your result')
})

test('believes only its own page: exact origin, this window, known form', async () => {
  const stage = await mount()
  stage.client.store.answer = `${hostedUrl}?silent`
  stage.button.click()
  await until(() => stage.page?.document?.readyState === 'complete' && stage.page.say)
  const source = stage.page
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
  await stage.settle()
  expect(stage.log).not.toContain('didit-ready')
  expect(stage.element.matches(':state(opening)')).toBe(true)

  // The same message from the right window in the right form: what was refused above was refused for a reason.
  stage.page.sayRaw(JSON.stringify(ready))
  await until(() => stage.log.includes('didit-ready'))
})

test('asks the server for the language of the element, and sets the cameras', async () => {
  const stage = await mount({ lang: 'da', 'document-camera': 'front', 'liveness-camera': 'back' })
  await walkIn(stage)
  expect(stage.client.store.startOptions).toMatchObject([{ language: 'da' }])
  expect(stage.$<HTMLIFrameElement>('iframe')?.src).toBe(`${hostedUrl}?document_camera=front&liveness_camera=back`)
  expect(stage.$('iframe')?.getAttribute('allow')).toBe(
    'camera; microphone; geolocation; clipboard-write; fullscreen; autoplay; encrypted-media; digital-credentials-get',
  )
  expect(stage.$('iframe')?.hasAttribute('sandbox')).toBe(false)
})

test('has no frame before a gesture, one during the walk, none after it', async () => {
  const stage = await mount({ 'confirm-exit': 'false' })
  expect(stage.element.shadowRoot?.querySelectorAll('iframe')).toHaveLength(0)
  await walkIn(stage)
  expect(stage.element.shadowRoot?.querySelectorAll('iframe')).toHaveLength(1)
  const steps = history.length
  stage.element.close()
  await stage.settle()
  expect(stage.element.shadowRoot?.querySelectorAll('iframe')).toHaveLength(0)
  stage.log.length = 0
  await walkIn(stage)
  expect(history.length).toBe(steps)
})

test('lets a declined person try again in the same dialog, and says why', async () => {
  const stage = await mount()
  stage.client.store.decision = {
    sessionId: 'any',
    status: 'Declined',
    decidedAt: 1,
    canRetry: true,
    checks: [{ kind: 'document', status: 'Declined', reasons: ['document-expired', 'toString', 'a-new-code'] }],
  }
  await walkIn(stage)
  stage.client.store.push('Declined')
  await until(() => stage.$('[part=result] [part=reasons]'))
  expect(stage.$('[part=result] [part=reasons]')?.children).toHaveLength(1)
  expect(stage.text).toContain('The document has expired')
  const declined = stage.client.store.getSnapshot()?.sessionId
  stage.log.length = 0
  stage.$('[part=result] [part=action]')?.click()
  await until(() => stage.log.includes('didit-ready'))
  expect(stage.client.store.getSnapshot()?.sessionId).not.toBe(declined)
  expect(stage.log).toEqual(['didit-beforestart', 'didit-ready'])
})

test('offers no other try where the host allows none', async () => {
  const stage = await mount({}, new FakeClient(snapshot('Declined', { canRetry: false })))
  expect(stage.button.hidden).toBe(true)
  expect(stage.text).toContain('Please contact us')
})

test('waits for the decision, and gives up when told to', async () => {
  const stage = await mount()
  const waiting = stage.element.waitForDecision()
  const stop = new AbortController()
  const givenUp = stage.element.waitForDecision({ signal: stop.signal }).catch((error) => error.name)
  await stage.settle()
  stop.abort()
  expect(await givenUp).toBe('AbortError')
  stage.client.store.push('In Review')
  stage.client.store.push('Approved')
  expect((await waiting).status).toBe('Approved')
})

test('tells nothing of the status it finds when it only was created', async () => {
  const quiet = await mount({}, new FakeClient(snapshot('Not Started', { source: 'created' })))
  expect(quiet.log).toEqual([])
  clear()
  const loud = await mount({}, new FakeClient(snapshot('Approved')))
  expect(loud.log).toEqual(['didit-status', 'didit-decision'])
  expect(loud.events[0]?.detail).toMatchObject({ previous: null, status: 'Approved' })
})

test('keeps an unknown status as it is, as an unfinished walk', async () => {
  const stage = await mount({}, new FakeClient(snapshot('Being Pondered')))
  expect(stage.element.snapshot?.status).toBe('Being Pondered')
  expect(stage.element.matches(':state(active)')).toBe(true)
  expect(stage.button.textContent).toContain('Continue')
})

test('warns once about a mode it does not have, and shows a modal', async () => {
  const warnings: unknown[] = []
  const { warn } = console
  console.warn = (...words) => warnings.push(...words)
  const stage = await mount({ mode: 'popup' })
  await mount({ mode: 'popup' })
  await walkIn(stage)
  stage.element.strings = { noneTitle: 'Begin' }
  await stage.settle()
  console.warn = warn
  expect(warnings).toEqual([expect.stringContaining('mode="popup"')])
  expect(stage.dialog.matches(':modal')).toBe(true)
  expect(stage.events.map(({ detail }) => detail.mode)).toEqual(['modal', 'modal', 'modal'])
})

test('shows a failed start on the card with a way on, and tells the developer', async () => {
  const stage = await mount()
  stage.client.store.answer = new DiditError('didit-credentials', 'Didit refused the API key.', {
    help: 'Check the key.',
  })
  expect((await stage.element.start()).kind).toBe('failed')
  await stage.settle()
  expect(stage.element.open).toBe(false)
  expect(stage.element.matches(':state(failed)')).toBe(true)
  expect(stage.text).toContain('Verification is not available')
  expect(stage.text).not.toContain('API key')
  expect(stage.button.textContent).toContain('Try again')
  expect(stage.events.at(-1)?.detail).toEqual({
    code: 'didit-credentials',
    message: 'Didit refused the API key. Check the key.',
    level: 'error',
    retryable: false,
    action: 'contact',
    docs: 'ERRORS.md#didit-credentials',
  })

  stage.client.store.answer = new DiditError('network', 'No answer.')
  await stage.element.retry()
  await stage.settle()
  expect(stage.text).toContain('There is no connection')
  stage.client.store.answer = hostedUrl
  await walkIn(stage)
  expect(stage.element.error).toBeNull()
})

test('offers no other try once all attempts are used up', async () => {
  const stage = await mount()
  stage.client.store.answer = new DiditError('attempts-exhausted', 'No attempt is left.')
  await stage.element.start()
  await stage.settle()
  expect(stage.button.hidden).toBe(true)
  expect(stage.text).toContain('Please contact us')
})

test('tells of a start that failed elsewhere on the shared client', async () => {
  const stage = await mount()
  stage.client.store.answer = new DiditError('rate-limited', 'Too many.')
  await stage.client.store.start().catch(() => {})
  await stage.settle()
  expect(stage.log).toEqual(['didit-error'])
  expect(stage.text).toContain('Please try again in a minute')
})

test('does nothing while it is in no document', async () => {
  const element = document.createElement('didit-verify')
  element.client = new FakeClient()
  expect(await element.start()).toEqual({ kind: 'cancelled', sessionId: null })
  await expect(element.refresh()).rejects.toThrow('not in a document')
  expect(element.close()).toBe(true)
})

test('says nothing of a load that failed: the button is there', async () => {
  const client = new FakeClient()
  client.session({ workflow: undefined, sessionId: undefined }).loadError = new DiditError('unauthenticated', 'No.')
  const stage = await mount({}, client)
  expect(stage.log).toEqual([])
  expect(stage.text).toContain('Verify your identity')
  expect(stage.button.hidden).toBe(false)
})

test('is not opened again by a start that the person has left', async () => {
  const stage = await mount({}, new FakeClient(snapshot('Declined')))
  await walkIn(stage)
  stage.client.store.push('Declined')
  await stage.settle()
  let answer = () => {}
  stage.client.store.gate = new Promise((resolve) => {
    answer = resolve
  })
  stage.$('[part=result] [part=action]')?.click()
  await until(() => stage.element.flow === 'creating')
  await userEvent.keyboard('{Escape}')
  expect(stage.element.open).toBe(false)
  answer()
  await stage.settle()
  expect([stage.element.open, stage.$('iframe')]).toEqual([false, null])
})

test('gives a start up when the page closes it, or takes the element away', async () => {
  const stage = await mount()
  stage.client.store.gate = new Promise(() => {})
  const closed = stage.element.start()
  await until(() => stage.element.flow === 'creating')
  expect(stage.element.close()).toBe(true)
  expect((await closed).kind).toBe('cancelled')
  await stage.settle()
  expect(stage.element.flow).toBe('idle')

  const removed = stage.element.start()
  await until(() => stage.element.flow === 'creating')
  stage.element.remove()
  expect((await removed).kind).toBe('cancelled')
  await stage.settle()
  expect(stage.client.store.getState().flow).toBe('idle')
  expect(stage.log).toEqual(['didit-beforestart', 'didit-beforestart'])
})

test('lets a start that is left end nothing but itself', async () => {
  const stage = await mount()
  const first = stage.element.start()
  stage.element.close()
  const second = stage.element.start()
  expect((await first).kind).toBe('cancelled')
  await until(() => stage.log.includes('didit-ready'))
  stage.page.say('completed')
  expect((await second).kind).toBe('submitted')
})

test('says nothing more once it is taken away: a check that fails later is nobody’s', async () => {
  const stage = await mount()
  await walkIn(stage)
  stage.page.say('completed')
  await until(() => stage.log.includes('didit-submit'))
  stage.element.close()
  stage.client.store.set({ connection: 'lost' })
  await stage.settle()
  let fail = (_: unknown) => {}
  stage.client.store.refresh = () =>
    new Promise((_, reject) => {
      fail = reject
    })
  stage.button.click()
  const codes: string[] = []
  stage.element.addEventListener('didit-error', ({ detail }) => codes.push(detail.code))
  stage.element.remove()
  await stage.settle()
  fail(new DiditError('network', 'No answer.'))
  await stage.settle()
  expect([codes, stage.element.error]).toEqual([[], null])
})

test('loads nothing when the page closes it while hearing of the opening', async () => {
  const stage = await mount()
  stage.element.addEventListener('didit-open', () => stage.element.close())
  expect((await stage.element.start()).kind).toBe('cancelled')
  await stage.settle()
  expect([stage.element.open, stage.$('iframe')]).toEqual([false, null])
})

test('is as new after a reset', async () => {
  const stage = await mount()
  stage.client.store.answer = new DiditError('network', 'No answer.')
  await stage.element.start()
  expect(stage.element.matches(':state(failed)')).toBe(true)
  await stage.element.reset()
  expect(stage.element.matches(':state(failed)')).toBe(false)

  stage.client.store.answer = hostedUrl
  await walkIn(stage)
  stage.page.say('completed')
  await until(() => stage.element.flow === 'submitted')
  await stage.element.reset()
  await stage.settle()
  expect(stage.text).not.toContain('Checking your result')
  expect(stage.button.hidden).toBe(false)
})

test('names the same mistake in its configuration at every press', async () => {
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
