import { DiditError } from './error.ts'
import { parseJson } from './http.ts'
import { globalTimers, type Timers } from './timers.ts'
import { isLoopback, readUrl, readVerificationUrl } from './verification-url.ts'

/** What the hosted page can say, in our words. */
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

/** How the hosted page is laid out, where it says so. */
export interface HostedLayout {
  /** In CSS pixels. */
  readonly contentHeight?: number | undefined
  readonly colorScheme?: 'light' | 'dark' | undefined
  readonly dir?: 'ltr' | 'rtl' | undefined
}

/**
 * One message of the hosted page. It proves only that a browser says so: a hint for the screen, never an outcome.
 *
 * The status that the page claims is left out: what nobody can read, nobody can believe.
 */
export interface HostedMessage {
  readonly type: HostedMessageType
  readonly sessionId?: string | undefined
  /** Didit's name of the step: an open list. */
  readonly step?: string | undefined
  /** Didit's text, cut to 200 characters. For developers, not for the person. */
  readonly error?: string | undefined
  readonly layout?: HostedLayout | undefined
}

export interface HostedFrameOptions {
  /** The address that the server gave out. */
  readonly url: string
  /** Exactly the origins that may be loaded. Default: Didit's own, and on a loopback page loopback ones. */
  readonly allowedOrigins?: readonly string[] | undefined
  /** The origin of the page around the frame. Default `location.origin`. */
  readonly pageOrigin?: string | undefined
  /** How long the page may take to say that it is ready, in milliseconds. Default 20000. */
  readonly readyTimeoutMs?: number | undefined
  readonly cameras?:
    | { readonly document?: 'front' | 'back' | undefined; readonly liveness?: 'front' | 'back' | undefined }
    | undefined
  /** `embedded`: the page leaves the frame to us and says how high it is. Default: it is laid out as a page of its own. */
  readonly presentation?: 'embedded' | undefined
  readonly timers?: Timers | undefined
  readonly onMessage: (message: HostedMessage) => void
  /** The page has not said that it is ready in time. It may still do so later. */
  readonly onTimeout: (error: DiditError) => void
}

/** The protocol of Didit's hosted page in a frame; the frame itself is drawn by whoever holds this. */
export interface HostedFrame {
  /** What to load in the frame. */
  readonly src: string
  readonly origin: string
  /** Listens to this frame and starts the wait for `ready`. Returns the way out. */
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

/** In UTF-16 units; the documented messages have a few hundred. */
const longestText = 65_536

/**
 * Checks the address of a hosted page and speaks its protocol: which messages count, and when to give up waiting.
 *
 * Nothing is ever posted to the page. `load` says nothing: a blocked frame fires it too.
 *
 * @throws {DiditError} `frame-url-refused` when the address is not https (or loopback), or its origin is not allowed.
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
 * Reads a message event as one of the hosted page, or returns null: for another origin, another window, or another form.
 *
 * @param expected.origin - The origin of the address that was loaded.
 * @param expected.source - The frame's `contentWindow`.
 */
export function readHostedMessage(
  event: { readonly origin: unknown; readonly source: unknown; readonly data: unknown },
  expected: { readonly origin: string; readonly source: unknown },
): HostedMessage | null {
  // A frame that is gone has no window, and a message may have no source: two nulls must not agree.
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
