import { DiditError } from '@didit-verify/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import './define.ts'
import { FakeClient, snapshot } from '../testing/fake-client.ts'
import { clear, mount, type Stage, until, walkIn } from '../testing/stage.ts'
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
  clear()
  root.lang = before
  root.removeAttribute('dir')
  vi.restoreAllMocks()
})

const speaks = (stage: Stage, word: string) => until(() => stage.text.includes(word), `the element says "${word}"`)
/** What can be read on screen: what waits without words is in the tree, too. */
const shown = (stage: Stage) =>
  [...(stage.element.shadowRoot?.querySelectorAll<HTMLElement>('.title, .hint, button') ?? [])]
    .filter((part) => part.checkVisibility({ visibilityProperty: true }))
    .map((part) => part.textContent?.trim())
    .filter(Boolean)
const direction = (stage: Stage) => getComputedStyle(stage.$('.card') as Element).direction

test('every text is there in Spanish, and is not the English one', () => {
  const english = { ...firstPhrases, ...phrases, ...explanationPhrases }
  expect(Object.keys(spanish)).toEqual(Object.keys(english))
  const same = Object.entries(english).filter(([name, text]) => spanish[name as keyof typeof english] === text)
  expect(same).toEqual([])
  // Formal throughout.
  expect(Object.values(spanish).join('\n')).not.toMatch(/\b(tú|tu|tus|te|ti|contigo|puedes|tienes|quieres)\b/i)
})

test('speaks the language of its own lang, else that of what is around it', async () => {
  const around = document.createElement('div')
  around.lang = 'es'
  document.body.append(around)
  const inherited = await mount({}, new FakeClient(), around)
  await speaks(inherited, 'Verificación de identidad')
  const own = await mount({ lang: 'en-GB' }, new FakeClient(), around)
  await own.settle()
  expect(own.text).toContain('Identity verification')
})

test('hears the language from outside a shadow root, too', async () => {
  const host = document.createElement('div')
  host.lang = 'es'
  document.body.append(host)
  const inner = document.createElement('div')
  host.attachShadow({ mode: 'open' }).append(inner)
  await speaks(await mount({}, new FakeClient(), inner), 'Verificación de identidad')
})

test('takes the language of the browser where the page states none', async () => {
  root.removeAttribute('lang')
  vi.spyOn(navigator, 'language', 'get').mockReturnValue('es-419')
  const stage = await mount()
  await speaks(stage, 'Verificación de identidad')
  await walkIn(stage)
  expect(stage.client.store.startOptions).toMatchObject([{ language: 'es-419' }])
})

test.each(['es', 'es-MX', 'ES', 'es_419', 'es-Latn-ES'])('finds Spanish by %s', async (lang) => {
  await speaks(await mount({ lang }), 'Verificación de identidad')
})

test.each(['da', 'pt-BR', 'tlh', 'not a language', 'est', 'x'])(
  'is English for %s, which it has no words in',
  async (lang) => {
    const stage = await mount({ lang })
    await until(() => stage.$('.card')?.getAttribute('aria-busy') === 'false')
    expect(shown(stage)).toEqual([firstPhrases.noneTitle, firstPhrases.noneHint, firstPhrases.noneAction])
  },
)

test.each(['es-MX', 'pt-BR', 'da', 'en-GB'])('asks for the hosted page in %s, as the page has it', async (lang) => {
  const stage = await mount({ lang })
  await until(() => stage.$('.card')?.getAttribute('aria-busy') === 'false')
  await walkIn(stage)
  expect(stage.client.store.startOptions).toMatchObject([{ language: lang }])
})

test('waits without words for the first language, and never says a word of English in a Spanish page', async () => {
  root.lang = 'es'
  const element = document.createElement('didit-verify')
  element.client = new FakeClient(snapshot('In Review'))
  document.body.append(element)
  const stage = { element, $: (selector: string) => element.shadowRoot?.querySelector(selector) } as unknown as Stage
  const said = new Set<string | undefined>()
  await element.updateComplete
  expect([stage.$('.card')?.getAttribute('aria-busy'), shown(stage)]).toEqual(['true', []])
  const heights = new Set<number>()
  await until(() => {
    const card = stage.$('.card')
    if (card) heights.add(card.getBoundingClientRect().height)
    for (const words of shown(stage)) said.add(words)
    return said.has(spanish.reviewTitle)
  })
  expect([...said].filter((words) => Object.values({ ...firstPhrases, ...phrases }).includes(words as string))).toEqual(
    [],
  )
  expect(Math.min(...heights)).toBeGreaterThan(80) // the room is held, not empty
})

test('begins in English without waiting', async () => {
  const element = document.createElement('didit-verify')
  document.body.append(element)
  await element.updateComplete
  expect(element.shadowRoot?.querySelector('.card')?.getAttribute('aria-busy')).toBe('false')
})

test('changes to another language while it runs, wherever that is said', async () => {
  const stage = await mount({}, new FakeClient(snapshot('Declined')))
  expect(stage.text).toContain('Not verified')
  root.lang = 'es'
  await speaks(stage, 'Identidad no verificada')
  stage.element.lang = 'en'
  await speaks(stage, 'Not verified')
  stage.element.removeAttribute('lang')
  await speaks(stage, 'Identidad no verificada')
  root.lang = 'de'
  await speaks(stage, 'Not verified')
})

test('changes to another language inside a shadow root, too', async () => {
  const host = document.createElement('div')
  document.body.append(host)
  const inner = document.createElement('div')
  inner.lang = 'en'
  host.attachShadow({ mode: 'open' }).append(inner)
  const stage = await mount({}, new FakeClient(), inner)
  await speaks(stage, 'Identity verification')
  inner.lang = 'es'
  await speaks(stage, 'Verificación de identidad')
  stage.element.lang = 'en'
  await speaks(stage, 'Identity verification')
})

test('changes in the open dialog too, reasons included', async () => {
  const stage = await mount()
  stage.client.store.decision = {
    sessionId: 'any',
    status: 'Declined',
    decidedAt: 1,
    canRetry: true,
    checks: [{ kind: 'document', status: 'Declined', reasons: ['document-expired'] }],
  }
  await walkIn(stage)
  stage.client.store.push('Declined')
  await speaks(stage, 'The document has expired')
  root.lang = 'es'
  await speaks(stage, 'El documento está caducado')
  expect(stage.$('[part=result]')?.textContent).toContain('Identidad no verificada')
  expect(stage.$('[part=close]')?.getAttribute('aria-label')).toBe('Cerrar')
  expect(stage.text).not.toContain('The document')
})

test('says what went wrong, and what a form lacks, in the language of the page', async () => {
  root.lang = 'es'
  const stage = await mount({ required: '' })
  await speaks(stage, 'Verificación de identidad')
  expect(stage.element.validationMessage).toBe('Verifique su identidad, por favor.')
  stage.client.store.answer = new DiditError('rate-limited', 'Too many.')
  await stage.element.start()
  await speaks(stage, 'El servicio está saturado')
})

test('lets the host replace any text in any language: reasons and steps too', async () => {
  const stage = await mount({ lang: 'es' }, new FakeClient(snapshot('Resubmitted')))
  stage.client.store.decision = null
  stage.element.strings = { actionTitle: 'Casi', 'document-blurred': 'Foto movida.', documentStep: 'DNI o pasaporte' }
  stage.client.store.decision = {
    sessionId: 'any',
    status: 'Resubmitted',
    decidedAt: null,
    canRetry: false,
    checks: [{ kind: 'document', status: 'Resub Requested', reasons: ['document-blurred'] }],
  }
  stage.client.store.push('Resubmitted')
  await speaks(stage, 'DNI o pasaporte')
  expect(stage.text).toContain('Foto movida.')
  expect(stage.text).toContain('Casi')
  expect(stage.text).toContain('Repita lo siguiente')
})

test('names the steps that are wanted again, and nothing it has no words for', async () => {
  const stage = await mount({}, new FakeClient(snapshot('In Review')))
  const check = (kind: string, status: string, reasons: string[] = []) => ({ kind, status, reasons })
  stage.client.store.decision = {
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
  stage.client.store.push('Resubmitted')
  await until(() => stage.$('.card [part=steps]'))
  const items = (part: string) => [...(stage.$(`.card [part=${part}]`)?.children ?? [])].map((item) => item.textContent)
  expect(items('steps')).toEqual(['Identity document', 'Proof of address'])
  expect(items('reasons')).toEqual(['The picture of the document is blurred. Hold the camera still.'])
  expect(stage.text).toContain('Please do this once more:')

  stage.client.store.decision = { ...stage.client.store.decision, status: 'Abandoned' }
  stage.client.store.push('Abandoned')
  await stage.settle()
  await until(() => stage.$('.card [part=reasons]'))
  expect(stage.$('[part=steps]')).toBeNull()
  expect(stage.text).not.toContain('Please do this once more:')
})

test('has a direction of its own, by the language, unless the host says otherwise', async () => {
  const stage = await mount()
  expect(direction(stage)).toBe('ltr')
  stage.element.lang = 'ar'
  await until(() => direction(stage) === 'rtl')
  stage.element.dir = 'ltr'
  expect(direction(stage)).toBe('ltr')
  stage.element.removeAttribute('dir')
  expect(direction(stage)).toBe('rtl')
  for (const lang of ['fa', 'he', 'ur-PK', 'az-Arab']) {
    stage.element.lang = 'es'
    await until(() => direction(stage) === 'ltr')
    stage.element.lang = lang
    await until(() => direction(stage) === 'rtl', lang)
  }
  stage.element.lang = 'en'
  await until(() => direction(stage) === 'ltr')
})

test('is from left to right in Spanish on a page from right to left, and as the page is where nothing is said', async () => {
  root.dir = 'rtl'
  const stage = await mount()
  expect(direction(stage)).toBe('rtl')
  stage.element.lang = 'es'
  await until(() => direction(stage) === 'ltr')
})
