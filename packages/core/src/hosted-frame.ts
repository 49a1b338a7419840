import { DiditError } from './error.ts'
import { parseJson } from './http.ts'
import { globalTimers, type Timers } from './timers.ts'
import { isLoopback, readUrl, readVerificationUrl } from './verification-url.ts'

/** Messages of the hosted page, under our own names. */
export type HostedMessageType =
  | 'ready'
  | 'started'
  | 'step'
  | 'step-completed'
  | 'media'
  | 'document'
  | 'code'
  | 'submitted'
  | 'status'
  | 'completed'
  | 'cancelled'
  | 'error'
  | 'close-request'
  | 'layout'

/** Layout of the hosted page, as far as the page reports it. */
export interface HostedLayout {
  /** In CSS pixels. */
  readonly contentHeight?: number | undefined
  readonly colorScheme?: 'light' | 'dark' | undefined
  readonly dir?: 'ltr' | 'rtl' | undefined
}

/**
 * One message of the hosted page: a hint for the screen, never an outcome, since any script can forge it.
 *
 * The status that the page claims is left out, so that no caller can rely on it.
 */
export interface HostedMessage {
  readonly type: HostedMessageType
  readonly sessionId?: string | undefined
  /** Didit's name of the step. More names may follow. */
  readonly step?: string | undefined
  /** Didit's text for developers, cut to 200 characters. Do not show it to the person. */
  readonly error?: string | undefined
  readonly layout?: HostedLayout | undefined
}

export interface HostedFrameOptions {
  /** The address that the server returned. */
  readonly url: string
  /** Origins that may be loaded, compared exactly. Default: Didit's own, and on a loopback page also loopback origins. */
  readonly allowedOrigins?: readonly string[] | undefined
  /** The origin of the page around the frame. Default `location.origin`. */
  readonly pageOrigin?: string | undefined
  /** Time limit for the page to report that it is ready, in milliseconds. Default 20000. */
  readonly readyTimeoutMs?: number | undefined
  readonly cameras?:
    | { readonly document?: 'front' | 'back' | undefined; readonly liveness?: 'front' | 'back' | undefined }
    | undefined
  /** `embedded`: the page draws no border of its own and reports its height. Default: a complete page. */
  readonly presentation?: 'embedded' | undefined
  readonly timers?: Timers | undefined
  readonly onMessage: (message: HostedMessage) => void
  /** Called when the page has not reported in time that it is ready. It may still do so later. */
  readonly onTimeout: (error: DiditError) => void
}

/** The protocol of Didit's hosted page in a frame. The caller creates the frame. */
export interface HostedFrame {
  /** The address to load in the frame. */
  readonly src: string
  readonly origin: string
  /** Listens to this frame and starts the time limit for `ready`. Returns a function that stops both. */
  attach(
    frame: { readonly contentWindow: unknown },
    target?: Pick<Window, 'addEventListener' | 'removeEventListener'>,
  ): () => void
}

const types: Readonly<Record<string, HostedMessageType>> = {
  'didit:ready': 'ready',
  'didit:started': 'started',
  'didit:step_started': 'step',
  'didit:step_changed': 'step',
  'didit:step_completed': 'step-completed',
  'didit:media_started': 'media',
  'didit:media_captured': 'media',
  'didit:document_selected': 'document',
  'didit:code_sent': 'code',
  'didit:code_verified': 'code',
  'didit:verification_submitted': 'submitted',
  'didit:status_updated': 'status',
  'didit:completed': 'completed',
  'didit:cancelled': 'cancelled',
  'didit:error': 'error',
  'didit:close_request': 'close-request',
  'didit:layout': 'layout',
}

/** In UTF-16 units. The documented messages have a few hundred. */
const longestText = 65_536

/**
 * Checks the address of a hosted page and returns what its frame needs: the address to load and a listener for messages.
 *
 * Nothing is ever posted to the page. The frame's `load` event is ignored, since a blocked frame fires it too.
 *
 * @throws {DiditError} `frame-url-refused` when the address is not https (or loopback), or its origin is not allowed.
 * @example
 * ```ts
 * import { createHostedFrame } from '@didit-verify/core/hosted-frame'
 *
 * declare const url: string
 * const iframe = document.createElement('iframe')
 * const frame = createHostedFrame({
 *   url,
 *   onMessage: (message) => console.log(message.type),
 *   onTimeout: (error) => console.warn(error.message),
 * })
 * const detach = frame.attach(iframe)
 * iframe.allow = 'camera; microphone'
 * iframe.src = frame.src
 * document.body.append(iframe)
 * ```
 * @see Didit docs, "Web SDK": https://docs.didit.me/integration/web-sdks
 */
export function createHostedFrame(options: HostedFrameOptions): HostedFrame {
  const url = readVerificationUrl(options.url)
  if (!url) {
    throw new DiditError('frame-url-refused', 'The address is not https.')
  }
  const pageOrigin = options.pageOrigin ?? globalThis.location?.origin
  if (!isAllowed(url, options.allowedOrigins, pageOrigin)) {
    throw new DiditError('frame-url-refused', `${url.origin} is not among the allowed origins.`)
  }
  const wishes = {
    document_camera: options.cameras?.document,
    liveness_camera: options.cameras?.liveness,
    sdk_presentation: options.presentation,
  }
  for (const [name, wish] of Object.entries(wishes)) if (wish) url.searchParams.set(name, wish)

  const { origin } = url
  const timers = options.timers ?? globalTimers
  // A timer of 2^31 ms or more would fire at once.
  const readyTimeoutMs = Math.min(options.readyTimeoutMs || 20_000, 2e9)
  let ready = false

  return {
    src: url.href,
    origin,
    attach(frame, target = globalThis.window) {
      const timer = ready
        ? undefined
        : timers.setTimeout(() => {
            const message = `${origin} did not report within ${readyTimeoutMs} ms.`
            options.onTimeout(new DiditError('frame-timeout', message))
          }, readyTimeoutMs)
      const listener = (event: MessageEvent) => {
        const message = readHostedMessage(event, { origin, source: frame.contentWindow })
        if (!message) return
        if (message.type === 'ready') {
          ready = true
          timers.clearTimeout(timer)
        }
        options.onMessage(message)
      }
      target.addEventListener('message', listener)
      return () => {
        timers.clearTimeout(timer)
        target.removeEventListener('message', listener)
      }
    },
  }
}

/**
 * Returns the message of the hosted page in an event, or null if origin, window or format differ.
 *
 * @param expected.origin - The origin of the address that was loaded.
 * @param expected.source - The frame's `contentWindow`.
 * @example
 * ```ts
 * import { readHostedMessage } from '@didit-verify/core/hosted-frame'
 *
 * declare const frame: HTMLIFrameElement
 * addEventListener('message', (event) => {
 *   const message = readHostedMessage(event, { origin: 'https://verify.didit.me', source: frame.contentWindow })
 *   if (message?.type === 'completed') frame.remove()
 * })
 * ```
 */
export function readHostedMessage(
  event: { readonly origin: unknown; readonly source: unknown; readonly data: unknown },
  expected: { readonly origin: string; readonly source: unknown },
): HostedMessage | null {
  // A removed frame has no window, and a message may have no source. Two nulls must not count as equal.
  if (!expected.source || event.source !== expected.source || event.origin !== expected.origin) return null
  const envelope = typeof event.data === 'string' ? parseText(event.data) : event.data
  if (!isRecord(envelope) || typeof envelope.type !== 'string' || !Object.hasOwn(types, envelope.type)) return null
  const type = types[envelope.type] as HostedMessageType
  const data = isRecord(envelope.data) ? envelope.data : {}
  return Object.freeze({
    type,
    sessionId: readText(data.sessionId, 128),
    step: readText(data.step, 64),
    error: type === 'error' ? readText(data.error, 200) : undefined,
    layout: type === 'layout' ? readLayout(data) : undefined,
  })
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parseText = (text: string) => (text.length > longestText ? null : parseJson(text))

const readText = (value: unknown, longest: number) =>
  typeof value === 'string' && value !== '' ? value.slice(0, longest) : undefined

function readLayout({ contentHeight, colorScheme, dir }: Record<string, unknown>): HostedLayout {
  const isHeight = typeof contentHeight === 'number' && contentHeight > 0 && contentHeight < 1e5
  return Object.freeze({
    contentHeight: isHeight ? contentHeight : undefined,
    colorScheme: colorScheme === 'light' || colorScheme === 'dark' ? colorScheme : undefined,
    dir: dir === 'ltr' || dir === 'rtl' ? dir : undefined,
  })
}

function isAllowed(url: URL, allowed: readonly string[] | undefined, pageOrigin: string | undefined): boolean {
  if (allowed) return allowed.some((entry) => readUrl(entry)?.origin === url.origin)
  const page = pageOrigin === undefined ? undefined : readUrl(pageOrigin)
  if (isLoopback(url)) return page !== undefined && isLoopback(page)
  return url.protocol === 'https:' && url.port === '' && url.hostname.endsWith('.didit.me')
}
