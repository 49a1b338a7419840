import axe from 'axe-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cdp, page, userEvent } from 'vitest/browser'
import '../define.ts'
import { DiditError } from '@didit-verify/core'
import { FakeClient, hostedUrl, snapshot } from '../../testing/fake-client.ts'
import { type Fixture, mountElement, openHostedPage, removeElements, until } from '../../testing/mount-element.ts'

beforeEach(() => page.viewport(800, 1000))
afterEach(removeElements)

const active = (fixture: Fixture) => fixture.element.shadowRoot?.activeElement
const card = (fixture: Fixture) => fixture.$('[part=card]') as HTMLElement
const frame = (fixture: Fixture) => fixture.$('iframe') as HTMLIFrameElement
const isModal = (fixture: Fixture) => fixture.dialog.matches(':modal')
const nextPaint = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))

/** Marks the page in the frame. Returns a function that tells whether the page was not reloaded since. */
function mark(fixture: Fixture): () => boolean {
  const { page: shown } = fixture
  const marked = shown as Window & { count?: number }
  marked.count = 1
  return () => fixture.page === shown && marked.count === 1 && fixture.dialog.open
}

async function layout(fixture: Fixture, data: object, type = 'layout'): Promise<void> {
  fixture.page.post(type, data)
  // A second message, to know that the first has been handled.
  const steps = fixture.log.length
  fixture.page.post('step_started', { step: 'face' })
  await until(() => fixture.log.length > steps)
  await nextPaint()
}

test('replaces the card on the page, and shows the result on the card', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  const below = document.body.appendChild(document.createElement('p'))
  await fixture.element.refresh() // Its code has loaded.
  const outcome = fixture.element.start()
  await until(() => fixture.log.includes('didit-ready'))
  await fixture.settle()
  expect([fixture.element.open, fixture.dialog.open, isModal(fixture)]).toEqual([true, true, false])
  expect(card(fixture).checkVisibility()).toBe(false)
  expect(below.getBoundingClientRect().top).toBeGreaterThanOrEqual(fixture.dialog.getBoundingClientRect().bottom)
  expect(new URL(frame(fixture).src).searchParams.get('sdk_presentation')).toBe('embedded')
  expect(fixture.events.map((event) => event.detail.mode)).toEqual(['inline', 'inline', 'inline'])

  fixture.page.post('completed')
  expect((await outcome).kind).toBe('submitted')
  await fixture.settle()
  expect([fixture.element.open, fixture.$('iframe')]).toEqual([false, null])
  expect(card(fixture).checkVisibility()).toBe(true)
  expect(fixture.text).toContain('Checking your result')
  expect(fixture.log.slice(3)).toEqual(['didit-submit', 'didit-beforeclose', 'didit-close'])
  expect(fixture.events.at(-1)?.detail).toMatchObject({ mode: 'inline', reason: 'submitted' })
  fixture.client.store.push('Approved')
  await fixture.settle()
  expect(fixture.text).toContain('Identity verified')
})

test('shows on the card how a walk ended elsewhere', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  await openHostedPage(fixture)
  fixture.client.store.push('Expired')
  await fixture.settle()
  expect([fixture.element.open, card(fixture).checkVisibility()]).toEqual([false, true])
  expect(fixture.text).toContain('Verification expired')
  expect(fixture.events.at(-1)?.detail).toMatchObject({ status: 'Expired' })
  expect(fixture.log.filter((name) => name === 'didit-close')).toHaveLength(1)
})

test('is not stopped by a status from before its start', async () => {
  const client = new FakeClient(snapshot('Declined'))
  const element = document.createElement('didit-verify')
  element.client = client
  element.mode = 'inline'
  document.body.append(element)
  const outcome = element.start()
  await until(() => element.open)
  expect(client.store.calls.filter((call) => call === 'start')).toHaveLength(1)
  element.close()
  expect((await outcome).kind).toBe('cancelled')
})

test('changes between inline, modal and phone layout without reloading the page', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  await openHostedPage(fixture)
  const isKept = mark(fixture)
  for (const [width, mode, modal] of [
    [800, 'modal', true],
    [800, 'inline', false],
    [540, 'inline', true],
    [541, 'inline', false],
    [390, 'inline', true],
    [390, 'modal', true],
    [800, 'modal', true],
    [1200, 'inline', false],
    [1200, null, true],
    [1200, 'redirect', true],
    [1200, 'inline', false],
  ] as const) {
    await page.viewport(width, 900)
    fixture.element.mode = mode as never
    await until(() => isModal(fixture) === modal, `${mode} at ${width} is ${modal ? 'modal' : 'inline'}`)
    await fixture.settle()
    expect([width, mode, isKept()]).toEqual([width, mode, true])
    expect(fixture.element.shadowRoot?.querySelectorAll('iframe')).toHaveLength(1)
  }
  expect(fixture.log.filter((name) => name !== 'didit-beforestart')).toEqual(['didit-open', 'didit-ready'])
  fixture.element.close()
  await page.viewport(390, 900)
  await fixture.settle()
  expect(fixture.dialog.open).toBe(false)
})

test('fills the screen of a phone and can be closed', async () => {
  await page.viewport(390, 780)
  const fixture = await mountElement({ mode: 'inline' })
  await openHostedPage(fixture)
  await Promise.all(fixture.dialog.getAnimations().map((animation) => animation.finished))
  const { x, y, width, height } = fixture.dialog.getBoundingClientRect()
  expect([isModal(fixture), x, y, width, height]).toEqual([true, 0, 0, 390, 780])
  const close = fixture.$('[part=close]')?.getBoundingClientRect()
  expect([close?.width, close?.height]).toEqual([44, 44])
  await userEvent.keyboard('{Escape}')
  await fixture.settle()
  expect(fixture.$('[part=confirm]')).not.toBeNull()
  await page.viewport(780, 390)
  await until(() => !isModal(fixture))
  expect(fixture.$('[part=confirm]')).not.toBeNull()
  expect(active(fixture)?.textContent).toContain('Stay')
})

test('has the height that the page reports, within the screen', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  await openHostedPage(fixture)
  const size = () => [frame(fixture).clientWidth, frame(fixture).clientHeight]
  expect(size()).toEqual([500, 700])
  await layout(fixture, { contentHeight: 612.4 })
  expect(size()).toEqual([500, 612])
  for (const contentHeight of [Number.NaN, -5, Number.POSITIVE_INFINITY, 1e9, '500px', '1px}*{display:none'])
    await layout(fixture, { contentHeight, colorScheme: 'x}*{display:none}', dir: 'up' })
  expect([size()[0], card(fixture).checkVisibility()]).toEqual([500, false])
  await layout(fixture, { contentHeight: 90_000 })
  expect(fixture.dialog.offsetHeight).toBe(900)
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(800)
  await layout(fixture, { contentHeight: 1 })
  expect(size()).toEqual([500, 320])
  // On a low screen: 90 % of its height, top line included.
  await page.viewport(800, 400)
  await layout(fixture, { contentHeight: 650 })
  expect(fixture.dialog.offsetHeight).toBe(360)
})

test('has a fixed size on wide screens, which the page can set', async () => {
  await page.viewport(1200, 1000)
  const fixture = await mountElement({ mode: 'inline' })
  await openHostedPage(fixture)
  await layout(fixture, { contentHeight: 400 })
  expect([frame(fixture).clientWidth, frame(fixture).clientHeight]).toEqual([500, 700])
  fixture.element.style.setProperty('--didit-width', '640px')
  fixture.element.style.setProperty('--didit-height', '480px')
  expect([frame(fixture).clientWidth, frame(fixture).clientHeight]).toEqual([640, 480])
})

test('is never wider than its container', async () => {
  const place = document.body.appendChild(document.createElement('div'))
  place.style.width = '280px'
  const fixture = await mountElement({ mode: 'inline' }, new FakeClient(), place)
  await openHostedPage(fixture)
  expect(fixture.dialog.offsetWidth).toBe(280)
  expect(place.scrollWidth).toBe(280)
})

test('applies the colour scheme of the hosted page to the dialog only', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  await openHostedPage(fixture)
  const light = getComputedStyle(fixture.dialog).backgroundColor
  await layout(fixture, { colorScheme: 'dark', dir: 'rtl' })
  expect(getComputedStyle(fixture.dialog).colorScheme).toBe('dark')
  expect(getComputedStyle(fixture.dialog).backgroundColor).not.toBe(light)
  expect(getComputedStyle(fixture.dialog).direction).toBe('ltr')
  expect(getComputedStyle(frame(fixture)).colorScheme).toBe('light')
  expect(getComputedStyle(fixture.element).colorScheme).toBe('normal')
  expect(getComputedStyle(document.body).colorScheme).toBe('normal')
  fixture.element.close()
  await until(() => fixture.log.includes('didit-close'), 'the dialog closed')
  await fixture.settle()
  fixture.log.length = 0
  await openHostedPage(fixture)
  await until(
    () => getComputedStyle(fixture.dialog).backgroundColor === light,
    'the colours of the page itself came back',
  )
})

test('keeps the height when the page reports none', async () => {
  const fixture = await mountElement()
  await openHostedPage(fixture)
  expect(frame(fixture).src).toBe(hostedUrl)
  fixture.element.mode = 'inline'
  await until(() => !isModal(fixture))
  expect(frame(fixture).clientHeight).toBe(700)
})

test('takes the focus after a press, does not trap it, and returns it', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  const after = document.body.appendChild(document.createElement('button'))
  await userEvent.tab()
  await userEvent.keyboard('{Enter}')
  await until(() => fixture.log.includes('didit-ready'))
  expect(active(fixture)).toBe(fixture.dialog)
  await userEvent.tab()
  expect(active(fixture)).toBe(fixture.$('[part=close]'))
  await userEvent.tab()
  expect(active(fixture)).toBe(frame(fixture))
  after.focus()
  expect(document.activeElement).toBe(after)
  fixture.$('[part=close]')?.focus()
  await userEvent.keyboard('{Enter}')
  await fixture.settle()
  expect(active(fixture)?.textContent).toContain('Stay')
  await userEvent.tab()
  await userEvent.keyboard('{Enter}')
  await fixture.settle()
  expect([fixture.element.open, active(fixture)]).toEqual([false, fixture.button])
})

test('moves the focus to the verdict when the button is gone', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  fixture.button.focus()
  await openHostedPage(fixture)
  frame(fixture).focus()
  fixture.page.post('completed')
  await until(() => fixture.log.includes('didit-close'))
  await fixture.settle()
  await nextPaint()
  expect([fixture.button.hidden, active(fixture)]).toEqual([true, fixture.$('[part=status]')])
})

test('does not take the focus from a person who types elsewhere', async () => {
  const input = document.createElement('input')
  document.body.append(input)
  const fixture = await mountElement({ mode: 'inline', 'ready-timeout': '0.05' })
  const left: string[] = []
  input.focus()
  input.addEventListener('blur', () => left.push('blur'))
  fixture.client.store.answer = `${hostedUrl}?silent`
  // The server, or another part of the page, started it.
  await fixture.client.store.start()
  await until(() => fixture.element.error?.code === 'frame-timeout')
  await fixture.settle()
  expect(fixture.text).toContain('does not answer')
  await userEvent.keyboard('a{Escape}')
  expect(fixture.element.open).toBe(true)
  await until(() => fixture.page.post)
  fixture.page.post('ready')
  await until(() => fixture.log.includes('didit-ready'))
  fixture.client.store.push('Approved')
  await fixture.settle()
  expect(fixture.element.open).toBe(false)
  expect([document.activeElement, input.value, left]).toEqual([input, 'a', []])
})

test('takes the focus when the person pressed a button of the page', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  const button = document.body.appendChild(document.createElement('button'))
  button.append('Begin')
  button.addEventListener('click', () => void fixture.element.start())
  await userEvent.click(button)
  await until(() => fixture.log.includes('didit-ready'))
  expect(active(fixture)).toBe(fixture.dialog)
})

test('asks before leaving when Escape is pressed inside it', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  fixture.button.focus()
  await openHostedPage(fixture)
  await userEvent.keyboard('{Escape}')
  await fixture.settle()
  expect(fixture.$('[part=confirm]')?.textContent).toContain('Your progress is kept')
  expect(frame(fixture).inert).toBe(true)
  await userEvent.keyboard('{Escape}')
  await fixture.settle()
  expect([fixture.$('[part=confirm]'), fixture.element.open]).toEqual([null, true])
})

test('shows an error in place of the page, with another try', async () => {
  const fixture = await mountElement({ mode: 'inline', 'ready-timeout': '0.05' })
  fixture.client.store.answer = `${hostedUrl}?silent`
  fixture.button.click()
  await until(() => fixture.element.error)
  await fixture.settle()
  expect([isModal(fixture), card(fixture).checkVisibility()]).toEqual([false, false])
  expect(fixture.$('[part=result]')?.textContent).toContain('does not answer')
  fixture.element.readyTimeout = 20
  fixture.client.store.answer = hostedUrl
  fixture.$('[part=result] button')?.click()
  await until(() => fixture.log.includes('didit-ready'))
  expect(fixture.log.filter((name) => name === 'didit-open')).toHaveLength(1)
})

test('keeps an inline walk when it is moved', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  await openHostedPage(fixture)
  const place = document.body.appendChild(document.createElement('div'))
  place.append(fixture.element)
  await fixture.settle()
  expect([fixture.element.open, fixture.dialog.open, isModal(fixture)]).toEqual([true, true, false])
  expect(fixture.log).not.toContain('didit-close')
  await until(() => fixture.page.post)
  const isKept = mark(fixture)
  const body = document.body as HTMLElement & { moveBefore?(node: Node, child: Node | null): void }
  body.moveBefore?.(fixture.element, place)
  await fixture.settle()
  expect([isKept(), isModal(fixture)]).toEqual([true, false])
  fixture.page.post('completed')
  await until(() => fixture.log.includes('didit-submit'))
})

test('removes dialog and styles when it is removed', async () => {
  const held: unknown[] = []
  const { addEventListener: add, removeEventListener: remove } = MediaQueryList.prototype
  MediaQueryList.prototype.addEventListener = function (...given: unknown[]) {
    held.push(given[1])
    add.apply(this, given as never)
  }
  MediaQueryList.prototype.removeEventListener = function (...given: unknown[]) {
    held.splice(held.indexOf(given[1]), 1)
    remove.apply(this, given as never)
  }
  const fixture = await mountElement({ mode: 'inline' })
  const sheets = () => fixture.element.shadowRoot?.adoptedStyleSheets.length
  const before = sheets()
  await openHostedPage(fixture)
  expect(held).toHaveLength(1)
  fixture.element.remove()
  await fixture.settle()
  Object.assign(MediaQueryList.prototype, { addEventListener: add, removeEventListener: remove })
  expect([held.length, sheets()]).toEqual([0, before])
})

test('has one live region at a time', async () => {
  const fixture = await mountElement({ mode: 'inline' })
  const regions = () => [...(fixture.element.shadowRoot?.querySelectorAll('[role=status]') ?? [])]
  await openHostedPage(fixture)
  expect(regions()).toHaveLength(1)
  expect(fixture.dialog.contains(regions()[0] ?? null)).toBe(true)
  fixture.page.post('completed')
  await until(() => fixture.log.includes('didit-close'))
  await fixture.settle()
  expect(regions()).toEqual([fixture.$('[part=status]')])
})

test('mirrors its top line on a right-to-left page', async () => {
  const fixture = await mountElement({ mode: 'inline', dir: 'rtl' })
  await openHostedPage(fixture)
  const close = fixture.$('[part=close]')?.getBoundingClientRect()
  const title = fixture.$('[part=heading]')?.getBoundingClientRect()
  expect(close?.right).toBeLessThan(title?.left ?? 0)
  expect(fixture.dialog.getBoundingClientRect().right).toBeLessThanOrEqual(innerWidth)
})

test('has no animation, and keeps its outline in forced colours', async () => {
  const browser = cdp() as unknown as { send(method: string, options: object): Promise<void> }
  const media = (name: string, value: string) =>
    browser.send('Emulation.setEmulatedMedia', { features: [{ name, value }] })
  const fixture = await mountElement({ mode: 'inline' })
  await openHostedPage(fixture)
  expect(fixture.dialog.getAnimations()).toEqual([])
  await media('forced-colors', 'active')
  expect(matchMedia('(forced-colors: active)').matches).toBe(true)
  fixture.$('[part=close]')?.click()
  await fixture.settle()
  const [stay] = fixture.element.shadowRoot?.querySelectorAll('[part=confirm] [part=action]') ?? []
  for (const part of [fixture.dialog, stay as Element]) {
    const { borderTopWidth, borderTopColor } = getComputedStyle(part)
    expect([borderTopWidth, borderTopColor]).toEqual(['1px', expect.not.stringContaining('rgba(0, 0, 0, 0)')])
  }
  await media('forced-colors', 'none')
})

for (const scheme of ['light', 'dark']) {
  test(`has no axe violations inline, ${scheme}`, async () => {
    const main = document.body.appendChild(document.createElement('main'))
    main.style.colorScheme = scheme
    main.style.background = 'Canvas'
    const fixture = await mountElement({ mode: 'inline' }, new FakeClient(), main)
    const axeViolations = async () => {
      const { violations } = await axe.run(document.body, {
        iframes: false,
        rules: { 'page-has-heading-one': { enabled: false } },
      })
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
    }
    fixture.client.store.answer = `${hostedUrl}?silent`
    fixture.button.click()
    await until(() => fixture.element.open && fixture.page?.post)
    expect(await axeViolations()).toEqual([])
    fixture.page.post('ready')
    await until(() => fixture.log.includes('didit-ready'))
    await fixture.settle()
    expect(await axeViolations()).toEqual([])
    fixture.$('[part=close]')?.click()
    await fixture.settle()
    expect(fixture.$('[part=confirm]')).not.toBeNull()
    expect(await axeViolations()).toEqual([])
    fixture.client.store.push('Declined')
    await fixture.settle()
    expect(fixture.text).toContain('Not verified')
    expect(await axeViolations()).toEqual([])
    fixture.client.store.answer = new DiditError('network', 'No answer.')
    fixture.button.click()
    await until(() => fixture.text.includes('There is no connection'))
    expect(await axeViolations()).toEqual([])
  })
}
