import { heartbeatMs, maxAgeMs, retrySpreadMs, stalledMs, sweepMs } from './pace.ts'
import { type Chunk, joinChunks, type OpenSink, type Sink } from './sink.ts'
import {
  type ByeReason,
  byeFrame,
  changedFrame,
  heartbeatFrame,
  openingFrame,
  reloadFrame,
  type StaffChange,
} from './sse.ts'
import { createStreamPlaces, type StreamPlace, type StreamPlaces } from './stream-places.ts'

/**
 * The staff feed tells the open review desks of each Session that changes, inside this process.
 *
 * A person's stream needs only the newest Snapshot, but a desk shows many Sessions. So the feed keeps one frame for each
 * changed Session until the reader takes it, up to a limit. Above the limit it drops all frames and tells the reader to
 * reload its screen. No change is missed, and a slow reader uses only a few kB of memory.
 */

export interface StaffFeedOptions {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Returns a number in [0, 1). It varies heartbeats and reconnects. */
  readonly random: () => number
  /** The places of all streams. Default: those of a process of its own. */
  readonly places?: StreamPlaces | undefined
}

export interface StaffFeed {
  /** Number of open streams. */
  readonly size: number
  /**
   * Takes a place for a stream of a member of the staff. Call it before the answer begins.
   *
   * @throws {RequestError} `rate-limited` (503): the member has too many streams, or this process holds as many as it may.
   */
  reserve(staffId: string): StreamPlace
  /** Opens a stream. A reader that `resumes` may have missed changes, and is told to reload. */
  open(openSink: OpenSink, options: { readonly resumes: boolean; readonly place?: StreamPlace | undefined }): void
  /** Sends a change to all streams. */
  publish(change: StaffChange): void
  /** Tells all readers to reload, after a change that `publish` cannot describe, such as a deleted Session. */
  reload(): void
  /** Sends due heartbeats and ends due streams. Runs every second while a stream is open. */
  sweep(): void
  /** Ends all streams with a `bye` frame, and cuts those that are still open after `graceMs`. */
  close(graceMs: number): Promise<void>
}

// Enough for a burst of webhooks. For a reader that is further behind, it is faster to read the list again.
const mostWaiting = 64

interface Stream {
  sink: Sink | null
  /** Time since the sink is busy with a chunk; null when it is ready for the next one. */
  busySince: number | null
  /** The first frame, until it is sent. */
  first: Chunk | null
  /** The newest frame of each Session, in the order of the changes. */
  readonly waiting: Map<string, Chunk>
  hasMissed: boolean
  bye: Chunk | null
  readonly openedAt: number
  beatAt: number
  readonly place: StreamPlace | undefined
}

/** Creates the feed of one process. */
export function createStaffFeed({ now, random, places = createStreamPlaces() }: StaffFeedOptions): StaffFeed {
  const streams = new Set<Stream>()
  let timer: ReturnType<typeof setInterval> | undefined
  let onEmpty: (() => void) | undefined
  let isClosed = false

  const nextBeat = () => now() + heartbeatMs * (0.8 + 0.4 * random())

  function reserve(staffId: string): StreamPlace {
    const place = places.take()
    place.assign(`staff ${staffId}`)
    return place
  }

  function open(
    openSink: OpenSink,
    { resumes, place }: { readonly resumes: boolean; readonly place?: StreamPlace | undefined },
  ): void {
    const stream: Stream = {
      sink: null,
      busySince: now(),
      first: resumes ? reloadFrame : openingFrame,
      waiting: new Map(),
      hasMissed: false,
      bye: null,
      openedAt: now(),
      beatAt: nextBeat(),
      place,
    }
    streams.add(stream)
    if (timer === undefined) {
      timer = setInterval(sweep, sweepMs)
      ;(timer as { unref?: () => void }).unref?.()
    }
    stream.sink = openSink({
      ready() {
        stream.busySince = null
        pump(stream)
      },
      gone: () => remove(stream),
    })
    // The sink may have called `ready` before `openSink` returned.
    pump(stream)
    if (isClosed) end(stream, 'shutdown')
  }

  function remove(stream: Stream): void {
    if (!streams.delete(stream)) return
    stream.place?.free()
    if (streams.size > 0) return
    clearInterval(timer)
    timer = undefined
    onEmpty?.()
  }

  function pump(stream: Stream, idle: Chunk | null = null): void {
    if (stream.sink === null || stream.busySince !== null) return
    const chunk = take(stream) ?? idle
    if (chunk === null) {
      if (stream.bye === null) return
      remove(stream)
      stream.sink.end(stream.bye)
      return
    }
    stream.busySince = now()
    stream.beatAt = nextBeat()
    stream.sink.write(chunk)
  }

  function take(stream: Stream): Chunk | null {
    const { first, waiting, hasMissed } = stream
    if (first !== null) {
      stream.first = null
      return first
    }
    stream.hasMissed = false
    const chunk = hasMissed ? reloadFrame : waiting.size > 0 ? joinChunks(waiting.values()) : null
    waiting.clear()
    return chunk
  }

  function publish(change: StaffChange): void {
    if (streams.size === 0) return
    const frame = changedFrame(change)
    for (const stream of streams) {
      if (stream.hasMissed) continue
      // Deleted first, so that the Session moves to the end of the order.
      stream.waiting.delete(change.sessionId)
      stream.waiting.set(change.sessionId, frame)
      if (stream.waiting.size > mostWaiting) miss(stream)
      pump(stream)
    }
  }

  function miss(stream: Stream): void {
    stream.waiting.clear()
    stream.hasMissed = true
  }

  function reload(): void {
    for (const stream of streams) {
      miss(stream)
      pump(stream)
    }
  }

  function end(stream: Stream, reason: ByeReason): void {
    stream.bye ??= byeFrame(reason, Math.round(500 + random() * retrySpreadMs))
    pump(stream)
  }

  function sweep(): void {
    const at = now()
    for (const stream of streams) {
      if (stream.busySince !== null && at - stream.busySince >= stalledMs) {
        remove(stream)
        stream.sink?.cut()
      } else if (at >= stream.openedAt + maxAgeMs) end(stream, 'age')
      else if (at >= stream.beatAt) pump(stream, heartbeatFrame)
    }
  }

  async function close(graceMs: number): Promise<void> {
    isClosed = true
    for (const stream of streams) end(stream, 'shutdown')
    if (streams.size === 0) return
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, graceMs)
      onEmpty = () => {
        clearTimeout(late)
        resolve()
      }
    })
    for (const stream of streams) {
      remove(stream)
      stream.sink?.cut()
    }
  }

  return {
    get size() {
      return streams.size
    },
    reserve,
    open,
    publish,
    reload,
    sweep,
    close,
  }
}
