import { isDecided, type Snapshot } from '@didit-verify/core/schemas'
import type { TicketClaims, Tickets } from '../tokens/ticket.ts'
import { heartbeatMs, maxAgeMs, retrySpreadMs, stalledMs, sweepMs } from './pace.ts'
import { type Chunk, joinChunks, type OpenSink, type Sink } from './sink.ts'
import { type ByeReason, byeFrame, heartbeatFrame, snapshotFrame, ticketFrame } from './sse.ts'
import { createStreamPlaces, type StreamPlace, type StreamPlaces } from './stream-places.ts'

/**
 * The relay sends each new Snapshot to the open streams of its Session, inside this process.
 *
 * A stream keeps only the newest Snapshot, so a slow reader skips older ones. A reader that takes nothing for 30 seconds
 * is cut. One timer serves all streams.
 */

// Long enough that a browser reconnects with a ticket that is still valid.
const renewBeforeMs = 6 * 60_000
const replacedRetryMs = 30_000

/** A stream that waits for its first Snapshot. A Snapshot that is published meanwhile is kept for it. */
export interface PendingStream {
  /** Starts writing. Sends this Snapshot first, unless the reader already has its revision. */
  start(snapshot: Snapshot, openSink: OpenSink): void
  /**
   * Counts the stream for its user. Call it before the answer begins.
   *
   * @throws {RequestError} `rate-limited` (503): the user has too many streams. This one is removed.
   */
  assign(userId: string): void
  /** Removes the stream before it starts. */
  discard(): void
}

export interface RelayOptions {
  readonly tickets: Tickets
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Returns a number in [0, 1). It varies heartbeats and reconnects. */
  readonly random: () => number
  /** How many streams one Session may have. Default 8. */
  readonly streamsPerSession?: number | undefined
  /** The places of all streams. Default: those of a process of its own. */
  readonly places?: StreamPlaces | undefined
}

export interface Relay {
  /** Number of open streams. */
  readonly size: number
  /**
   * Registers a stream. Call it before you read the Session, so that no Snapshot in between is missed. If the Session has
   * too many streams, the oldest gets its `bye`.
   *
   * @throws {RequestError} `rate-limited` (503): this process holds as many streams as it may.
   */
  open(claims: TicketClaims, lastRevision: number | null): PendingStream
  /** Sends a Snapshot to all streams of its Session. */
  publish(snapshot: Snapshot): void
  /** Ends all streams of an erased Session with a `bye` frame. */
  dismiss(sessionId: string): void
  /** Sends due heartbeats and renewed tickets, and ends due streams. Runs every second while a stream is open. */
  sweep(): void
  /** Ends all streams with a `bye` frame, and cuts those that are still open after `graceMs`. */
  close(graceMs: number): Promise<void>
}

interface Stream {
  claims: TicketClaims
  sink: Sink | null
  /** Time since the sink is busy with a chunk; null when it is ready for the next one. */
  busySince: number | null
  snapshot: Chunk | null
  revision: number | null
  ticket: Chunk | null
  bye: Chunk | null
  isFinal: boolean
  isRenewing: boolean
  readonly openedAt: number
  beatAt: number
  readonly place: StreamPlace
}

/** Creates the relay of one process. */
export function createRelay(options: RelayOptions): Relay {
  const { tickets, now, random, streamsPerSession = 8, places = createStreamPlaces() } = options
  const bySession = new Map<string, Set<Stream>>()
  let size = 0
  let timer: ReturnType<typeof setInterval> | undefined
  let onEmpty: (() => void) | undefined
  let isClosed = false

  const nextBeat = () => now() + heartbeatMs * (0.8 + 0.4 * random())

  function add(stream: Stream): void {
    const streams = bySession.get(stream.claims.sessionId) ?? new Set()
    bySession.set(stream.claims.sessionId, streams.add(stream))
    size += 1
    if (timer === undefined) {
      timer = setInterval(sweep, sweepMs)
      ;(timer as { unref?: () => void }).unref?.()
    }
  }

  function remove(stream: Stream): void {
    const streams = bySession.get(stream.claims.sessionId)
    if (!streams?.delete(stream)) return
    stream.place.free()
    if (streams.size === 0) bySession.delete(stream.claims.sessionId)
    size -= 1
    if (size > 0) return
    clearInterval(timer)
    timer = undefined
    onEmpty?.()
  }

  function pump(stream: Stream, idle: Chunk | null = null): void {
    if (stream.sink === null || stream.busySince !== null) return
    const chunk = stream.snapshot ?? stream.ticket ?? idle
    if (chunk === null) {
      if (stream.bye === null) return
      remove(stream)
      stream.sink.end(stream.bye)
      return
    }
    if (chunk === stream.snapshot) stream.snapshot = null
    else if (chunk === stream.ticket) stream.ticket = null
    stream.busySince = now()
    stream.beatAt = nextBeat()
    stream.sink.write(chunk)
  }

  /** Queues the frame if its Snapshot is newer than the last one of this stream. */
  function offer(stream: Stream, snapshot: Snapshot, frame: Chunk): void {
    // The first Snapshot is sent unless the reader has exactly this revision. After a restored database the reader may
    // have a higher revision, and must compare the Snapshots itself.
    if (stream.revision !== null && snapshot.revision <= stream.revision) return
    stream.revision = snapshot.revision
    stream.isFinal = isDecided(snapshot.status) && snapshot.settled
    stream.snapshot = frame
    pump(stream)
  }

  function publish(snapshot: Snapshot): void {
    const streams = bySession.get(snapshot.sessionId)
    if (streams === undefined) return
    const frame = snapshotFrame(snapshot)
    for (const stream of streams) offer(stream, snapshot, frame)
  }

  function dismiss(sessionId: string): void {
    for (const stream of bySession.get(sessionId) ?? []) {
      // After an erasure nothing more is sent: neither a queued Snapshot, nor one that a request in progress read
      // before.
      stream.snapshot = null
      stream.revision = Number.POSITIVE_INFINITY
      end(stream, 'erased')
    }
  }

  /** Ends the oldest streams of a Session that has as many as it may. */
  function makeRoom(sessionId: string): void {
    const staying = [...(bySession.get(sessionId) ?? [])].filter(({ bye }) => bye === null)
    for (const stream of staying.slice(0, Math.max(0, staying.length + 1 - streamsPerSession))) replace(stream)
  }

  function replace(stream: Stream): void {
    const { sink, busySince, snapshot, place } = stream
    place.free()
    // Later than others come back, so that two pages do not push each other out again and again.
    stream.bye = byeFrame('replaced', Math.round(replacedRetryMs * (1 + random())))
    // A stream that has not begun sends its bye frame when it begins.
    if (sink === null) return
    remove(stream)
    // Not when the reader is ready for more: one that takes nothing must not keep its connection.
    if (busySince !== null && now() - busySince >= sweepMs) sink.cut()
    else sink.end(snapshot === null ? stream.bye : joinChunks([snapshot, stream.bye]))
  }

  function open(claims: TicketClaims, lastRevision: number | null): PendingStream {
    makeRoom(claims.sessionId)
    const place = places.take()
    const stream: Stream = {
      claims,
      sink: null,
      busySince: now(),
      snapshot: null,
      revision: null,
      ticket: null,
      bye: null,
      isFinal: false,
      isRenewing: false,
      openedAt: now(),
      beatAt: nextBeat(),
      place,
    }
    add(stream)
    return {
      assign(userId) {
        try {
          place.assign(`user ${userId}`)
        } catch (refusal) {
          remove(stream)
          throw refusal
        }
      },
      start(snapshot, openSink) {
        offer(stream, snapshot, snapshotFrame(snapshot))
        if (stream.revision === lastRevision) stream.snapshot = null
        stream.busySince = now()
        stream.sink = openSink({
          ready() {
            stream.busySince = null
            pump(stream)
          },
          gone: () => remove(stream),
        })
        // The sink may have called `ready` before `openSink` returned.
        pump(stream)
        // The relay may have closed while this request was in progress.
        if (isClosed) end(stream, 'shutdown')
        else renewIfDue(stream)
      },
      discard: () => remove(stream),
    }
  }

  function end(stream: Stream, reason: ByeReason, retryMs = Math.round(500 + random() * retrySpreadMs)): void {
    stream.bye ??= byeFrame(reason, retryMs)
    pump(stream)
  }

  function renewIfDue(stream: Stream): void {
    const { sessionId, expiresAt, chainStartedAt } = stream.claims
    if (stream.isFinal || stream.isRenewing || now() < expiresAt - renewBeforeMs) return
    stream.isRenewing = true
    tickets
      .issue(sessionId, chainStartedAt)
      .then((answer) => {
        // At the end of the chain a new ticket would not last longer. The stream then ends with the old ticket.
        if (answer === null || answer.ticketExpiresAt <= expiresAt) return
        stream.claims = { sessionId, chainStartedAt, expiresAt: answer.ticketExpiresAt }
        stream.ticket = ticketFrame(answer)
        stream.isRenewing = false
        pump(stream)
      })
      .catch(() => {
        stream.isRenewing = false
      })
  }

  function sweep(): void {
    const at = now()
    for (const streams of bySession.values()) {
      for (const stream of streams) {
        if (stream.busySince !== null && at - stream.busySince >= stalledMs) {
          remove(stream)
          stream.sink?.cut()
        } else if (at >= stream.claims.expiresAt) end(stream, 'ticket')
        else if (at >= stream.openedAt + maxAgeMs) end(stream, 'age')
        else {
          renewIfDue(stream)
          if (at >= stream.beatAt) pump(stream, heartbeatFrame)
        }
      }
    }
  }

  async function close(graceMs: number): Promise<void> {
    isClosed = true
    for (const streams of bySession.values()) for (const stream of streams) end(stream, 'shutdown')
    if (size === 0) return
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, graceMs)
      onEmpty = () => {
        clearTimeout(late)
        resolve()
      }
    })
    for (const streams of bySession.values()) {
      for (const stream of streams) {
        remove(stream)
        stream.sink?.cut()
      }
    }
  }

  return {
    get size() {
      return size
    },
    open,
    publish,
    dismiss,
    sweep,
    close,
  }
}
