/**
 * Parts of the hosted page's script.
 *
 * The server serves the source text of each function, and `runHostedPage` receives them as a parameter. They must not use
 * anything from outside themselves, or syntax that needs a helper of the compiler.
 */

type PageWindow = Window & typeof globalThis

/** Posts a message to the embedding page and to the opener. */
type Post = (type: string, data?: Record<string, unknown>) => void

/** Creates the function that posts messages. */
function createPost(page: PageWindow, session: { readonly silent: boolean; readonly stringMessages: boolean }): Post {
  const { document } = page

  /**
   * Returns the origin of the embedding page, or `*` if it is unknown. Chromium and WebKit tell it. In other browsers it is
   * the origin of the referrer, unless the frame has navigated.
   */
  function parentOrigin(): string {
    const named = page.location.ancestorOrigins?.[0]
    if (named !== undefined) return named === 'null' ? '*' : named
    const referrer = document.referrer === '' ? null : new page.URL(document.referrer).origin
    return referrer === null || referrer === page.location.origin ? '*' : referrer
  }

  return (type, data) => {
    if (session.silent) return
    const message = { type, ...(data ? { data } : {}), timestamp: page.Date.now() }
    const sent = session.stringMessages ? JSON.stringify(message) : message
    if (page.parent !== page) page.parent.postMessage(sent, parentOrigin())
    if (page.opener) page.opener.postMessage(sent, '*')
  }
}

/** Reports the layout of the page now and after each change. */
function reportLayout(page: PageWindow, post: Post): void {
  const { document } = page
  let lastLayout = ''

  function report(): void {
    const data = {
      contentHeight: Math.ceil(document.body.getBoundingClientRect().height),
      colorScheme: page.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
      dir: document.documentElement.dir || 'ltr',
    }
    // An observer also fires when it starts, but only changes are reported.
    const text = JSON.stringify(data)
    if (text === lastLayout) return
    lastLayout = text
    post('didit:layout', data)
  }

  report()
  new page.ResizeObserver(report).observe(document.body)
  page.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', report)
}

/** Shows the fault of each field below it, and focuses the first invalid field. Returns whether there is one. */
function showFaults(document: Document, names: readonly string[], faults: Readonly<Record<string, string>>): boolean {
  let first: HTMLElement | null = null
  for (const name of names) {
    const text = faults[name] ?? ''
    const place = document.getElementById(`${name}-fault`) as HTMLElement
    place.textContent = text
    place.hidden = text === ''
    const field = document.getElementById(name) ?? (document.getElementById(`q-${name}`) as HTMLElement)
    // A group of choices cannot have the focus or be invalid. Its choices can.
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

/** The camera of the page. */
interface Camera {
  /** Opens the camera for a kind of picture: `document`, `document-back` or `selfie`. */
  open(kind: string): void
  stop(): void
}

/** Data and callbacks that the camera needs from the page. */
interface CameraOptions {
  /** Returns the current step. The camera closes again if the person has gone on to another step. */
  readonly currentStep: () => string | undefined
  readonly onStarted: (step: string) => void
}

/** Creates the camera of the page. */
function createCamera(page: PageWindow, { currentStep, onStarted }: CameraOptions): Camera {
  const { document } = page
  const parameters = new page.URLSearchParams(page.location.search)
  let stream: MediaStream | null = null

  function stop(): void {
    for (const track of stream?.getTracks() ?? []) track.stop()
    stream = null
  }

  /** Returns the camera for a picture, from the parameters `document_camera` and `liveness_camera` of the address. */
  function facingOf(kind: string): string {
    const [name, otherwise] = kind === 'selfie' ? ['liveness_camera', 'front'] : ['document_camera', 'back']
    return (parameters.get(name ?? '') ?? otherwise) === 'front' ? 'user' : 'environment'
  }

  async function start(kind: string, facing: string): Promise<void> {
    stop()
    const forStep = currentStep()
    const video = document.getElementById(`${kind}-video`) as HTMLVideoElement
    const hint = document.getElementById(`${kind}-hint`) as HTMLElement
    const capture = document.getElementById(`${kind}-capture`) as HTMLButtonElement
    const turn = document.getElementById(`${kind}-turn`) as HTMLButtonElement
    capture.hidden = true
    turn.hidden = true
    hint.textContent = 'Asking for the camera …'
    try {
      const opened = await page.navigator.mediaDevices.getUserMedia({ video: { facingMode: facing }, audio: false })
      if (currentStep() !== forStep) {
        // The person has already gone on to another step.
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
      onStarted(forStep ?? '')
    } catch {
      if (currentStep() !== forStep) return
      video.hidden = true
      hint.textContent = 'There is no camera here. Go on with the sample image.'
    }
  }

  return {
    open(kind) {
      let facing = facingOf(kind)
      const turn = document.getElementById(`${kind}-turn`) as HTMLButtonElement
      turn.onclick = () => {
        facing = facing === 'user' ? 'environment' : 'user'
        void start(kind, facing)
      }
      void start(kind, facing)
    },
    stop,
  }
}

/** Parts that `runHostedPage` receives. */
export const scriptParts = { createPost, reportLayout, showFaults, createCamera }
