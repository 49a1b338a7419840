import axe from 'axe-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cdp, page, userEvent } from 'vitest/browser'
import '../define.ts'
import { DiditError } from '@didit-verify/core'
import { FakeClient, hostedUrl, snapshot } from '../../testing/fake-client.ts'
import { clear, mount, type Stage, until, walkIn } from '../../testing/stage.ts'

beforeEach(() => page.viewport(800, 1000))
afterEach(clear)

const active = (stage: Stage) => stage.element.shadowRoot?.activeElement
const card = (stage: Stage) => stage.$('[part=card]') as HTMLElement
const frame = (stage: Stage) => stage.$('iframe') as HTMLIFrameElement
const isModal = (stage: Stage) => stage.dialog.matches(':modal')
const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))

/** What would be lost if the page in the frame were loaded anew. */
function mark(stage: Stage): () => boolean {
  const { page: shown } = stage
  const marked = shown as Window & { count?: number }
  marked.count = 1
  return () => stage.page === shown && marked.count === 1 && stage.dialog.open
}

async function layout(stage: Stage, data: object, type = 'layout'): Promise<void> {
  stage.page.say(type, data)
  // A message that is known to be heard after it.
  const steps = stage.log.length
  stage.page.say('step_started', { step: 'face' })
  await until(() => stage.log.length > steps)
  await drawn()
}

test('stands on the page in place of the card, and hands the result back to it', async () => {
  const stage = await mount({ mode: 'inline' })
  const below = document.body.appendChild(document.createElement('p'))
  await stage.element.refresh() // all of its code is there
  const outcome = stage.element.start()
  await until(() => stage.log.includes('didit-ready'))
  await stage.settle()
  expect([stage.element.open, stage.dialog.open, isModal(stage)]).toEqual([true, true, false])
  expect(card(stage).checkVisibility()).toBe(false)
  expect(below.getBoundingClientRect().top).toBeGreaterThanOrEqual(stage.dialog.getBoundingClientRect().bottom)
  expect(new URL(frame(stage).src).searchParams.get('sdk_presentation')).toBe('embedded')
  expect(stage.events.map((event) => event.detail.mode)).toEqual(['inline', 'inline', 'inline'])

  stage.page.say('completed')
  expect((await outcome).kind).toBe('submitted')
  await stage.settle()
  expect([stage.element.open, stage.$('iframe')]).toEqual([false, null])
  expect(card(stage).checkVisibility()).toBe(true)
  expect(stage.text).toContain('Checking your result')
  expect(stage.log.slice(3)).toEqual(['didit-submit', 'didit-beforeclose', 'didit-close'])
  expect(stage.events.at(-1)?.detail).toMatchObject({ mode: 'inline', reason: 'submitted' })
  stage.client.store.push('Approved')
  await stage.settle()
  expect(stage.text).toContain('Identity verified')
})

test('tells on the card what ended a walk elsewhere', async () => {
  const stage = await mount({ mode: 'inline' })
  await walkIn(stage)
  stage.client.store.push('Expired')
  await stage.settle()
  expect([stage.element.open, card(stage).checkVisibility()]).toEqual([false, true])
  expect(stage.text).toContain('Verification expired')
  expect(stage.events.at(-1)?.detail).toMatchObject({ status: 'Expired' })
  expect(stage.log.filter((name) => name === 'didit-close')).toHaveLength(1)
})

test('is not stopped by a status that was there before it began', async () => {
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

test('goes between page, dialog and phone as often as it likes, and loads the page once', async () => {
  const stage = await mount({ mode: 'inline' })
  await walkIn(stage)
  const isKept = mark(stage)
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
    stage.element.mode = mode as never
    await until(() => isModal(stage) === modal, `${mode} at ${width} is ${modal ? 'modal' : 'inline'}`)
    await stage.settle()
    expect([width, mode, isKept()]).toEqual([width, mode, true])
    expect(stage.element.shadowRoot?.querySelectorAll('iframe')).toHaveLength(1)
  }
  expect(stage.log.filter((name) => name !== 'didit-beforestart')).toEqual(['didit-open', 'didit-ready'])
  stage.element.close()
  await page.viewport(390, 900)
  await stage.settle()
  expect(stage.dialog.open).toBe(false)
})

test('fills a phone, with a way out', async () => {
  await page.viewport(390, 780)
  const stage = await mount({ mode: 'inline' })
  await walkIn(stage)
  await Promise.all(stage.dialog.getAnimations().map((animation) => animation.finished))
  const { x, y, width, height } = stage.dialog.getBoundingClientRect()
  expect([isModal(stage), x, y, width, height]).toEqual([true, 0, 0, 390, 780])
  const close = stage.$('[part=close]')?.getBoundingClientRect()
  expect([close?.width, close?.height]).toEqual([44, 44])
  await userEvent.keyboard('{Escape}')
  await stage.settle()
  expect(stage.$('[part=confirm]')).not.toBeNull()
  await page.viewport(780, 390)
  await until(() => !isModal(stage))
  expect(stage.$('[part=confirm]')).not.toBeNull()
  expect(active(stage)?.textContent).toContain('Stay')
})

test('is as high as the page says, within the screen', async () => {
  const stage = await mount({ mode: 'inline' })
  await walkIn(stage)
  const size = () => [frame(stage).clientWidth, frame(stage).clientHeight]
  expect(size()).toEqual([500, 700])
  await layout(stage, { contentHeight: 612.4 })
  expect(size()).toEqual([500, 612])
  for (const contentHeight of [Number.NaN, -5, Number.POSITIVE_INFINITY, 1e9, '500px', '1px}*{display:none'])
    await layout(stage, { contentHeight, colorScheme: 'x}*{display:none}', dir: 'up' })
  expect([size()[0], card(stage).checkVisibility()]).toEqual([500, false])
  await layout(stage, { contentHeight: 90_000 })
  expect(stage.dialog.offsetHeight).toBe(900)
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(800)
  await layout(stage, { contentHeight: 1 })
  expect(size()).toEqual([500, 320])
  // A screen that is low: 90 % of it, the top line included.
  await page.viewport(800, 400)
  await layout(stage, { contentHeight: 650 })
  expect(stage.dialog.offsetHeight).toBe(360)
})

test('has a fixed size on wide screens, which the host can set', async () => {
  await page.viewport(1200, 1000)
  const stage = await mount({ mode: 'inline' })
  await walkIn(stage)
  await layout(stage, { contentHeight: 400 })
  expect([frame(stage).clientWidth, frame(stage).clientHeight]).toEqual([500, 700])
  stage.element.style.setProperty('--didit-width', '640px')
  stage.element.style.setProperty('--didit-height', '480px')
  expect([frame(stage).clientWidth, frame(stage).clientHeight]).toEqual([640, 480])
})

test('is never wider than its place', async () => {
  const place = document.body.appendChild(document.createElement('div'))
  place.style.width = '280px'
  const stage = await mount({ mode: 'inline' }, new FakeClient(), place)
  await walkIn(stage)
  expect(stage.dialog.offsetWidth).toBe(280)
  expect(place.scrollWidth).toBe(280)
})

test('takes light and dark of the page for what is around it, and nothing for the host', async () => {
  const stage = await mount({ mode: 'inline' })
  await walkIn(stage)
  const light = getComputedStyle(stage.dialog).backgroundColor
  await layout(stage, { colorScheme: 'dark', dir: 'rtl' })
  expect(getComputedStyle(stage.dialog).colorScheme).toBe('dark')
  expect(getComputedStyle(stage.dialog).backgroundColor).not.toBe(light)
  expect(getComputedStyle(stage.dialog).direction).toBe('ltr')
  expect(getComputedStyle(frame(stage)).colorScheme).toBe('light')
  expect(getComputedStyle(stage.element).colorScheme).toBe('normal')
  expect(getComputedStyle(document.body).colorScheme).toBe('normal')
  stage.element.close()
  stage.log.length = 0
  await walkIn(stage)
  expect(getComputedStyle(stage.dialog).backgroundColor).toBe(light)
})

test('keeps the height of a page that does not speak of it', async () => {
  const stage = await mount()
  await walkIn(stage)
  expect(frame(stage).src).toBe(hostedUrl)
  stage.element.mode = 'inline'
  await until(() => !isModal(stage))
  expect(frame(stage).clientHeight).toBe(700)
})

test('takes the focus of the person who pressed, holds nobody, and gives it back', async () => {
  const stage = await mount({ mode: 'inline' })
  const after = document.body.appendChild(document.createElement('button'))
  await userEvent.tab()
  await userEvent.keyboard('{Enter}')
  await until(() => stage.log.includes('didit-ready'))
  expect(active(stage)).toBe(stage.dialog)
  await userEvent.tab()
  expect(active(stage)).toBe(stage.$('[part=close]'))
  await userEvent.tab()
  expect(active(stage)).toBe(frame(stage))
  after.focus()
  expect(document.activeElement).toBe(after)
  stage.$('[part=close]')?.focus()
  await userEvent.keyboard('{Enter}')
  await stage.settle()
  expect(active(stage)?.textContent).toContain('Stay')
  await userEvent.tab()
  await userEvent.keyboard('{Enter}')
  await stage.settle()
  expect([stage.element.open, active(stage)]).toEqual([false, stage.button])
})

test('gives the focus to the verdict where the button is gone by then', async () => {
  const stage = await mount({ mode: 'inline' })
  stage.button.focus()
  await walkIn(stage)
  frame(stage).focus()
  stage.page.say('completed')
  await until(() => stage.log.includes('didit-close'))
  await stage.settle()
  await drawn()
  expect([stage.button.hidden, active(stage)]).toEqual([true, stage.$('[part=status]')])
})

test('leaves the focus of somebody who is writing elsewhere where it is', async () => {
  const input = document.createElement('input')
  document.body.append(input)
  const stage = await mount({ mode: 'inline', 'ready-timeout': '0.05' })
  const left: string[] = []
  input.focus()
  input.addEventListener('blur', () => left.push('blur'))
  stage.client.store.answer = `${hostedUrl}?silent`
  // The server, or another part of the page, began it.
  await stage.client.store.start()
  await until(() => stage.element.error?.code === 'frame-timeout')
  await stage.settle()
  expect(stage.text).toContain('does not answer')
  await userEvent.keyboard('a{Escape}')
  expect(stage.element.open).toBe(true)
  await until(() => stage.page.say)
  stage.page.say('ready')
  await until(() => stage.log.includes('didit-ready'))
  stage.client.store.push('Approved')
  await stage.settle()
  expect(stage.element.open).toBe(false)
  expect([document.activeElement, input.value, left]).toEqual([input, 'a', []])
})

test('takes the focus of a person who pressed a button of the host', async () => {
  const stage = await mount({ mode: 'inline' })
  const button = document.body.appendChild(document.createElement('button'))
  button.append('Begin')
  button.addEventListener('click', () => void stage.element.start())
  await userEvent.click(button)
  await until(() => stage.log.includes('didit-ready'))
  expect(active(stage)).toBe(stage.dialog)
})

test('asks before leaving when Escape is pressed inside it', async () => {
  const stage = await mount({ mode: 'inline' })
  stage.button.focus()
  await walkIn(stage)
  await userEvent.keyboard('{Escape}')
  await stage.settle()
  expect(stage.$('[part=confirm]')?.textContent).toContain('Your progress is kept')
  expect(frame(stage).inert).toBe(true)
  await userEvent.keyboard('{Escape}')
  await stage.settle()
  expect([stage.$('[part=confirm]'), stage.element.open]).toEqual([null, true])
})

test('shows an error in its place, with another try', async () => {
  const stage = await mount({ mode: 'inline', 'ready-timeout': '0.05' })
  stage.client.store.answer = `${hostedUrl}?silent`
  stage.button.click()
  await until(() => stage.element.error)
  await stage.settle()
  expect([isModal(stage), card(stage).checkVisibility()]).toEqual([false, false])
  expect(stage.$('[part=result]')?.textContent).toContain('does not answer')
  stage.element.readyTimeout = 20
  stage.client.store.answer = hostedUrl
  stage.$('[part=result] button')?.click()
  await until(() => stage.log.includes('didit-ready'))
  expect(stage.log.filter((name) => name === 'didit-open')).toHaveLength(1)
})

test('keeps the walk, inline, when it is moved', async () => {
  const stage = await mount({ mode: 'inline' })
  await walkIn(stage)
  const place = document.body.appendChild(document.createElement('div'))
  place.append(stage.element)
  await stage.settle()
  expect([stage.element.open, stage.dialog.open, isModal(stage)]).toEqual([true, true, false])
  expect(stage.log).not.toContain('didit-close')
  await until(() => stage.page.say)
  const isKept = mark(stage)
  const body = document.body as HTMLElement & { moveBefore?(node: Node, child: Node | null): void }
  body.moveBefore?.(stage.element, place)
  await stage.settle()
  expect([isKept(), isModal(stage)]).toEqual([true, false])
  stage.page.say('completed')
  await until(() => stage.log.includes('didit-submit'))
})

test('lets go of the screen and of its styles when it is taken away', async () => {
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
  const stage = await mount({ mode: 'inline' })
  const sheets = () => stage.element.shadowRoot?.adoptedStyleSheets.length
  const before = sheets()
  await walkIn(stage)
  expect(held).toHaveLength(1)
  stage.element.remove()
  await stage.settle()
  Object.assign(MediaQueryList.prototype, { addEventListener: add, removeEventListener: remove })
  expect([held.length, sheets()]).toEqual([0, before])
})

test('has one live region at a time', async () => {
  const stage = await mount({ mode: 'inline' })
  const regions = () => [...(stage.element.shadowRoot?.querySelectorAll('[role=status]') ?? [])]
  await walkIn(stage)
  expect(regions()).toHaveLength(1)
  expect(stage.dialog.contains(regions()[0] ?? null)).toBe(true)
  stage.page.say('completed')
  await until(() => stage.log.includes('didit-close'))
  await stage.settle()
  expect(regions()).toEqual([stage.$('[part=status]')])
})

test('mirrors its top line in a page that is written from right to left', async () => {
  const stage = await mount({ mode: 'inline', dir: 'rtl' })
  await walkIn(stage)
  const close = stage.$('[part=close]')?.getBoundingClientRect()
  const title = stage.$('[part=heading]')?.getBoundingClientRect()
  expect(close?.right).toBeLessThan(title?.left ?? 0)
  expect(stage.dialog.getBoundingClientRect().right).toBeLessThanOrEqual(innerWidth)
})

test('moves nothing into place, and keeps its outline in forced colours', async () => {
  const browser = cdp() as unknown as { send(method: string, options: object): Promise<void> }
  const media = (name: string, value: string) =>
    browser.send('Emulation.setEmulatedMedia', { features: [{ name, value }] })
  const stage = await mount({ mode: 'inline' })
  await walkIn(stage)
  expect(stage.dialog.getAnimations()).toEqual([])
  await media('forced-colors', 'active')
  expect(matchMedia('(forced-colors: active)').matches).toBe(true)
  stage.$('[part=close]')?.click()
  await stage.settle()
  const [stay] = stage.element.shadowRoot?.querySelectorAll('[part=confirm] [part=action]') ?? []
  for (const part of [stage.dialog, stay as Element]) {
    const { borderTopWidth, borderTopColor } = getComputedStyle(part)
    expect([borderTopWidth, borderTopColor]).toEqual(['1px', expect.not.stringContaining('rgba(0, 0, 0, 0)')])
  }
  await media('forced-colors', 'none')
})

for (const scheme of ['light', 'dark']) {
  test(`has nothing that axe objects to while it is on the page, ${scheme}`, async () => {
    const main = document.body.appendChild(document.createElement('main'))
    main.style.colorScheme = scheme
    main.style.background = 'Canvas'
    const stage = await mount({ mode: 'inline' }, new FakeClient(), main)
    const objections = async () => {
      const { violations } = await axe.run(document.body, {
        iframes: false,
        rules: { 'page-has-heading-one': { enabled: false } },
      })
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
    }
    stage.client.store.answer = `${hostedUrl}?silent`
    stage.button.click()
    await until(() => stage.element.open && stage.page?.say)
    expect(await objections()).toEqual([])
    stage.page.say('ready')
    await until(() => stage.log.includes('didit-ready'))
    await stage.settle()
    expect(await objections()).toEqual([])
    stage.$('[part=close]')?.click()
    await stage.settle()
    expect(stage.$('[part=confirm]')).not.toBeNull()
    expect(await objections()).toEqual([])
    stage.client.store.push('Declined')
    await stage.settle()
    expect(stage.text).toContain('Not verified')
    expect(await objections()).toEqual([])
    stage.client.store.answer = new DiditError('network', 'No answer.')
    stage.button.click()
    await until(() => stage.text.includes('There is no connection'))
    expect(await objections()).toEqual([])
  })
}
