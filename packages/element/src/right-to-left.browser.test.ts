import { DiditError } from '@didit-verify/core'
import axe from 'axe-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import './define.ts'
import { FakeClient, hostedUrl, snapshot } from '../testing/fake-client.ts'
import { pseudoLanguage } from '../testing/pseudo-language.ts'
import { clear, mount, type Stage, until, walkIn } from '../testing/stage.ts'

beforeEach(() => page.viewport(320, 640))
afterEach(clear)

/** An element in a language from right to left, its words longer than the English ones. */
async function stageOf(client = new FakeClient()): Promise<Stage> {
  const main = document.createElement('main')
  document.body.append(main)
  const stage = await mount({ dir: 'rtl', 'confirm-exit': '' }, client, main)
  stage.element.strings = pseudoLanguage
  client.store.decision = {
    sessionId: 'any',
    status: client.first?.status ?? 'Declined',
    decidedAt: null,
    canRetry: true,
    checks: [{ kind: 'document', status: 'Resub Requested', reasons: ['document-unreadable', 'name-differs'] }],
  }
  await stage.settle()
  return stage
}

const box = (element: Element | null | undefined) => (element as Element).getBoundingClientRect()
/** What reaches over the edge of its own box, or of the screen. */
function overflowing(stage: Stage): string[] {
  const parts = [...(stage.element.shadowRoot?.querySelectorAll('*') ?? [])].filter(
    (part) => part.checkVisibility() && !part.matches('.said, svg *'),
  )
  const name = (part: Element) => `${part.localName}.${part.className} ${part.textContent?.trim().slice(0, 30)}`
  return parts
    .filter((part) => {
      const { left, right } = box(part)
      return (
        left < -0.5 || right > innerWidth + 0.5 || (part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0)
      )
    })
    .map(name)
}
const settleDialog = (stage: Stage) => Promise.all(stage.dialog.getAnimations().map((animation) => animation.finished))
const objections = async () => {
  const { violations } = await axe.run(document.body, {
    iframes: false,
    rules: { 'page-has-heading-one': { enabled: false } },
  })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

test('mirrors the card: the icon at its right, the words before it, the list indented from the right', async () => {
  const stage = await stageOf(new FakeClient(snapshot('Resubmitted')))
  stage.client.store.push('Resubmitted')
  await until(() => stage.$('.card [part=steps]'))
  const card = box(stage.$('.card'))
  const icon = box(stage.$('.card .icon'))
  const words = box(stage.$('.card .words'))
  expect(card.right - icon.right).toBeCloseTo(21, 0)
  expect(words.right).toBeLessThan(icon.left)
  const list = stage.$('.card [part=reasons]') as Element
  expect([getComputedStyle(list).paddingRight, getComputedStyle(list).paddingLeft]).toEqual(['18px', '0px'])
  expect(getComputedStyle(list).textAlign).toBe('start')
  expect(overflowing(stage)).toEqual([])
  expect(document.documentElement.scrollWidth).toBe(320)
})

test('mirrors the dialog: its title at the right, the close button at the left', async () => {
  const stage = await stageOf()
  await walkIn(stage)
  await settleDialog(stage)
  const header = box(stage.$('[part=header]'))
  const close = box(stage.$('[part=close]'))
  const heading = box(stage.$('[part=heading]'))
  expect(close.left - header.left).toBeCloseTo(6, 0)
  expect(header.right - heading.right).toBeCloseTo(20, 0)
  expect(heading.left).toBeGreaterThanOrEqual(close.right)
  expect(overflowing(stage)).toEqual([])

  // The same element from left to right, for comparison.
  stage.element.dir = 'ltr'
  expect(header.right - box(stage.$('[part=close]')).right).toBeCloseTo(6, 0)
  expect(box(stage.$('[part=heading]')).left - header.left).toBeCloseTo(20, 0)
})

test('fits 320 pixels in the longer language: loading, question, result with its lists, error with its ways on', async () => {
  const stage = await stageOf()
  stage.client.store.answer = `${hostedUrl}?silent`
  stage.button.click()
  await until(() => stage.element.open && stage.page?.say)
  await settleDialog(stage)
  expect(overflowing(stage)).toEqual([])
  stage.page.say('ready')
  await until(() => stage.log.includes('didit-ready'))
  stage.$('[part=close]')?.click()
  await stage.settle()
  expect(stage.$('[part=confirm]')).not.toBeNull()
  expect(overflowing(stage)).toEqual([])
  expect(await objections()).toEqual([])

  stage.client.store.push('Declined')
  await until(() => stage.$('[part=result] [part=reasons]'))
  expect(stage.text).toContain(pseudoLanguage['name-differs'])
  expect(overflowing(stage)).toEqual([])
  expect(await objections()).toEqual([])

  stage.element.close()
  stage.element.readyTimeout = 0.05
  stage.button.click()
  await until(() => stage.element.error?.code === 'frame-timeout')
  await stage.settle()
  expect(stage.$('[part=result] a')).not.toBeNull()
  expect(overflowing(stage)).toEqual([])
})

for (const status of ['Not Started', 'In Review', 'Approved', 'Declined', 'Abandoned', 'Kyc Expired']) {
  test(`fits 320 pixels on the card: ${status}`, async () => {
    const stage = await stageOf(new FakeClient(snapshot(status, { canRetry: status === 'Declined' })))
    expect(overflowing(stage)).toEqual([])
    expect(document.documentElement.scrollWidth).toBe(320)
  })
}

test('fits 320 pixels on the card after an error', async () => {
  const stage = await stageOf()
  stage.client.store.answer = new DiditError('session-foreign', 'Another account.')
  await stage.element.start()
  await stage.settle()
  expect(stage.text).toContain(pseudoLanguage.foreignHint)
  expect(overflowing(stage)).toEqual([])
})

test('knows no left and no right in its styles', async () => {
  const stage = await stageOf(new FakeClient(snapshot('Approved')))
  const rules = [...(stage.element.shadowRoot?.adoptedStyleSheets ?? [])].flatMap((sheet) => [...sheet.cssRules])
  const styles = rules.map((rule) => rule.cssText).join('\n')
  expect(styles.length).toBeGreaterThan(2000)
  expect(styles).not.toMatch(/[\s;{-](left|right)\b/)
})
