/** A change of a Session, as the staff's stream tells it. */
export interface Change {
  readonly sessionId: string
  readonly status: string
  readonly phase: string
  readonly revision: number
  readonly updatedAt: number
  readonly source: string
}

/** The part of an `EventSource` that the feed needs. */
export interface Source {
  readonly readyState: number
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void
  close(): void
}

export interface FeedOptions {
  readonly url: string
  readonly onChange: (change: Change) => void
  /** Something may have been missed: read everything again. */
  readonly onGap: () => void
  readonly onConnection: (isOpen: boolean) => void
  /** The server does not let the stream in: perhaps nobody is signed in any more. */
  readonly onRefused: () => void
  /** Default: the browser's own. */
  readonly open?: (url: string) => Source
  readonly setTimer?: (run: () => void, ms: number) => unknown
  readonly clearTimer?: (timer: unknown) => void
}

const closed = 2
const firstPauseMs = 2_000
const longestPauseMs = 30_000

/**
 * Follows the changes of all Sessions. A connection that breaks is mended by the browser itself; one that was refused is
 * tried again here, ever more seldom. The stream keeps nothing for those who were away, so each new connection is a gap.
 *
 * @returns Ends it.
 */
export function followDesk({
  url,
  onChange,
  onGap,
  onConnection,
  onRefused,
  open = (address) => new EventSource(address) as unknown as Source,
  setTimer = setTimeout,
  clearTimer = (timer) => clearTimeout(timer as number),
}: FeedOptions): () => void {
  let source: Source | null = null
  let timer: unknown = null
  let pauseMs = firstPauseMs
  let wasOpen = false

  function connect(): void {
    const current = open(url)
    source = current
    current.addEventListener('open', () => {
      pauseMs = firstPauseMs
      onConnection(true)
      if (wasOpen) onGap()
      wasOpen = true
    })
    current.addEventListener('changed', ({ data }) => {
      const change = parse(data)
      if (change) onChange(change)
      // An event that cannot be read still means that something has changed.
      else onGap()
    })
    current.addEventListener('reload', onGap)
    current.addEventListener('error', () => {
      onConnection(false)
      if (current.readyState !== closed) return
      onRefused()
      timer = setTimer(connect, pauseMs)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    })
  }
  connect()
  return () => {
    clearTimer(timer)
    source?.close()
  }
}

function parse(data: unknown): Change | null {
  try {
    const value = JSON.parse(String(data)) as Partial<Change> | null
    const isChange =
      typeof value?.sessionId === 'string' && typeof value.status === 'string' && typeof value.revision === 'number'
    return isChange ? (value as Change) : null
  } catch {
    return null
  }
}
