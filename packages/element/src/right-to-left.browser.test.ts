import { DiditError } from '@didit-verify/core'
import axe from 'axe-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import './define.ts'
import { FakeClient, hostedUrl, snapshot } from '../testing/fake-client.ts'
import { type Fixture, mountElement, openHostedPage, removeElements, until } from '../testing/mount-element.ts'
import { pseudoLanguage } from '../testing/pseudo-language.ts'

beforeEach(() => page.viewport(320, 640))
afterEach(removeElements)

/** Mounts an element in a right-to-left language with longer texts than English. */
async function mountFixture(client = new FakeClient()): Promise<Fixture> {
  const main = document.createElement('main')
  document.body.append(main)
  const fixture = await mountElement({ dir: 'rtl', 'confirm-exit': '' }, client, main)
  fixture.element.strings = pseudoLanguage
  client.store.decision = {
    sessionId: 'any',
    status: client.first?.status ?? 'Declined',
    decidedAt: null,
    canRetry: true,
    checks: [{ kind: 'document', status: 'Resub Requested', reasons: ['document-unreadable', 'name-differs'] }],
  }
  await fixture.settle()
  return fixture
}

const box = (element: Element | null | undefined) => (element as Element).getBoundingClientRect()
/** Lists the parts that overflow their box or the screen. */
function overflowing(fixture: Fixture): string[] {
  const parts = [...(fixture.element.shadowRoot?.querySelectorAll('*') ?? [])].filter(
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
const settleDialog = (fixture: Fixture) =>
  Promise.all(fixture.dialog.getAnimations().map((animation) => animation.finished))
const axeViolations = async () => {
  const { violations } = await axe.run(document.body, {
    iframes: false,
    rules: { 'page-has-heading-one': { enabled: false } },
  })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

test('mirrors the card: icon at the right, text beside it, list indented from the right', async () => {
  const fixture = await mountFixture(new FakeClient(snapshot('Resubmitted')))
  fixture.client.store.push('Resubmitted')
  await until(() => fixture.$('.card [part=steps]'))
  const card = box(fixture.$('.card'))
  const icon = box(fixture.$('.card .icon'))
  const words = box(fixture.$('.card .words'))
  expect(card.right - icon.right).toBeCloseTo(21, 0)
  expect(words.right).toBeLessThan(icon.left)
  const list = fixture.$('.card [part=reasons]') as Element
  expect([getComputedStyle(list).paddingRight, getComputedStyle(list).paddingLeft]).toEqual(['18px', '0px'])
  expect(getComputedStyle(list).textAlign).toBe('start')
  expect(overflowing(fixture)).toEqual([])
  expect(document.documentElement.scrollWidth).toBe(320)
})

test('mirrors the dialog: title at the right, close button at the left', async () => {
  const fixture = await mountFixture()
  await openHostedPage(fixture)
  await settleDialog(fixture)
  const header = box(fixture.$('[part=header]'))
  const close = box(fixture.$('[part=close]'))
  const heading = box(fixture.$('[part=heading]'))
  expect(close.left - header.left).toBeCloseTo(6, 0)
  expect(header.right - heading.right).toBeCloseTo(20, 0)
  expect(heading.left).toBeGreaterThanOrEqual(close.right)
  expect(overflowing(fixture)).toEqual([])

  // The same element left to right, for comparison.
  fixture.element.dir = 'ltr'
  expect(header.right - box(fixture.$('[part=close]')).right).toBeCloseTo(6, 0)
  expect(box(fixture.$('[part=heading]')).left - header.left).toBeCloseTo(20, 0)
})

test('fits 320 pixels in the longer language: loading, question, result with lists, error with actions', async () => {
  const fixture = await mountFixture()
  fixture.client.store.answer = `${hostedUrl}?silent`
  fixture.button.click()
  await until(() => fixture.element.open && fixture.page?.post)
  await settleDialog(fixture)
  expect(overflowing(fixture)).toEqual([])
  fixture.page.post('ready')
  await until(() => fixture.log.includes('didit-ready'))
  fixture.$('[part=close]')?.click()
  await fixture.settle()
  expect(fixture.$('[part=confirm]')).not.toBeNull()
  expect(overflowing(fixture)).toEqual([])
  expect(await axeViolations()).toEqual([])

  fixture.client.store.push('Declined')
  await until(() => fixture.$('[part=result] [part=reasons]'))
  expect(fixture.text).toContain(pseudoLanguage['name-differs'])
  expect(overflowing(fixture)).toEqual([])
  expect(await axeViolations()).toEqual([])

  fixture.element.close()
  fixture.element.readyTimeout = 0.05
  fixture.button.click()
  await until(() => fixture.element.error?.code === 'frame-timeout')
  await fixture.settle()
  expect(fixture.$('[part=result] a')).not.toBeNull()
  expect(overflowing(fixture)).toEqual([])
})

for (const status of ['Not Started', 'In Review', 'Approved', 'Declined', 'Abandoned', 'Kyc Expired']) {
  test(`fits 320 pixels on the card: ${status}`, async () => {
    const fixture = await mountFixture(new FakeClient(snapshot(status, { canRetry: status === 'Declined' })))
    expect(overflowing(fixture)).toEqual([])
    expect(document.documentElement.scrollWidth).toBe(320)
  })
}

test('fits 320 pixels on the card after an error', async () => {
  const fixture = await mountFixture()
  fixture.client.store.answer = new DiditError('session-foreign', 'Another account.')
  await fixture.element.start()
  await fixture.settle()
  expect(fixture.text).toContain(pseudoLanguage.foreignHint)
  expect(overflowing(fixture)).toEqual([])
})

test('uses no left and no right in its styles', async () => {
  const fixture = await mountFixture(new FakeClient(snapshot('Approved')))
  const rules = [...(fixture.element.shadowRoot?.adoptedStyleSheets ?? [])].flatMap((sheet) => [...sheet.cssRules])
  const styles = rules.map((rule) => rule.cssText).join('\n')
  expect(styles.length).toBeGreaterThan(2000)
  expect(styles).not.toMatch(/[\s;{-](left|right)\b/)
})
