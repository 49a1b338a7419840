import axe from 'axe-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import './define.ts'
import { DiditError } from '@didit-verify/core'
import { FakeClient, hostedUrl, snapshot } from '../testing/fake-client.ts'
import { clear, mount, type Stage, until, walkIn } from '../testing/stage.ts'

beforeEach(() => page.viewport(1024, 860))
afterEach(clear)

const active = (stage: Stage) => stage.element.shadowRoot?.activeElement

test('takes the focus in, keeps it, and gives it back to the button', async () => {
  const stage = await mount()
  const outside = document.createElement('button')
  document.body.append(outside)
  await userEvent.tab()
  expect(active(stage)).toBe(stage.button)
  await userEvent.keyboard('{Enter}')
  await until(() => stage.log.includes('didit-ready'))
  expect(active(stage)).toBe(stage.$('dialog'))
  await userEvent.tab()
  expect(active(stage)).toBe(stage.$('[part=close]'))
  await userEvent.tab()
  expect(active(stage)).toBe(stage.$('iframe'))
  outside.focus()
  expect(document.activeElement).toBe(stage.element)
  stage.element.close()
  await stage.settle()
  expect(active(stage)).toBe(stage.button)
})

test('gives the focus to the status when the button is gone by then', async () => {
  const stage = await mount()
  stage.button.focus()
  await walkIn(stage)
  stage.client.store.push('Approved')
  await stage.settle()
  expect(active(stage)).toBe(stage.$('[part=result] [part=action]'))
  await userEvent.keyboard('{Enter}')
  await stage.settle()
  expect(stage.element.open).toBe(false)
  expect(active(stage)).toBe(stage.$('[part=status]'))
})

test('asks before leaving: Escape shows the question, Escape hides it, Leave leaves', async () => {
  const stage = await mount()
  await walkIn(stage)
  await userEvent.keyboard('{Escape}')
  await stage.settle()
  expect(stage.$('[part=confirm]')?.textContent).toContain('Your progress is kept')
  expect(active(stage)?.textContent).toContain('Stay')
  expect(stage.$('iframe')?.hasAttribute('inert')).toBe(true)
  await userEvent.keyboard('{Escape}')
  await stage.settle()
  expect(stage.$('[part=confirm]')).toBeNull()
  expect(active(stage)).toBe(stage.$('dialog'))

  stage.$('[part=close]')?.click()
  await stage.settle()
  stage.$('[part=confirm] .quiet')?.click()
  await stage.settle()
  expect(stage.element.open).toBe(false)
  expect(stage.events.at(-1)?.detail.reason).toBe('user')
})

test('asks nothing before the page is ready, nor once all is handed in', async () => {
  const stage = await mount()
  stage.client.store.answer = `${hostedUrl}?silent`
  stage.button.click()
  await until(() => stage.element.open)
  await userEvent.keyboard('{Escape}')
  expect(stage.element.open).toBe(false)

  stage.client.store.answer = hostedUrl
  await walkIn(stage)
  stage.page.say('completed')
  await until(() => stage.log.includes('didit-submit'))
  stage.$('[part=close]')?.click()
  expect(stage.element.open).toBe(false)
})

test('gives up on a silent page in time, with another try and a window of its own', async () => {
  const stage = await mount({ 'ready-timeout': '0.05' })
  stage.client.store.answer = `${hostedUrl}?silent`
  const outcome = stage.element.start()
  await until(() => stage.element.error?.code === 'frame-timeout')
  await stage.settle()
  expect(stage.text).toContain('does not answer')
  expect(active(stage)?.textContent).toContain('Try again')
  const link = stage.$<HTMLAnchorElement>('[part=result] a')
  expect(link?.href).toBe(`${hostedUrl}?silent`)
  expect(link?.rel).toBe('noopener')
  expect(link?.target).toBe('_blank')
  expect(stage.events.at(-1)?.detail).toMatchObject({ code: 'frame-timeout', retryable: true, action: 'retry' })

  stage.client.store.answer = hostedUrl
  stage.element.readyTimeout = 20
  stage.$('[part=result] button')?.click()
  await until(() => stage.log.includes('didit-ready'))
  expect(stage.element.error).toBeNull()
  stage.element.close()
  expect((await outcome).kind).toBe('cancelled')
  expect(stage.log.filter((name) => name === 'didit-open')).toHaveLength(1)
})

test('takes a page that comes late after all', async () => {
  const stage = await mount({ 'ready-timeout': '0.05' })
  stage.client.store.answer = `${hostedUrl}?silent`
  stage.button.click()
  await until(() => stage.element.error?.code === 'frame-timeout')
  stage.page.say('ready')
  await until(() => stage.log.includes('didit-ready'))
  await stage.settle()
  expect(stage.element.error).toBeNull()
  expect(stage.$('[part=result]')).toBeNull()
})

test('forgets an error when the verdict comes all the same', async () => {
  const stage = await mount({ 'ready-timeout': '0.05' })
  stage.client.store.answer = `${hostedUrl}?silent`
  const outcome = stage.element.start()
  await until(() => stage.element.error?.code === 'frame-timeout')
  stage.client.store.push('Approved')
  await stage.settle()
  expect(stage.text).toContain('Identity verified')
  expect(stage.text).not.toContain('That did not work')
  expect((await outcome).kind).toBe('submitted')
})

test('ends as failed when it is closed on an error', async () => {
  const stage = await mount({ 'ready-timeout': '0.05' })
  stage.client.store.answer = `${hostedUrl}?silent`
  const outcome = stage.element.start()
  await until(() => stage.element.error)
  stage.$('[part=close]')?.click()
  expect((await outcome).kind).toBe('failed')
})

test('refuses an address that is not of an allowed origin', async () => {
  const stage = await mount({ 'allowed-origins': 'https://verify.example.com' })
  stage.button.click()
  await until(() => stage.element.error?.code === 'frame-url-refused')
  await stage.settle()
  expect(stage.$('iframe')).toBeNull()
  expect(stage.$('[part=result] a')).toBeNull()
  expect(stage.text).toContain('Verification is not available')
})

test('names the directive when the policy of the page blocks the frame', async () => {
  const stage = await mount()
  stage.client.store.answer = 'https://verify.didit.me/session/blocked'
  const policy = document.createElement('meta')
  policy.httpEquiv = 'Content-Security-Policy'
  policy.content = "frame-src 'self'"
  document.head.append(policy)
  stage.button.click()
  await until(() => stage.element.error)
  await stage.settle()
  expect(stage.events.at(-1)?.detail).toMatchObject({ code: 'frame-blocked', level: 'error', action: 'new-window' })
  expect(stage.events.at(-1)?.detail.message).toContain('frame-src https://verify.didit.me')
  expect(stage.$('iframe')).toBeNull()
  expect(stage.$<HTMLAnchorElement>('[part=result] a')?.href).toBe('https://verify.didit.me/session/blocked')
})

test('lets a policy that only reports, and blocks nothing, pass', async () => {
  const stage = await mount()
  await walkIn(stage)
  document.dispatchEvent(
    new SecurityPolicyViolationEvent('securitypolicyviolation', {
      effectiveDirective: 'frame-src',
      blockedURI: hostedUrl,
      disposition: 'report',
    } as SecurityPolicyViolationEventInit),
  )
  await stage.settle()
  expect([stage.element.error, stage.$('iframe') !== null]).toEqual([null, true])
})

test.each([undefined, null, Number.NaN, 0, Number.POSITIVE_INFINITY])(
  'gives the page time even when ready-timeout is %s',
  async (seconds) => {
    const stage = await mount()
    stage.element.readyTimeout = seconds as number
    stage.client.store.answer = `${hostedUrl}?silent`
    stage.button.click()
    await until(() => stage.page?.say)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(stage.element.error).toBeNull()
  },
)

test('asks before leaving when a framework passes no confirmExit', async () => {
  const stage = await mount()
  ;(stage.element as { confirmExit: unknown }).confirmExit = undefined
  await walkIn(stage)
  await userEvent.keyboard('{Escape}')
  await stage.settle()
  expect(stage.$('[part=confirm]')).not.toBeNull()
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
  const stage = await mount({ 'confirm-exit': 'false' })
  for (let turn = 0; turn < 3; turn += 1) {
    stage.log.length = 0
    await walkIn(stage)
    // Another page at once, before the frame of the first has been drawn.
    stage.client.store.set({ flow: 'opening', url: `${hostedUrl}?silent` })
    stage.client.store.set({ flow: 'opening', url: `${hostedUrl}?silent&again` })
    await stage.settle()
    expect(Object.fromEntries(held)).toEqual({ message: 1, securitypolicyviolation: 1 })
    stage.element.close()
    await stage.settle()
  }
  for (const step of undo) step()
  expect(Object.fromEntries(held)).toEqual({ message: 0, securitypolicyviolation: 0 })
})

test('says each phase once', async () => {
  const stage = await mount()
  const said: string[] = []
  const region = () => stage.$('[role=status]')?.textContent?.replace(/\s+/g, ' ').trim() ?? ''
  const listen = new MutationObserver(() => {
    const text = region()
    if (text && text !== said.at(-1)) said.push(text)
  })
  listen.observe(stage.element.shadowRoot as ShadowRoot, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  })
  await walkIn(stage)
  stage.page.say('completed')
  await until(() => stage.log.includes('didit-submit'))
  await stage.settle()
  stage.client.store.push('In Review')
  await stage.settle()
  stage.client.store.push('Approved')
  await stage.settle()
  listen.disconnect()
  expect(said.map((text) => text.split('.')[0])).toEqual([
    'One moment … Opening the verification …',
    'Checking your result … Thank you',
    'In review Somebody is looking at your documents',
    'Identity verified Thank you',
  ])
})

test('tells an error of the page as a warning, and goes on', async () => {
  const stage = await mount()
  await walkIn(stage)
  stage.page.say('error', { error: 'camera busy' })
  await until(() => stage.log.includes('didit-error'))
  await stage.settle()
  expect(stage.events.at(-1)?.detail).toMatchObject({ code: 'frame-error', level: 'warning' })
  expect(stage.element.error).toBeNull()
  expect(stage.$('[part=result]')).toBeNull()
})

test('lets go of everything when it is taken out in the middle', async () => {
  const stage = await mount()
  const outcome = stage.element.start()
  await until(() => stage.log.includes('didit-ready'))
  const heard: string[] = []
  stage.element.addEventListener('didit-status', () => heard.push('didit-status'))
  stage.element.addEventListener('didit-close', () => heard.push('didit-close'))
  stage.element.remove()
  expect((await outcome).kind).toBe('cancelled')
  expect(stage.client.store.listenerCount).toBe(0)
  stage.client.store.push('Approved')
  await stage.settle()
  expect(heard).toEqual([])
  expect(stage.$('iframe')).toBeNull()

  document.body.append(stage.element)
  await until(() => stage.element.matches(':state(approved)'))
  expect(stage.element.open).toBe(false)
})

test('keeps the walk when it is moved', async () => {
  const stage = await mount()
  await walkIn(stage)
  const place = document.createElement('div')
  document.body.append(place)
  place.append(stage.element)
  await stage.settle()
  expect(stage.element.open).toBe(true)
  expect(stage.dialog.matches(':modal')).toBe(true)
  expect(stage.log).not.toContain('didit-close')
  await until(() => stage.page.say)
  stage.page.say('completed')
  await until(() => stage.log.includes('didit-submit'))
})

test('takes up another Session when its properties name one', async () => {
  const stage = await mount()
  await walkIn(stage)
  const [first] = stage.client.stores
  stage.element.workflow = 'transfer'
  await stage.settle()
  expect(stage.client.stores.map((store) => store.target)).toEqual([{}, { workflow: 'transfer' }])
  expect(first?.listenerCount).toBe(0)
  expect(stage.events.at(-1)?.detail.reason).toBe('changed')
  first?.push('Approved')
  await stage.settle()
  expect(stage.element.matches(':state(none)')).toBe(true)
})

test('has one live region at a time', async () => {
  const stage = await mount()
  const regions = () => [...(stage.element.shadowRoot?.querySelectorAll('[role=status]') ?? [])]
  expect(regions()).toEqual([stage.$('[part=status]')])
  await walkIn(stage)
  expect(regions()).toHaveLength(1)
  expect(stage.dialog.contains(regions()[0] ?? null)).toBe(true)
  stage.client.store.push('In Review')
  await stage.settle()
  expect(regions()[0]?.textContent).toContain('In review')
})

test('fits the screen: a card on wide ones, all of narrow ones', async () => {
  const stage = await mount()
  await walkIn(stage)
  await Promise.all(stage.dialog.getAnimations().map((animation) => animation.finished))
  const wide = stage.$('iframe')?.getBoundingClientRect()
  expect([wide?.width, wide?.height]).toEqual([498, expect.closeTo(699, -1)])
  const close = stage.$('[part=close]')?.getBoundingClientRect()
  expect(Math.min(close?.width ?? 0, close?.height ?? 0)).toBeGreaterThanOrEqual(44)
  await page.viewport(390, 780)
  const narrow = stage.dialog.getBoundingClientRect()
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
    test(`has nothing that axe objects to in phase ${phase}, ${scheme}`, async () => {
      const stage = await mount({}, client, stageIn(scheme))
      expect(stage.element.matches(`:state(${phase})`)).toBe(true)
      expect(await objections()).toEqual([])
    })
  }
}

test('has nothing that axe objects to in the dialog: loading, page, question, result, error', async () => {
  const stage = await mount({}, new FakeClient(), stageIn('dark'))
  stage.client.store.answer = `${hostedUrl}?silent`
  stage.button.click()
  await until(() => stage.element.open && stage.page?.say)
  await Promise.all(stage.dialog.getAnimations().map((animation) => animation.finished))
  expect(await objections()).toEqual([])
  stage.page.say('ready')
  await until(() => stage.log.includes('didit-ready'))
  await stage.settle()
  expect(await objections()).toEqual([])
  stage.$('[part=close]')?.click()
  await stage.settle()
  expect(await objections()).toEqual([])
  stage.client.store.push('Declined')
  await stage.settle()
  expect(await objections()).toEqual([])
  stage.client.store.answer = new DiditError('network', 'No answer.')
  stage.$('[part=result] [part=action]')?.click()
  await until(() => stage.text.includes('There is no connection'))
  expect(await objections()).toEqual([])
})

test('loads nothing that only other modes need', async () => {
  const stage = await mount({ mode: 'modal' })
  await walkIn(stage)
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
  expect(loaded.some((path) => path.endsWith('/presenter.ts'))).toBe(true)
  expect(loaded.filter((path) => /(presenters|inline|inline\.styles|redirect|navigate)\.ts$/.test(path))).toEqual([])
})

function stageIn(scheme: string): Element {
  const main = document.createElement('main')
  main.style.colorScheme = scheme
  main.style.background = 'Canvas'
  document.body.append(main)
  return main
}

async function objections(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    iframes: false,
    rules: { 'page-has-heading-one': { enabled: false } },
  })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
}
