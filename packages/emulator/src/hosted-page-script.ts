/** What the server tells the page about its Session, in a `data-session` attribute. */
export interface PageSession {
  readonly sessionId: string
  /** Where the page posts what the person did. */
  readonly path: string
  readonly isFinished: boolean
  readonly silent: boolean
  readonly stringMessages: boolean
}

/** What the server answers to an outcome. */
export interface PageOutcome {
  /** What the page reports: the outcome, unless the fault `pageClaims` says otherwise. */
  readonly reported: string
  /** Where the callback of the Session leads, with its two parameters; null when it has none. */
  readonly callbackUrl: string | null
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

  async function tell(action: string, body: Record<string, string>): Promise<PageOutcome> {
    const answer = await page.fetch(`${path}/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`the emulator answered ${answer.status}`)
    return answer.json()
  }

  function fail(error: unknown, step?: string): void {
    const text = error instanceof Error ? error.message : String(error)
    say(`That did not work: ${text}. Reload the page and try again.`)
    post('didit:error', { error: text, ...(step ? { step } : {}), sessionId })
  }

  let step: string | undefined

  function beginStep(name: string): void {
    const previousStep = step
    step = name
    if (previousStep !== undefined) post('didit:step_changed', { step: name, previousStep, sessionId })
    post('didit:step_started', { step: name, sessionId })
  }

  function endStep(nextStep?: string): void {
    post('didit:step_completed', { step, ...(nextStep ? { nextStep } : {}), sessionId })
  }

  let stream: MediaStream | null = null

  function stopCamera(): void {
    for (const track of stream?.getTracks() ?? []) track.stop()
    stream = null
  }

  /** `document_camera` and its like: which way the camera looks, and whether it may be turned. */
  function facingOf(kind: 'document' | 'selfie'): string {
    const name = kind === 'document' ? 'document_camera' : 'liveness_camera'
    const otherwise = kind === 'document' ? 'back' : 'front'
    return (parameters.get(name) ?? otherwise) === 'front' ? 'user' : 'environment'
  }

  async function startCamera(kind: 'document' | 'selfie', facing: string): Promise<void> {
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
      turn.hidden = parameters.get(`${kind === 'document' ? 'document' : 'liveness'}_camera_switch`) === 'false'
      post('didit:media_started', { step, mediaType: 'camera' })
    } catch {
      if (step !== forStep) return
      video.hidden = true
      hint.textContent = 'There is no camera here. Go on with the sample image.'
    }
  }

  function openCapture(kind: 'document' | 'selfie'): void {
    show(kind)
    let facing = facingOf(kind)
    byId(`${kind}-turn`).onclick = () => {
      facing = facing === 'user' ? 'environment' : 'user'
      void startCamera(kind, facing)
    }
    void startCamera(kind, facing)
  }

  function captured(isAuto: boolean): void {
    post('didit:media_captured', { step, isAuto })
    stopCamera()
    if (step === 'document_front') {
      endStep('face')
      beginStep('face')
      openCapture('selfie')
    } else {
      endStep()
      show('submit')
    }
  }

  /** The order of the documented messages for each outcome; the emulator's README lists it. */
  function report(status: string): void {
    const previousStep = step === undefined ? {} : { previousStep: step }
    post('didit:status_updated', { status, ...previousStep, sessionId })
    if (status === 'Abandoned') {
      post('didit:cancelled', { sessionId })
      return
    }
    if (status === 'Expired') post('didit:error', { error: 'The session has expired.', sessionId })
    post('didit:completed', { sessionId, status })
  }

  function finish(status: string, outcome: PageOutcome): void {
    stopCamera()
    byId('result').textContent = status
    byId('outcomes').hidden = true
    byId('progress').hidden = true
    const back = byId<HTMLAnchorElement>('return')
    back.hidden = outcome.callbackUrl === null
    show('done')
    report(outcome.reported)
    const { callbackUrl } = outcome
    if (callbackUrl === null) return
    back.href = callbackUrl
    // In a frame this navigates the frame, as the vendor's page does.
    page.setTimeout(() => page.location.assign(callbackUrl), 800)
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

  byId('start').onclick = async () => {
    say('')
    try {
      await tell('start', {})
    } catch (error) {
      fail(error)
      return
    }
    post('didit:started', { sessionId })
    beginStep('document_selection')
    show('choose')
  }

  byId('choose-form').onsubmit = (event) => {
    event.preventDefault()
    post('didit:document_selected', {
      documentType: byId<HTMLSelectElement>('document-type').value,
      country: byId<HTMLSelectElement>('document-country').value,
    })
    endStep('document_front')
    beginStep('document_front')
    openCapture('document')
  }

  for (const kind of ['document', 'selfie']) {
    byId(`${kind}-capture`).onclick = () => captured(false)
    byId(`${kind}-sample`).onclick = () => captured(true)
  }

  byId('submit').onclick = () => {
    post('didit:verification_submitted', { step, sessionId })
    show('submitted')
  }

  byId<HTMLFormElement>('outcomes').onsubmit = async (event) => {
    event.preventDefault()
    const status = (event.submitter as HTMLButtonElement).value
    const buttons = [...document.querySelectorAll<HTMLButtonElement>('#outcomes button')]
    for (const button of buttons) button.disabled = true
    say('')
    try {
      finish(status, await tell('outcome', { status }))
    } catch (error) {
      for (const button of buttons) button.disabled = false
      fail(error, step)
    }
  }
}
