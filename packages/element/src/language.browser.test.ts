import { DiditError } from '@didit-verify/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import './define.ts'
import { FakeClient, snapshot } from '../testing/fake-client.ts'
import { type Fixture, mountElement, openHostedPage, removeElements, until } from '../testing/mount-element.ts'
import { explanationPhrases } from './texts/explanation-phrases.ts'
import { firstPhrases } from './texts/first-phrases.ts'
import { phrases as spanish } from './texts/languages/es.ts'
import { phrases } from './texts/phrases.ts'

const root = document.documentElement
const before = root.lang

beforeEach(() => {
  root.lang = 'en'
})
afterEach(() => {
  removeElements()
  root.lang = before
  root.removeAttribute('dir')
  vi.restoreAllMocks()
})

const untilText = (fixture: Fixture, word: string) =>
  until(() => fixture.text.includes(word), `the element says "${word}"`)
/** Returns the visible text. Texts that wait for their language are in the tree but hidden. */
const shown = (fixture: Fixture) =>
  [...(fixture.element.shadowRoot?.querySelectorAll<HTMLElement>('.title, .hint, button') ?? [])]
    .filter((part) => part.checkVisibility({ visibilityProperty: true }))
    .map((part) => part.textContent?.trim())
    .filter(Boolean)
const direction = (fixture: Fixture) => getComputedStyle(fixture.$('.card') as Element).direction

test('every text exists in Spanish and differs from the English one', () => {
  const english = { ...firstPhrases, ...phrases, ...explanationPhrases }
  expect(Object.keys(spanish)).toEqual(Object.keys(english))
  const same = Object.entries(english).filter(([name, text]) => spanish[name as keyof typeof english] === text)
  expect(same).toEqual([])
  // All texts use the formal address.
  expect(Object.values(spanish).join('\n')).not.toMatch(/\b(tú|tu|tus|te|ti|contigo|puedes|tienes|quieres)\b/i)
})

test('uses the language of its own lang, else the nearest one around it', async () => {
  const around = document.createElement('div')
  around.lang = 'es'
  document.body.append(around)
  const inherited = await mountElement({}, new FakeClient(), around)
  await untilText(inherited, 'Verificación de identidad')
  const own = await mountElement({ lang: 'en-GB' }, new FakeClient(), around)
  await own.settle()
  expect(own.text).toContain('Identity verification')
})

test('uses a language from outside its shadow root', async () => {
  const host = document.createElement('div')
  host.lang = 'es'
  document.body.append(host)
  const inner = document.createElement('div')
  host.attachShadow({ mode: 'open' }).append(inner)
  await untilText(await mountElement({}, new FakeClient(), inner), 'Verificación de identidad')
})

test('uses the language of the browser when the page states none', async () => {
  root.removeAttribute('lang')
  vi.spyOn(navigator, 'language', 'get').mockReturnValue('es-419')
  const fixture = await mountElement()
  await untilText(fixture, 'Verificación de identidad')
  await openHostedPage(fixture)
  expect(fixture.client.store.startOptions).toMatchObject([{ language: 'es-419' }])
})

test.each(['es', 'es-MX', 'ES', 'es_419', 'es-Latn-ES'])('finds Spanish by %s', async (lang) => {
  await untilText(await mountElement({ lang }), 'Verificación de identidad')
})

test.each(['da', 'pt-BR', 'tlh', 'not a language', 'est', 'x'])(
  'shows English for %s, which has no texts',
  async (lang) => {
    const fixture = await mountElement({ lang })
    await until(() => fixture.$('.card')?.getAttribute('aria-busy') === 'false')
    expect(shown(fixture)).toEqual([firstPhrases.noneTitle, firstPhrases.noneHint, firstPhrases.noneAction])
  },
)

test.each(['es-MX', 'pt-BR', 'da', 'en-GB'])(
  'asks for the hosted page in %s when that is the language of the page',
  async (lang) => {
    const fixture = await mountElement({ lang })
    await until(() => fixture.$('.card')?.getAttribute('aria-busy') === 'false')
    await openHostedPage(fixture)
    expect(fixture.client.store.startOptions).toMatchObject([{ language: lang }])
  },
)

test('shows no text until the first language has loaded, and never English on a Spanish page', async () => {
  root.lang = 'es'
  const element = document.createElement('didit-verify')
  element.client = new FakeClient(snapshot('In Review'))
  document.body.append(element)
  const fixture = {
    element,
    $: (selector: string) => element.shadowRoot?.querySelector(selector),
  } as unknown as Fixture
  const said = new Set<string | undefined>()
  await element.updateComplete
  expect([fixture.$('.card')?.getAttribute('aria-busy'), shown(fixture)]).toEqual(['true', []])
  const heights = new Set<number>()
  await until(() => {
    const card = fixture.$('.card')
    if (card) heights.add(card.getBoundingClientRect().height)
    for (const words of shown(fixture)) said.add(words)
    return said.has(spanish.reviewTitle)
  })
  expect([...said].filter((words) => Object.values({ ...firstPhrases, ...phrases }).includes(words as string))).toEqual(
    [],
  )
  expect(Math.min(...heights)).toBeGreaterThan(80) // The card keeps its height.
})

test('starts in English without waiting', async () => {
  const element = document.createElement('didit-verify')
  document.body.append(element)
  await element.updateComplete
  expect(element.shadowRoot?.querySelector('.card')?.getAttribute('aria-busy')).toBe('false')
})

test('changes the language at run time, wherever lang is set', async () => {
  const fixture = await mountElement({}, new FakeClient(snapshot('Declined')))
  expect(fixture.text).toContain('Not verified')
  root.lang = 'es'
  await untilText(fixture, 'Identidad no verificada')
  fixture.element.lang = 'en'
  await untilText(fixture, 'Not verified')
  fixture.element.removeAttribute('lang')
  await untilText(fixture, 'Identidad no verificada')
  root.lang = 'de'
  await untilText(fixture, 'Not verified')
})

test('changes the language inside a shadow root', async () => {
  const host = document.createElement('div')
  document.body.append(host)
  const inner = document.createElement('div')
  inner.lang = 'en'
  host.attachShadow({ mode: 'open' }).append(inner)
  const fixture = await mountElement({}, new FakeClient(), inner)
  await untilText(fixture, 'Identity verification')
  inner.lang = 'es'
  await untilText(fixture, 'Verificación de identidad')
  fixture.element.lang = 'en'
  await untilText(fixture, 'Identity verification')
})

test('changes the language in an open dialog, reasons included', async () => {
  const fixture = await mountElement()
  fixture.client.store.decision = {
    sessionId: 'any',
    status: 'Declined',
    decidedAt: 1,
    canRetry: true,
    checks: [{ kind: 'document', status: 'Declined', reasons: ['document-expired'] }],
  }
  await openHostedPage(fixture)
  fixture.client.store.push('Declined')
  await untilText(fixture, 'The document has expired')
  root.lang = 'es'
  await untilText(fixture, 'El documento está caducado')
  expect(fixture.$('[part=result]')?.textContent).toContain('Identidad no verificada')
  expect(fixture.$('[part=close]')?.getAttribute('aria-label')).toBe('Cerrar')
  expect(fixture.text).not.toContain('The document')
})

test('shows errors and form messages in the language of the page', async () => {
  root.lang = 'es'
  const fixture = await mountElement({ required: '' })
  await untilText(fixture, 'Verificación de identidad')
  expect(fixture.element.validationMessage).toBe('Verifique su identidad, por favor.')
  fixture.client.store.answer = new DiditError('rate-limited', 'Too many.')
  await fixture.element.start()
  await untilText(fixture, 'El servicio está saturado')
})

test('lets the page replace any text in any language, reasons and steps included', async () => {
  const fixture = await mountElement({ lang: 'es' }, new FakeClient(snapshot('Resubmitted')))
  fixture.client.store.decision = null
  fixture.element.strings = { actionTitle: 'Casi', 'document-blurred': 'Foto movida.', documentStep: 'DNI o pasaporte' }
  fixture.client.store.decision = {
    sessionId: 'any',
    status: 'Resubmitted',
    decidedAt: null,
    canRetry: false,
    checks: [{ kind: 'document', status: 'Resub Requested', reasons: ['document-blurred'] }],
  }
  fixture.client.store.push('Resubmitted')
  await untilText(fixture, 'DNI o pasaporte')
  expect(fixture.text).toContain('Foto movida.')
  expect(fixture.text).toContain('Casi')
  expect(fixture.text).toContain('Repita lo siguiente')
})

test('lists the steps to repeat, and leaves out those without a text', async () => {
  const fixture = await mountElement({}, new FakeClient(snapshot('In Review')))
  const check = (kind: string, status: string, reasons: string[] = []) => ({ kind, status, reasons })
  fixture.client.store.decision = {
    sessionId: 'any',
    status: 'Resubmitted',
    decidedAt: null,
    canRetry: false,
    checks: [
      check('document', 'Resub Requested', ['document-blurred']),
      check('liveness', 'Approved'),
      check('address', 'Resub Requested'),
      check('a new kind', 'Resub Requested'),
      check('toString', 'Resub Requested'),
    ],
  }
  fixture.client.store.push('Resubmitted')
  await until(() => fixture.$('.card [part=steps]'))
  const items = (part: string) =>
    [...(fixture.$(`.card [part=${part}]`)?.children ?? [])].map((item) => item.textContent)
  expect(items('steps')).toEqual(['Identity document', 'Proof of address'])
  expect(items('reasons')).toEqual(['The picture of the document is blurred. Hold the camera still.'])
  expect(fixture.text).toContain('Please do this once more:')

  fixture.client.store.decision = { ...fixture.client.store.decision, status: 'Abandoned' }
  fixture.client.store.push('Abandoned')
  await fixture.settle()
  await until(() => fixture.$('.card [part=reasons]'))
  expect(fixture.$('[part=steps]')).toBeNull()
  expect(fixture.text).not.toContain('Please do this once more:')
})

test('has the direction of its language unless the page sets dir', async () => {
  const fixture = await mountElement()
  expect(direction(fixture)).toBe('ltr')
  fixture.element.lang = 'ar'
  await until(() => direction(fixture) === 'rtl')
  fixture.element.dir = 'ltr'
  expect(direction(fixture)).toBe('ltr')
  fixture.element.removeAttribute('dir')
  expect(direction(fixture)).toBe('rtl')
  for (const lang of ['fa', 'he', 'ur-PK', 'az-Arab']) {
    fixture.element.lang = 'es'
    await until(() => direction(fixture) === 'ltr')
    fixture.element.lang = lang
    await until(() => direction(fixture) === 'rtl', lang)
  }
  fixture.element.lang = 'en'
  await until(() => direction(fixture) === 'ltr')
})

test('is left to right in Spanish on a right-to-left page, and follows the page in English', async () => {
  root.dir = 'rtl'
  const fixture = await mountElement()
  expect(direction(fixture)).toBe('rtl')
  fixture.element.lang = 'es'
  await until(() => direction(fixture) === 'ltr')
})
