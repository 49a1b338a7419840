import type { Snapshot } from '@didit-verify/core/schemas'
import { heartbeatMs, maxAgeMs, retrySpreadMs, stalledMs, sweepMs } from './pace.ts'
import type { Chunk, OpenSink, Sink } from './sink.ts'
import { type ByeReason, byeFrame, changedFrame, heartbeatFrame, openingFrame, reloadFrame } from './sse.ts'

/**
 * Tells the open desks of the staff of every Session that changes, inside this process.
 *
 * A desk shows many Sessions, so that the newest change alone is not enough, as it is for a person's own stream. What a
 * reader has not taken yet is kept, one frame for each Session and for a few Sessions only. Beyond them all is dropped,
 * and the reader is told to read again what is on its screen: so nothing is missed, and a slow reader costs some kB.
 */

/** What staff are told of a Session that has changed. */
export type StaffChange = Pick<Snapshot, 'sessionId' | 'status' | 'phase' | 'revision' | 'source' | 'updatedAt'>

export interface StaffFeedOptions {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** From 0 to below 1; spreads heartbeats and reconnects. */
  readonly random: () => number
}

export interface StaffFeed {
  /** Number of open streams. */
  readonly size: number
  /** Opens a stream. Who `resumes` may have missed something, and is told to read again. */
  open(openSink: OpenSink, options: { readonly resumes: boolean }): void
  /** Tells all of a change. */
  publish(change: StaffChange): void
  /** Has all read again: something has changed that is no change of a Session, such as that it is no more. */
  reload(): void
  /** Heartbeats and ends that are due now. Runs by itself every second while a stream is open. */
  sweep(): void
  /** Says goodbye to all streams; those that have not taken it after `graceMs` are cut. */
  close(graceMs: number): Promise<void>
}

// A burst of webhooks passes through; whoever is further behind reads the list again sooner than so many frames.
const mostWaiting = 64

interface Stream {
  sink: Sink | null
  /** Since when the reader owes us attention; null while it waits for the next chunk. */
  busySince: number | null
  /** The first frame, until it is sent. */
  first: Chunk | null
  /** The newest frame of each Session, in the order of the changes. */
  readonly waiting: Map<string, Chunk>
  hasMissed: boolean
  bye: Chunk | null
  readonly openedAt: number
  beatAt: number
}

/** Creates the feed of one process. */
export function createStaffFeed({ now, random }: StaffFeedOptions): StaffFeed {
  const streams = new Set<Stream>()
  let timer: ReturnType<typeof setInterval> | undefined
  let onEmpty: (() => void) | undefined
  let isClosed = false

  const nextBeat = () => now() + heartbeatMs * (0.8 + 0.4 * random())

  function open(openSink: OpenSink, { resumes }: { readonly resumes: boolean }): void {
    const stream: Stream = {
      sink: null,
      busySince: now(),
      first: resumes ? reloadFrame : openingFrame,
      waiting: new Map(),
      hasMissed: false,
      bye: null,
      openedAt: now(),
      beatAt: nextBeat(),
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
    // A sink may be ready before it is known here.
    pump(stream)
    if (isClosed) end(stream, 'shutdown')
  }

  function remove(stream: Stream): void {
    if (!streams.delete(stream) || streams.size > 0) return
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
    const chunk = hasMissed ? reloadFrame : waiting.size > 0 ? join(waiting.values()) : null
    waiting.clear()
    return chunk
  }

  function publish(change: StaffChange): void {
    if (streams.size === 0) return
    const frame = changedFrame(change)
    for (const stream of streams) {
      if (stream.hasMissed) continue
      // Set anew, so that it stands where the newest change does.
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
    open,
    publish,
    reload,
    sweep,
    close,
  }
}

function join(chunks: Iterable<Chunk>): Chunk {
  const parts = [...chunks]
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.byteLength
  }
  return joined
}
