import { createContext, Script } from 'node:vm'
import { expect, test } from 'vitest'
import { type PageOutcome, type PageSession, pageScript } from './script.ts'

/**
 * Runs the script as it is served, in a realm that contains only these fakes. If a compiler left a reference to a helper
 * or to this module, the script would fail here. The e2e tests run it in real browsers.
 */

class FakeElement {
  hidden = false
  disabled = false
  textContent = ''
  value = ''
  href = ''
  dir = ''
  dataset: Record<string, string> = {}
  onclick: (() => unknown) | null = null
  onsubmit: ((event: unknown) => unknown) | null = null
  onchange: (() => unknown) | null = null
  srcObject: unknown = null
  play = async () => {}
  querySelector = () => null
  querySelectorAll = () => []
  attributes = new Map<string, string>()
  focus() {}
  setAttribute(name: string, value: string) {
    this.attributes.set(name, value)
  }
  removeAttribute(name: string) {
    this.attributes.delete(name)
  }
  height = 641.2
  getBoundingClientRect = () => ({ height: this.height })
}

interface Message {
  readonly type: string
  readonly data?: Record<string, unknown>
}

interface PageOptions {
  readonly session?: Partial<PageSession>
  readonly search?: string
  readonly outcome?: Partial<PageOutcome>
  readonly answerStatus?: number
  readonly ancestor?: string
  readonly referrer?: string
  readonly topLevel?: boolean
  readonly opener?: boolean
  readonly hasCamera?: boolean
  /** Resolves when the person allows the camera. Default: at once. */
  readonly allowed?: Promise<void>
  /** The status in which a scenario ends the Session after it is submitted. */
  readonly planned?: string
}

function openPage(options: PageOptions = {}) {
  const elements = new Map<string, FakeElement>()
  let onResize = () => {}
  const byId = (id: string) => {
    const element = elements.get(id) ?? new FakeElement()
    elements.set(id, element)
    return element
  }
  const toParent: { message: unknown; origin: string }[] = []
  const toOpener: unknown[] = []
  const posted: string[] = []
  const tokens: string[] = []
  const visited: string[] = []
  const session: PageSession = {
    sessionId: 'session-1',
    path: '/_page/token',
    isFinished: false,
    silent: false,
    stringMessages: false,
    oldStepNames: false,
    steps: ['document', 'face'],
    ...options.session,
  }
  const body = new FakeElement()
  body.dataset.session = JSON.stringify(session)
  const stopped: string[] = []
  const window: Record<string, unknown> = {
    document: {
      body,
      documentElement: new FakeElement(),
      referrer: options.referrer ?? '',
      getElementById: byId,
      querySelectorAll: () => [],
    },
    location: {
      origin: 'http://localhost:4100',
      search: options.search ?? '',
      ancestorOrigins: options.ancestor === undefined ? undefined : [options.ancestor],
      assign: (address: string) => visited.push(address),
    },
    parent: { postMessage: (message: unknown, origin: string) => toParent.push({ message, origin }) },
    opener: options.opener ? { postMessage: (message: unknown) => toOpener.push(message) } : null,
    matchMedia: () => ({ matches: true, addEventListener() {} }),
    ResizeObserver: class {
      constructor(callback: () => void) {
        onResize = callback
      }
      observe() {}
    },
    navigator: {
      mediaDevices: {
        getUserMedia: async (wanted: { video: { facingMode: string } }) => {
          await options.allowed
          if (!options.hasCamera) throw new Error('NotFoundError')
          return { getTracks: () => [{ stop: () => stopped.push(wanted.video.facingMode) }] }
        },
      },
    },
    setTimeout: (run: () => void) => run(),
    fetch: async (path: string, init: { body: string; headers: Record<string, string> }) => {
      posted.push(`${path} ${init.body}`)
      if (init.headers['Session-Token'] !== undefined) tokens.push(init.headers['Session-Token'])
      const { status, step, code, estimate } = JSON.parse(init.body)
      if (path.endsWith('/step') && (code === 'wrong' || estimate === 0)) {
        return { ok: true, status: 200, json: async () => ({ faults: { [`${step}-code`]: 'Not that one.' } }) }
      }
      const outcome = {
        status: options.planned ?? status,
        reported: options.planned ?? status,
        callbackUrl: null,
        leaves: true,
        ...options.outcome,
      }
      const answer = path.endsWith('/submit') ? { outcome: options.planned === undefined ? null : outcome } : outcome
      return { ok: !options.answerStatus, status: options.answerStatus ?? 200, json: async () => answer }
    },
    URL,
    URLSearchParams,
    Date: { now: () => 1_793_000_000_123 },
    JSON,
    Error,
  }
  if (options.topLevel) window.parent = window
  for (const id of ['walk', 'progress']) byId(id).hidden = true
  byId('document-type').value = 'P'
  byId('document-country').value = 'UTO'
  new Script(pageScript()).runInContext(createContext({ window }))

  const flush = () => new Promise((resolve) => setImmediate(resolve))
  const event = (more: object = {}) => ({ preventDefault() {}, ...more })
  return {
    toParent,
    toOpener,
    posted,
    tokens,
    visited,
    stopped,
    byId,
    messages: () => toParent.map(({ message }) => message as Message),
    types: () => toParent.map(({ message }) => (message as Message).type),
    resize(height: number) {
      body.height = height
      onResize()
    },
    async press(id: string) {
      byId(id).onclick?.()
      await flush()
    },
    async send(form: string) {
      byId(form).onsubmit?.(event())
      await flush()
    },
    async change(id: string) {
      byId(id).onchange?.()
      await flush()
    },
    async choose() {
      byId('choose-form').onsubmit?.(event())
      await flush()
    },
    async finish(status: string) {
      byId('outcomes').onsubmit?.(event({ submitter: { value: status } }))
      await flush()
    },
  }
}

test('reports that it is ready, with the session and the time', () => {
  expect(openPage().messages()).toEqual([
    { type: 'didit:ready', data: { sessionId: 'session-1' }, timestamp: 1_793_000_000_123 },
  ])
})

test.each([
  ['Approved', ['didit:status_updated', 'didit:completed']],
  ['Declined', ['didit:status_updated', 'didit:completed']],
  ['In Review', ['didit:status_updated', 'didit:completed']],
  ['Abandoned', ['didit:status_updated', 'didit:cancelled']],
  ['Expired', ['didit:status_updated', 'didit:error', 'didit:completed']],
])('reports %s with %j, after telling the server', async (status, types) => {
  const page = openPage()
  await page.finish(status)
  expect(page.posted).toEqual([`/_page/token/outcome {"status":"${status}"}`])
  expect(page.types().slice(1)).toEqual(types)
  expect(page.messages()[1]?.data).toEqual({ status, sessionId: 'session-1' })
  if (types.includes('didit:completed')) {
    expect(page.messages().at(-1)?.data).toEqual({ sessionId: 'session-1', status })
  }
  expect(page.byId('result').textContent).toBe(status)
})

test('goes through document, selfie and submit in the documented order and with the documented names', async () => {
  const page = openPage({ hasCamera: true })
  await page.press('start')
  await page.choose()
  await page.press('document-capture')
  await page.press('selfie-sample')
  await page.press('submit')
  expect(page.messages().map(({ type, data }) => [type, data?.step ?? null])).toEqual([
    ['didit:ready', null],
    ['didit:started', null],
    ['didit:step_started', 'document_selection'],
    ['didit:document_selected', null],
    ['didit:step_completed', 'document_selection'],
    ['didit:step_changed', 'document_front'],
    ['didit:step_started', 'document_front'],
    ['didit:media_started', 'document_front'],
    ['didit:media_captured', 'document_front'],
    ['didit:step_completed', 'document_front'],
    ['didit:step_changed', 'face'],
    ['didit:step_started', 'face'],
    ['didit:media_started', 'face'],
    ['didit:media_captured', 'face'],
    ['didit:step_completed', 'face'],
    ['didit:verification_submitted', 'face'],
  ])
  expect(page.stopped).toEqual(['environment', 'user'])
  await page.finish('Approved')
  expect(page.messages().at(-2)?.data).toEqual({ status: 'Approved', previousStep: 'face', sessionId: 'session-1' })
})

test('works without a camera', async () => {
  const page = openPage()
  await page.press('start')
  await page.choose()
  expect(page.byId('document-hint').textContent).toBe('There is no camera here. Go on with the sample image.')
  expect(page.byId('document-capture').hidden).toBe(true)
  await page.press('document-sample')
  expect(page.types()).toContain('didit:media_captured')
  expect(page.types()).not.toContain('didit:media_started')
})

test('opens the cameras that its address names', async () => {
  const page = openPage({ hasCamera: true, search: '?document_camera=front&liveness_camera=back' })
  await page.press('start')
  await page.choose()
  await page.press('document-capture')
  await page.press('selfie-capture')
  expect(page.stopped).toEqual(['user', 'environment'])
})

test('with `pageClaims`, reports the claim and shows the real outcome', async () => {
  const page = openPage({ outcome: { reported: 'Approved' } })
  await page.finish('Abandoned')
  expect(page.types().slice(1)).toEqual(['didit:status_updated', 'didit:completed'])
  expect(page.messages().at(-1)?.data?.status).toBe('Approved')
  expect(page.byId('result').textContent).toBe('Abandoned')
})

test('goes to the callback after it has reported', async () => {
  const page = openPage({ outcome: { callbackUrl: 'https://shop.example.com/?status=Approved' } })
  await page.finish('Approved')
  expect(page.types().at(-1)).toBe('didit:completed')
  expect(page.visited).toEqual(['https://shop.example.com/?status=Approved'])
})

test('reports only an error when the server refuses, and lets the person try again', async () => {
  const page = openPage({ answerStatus: 409 })
  await page.finish('Approved')
  expect(page.types().slice(1)).toEqual(['didit:error'])
  expect(page.byId('notice').textContent).toContain('409')
  await page.press('start')
  expect(page.types().slice(1)).toEqual(['didit:error', 'didit:error'])
})

test('reports only `ready` for a finished session, which can be closed', async () => {
  const page = openPage({ session: { isFinished: true } })
  expect(page.types()).toEqual(['didit:ready'])
  await page.press('close')
  expect(page.messages().at(-1)).toEqual({ type: 'didit:close_request', timestamp: 1_793_000_000_123 })
})

test('asks its host to close it', async () => {
  const page = openPage()
  await page.press('close')
  expect(page.types()).toEqual(['didit:ready', 'didit:close_request'])
})

test('posts to the embedding origin if it is known, otherwise to any origin', () => {
  const originOf = (options: PageOptions) => openPage(options).toParent[0]?.origin
  expect(originOf({ ancestor: 'https://shop.example.com' })).toBe('https://shop.example.com')
  expect(originOf({ ancestor: 'null' })).toBe('*')
  expect(originOf({ referrer: 'https://shop.example.com/cart?id=1' })).toBe('https://shop.example.com')
  expect(originOf({ referrer: 'http://localhost:4100/session/x' })).toBe('*')
  expect(originOf({})).toBe('*')
})

test('posts to the opener of a popup, and does not post from a page in its own tab', () => {
  const popup = openPage({ topLevel: true, opener: true })
  expect(popup.toOpener).toHaveLength(1)
  expect(popup.toParent).toEqual([])
  expect(popup.byId('close').hidden).toBe(false)
  expect(openPage({ topLevel: true }).byId('close').hidden).toBe(true)
})

test('can be silent, or post strings', () => {
  expect(openPage({ session: { silent: true } }).toParent).toEqual([])
  const [{ message } = { message: null }] = openPage({ session: { stringMessages: true } }).toParent
  expect(JSON.parse(message as string)).toMatchObject({ type: 'didit:ready' })
})

test('reports its layout only when it is embedded', () => {
  const embedded = openPage({ search: '?sdk_presentation=embedded' })
  expect(embedded.messages()[1]).toMatchObject({
    type: 'didit:layout',
    data: { contentHeight: 642, colorScheme: 'dark', dir: 'ltr' },
  })
  expect(openPage().types()).toEqual(['didit:ready'])
})

test('reports the layout of a finished page too, so that its frame does not keep the old height', () => {
  const page = openPage({ search: '?sdk_presentation=embedded', session: { isFinished: true } })
  expect(page.types()).toEqual(['didit:ready', 'didit:layout'])
})

test('reports the layout again when the size of the page has changed, and only then', () => {
  const page = openPage({ search: '?sdk_presentation=embedded' })
  page.resize(641.2)
  page.resize(900)
  page.resize(900)
  page.resize(320.5)
  expect(page.messages().flatMap(({ type, data }) => (type === 'didit:layout' ? [data?.contentHeight] : []))).toEqual([
    642, 900, 321,
  ])
})

test('shows the parts that need a script', () => {
  const page = openPage()
  expect([page.byId('walk').hidden, page.byId('progress').hidden]).toEqual([false, false])
})

const steps = (page: ReturnType<typeof openPage>) =>
  page.messages().flatMap(({ type, data }) => (type === 'didit:step_started' ? [data?.step] : []))

test('asks for the back of every document except a passport', async () => {
  const page = openPage()
  page.byId('document-type').value = 'DL'
  await page.press('start')
  await page.choose()
  await page.press('document-sample')
  await page.press('document-back-sample')
  await page.press('selfie-sample')
  expect(steps(page)).toEqual(['document_selection', 'document_front', 'document_back', 'face'])
  expect(page.posted).toContain('/_page/token/step {"step":"document_selection","type":"DL","country":"UTO"}')
})

test.each([
  [36, ['face']],
  [25, ['face']],
  [24, ['face', 'document_selection']],
  [16, ['face', 'document_selection']],
  [15, ['face']],
])('an estimated age of %i leads to the steps %j', async (age, expected) => {
  const page = openPage({ session: { steps: ['age'] } })
  await page.press('start')
  await page.press('selfie-sample')
  page.byId('age-estimate').value = String(age)
  await page.send('age-form')
  expect(steps(page)).toEqual(expected)
  expect(page.posted.at(-1)).toBe(`/_page/token/step {"step":"face","estimate":${age}}`)
})

test('asks again after an invalid age', async () => {
  const page = openPage({ session: { steps: ['age'] } })
  await page.press('start')
  await page.press('selfie-sample')
  page.byId('age-estimate').value = ''
  await page.send('age-form')
  expect(page.byId('age-estimate-fault').textContent).toBe('Enter whole years, from 1 to 120.')
  expect(page.types()).not.toContain('didit:step_completed')
})

test('sends codes, refuses a wrong one, and goes on after the right one', async () => {
  const page = openPage({ session: { steps: ['phone', 'email'] } })
  await page.press('start')
  page.byId('phone').value = '+447700900042'
  await page.send('phone-form')
  expect([page.byId('phone-form').hidden, page.byId('phone-shown').textContent]).toEqual([true, '+447700900042'])
  page.byId('phone-code').value = 'wrong'
  await page.send('phone-code-form')
  expect(page.byId('phone-code-fault').textContent).toBe('Not that one.')
  expect(page.byId('phone-code').attributes.get('aria-invalid')).toBe('true')
  page.byId('phone-code').value = '123456'
  await page.send('phone-code-form')
  expect(page.byId('phone-code').attributes.has('aria-invalid')).toBe(false)
  await page.send('email-form')
  await page.press('email-again')
  await page.send('email-code-form')
  expect(
    page
      .messages()
      .slice(1)
      .map(({ type, data }) => [type, data?.step ?? null, data?.channel ?? null]),
  ).toEqual([
    ['didit:started', null, null],
    ['didit:step_started', 'phone', null],
    ['didit:code_sent', 'phone', 'sms'],
    ['didit:code_verified', 'phone', null],
    ['didit:step_completed', 'phone', null],
    ['didit:step_changed', 'email', null],
    ['didit:step_started', 'email', null],
    ['didit:code_sent', 'email', 'email'],
    ['didit:code_sent', 'email', 'email'],
    ['didit:code_verified', 'email', null],
    ['didit:step_completed', 'email', null],
  ])
})

test("accepts the person's letter or the sample, and does not send the file", async () => {
  const page = openPage({ session: { steps: ['poa'] } })
  await page.press('start')
  page.byId('poa-type').value = 'BANK_STATEMENT'
  await page.send('poa-form')
  expect(page.byId('poa-file-fault').textContent).toContain('Choose a file')
  page.byId('poa-file').value = 'letter.pdf'
  await page.send('poa-form')
  expect(page.posted.at(-1)).toBe('/_page/token/step {"step":"poa","type":"BANK_STATEMENT"}')
  expect(page.messages().at(-2)).toMatchObject({ type: 'didit:media_captured', data: { step: 'poa', isAuto: false } })

  const other = openPage({ session: { steps: ['poa'] } })
  await other.press('start')
  await other.press('poa-sample')
  expect(other.messages().at(-2)).toMatchObject({ type: 'didit:media_captured', data: { step: 'poa', isAuto: true } })
})

test('asks for the name and number of a company', async () => {
  const page = openPage({ session: { steps: ['company'] } })
  await page.press('start')
  page.byId('company').value = 'Kites & Co'
  page.byId('number').value = 'K-1'
  await page.send('company-form')
  expect(page.posted.at(-1)).toBe('/_page/token/step {"step":"company","company":"Kites & Co","number":"K-1"}')
  expect(page.types().at(-1)).toBe('didit:step_completed')
})

test('arms its Session with the token from its own address', async () => {
  const page = openPage()
  page.byId('scenario').value = 'decline_aml_hit'
  await page.change('scenario')
  expect(page.posted).toEqual(['/v3/session/session-1/sandbox/arm/ {"scenario":"decline_aml_hit"}'])
  expect(page.tokens).toEqual(['token'])
})

test('ends by itself with a scenario', async () => {
  const page = openPage({ session: { steps: ['poa'] }, planned: 'In Review' })
  await page.press('start')
  await page.press('poa-sample')
  await page.press('submit')
  expect(page.types().slice(-3)).toEqual(['didit:verification_submitted', 'didit:status_updated', 'didit:completed'])
  expect(page.byId('result').textContent).toBe('In Review')
})

test('shows the real status of the Session, not the chosen one', async () => {
  const page = openPage({ outcome: { status: 'Declined', reported: 'Declined' } })
  await page.finish('Approved')
  expect(page.byId('result').textContent).toBe('Declined')
})

test('with `stayOnPage`, stays on the page and shows the link back', async () => {
  const page = openPage({ outcome: { callbackUrl: 'https://shop.example.com/', leaves: false } })
  await page.finish('Approved')
  expect([page.visited, page.byId('return').hidden]).toEqual([[], false])
})

test('can use the step and document names of an older page', async () => {
  const page = openPage({ session: { oldStepNames: true }, hasCamera: true })
  page.byId('document-type').value = 'ID'
  await page.press('start')
  await page.choose()
  for (const id of ['document-capture', 'document-back-capture', 'selfie-capture']) await page.press(id)
  expect(steps(page)).toEqual([
    'DOCUMENT_SELECTION',
    'DOCUMENT_CAPTURE_FRONT',
    'DOCUMENT_CAPTURE_BACK',
    'FACE_PASSIVE_LIVENESS',
  ])
  expect(page.messages().find(({ type }) => type === 'didit:document_selected')?.data?.documentType).toBe('ID_CARD')
  expect(page.messages().at(-1)?.data).toMatchObject({ step: 'FACE_PASSIVE_LIVENESS', nextStep: 'COMPLETED' })
  expect(page.messages().find(({ type }) => type === 'didit:media_captured')?.data?.step).toBe('DOCUMENT_CAPTURE_FRONT')
})

test('stops a camera that is allowed only after the end', async () => {
  let allow = () => {}
  const page = openPage({ hasCamera: true, allowed: new Promise<void>((resolve) => (allow = resolve)) })
  await page.press('start')
  await page.choose()
  await page.finish('Approved')
  allow()
  await page.press('close')
  expect(page.stopped).toEqual(['environment'])
  expect(page.types()).not.toContain('didit:media_started')
})

test('takes one step for a double press', async () => {
  const page = openPage()
  page.byId('start').onclick?.()
  await page.press('start')
  expect(page.types().filter((type) => type === 'didit:started')).toHaveLength(1)
})
