import axe from 'axe-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import './define.ts'
import { DiditError } from '@didit-verify/core'
import { FakeClient, hostedUrl, snapshot } from '../testing/fake-client.ts'
import { type Fixture, mountElement, openHostedPage, removeElements, until } from '../testing/mount-element.ts'

beforeEach(() => page.viewport(1024, 860))
afterEach(removeElements)

const active = (fixture: Fixture) => fixture.element.shadowRoot?.activeElement

test('takes the focus, keeps it, and returns it to the button', async () => {
  const fixture = await mountElement()
  const outside = document.createElement('button')
  document.body.append(outside)
  await userEvent.tab()
  expect(active(fixture)).toBe(fixture.button)
  await userEvent.keyboard('{Enter}')
  await until(() => fixture.log.includes('didit-ready'))
  expect(active(fixture)).toBe(fixture.$('dialog'))
  await userEvent.tab()
  expect(active(fixture)).toBe(fixture.$('[part=close]'))
  await userEvent.tab()
  expect(active(fixture)).toBe(fixture.$('iframe'))
  outside.focus()
  expect(document.activeElement).toBe(fixture.element)
  fixture.element.close()
  await fixture.settle()
  expect(active(fixture)).toBe(fixture.button)
})

test('moves the focus to the status when the button is gone', async () => {
  const fixture = await mountElement()
  fixture.button.focus()
  await openHostedPage(fixture)
  fixture.client.store.push('Approved')
  await fixture.settle()
  expect(active(fixture)).toBe(fixture.$('[part=result] [part=action]'))
  await userEvent.keyboard('{Enter}')
  await fixture.settle()
  expect(fixture.element.open).toBe(false)
  expect(active(fixture)).toBe(fixture.$('[part=status]'))
})

test('asks before leaving: Escape shows the question, Escape hides it, Leave leaves', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  await userEvent.keyboard('{Escape}')
  await fixture.settle()
  expect(fixture.$('[part=confirm]')?.textContent).toContain('Your progress is kept')
  expect(active(fixture)?.textContent).toContain('Stay')
  expect(fixture.$('iframe')?.hasAttribute('inert')).toBe(true)
  await userEvent.keyboard('{Escape}')
  await fixture.settle()
  expect(fixture.$('[part=confirm]')).toBeNull()
  expect(active(fixture)).toBe(fixture.$('dialog'))

  fixture.$('[part=close]')?.click()
  await fixture.settle()
  fixture.$('[part=confirm] .quiet')?.click()
  await fixture.settle()
  expect(fixture.element.open).toBe(false)
  expect(fixture.events.at(-1)?.detail.reason).toBe('user')
})

test('does not ask before the page is ready, or after the submission', async () => {
  const fixture = await mountElement()
  fixture.client.store.answer = `${hostedUrl}?silent`
  fixture.button.click()
  await until(() => fixture.element.open)
  await userEvent.keyboard('{Escape}')
  expect(fixture.element.open).toBe(false)

  fixture.client.store.answer = hostedUrl
  await openHostedPage(fixture)
  fixture.page.post('completed')
  await until(() => fixture.log.includes('didit-submit'))
  fixture.$('[part=close]')?.click()
  expect(fixture.element.open).toBe(false)
})

test('times out on a silent page, and offers another try and a new window', async () => {
  const fixture = await mountElement({ 'ready-timeout': '0.05' })
  fixture.client.store.answer = `${hostedUrl}?silent`
  const outcome = fixture.element.start()
  await until(() => fixture.element.error?.code === 'frame-timeout')
  await fixture.settle()
  expect(fixture.text).toContain('does not answer')
  expect(active(fixture)?.textContent).toContain('Try again')
  const link = fixture.$<HTMLAnchorElement>('[part=result] a')
  expect(link?.href).toBe(`${hostedUrl}?silent`)
  expect(link?.rel).toBe('noopener')
  expect(link?.target).toBe('_blank')
  expect(fixture.events.at(-1)?.detail).toMatchObject({ code: 'frame-timeout', retryable: true, action: 'retry' })

  fixture.client.store.answer = hostedUrl
  fixture.element.readyTimeout = 20
  fixture.$('[part=result] button')?.click()
  await until(() => fixture.log.includes('didit-ready'))
  expect(fixture.element.error).toBeNull()
  fixture.element.close()
  expect((await outcome).kind).toBe('cancelled')
  expect(fixture.log.filter((name) => name === 'didit-open')).toHaveLength(1)
})

test('accepts a page that becomes ready after the timeout', async () => {
  const fixture = await mountElement({ 'ready-timeout': '0.05' })
  fixture.client.store.answer = `${hostedUrl}?silent`
  fixture.button.click()
  await until(() => fixture.element.error?.code === 'frame-timeout')
  fixture.page.post('ready')
  await until(() => fixture.log.includes('didit-ready'))
  await fixture.settle()
  expect(fixture.element.error).toBeNull()
  expect(fixture.$('[part=result]')).toBeNull()
})

test('clears an error when the verdict arrives in spite of it', async () => {
  const fixture = await mountElement({ 'ready-timeout': '0.05' })
  fixture.client.store.answer = `${hostedUrl}?silent`
  const outcome = fixture.element.start()
  await until(() => fixture.element.error?.code === 'frame-timeout')
  fixture.client.store.push('Approved')
  await fixture.settle()
  expect(fixture.text).toContain('Identity verified')
  expect(fixture.text).not.toContain('That did not work')
  expect((await outcome).kind).toBe('submitted')
})

test('ends as failed when it is closed on an error', async () => {
  const fixture = await mountElement({ 'ready-timeout': '0.05' })
  fixture.client.store.answer = `${hostedUrl}?silent`
  const outcome = fixture.element.start()
  await until(() => fixture.element.error)
  fixture.$('[part=close]')?.click()
  expect((await outcome).kind).toBe('failed')
})

test('refuses an address that is not of an allowed origin', async () => {
  const fixture = await mountElement({ 'allowed-origins': 'https://verify.example.com' })
  fixture.button.click()
  await until(() => fixture.element.error?.code === 'frame-url-refused')
  await fixture.settle()
  expect(fixture.$('iframe')).toBeNull()
  expect(fixture.$('[part=result] a')).toBeNull()
  expect(fixture.text).toContain('Verification is not available')
})

test('names the directive when the policy of the page blocks the frame', async () => {
  const fixture = await mountElement()
  fixture.client.store.answer = 'https://verify.didit.me/session/blocked'
  const policy = document.createElement('meta')
  policy.httpEquiv = 'Content-Security-Policy'
  policy.content = "frame-src 'self'"
  document.head.append(policy)
  fixture.button.click()
  await until(() => fixture.element.error)
  await fixture.settle()
  expect(fixture.events.at(-1)?.detail).toMatchObject({ code: 'frame-blocked', level: 'error', action: 'new-window' })
  expect(fixture.events.at(-1)?.detail.message).toContain('frame-src https://verify.didit.me')
  expect(fixture.$('iframe')).toBeNull()
  expect(fixture.$<HTMLAnchorElement>('[part=result] a')?.href).toBe('https://verify.didit.me/session/blocked')
})

test('ignores violations of a report-only policy', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  document.dispatchEvent(
    new SecurityPolicyViolationEvent('securitypolicyviolation', {
      effectiveDirective: 'frame-src',
      blockedURI: hostedUrl,
      disposition: 'report',
    } as SecurityPolicyViolationEventInit),
  )
  await fixture.settle()
  expect([fixture.element.error, fixture.$('iframe') !== null]).toEqual([null, true])
})

test.each([undefined, null, Number.NaN, 0, Number.POSITIVE_INFINITY])(
  'uses the default timeout when ready-timeout is %s',
  async (seconds) => {
    const fixture = await mountElement()
    fixture.element.readyTimeout = seconds as number
    fixture.client.store.answer = `${hostedUrl}?silent`
    fixture.button.click()
    await until(() => fixture.page?.post)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(fixture.element.error).toBeNull()
  },
)

test('asks before leaving when a framework passes no confirmExit', async () => {
  const fixture = await mountElement()
  ;(fixture.element as { confirmExit: unknown }).confirmExit = undefined
  await openHostedPage(fixture)
  await userEvent.keyboard('{Escape}')
  await fixture.settle()
  expect(fixture.$('[part=confirm]')).not.toBeNull()
})

test('leaves no listener behind, however often it is opened', async () => {
  const held = new Map<string, number>()
  const undo = [window, document].map((target) => {
    const { addEventListener: add } = target
    target.addEventListener = ((type: string, listener: never, options?: AddEventListenerOptions) => {
      if (type === 'message' || type === 'securitypolicyviolation') {
        held.set(type, (held.get(type) ?? 0) + 1)
        options?.signal?.addEventListener('abort', () => held.set(type, (held.get(type) ?? 0) - 1))
      }
      return add.call(target, type, listener, options)
    }) as typeof target.addEventListener
    const { removeEventListener: remove } = target
    target.removeEventListener = ((type: string, listener: never) => {
      if (type === 'message') held.set(type, (held.get(type) ?? 0) - 1)
      return remove.call(target, type, listener)
    }) as typeof target.removeEventListener
    return () => Object.assign(target, { addEventListener: add, removeEventListener: remove })
  })
  const fixture = await mountElement({ 'confirm-exit': 'false' })
  for (let turn = 0; turn < 3; turn += 1) {
    fixture.log.length = 0
    await openHostedPage(fixture)
    // A second page at once, before the frame of the first is rendered.
    fixture.client.store.set({ flow: 'opening', url: `${hostedUrl}?silent` })
    fixture.client.store.set({ flow: 'opening', url: `${hostedUrl}?silent&again` })
    await fixture.settle()
    expect(Object.fromEntries(held)).toEqual({ message: 1, securitypolicyviolation: 1 })
    fixture.element.close()
    await fixture.settle()
  }
  for (const step of undo) step()
  expect(Object.fromEntries(held)).toEqual({ message: 0, securitypolicyviolation: 0 })
})

test('announces each phase once', async () => {
  const fixture = await mountElement()
  const said: string[] = []
  const region = () => fixture.$('[role=status]')?.textContent?.replace(/\s+/g, ' ').trim() ?? ''
  const listen = new MutationObserver(() => {
    const text = region()
    if (text && text !== said.at(-1)) said.push(text)
  })
  listen.observe(fixture.element.shadowRoot as ShadowRoot, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  })
  await openHostedPage(fixture)
  fixture.page.post('completed')
  await until(() => fixture.log.includes('didit-submit'))
  await fixture.settle()
  fixture.client.store.push('In Review')
  await fixture.settle()
  fixture.client.store.push('Approved')
  await fixture.settle()
  listen.disconnect()
  expect(said.map((text) => text.split('.')[0])).toEqual([
    'One moment … Opening the verification …',
    'Checking your result … Thank you',
    'In review Somebody is looking at your documents',
    'Identity verified Thank you',
  ])
})

test('reports an error of the page as a warning, and continues', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  fixture.page.post('error', { error: 'camera busy' })
  await until(() => fixture.log.includes('didit-error'))
  await fixture.settle()
  expect(fixture.events.at(-1)?.detail).toMatchObject({ code: 'frame-error', level: 'warning' })
  expect(fixture.element.error).toBeNull()
  expect(fixture.$('[part=result]')).toBeNull()
})

test('releases everything when it is removed during a walk', async () => {
  const fixture = await mountElement()
  const outcome = fixture.element.start()
  await until(() => fixture.log.includes('didit-ready'))
  const heard: string[] = []
  fixture.element.addEventListener('didit-status', () => heard.push('didit-status'))
  fixture.element.addEventListener('didit-close', () => heard.push('didit-close'))
  fixture.element.remove()
  expect((await outcome).kind).toBe('cancelled')
  expect(fixture.client.store.listenerCount).toBe(0)
  fixture.client.store.push('Approved')
  await fixture.settle()
  expect(heard).toEqual([])
  expect(fixture.$('iframe')).toBeNull()

  document.body.append(fixture.element)
  await until(() => fixture.element.matches(':state(approved)'))
  expect(fixture.element.open).toBe(false)
})

test('keeps the walk when it is moved', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  const place = document.createElement('div')
  document.body.append(place)
  place.append(fixture.element)
  await fixture.settle()
  expect(fixture.element.open).toBe(true)
  expect(fixture.dialog.matches(':modal')).toBe(true)
  expect(fixture.log).not.toContain('didit-close')
  await until(() => fixture.page.post)
  fixture.page.post('completed')
  await until(() => fixture.log.includes('didit-submit'))
})

test('switches to another Session when its properties name one', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  const [first] = fixture.client.stores
  fixture.element.workflow = 'transfer'
  await fixture.settle()
  expect(fixture.client.stores.map((store) => store.target)).toEqual([{}, { workflow: 'transfer' }])
  expect(first?.listenerCount).toBe(0)
  expect(fixture.events.at(-1)?.detail.reason).toBe('changed')
  first?.push('Approved')
  await fixture.settle()
  expect(fixture.element.matches(':state(none)')).toBe(true)
})

test('has one live region at a time', async () => {
  const fixture = await mountElement()
  const regions = () => [...(fixture.element.shadowRoot?.querySelectorAll('[role=status]') ?? [])]
  expect(regions()).toEqual([fixture.$('[part=status]')])
  await openHostedPage(fixture)
  expect(regions()).toHaveLength(1)
  expect(fixture.dialog.contains(regions()[0] ?? null)).toBe(true)
  fixture.client.store.push('In Review')
  await fixture.settle()
  expect(regions()[0]?.textContent).toContain('In review')
})

test('fits the screen: a dialog on wide screens, the whole of narrow ones', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  await Promise.all(fixture.dialog.getAnimations().map((animation) => animation.finished))
  const wide = fixture.$('iframe')?.getBoundingClientRect()
  expect([wide?.width, wide?.height]).toEqual([498, expect.closeTo(699, -1)])
  const close = fixture.$('[part=close]')?.getBoundingClientRect()
  expect(Math.min(close?.width ?? 0, close?.height ?? 0)).toBeGreaterThanOrEqual(44)
  await page.viewport(390, 780)
  const narrow = fixture.dialog.getBoundingClientRect()
  expect([narrow.x, narrow.y, narrow.width, narrow.height]).toEqual([0, 0, 390, 780])
})

const phases: [string, FakeClient, string?][] = [
  ['none', new FakeClient()],
  ['active', new FakeClient(snapshot('In Progress'))],
  ['review', new FakeClient(snapshot('In Review'))],
  ['approved', new FakeClient(snapshot('Approved'))],
  ['declined', new FakeClient(snapshot('Declined'))],
  ['action', new FakeClient(snapshot('Resubmitted'))],
  ['expired', new FakeClient(snapshot('Kyc Expired'))],
]

for (const [phase, client] of phases) {
  for (const scheme of ['light', 'dark']) {
    test(`has no axe violations in phase ${phase}, ${scheme}`, async () => {
      const fixture = await mountElement({}, client, containerIn(scheme))
      expect(fixture.element.matches(`:state(${phase})`)).toBe(true)
      expect(await axeViolations()).toEqual([])
    })
  }
}

test('has no axe violations in the dialog: loading, page, question, result, error', async () => {
  const fixture = await mountElement({}, new FakeClient(), containerIn('dark'))
  fixture.client.store.answer = `${hostedUrl}?silent`
  fixture.button.click()
  await until(() => fixture.element.open && fixture.page?.post)
  await Promise.all(fixture.dialog.getAnimations().map((animation) => animation.finished))
  expect(await axeViolations()).toEqual([])
  fixture.page.post('ready')
  await until(() => fixture.log.includes('didit-ready'))
  await fixture.settle()
  expect(await axeViolations()).toEqual([])
  fixture.$('[part=close]')?.click()
  await fixture.settle()
  expect(await axeViolations()).toEqual([])
  fixture.client.store.push('Declined')
  await fixture.settle()
  expect(await axeViolations()).toEqual([])
  fixture.client.store.answer = new DiditError('network', 'No answer.')
  fixture.$('[part=result] [part=action]')?.click()
  await until(() => fixture.text.includes('There is no connection'))
  expect(await axeViolations()).toEqual([])
})

test('loads no code of other modes', async () => {
  const fixture = await mountElement({ mode: 'modal' })
  await openHostedPage(fixture)
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
  expect(loaded.some((path) => path.endsWith('/presenter.ts'))).toBe(true)
  expect(loaded.filter((path) => /(presenters|inline|inline\.styles|redirect|navigate)\.ts$/.test(path))).toEqual([])
})

function containerIn(scheme: string): Element {
  const main = document.createElement('main')
  main.style.colorScheme = scheme
  main.style.background = 'Canvas'
  document.body.append(main)
  return main
}

async function axeViolations(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    iframes: false,
    rules: { 'page-has-heading-one': { enabled: false } },
  })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
}
