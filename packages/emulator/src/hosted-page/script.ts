/** What the server tells the page about its Session, in a `data-session` attribute. */
export interface PageSession {
  readonly sessionId: string
  /** Where the page posts what the person did. */
  readonly path: string
  readonly isFinished: boolean
  readonly silent: boolean
  readonly stringMessages: boolean
  readonly oldStepNames: boolean
  /** What the Workflow asks for, in order. */
  readonly steps: readonly string[]
}

/** What the server answers to an outcome. */
export interface PageOutcome {
  /** What became of the Session: the blocklist may know better than whoever chose. */
  readonly status: string
  /** What the page reports: the status, unless the fault `pageClaims` says otherwise. */
  readonly reported: string
  /** Where the callback of the Session leads, with its two parameters; null when it has none. */
  readonly callbackUrl: string | null
  /** Whether the page goes there by itself. */
  readonly leaves: boolean
}

/**
 * The whole script of the hosted page.
 *
 * It is served as its own source text (`toString()`), so that it works from the TypeScript sources and from the built
 * package alike. It may therefore use nothing from outside itself, and no syntax that a compiler needs a helper for.
 *
 * @param page - The window the page runs in.
 */
export function runHostedPage(page: Window & typeof globalThis): void {
  const { document } = page
  const session = JSON.parse(document.body.dataset.session ?? 'null') as PageSession | null
  if (session === null) return
  const { sessionId, path } = session
  const parameters = new page.URLSearchParams(page.location.search)
  const byId = <Kind extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as Kind
  const find = (id: string) => document.getElementById(id)

  /** Chromium and WebKit name the embedding origin; else the referrer does, unless the frame moved on by itself. */
  function parentOrigin(): string {
    const named = page.location.ancestorOrigins?.[0]
    if (named !== undefined) return named === 'null' ? '*' : named
    const referrer = document.referrer === '' ? null : new page.URL(document.referrer).origin
    return referrer === null || referrer === page.location.origin ? '*' : referrer
  }

  function post(type: string, data?: Record<string, unknown>): void {
    if (session?.silent) return
    const message = { type, ...(data ? { data } : {}), timestamp: page.Date.now() }
    const sent = session?.stringMessages ? JSON.stringify(message) : message
    if (page.parent !== page) page.parent.postMessage(sent, parentOrigin())
    if (page.opener) page.opener.postMessage(sent, '*')
  }

  let reported = ''

  function reportLayout(): void {
    const data = {
      contentHeight: Math.ceil(document.body.getBoundingClientRect().height),
      colorScheme: page.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
      dir: document.documentElement.dir || 'ltr',
    }
    // An observer fires once when it starts; the message is for changes only.
    const text = JSON.stringify(data)
    if (text === reported) return
    reported = text
    post('didit:layout', data)
  }

  const screens = [...document.querySelectorAll<HTMLElement>('[data-screen]')]
  const steps = [...document.querySelectorAll<HTMLElement>('[data-progress]')]
  const notice = byId('notice')

  function show(name: string, focus = true): void {
    for (const screen of screens) screen.hidden = screen.dataset.screen !== name
    for (const item of steps) {
      if (item.dataset.progress?.split(' ').includes(name)) item.setAttribute('aria-current', 'step')
      else item.removeAttribute('aria-current')
    }
    const heading = screens.find((screen) => screen.dataset.screen === name)?.querySelector('h1')
    if (focus) heading?.focus()
  }

  function say(text: string): void {
    notice.textContent = text
    notice.hidden = text === ''
  }

  type Faults = Record<string, string>

  async function tell<Answer = object>(action: string, body: object): Promise<Answer & { faults?: Faults }> {
    const answer = await page.fetch(`${path}/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`the emulator answered ${answer.status}`)
    return answer.json()
  }

  /** Says below each field what is wrong with it, and leads to the first. True when there is something. */
  function showFaults(names: readonly string[], faults: Faults = {}): boolean {
    let first: HTMLElement | null = null
    for (const name of names) {
      const text = faults[name] ?? ''
      const place = byId(`${name}-fault`)
      place.textContent = text
      place.hidden = text === ''
      const field = find(name) ?? byId(`q-${name}`)
      // A group of choices takes no focus itself, and cannot be invalid: its choices can.
      const choices = [...field.querySelectorAll<HTMLElement>('input')]
      for (const each of choices.length > 0 ? choices : [field]) {
        if (text === '') each.removeAttribute('aria-invalid')
        else each.setAttribute('aria-invalid', 'true')
      }
      if (text !== '') first ??= choices[0] ?? field
    }
    first?.focus()
    return first !== null
  }

  function fail(error: unknown, step?: string): void {
    const text = error instanceof Error ? error.message : String(error)
    say(`That did not work: ${text}. Reload the page and try again.`)
    post('didit:error', { error: text, ...(step ? { step: named(step) } : {}), sessionId })
  }

  /** As in the tests of the vendor's web SDK 0.2.0; those that it does not name are formed alike. */
  const oldNames: Record<string, string> = {
    document_selection: 'DOCUMENT_SELECTION',
    document_front: 'DOCUMENT_CAPTURE_FRONT',
    document_back: 'DOCUMENT_CAPTURE_BACK',
    face: 'FACE_PASSIVE_LIVENESS',
    phone: 'PHONE_VERIFY_CODE',
    email: 'EMAIL_VERIFY_CODE',
    poa: 'POA_CAPTURE',
    questionnaire: 'QUESTIONNAIRE',
    P: 'PASSPORT',
    ID: 'ID_CARD',
    DL: 'DRIVERS_LICENSE',
  }
  const named = (name: string) => (session?.oldStepNames ? (oldNames[name] ?? name) : name)

  /** The step that is on, by its documented name, and those that are to come. */
  let step: string | undefined
  const left = session.steps.flatMap((name) => {
    if (name === 'document') return ['document_selection', 'document_front']
    return name === 'age' ? ['face'] : [name]
  })
  const judgesAge = session.steps.includes('age')

  function beginStep(name: string): void {
    const previousStep = step
    step = name
    if (previousStep !== undefined) {
      post('didit:step_changed', { step: named(name), previousStep: named(previousStep), sessionId })
    }
    post('didit:step_started', { step: named(name), sessionId })
    if (name === 'document_front') openCapture('document')
    else if (name === 'document_back') openCapture('document-back')
    else if (name === 'face') openCapture('selfie')
    else show(name === 'document_selection' ? 'choose' : name)
  }

  /** The step that is on is done: on to the next, or to the end. */
  function advance(): void {
    const next = left.shift()
    const nextStep = next ?? (session?.oldStepNames ? 'COMPLETED' : undefined)
    post('didit:step_completed', {
      step: named(step ?? ''),
      ...(nextStep === undefined ? {} : { nextStep: named(nextStep) }),
      sessionId,
    })
    if (next === undefined) show('submit')
    else beginStep(next)
  }

  let stream: MediaStream | null = null

  function stopCamera(): void {
    for (const track of stream?.getTracks() ?? []) track.stop()
    stream = null
  }

  /** `document_camera` and its like: which way the camera looks, and whether it may be turned. */
  function facingOf(kind: string): string {
    const [name, otherwise] = kind === 'selfie' ? ['liveness_camera', 'front'] : ['document_camera', 'back']
    return (parameters.get(name ?? '') ?? otherwise) === 'front' ? 'user' : 'environment'
  }

  async function startCamera(kind: string, facing: string): Promise<void> {
    stopCamera()
    const forStep = step
    const video = byId<HTMLVideoElement>(`${kind}-video`)
    const hint = byId(`${kind}-hint`)
    const capture = byId<HTMLButtonElement>(`${kind}-capture`)
    const turn = byId<HTMLButtonElement>(`${kind}-turn`)
    capture.hidden = true
    turn.hidden = true
    hint.textContent = 'Asking for the camera …'
    try {
      const opened = await page.navigator.mediaDevices.getUserMedia({ video: { facingMode: facing }, audio: false })
      if (step !== forStep) {
        // The person went on without waiting for the camera.
        for (const track of opened.getTracks()) track.stop()
        return
      }
      stream = opened
      video.srcObject = opened
      video.hidden = false
      await video.play()
      hint.textContent = 'The picture stays in this browser.'
      capture.hidden = false
      turn.hidden = parameters.get(`${kind === 'selfie' ? 'liveness' : 'document'}_camera_switch`) === 'false'
      post('didit:media_started', { step: named(forStep ?? ''), mediaType: 'camera' })
    } catch {
      if (step !== forStep) return
      video.hidden = true
      hint.textContent = 'There is no camera here. Go on with the sample image.'
    }
  }

  function openCapture(kind: string): void {
    show(kind)
    let facing = facingOf(kind)
    byId(`${kind}-turn`).onclick = () => {
      facing = facing === 'user' ? 'environment' : 'user'
      void startCamera(kind, facing)
    }
    void startCamera(kind, facing)
  }

  function captured(isAuto: boolean): void {
    post('didit:media_captured', { step: named(step ?? ''), isAuto })
    stopCamera()
    if (step === 'face' && judgesAge) show('age')
    else advance()
  }

  /** The order of the documented messages for each outcome; the emulator's README lists it. */
  function report(status: string): void {
    const previousStep = step === undefined ? {} : { previousStep: named(step) }
    post('didit:status_updated', { status, ...previousStep, sessionId })
    if (status === 'Abandoned') {
      post('didit:cancelled', { sessionId })
      return
    }
    if (status === 'Expired') post('didit:error', { error: 'The session has expired.', sessionId })
    post('didit:completed', { sessionId, status })
  }

  function finish(outcome: PageOutcome): void {
    stopCamera()
    const { status, callbackUrl } = outcome
    byId('result').textContent = status
    byId('outcomes').hidden = true
    byId('progress').hidden = true
    const back = byId<HTMLAnchorElement>('return')
    back.hidden = callbackUrl === null
    show('done')
    report(outcome.reported)
    // A camera that is allowed only now is not opened any more.
    step = undefined
    if (callbackUrl === null) return
    back.href = callbackUrl
    // In a frame this navigates the frame, as the vendor's page does.
    if (outcome.leaves) page.setTimeout(() => page.location.assign(callbackUrl), 800)
  }

  byId('close').hidden = page.parent === page && !page.opener
  byId('close').onclick = () => post('didit:close_request')

  if (!session.isFinished) {
    // Served hidden: without a script nothing of this could be used.
    byId('walk').hidden = false
    byId('progress').hidden = false
  }
  post('didit:ready', { sessionId })
  if (parameters.get('sdk_presentation') === 'embedded') {
    document.documentElement.dataset.presentation = 'embedded'
    reportLayout()
    new page.ResizeObserver(reportLayout).observe(document.body)
    page.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', reportLayout)
  }
  if (session.isFinished) return

  let isBusy = false

  /** One thing at a time: a second press of a button must not take a second step. */
  async function attempt(run: () => Promise<void>): Promise<void> {
    if (isBusy) return
    isBusy = true
    say('')
    try {
      await run()
    } catch (error) {
      fail(error, step)
    } finally {
      isBusy = false
    }
  }

  /** Takes a form over from the browser. A Workflow without that step has no such form. */
  function onForm(id: string, run: () => Promise<void>): void {
    const form = find(id) as HTMLFormElement | null
    if (form === null) return
    form.onsubmit = (event) => {
      event.preventDefault()
      void attempt(run)
    }
  }

  function onPress(id: string, run: () => void | Promise<void>): void {
    const button = find(id)
    if (button !== null) button.onclick = () => void attempt(async () => run())
  }

  onPress('start', async () => {
    await tell('start', {})
    post('didit:started', { sessionId })
    const first = left.shift()
    if (first === undefined) show('submit')
    else beginStep(first)
  })

  const scenario = find('scenario') as HTMLSelectElement | null
  /** The page arms its Session as any other page may: by the token that its own address has. */
  if (scenario !== null) {
    scenario.onchange = () =>
      void attempt(async () => {
        if (scenario.value === '') return
        const answer = await page.fetch(`/v3/session/${sessionId}/sandbox/arm/`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'Session-Token': path.slice(path.lastIndexOf('/') + 1) },
          body: JSON.stringify({ scenario: scenario.value }),
        })
        if (!answer.ok) throw new Error(`the emulator answered ${answer.status}`)
      })
  }

  onForm('choose-form', async () => {
    const documentType = byId<HTMLSelectElement>('document-type').value
    const country = byId<HTMLSelectElement>('document-country').value
    await tell('step', { step: 'document_selection', type: documentType, country })
    post('didit:document_selected', { documentType: named(documentType), country })
    // Only a passport has everything on one page.
    if (documentType !== 'P') left.splice(1, 0, 'document_back')
    advance()
  })

  for (const kind of ['document', 'document-back', 'selfie']) {
    onPress(`${kind}-capture`, () => captured(false))
    onPress(`${kind}-sample`, () => captured(true))
  }

  onForm('age-form', async () => {
    const estimate = Number(byId<HTMLInputElement>('age-estimate').value)
    const { faults } = await tell('step', { step: 'face', estimate })
    const text = faults === undefined ? '' : 'Enter whole years, from 1 to 120.'
    if (showFaults(['age-estimate'], { 'age-estimate': text })) return
    // A face cannot tell 17 from 18: near the limit a document decides.
    if (estimate >= 16 && estimate < 25) left.unshift('document_selection', 'document_front')
    advance()
  })

  for (const kind of ['phone', 'email']) {
    const sendCode = async () => {
      const address = byId<HTMLInputElement>(kind).value
      const { faults } = await tell('step', { step: 'code', channel: kind, address })
      if (showFaults([kind], faults)) return
      post('didit:code_sent', {
        step: named(kind),
        channel: kind === 'phone' ? 'sms' : 'email',
        codeSize: 6,
        sessionId,
      })
      byId(`${kind}-shown`).textContent = address
      byId(`${kind}-form`).hidden = true
      byId(`${kind}-code-form`).hidden = false
      showFaults([`${kind}-code`])
      byId<HTMLInputElement>(`${kind}-code`).value = ''
      byId(`${kind}-code`).focus()
    }
    onForm(`${kind}-form`, sendCode)
    onPress(`${kind}-again`, sendCode)
    onForm(`${kind}-code-form`, async () => {
      const { faults } = await tell('step', { step: kind, code: byId<HTMLInputElement>(`${kind}-code`).value })
      if (showFaults([`${kind}-code`], faults)) return
      post('didit:code_verified', { step: named(kind), sessionId })
      advance()
    })
  }

  onForm('company-form', async () => {
    const [company, number] = [byId<HTMLInputElement>('company').value, byId<HTMLInputElement>('number').value]
    const { faults } = await tell('step', { step: 'company', company, number })
    if (!showFaults(['company', 'number'], faults)) advance()
  })

  const handIn = async (isAuto: boolean) => {
    const isMissing = !isAuto && byId<HTMLInputElement>('poa-file').value === ''
    const text = isMissing ? 'Choose a file, or use the sample letter.' : ''
    if (showFaults(['poa-file'], { 'poa-file': text })) return
    await tell('step', { step: 'poa', type: byId<HTMLSelectElement>('poa-type').value })
    captured(isAuto)
  }
  onForm('poa-form', () => handIn(false))
  onPress('poa-sample', () => handIn(true))

  const questions = [...document.querySelectorAll<HTMLElement>('[data-question]')]
  const fieldsOf = (question: HTMLElement) => [
    ...question.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>('input, select, textarea'),
  ]
  const isChoice = (field: Element) =>
    'checked' in field && ['radio', 'checkbox'].includes(field.getAttribute('type') ?? '')

  onPress('questionnaire-sample', () => {
    for (const question of questions) {
      const sample = question.dataset.sample ?? ''
      for (const field of fieldsOf(question)) {
        if (isChoice(field)) (field as HTMLInputElement).checked = field.value === sample
        else field.value = sample
      }
    }
  })

  onForm('questionnaire-form', async () => {
    const answers: Record<string, string> = {}
    for (const question of questions) {
      const given = fieldsOf(question).filter((field) => !isChoice(field) || (field as HTMLInputElement).checked)
      answers[question.dataset.question ?? ''] = given.map((field) => field.value).join(',')
    }
    const { faults } = await tell('step', { step: 'questionnaire', answers })
    if (showFaults(Object.keys(answers), faults)) return
    advance()
  })

  onPress('submit', async () => {
    const { outcome } = await tell<{ outcome: PageOutcome | null }>('submit', {})
    post('didit:verification_submitted', { step: named(step ?? ''), sessionId })
    if (outcome === null) show('submitted')
    else finish(outcome)
  })

  byId<HTMLFormElement>('outcomes').onsubmit = async (event) => {
    event.preventDefault()
    const status = (event.submitter as HTMLButtonElement).value
    const buttons = [...document.querySelectorAll<HTMLButtonElement>('#outcomes button')]
    for (const button of buttons) button.disabled = true
    say('')
    try {
      finish(await tell<PageOutcome>('outcome', { status }))
    } catch (error) {
      for (const button of buttons) button.disabled = false
      fail(error, step)
    }
  }
}
