import { scriptParts } from './script-parts.ts'

/** Data about the Session that the server puts into the `data-session` attribute of the page. */
export interface PageSession {
  readonly sessionId: string
  /** Path below which the page posts the person's actions. */
  readonly path: string
  readonly isFinished: boolean
  readonly silent: boolean
  readonly stringMessages: boolean
  readonly oldStepNames: boolean
  /** The steps of the Workflow, in order. */
  readonly steps: readonly string[]
}

/** The server's answer to an outcome. */
export interface PageOutcome {
  /** The real status of the Session. It can differ from the choice because of the blocklist. */
  readonly status: string
  /** The status that the page reports. It differs from `status` only with the fault `pageClaims`. */
  readonly reported: string
  /** The callback of the Session with its two parameters, or null without a callback. */
  readonly callbackUrl: string | null
  /** Whether the page goes to the callback by itself. */
  readonly leaves: boolean
}

/**
 * Runs the hosted page in the browser.
 *
 * The server serves the source text of this function (`toString()`), so that it works both from the TypeScript sources and
 * from the built package. It must not use anything from outside itself, or syntax that needs a helper of the compiler.
 *
 * @param page - The window of the page.
 * @param parts - The functions of `script-parts.ts`, because the served text cannot import them.
 */
function runHostedPage(page: Window & typeof globalThis, parts: typeof scriptParts): void {
  const { document } = page
  const session = JSON.parse(document.body.dataset.session ?? 'null') as PageSession | null
  if (session === null) return
  const { sessionId, path } = session
  const parameters = new page.URLSearchParams(page.location.search)
  const byId = <Kind extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as Kind
  const find = (id: string) => document.getElementById(id)

  const post = parts.createPost(page, session)

  const screens = [...document.querySelectorAll<HTMLElement>('[data-screen]')]
  const progressItems = [...document.querySelectorAll<HTMLElement>('[data-progress]')]
  const notice = byId('notice')

  function show(name: string, focus = true): void {
    for (const screen of screens) screen.hidden = screen.dataset.screen !== name
    for (const item of progressItems) {
      if (item.dataset.progress?.split(' ').includes(name)) item.setAttribute('aria-current', 'step')
      else item.removeAttribute('aria-current')
    }
    const heading = screens.find((screen) => screen.dataset.screen === name)?.querySelector('h1')
    if (focus) heading?.focus()
  }

  function showNotice(text: string): void {
    notice.textContent = text
    notice.hidden = text === ''
  }

  type Faults = Record<string, string>

  async function postAction<Answer = object>(action: string, body: object): Promise<Answer & { faults?: Faults }> {
    const answer = await page.fetch(`${path}/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`the emulator answered ${answer.status}`)
    return answer.json()
  }

  const showFaults = (names: readonly string[], faults: Faults = {}) => parts.showFaults(document, names, faults)

  function showError(error: unknown, step?: string): void {
    const text = error instanceof Error ? error.message : String(error)
    showNotice(`That did not work: ${text}. Reload the page and try again.`)
    post('didit:error', { error: text, ...(step ? { step: reportedName(step) } : {}), sessionId })
  }

  /** Names from the tests of the vendor's web SDK 0.2.0. Names that are missing there follow the same pattern. */
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
  const reportedName = (name: string) => (session?.oldStepNames ? (oldNames[name] ?? name) : name)

  /** The documented name of the current step. */
  let step: string | undefined
  const remainingSteps = session.steps.flatMap((name) => {
    if (name === 'document') return ['document_selection', 'document_front']
    return name === 'age' ? ['face'] : [name]
  })
  const estimatesAge = session.steps.includes('age')

  function beginStep(name: string): void {
    const previousStep = step
    step = name
    if (previousStep !== undefined) {
      post('didit:step_changed', { step: reportedName(name), previousStep: reportedName(previousStep), sessionId })
    }
    post('didit:step_started', { step: reportedName(name), sessionId })
    if (name === 'document_front') openCapture('document')
    else if (name === 'document_back') openCapture('document-back')
    else if (name === 'face') openCapture('selfie')
    else show(name === 'document_selection' ? 'choose' : name)
  }

  /** Completes the current step, and goes to the next step or to the end. */
  function completeStep(): void {
    const next = remainingSteps.shift()
    const nextStep = next ?? (session?.oldStepNames ? 'COMPLETED' : undefined)
    post('didit:step_completed', {
      step: reportedName(step ?? ''),
      ...(nextStep === undefined ? {} : { nextStep: reportedName(nextStep) }),
      sessionId,
    })
    if (next === undefined) show('submit')
    else beginStep(next)
  }

  const camera = parts.createCamera(page, {
    currentStep: () => step,
    onStarted: (name) => post('didit:media_started', { step: reportedName(name), mediaType: 'camera' }),
  })

  function openCapture(kind: string): void {
    show(kind)
    camera.open(kind)
  }

  function captured(isAuto: boolean): void {
    post('didit:media_captured', { step: reportedName(step ?? ''), isAuto })
    camera.stop()
    if (step === 'face' && estimatesAge) show('age')
    else completeStep()
  }

  /** Posts the messages of an outcome in the documented order, which the emulator's README lists. */
  function report(status: string): void {
    const previousStep = step === undefined ? {} : { previousStep: reportedName(step) }
    post('didit:status_updated', { status, ...previousStep, sessionId })
    if (status === 'Abandoned') {
      post('didit:cancelled', { sessionId })
      return
    }
    if (status === 'Expired') post('didit:error', { error: 'The session has expired.', sessionId })
    post('didit:completed', { sessionId, status })
  }

  function finish(outcome: PageOutcome): void {
    camera.stop()
    const { status, callbackUrl } = outcome
    byId('result').textContent = status
    byId('outcomes').hidden = true
    byId('progress').hidden = true
    const back = byId<HTMLAnchorElement>('return')
    back.hidden = callbackUrl === null
    show('done')
    report(outcome.reported)
    // Prevents a camera that the person allows only now from opening.
    step = undefined
    if (callbackUrl === null) return
    back.href = callbackUrl
    // In a frame this navigates the frame, as the vendor's page does.
    if (outcome.leaves) page.setTimeout(() => page.location.assign(callbackUrl), 800)
  }

  byId('close').hidden = page.parent === page && !page.opener
  byId('close').onclick = () => post('didit:close_request')

  if (!session.isFinished) {
    // The server hides these parts, because they do not work without a script.
    byId('walk').hidden = false
    byId('progress').hidden = false
  }
  post('didit:ready', { sessionId })
  if (parameters.get('sdk_presentation') === 'embedded') {
    document.documentElement.dataset.presentation = 'embedded'
    parts.reportLayout(page, post)
  }
  if (session.isFinished) return

  let isBusy = false

  /** Runs one action at a time, so that a double press does not take two steps. */
  async function attempt(run: () => Promise<void>): Promise<void> {
    if (isBusy) return
    isBusy = true
    showNotice('')
    try {
      await run()
    } catch (error) {
      showError(error, step)
    } finally {
      isBusy = false
    }
  }

  /** Handles the submission of a form, if the Workflow has the step with that form. */
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
    await postAction('start', {})
    post('didit:started', { sessionId })
    const first = remainingSteps.shift()
    if (first === undefined) show('submit')
    else beginStep(first)
  })

  const scenario = find('scenario') as HTMLSelectElement | null
  // The page arms its Session through the public API, with the token from its own address.
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
    await postAction('step', { step: 'document_selection', type: documentType, country })
    post('didit:document_selected', { documentType: reportedName(documentType), country })
    // Only a passport has all data on one side.
    if (documentType !== 'P') remainingSteps.splice(1, 0, 'document_back')
    completeStep()
  })

  for (const kind of ['document', 'document-back', 'selfie']) {
    onPress(`${kind}-capture`, () => captured(false))
    onPress(`${kind}-sample`, () => captured(true))
  }

  onForm('age-form', async () => {
    const estimate = Number(byId<HTMLInputElement>('age-estimate').value)
    const { faults } = await postAction('step', { step: 'face', estimate })
    const text = faults === undefined ? '' : 'Enter whole years, from 1 to 120.'
    if (showFaults(['age-estimate'], { 'age-estimate': text })) return
    // An estimate cannot distinguish 17 from 18, so ages near the limit also need a document.
    if (estimate >= 16 && estimate < 25) remainingSteps.unshift('document_selection', 'document_front')
    completeStep()
  })

  for (const kind of ['phone', 'email']) {
    const sendCode = async () => {
      const address = byId<HTMLInputElement>(kind).value
      const { faults } = await postAction('step', { step: 'code', channel: kind, address })
      if (showFaults([kind], faults)) return
      post('didit:code_sent', {
        step: reportedName(kind),
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
      const { faults } = await postAction('step', { step: kind, code: byId<HTMLInputElement>(`${kind}-code`).value })
      if (showFaults([`${kind}-code`], faults)) return
      post('didit:code_verified', { step: reportedName(kind), sessionId })
      completeStep()
    })
  }

  onForm('company-form', async () => {
    const [company, number] = [byId<HTMLInputElement>('company').value, byId<HTMLInputElement>('number').value]
    const { faults } = await postAction('step', { step: 'company', company, number })
    if (!showFaults(['company', 'number'], faults)) completeStep()
  })

  const handIn = async (isAuto: boolean) => {
    const isMissing = !isAuto && byId<HTMLInputElement>('poa-file').value === ''
    const text = isMissing ? 'Choose a file, or use the sample letter.' : ''
    if (showFaults(['poa-file'], { 'poa-file': text })) return
    await postAction('step', { step: 'poa', type: byId<HTMLSelectElement>('poa-type').value })
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
    const { faults } = await postAction('step', { step: 'questionnaire', answers })
    if (showFaults(Object.keys(answers), faults)) return
    completeStep()
  })

  onPress('submit', async () => {
    const { outcome } = await postAction<{ outcome: PageOutcome | null }>('submit', {})
    post('didit:verification_submitted', { step: reportedName(step ?? ''), sessionId })
    if (outcome === null) show('submitted')
    else finish(outcome)
  })

  byId<HTMLFormElement>('outcomes').onsubmit = async (event) => {
    event.preventDefault()
    const status = (event.submitter as HTMLButtonElement).value
    const buttons = [...document.querySelectorAll<HTMLButtonElement>('#outcomes button')]
    for (const button of buttons) button.disabled = true
    showNotice('')
    try {
      finish(await postAction<PageOutcome>('outcome', { status }))
    } catch (error) {
      for (const button of buttons) button.disabled = false
      showError(error, step)
    }
  }
}

/** Returns the source text of the page's script. */
export function pageScript(): string {
  const parts = Object.entries(scriptParts).map(([name, part]) => `${name}: ${part.toString()}`)
  return `(${runHostedPage.toString()})(window, {\n${parts.join(',\n')}\n})\n`
}
