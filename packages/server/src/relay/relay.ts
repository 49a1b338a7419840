import { isDecided, type Snapshot } from '@didit-verify/core/schemas'
import type { TicketClaims, Tickets } from '../tokens/ticket.ts'
import { heartbeatMs, maxAgeMs, retrySpreadMs, stalledMs, sweepMs } from './pace.ts'
import type { Chunk, OpenSink, Sink } from './sink.ts'
import { type ByeReason, byeFrame, heartbeatFrame, snapshotFrame, ticketFrame } from './sse.ts'

/**
 * Carries each new Snapshot to the open streams of its Session, inside this process.
 *
 * A stream keeps the newest Snapshot only: a reader that falls behind skips what has been overtaken, and one that
 * takes nothing for half a minute is cut. One timer serves all streams.
 */

// Longer than a stream's remaining age, so that a browser reconnects with a ticket that still has time left.
const renewBeforeMs = 6 * 60_000

/** A stream that waits for its first Snapshot; publications in the meantime are kept for it. */
export interface PendingStream {
  /** Starts writing: at once with this Snapshot, unless the reader has that revision already. */
  start(snapshot: Snapshot, openSink: OpenSink): void
  /** Gives it up before it began. */
  discard(): void
}

export interface RelayOptions {
  readonly tickets: Tickets
  /** Epoch milliseconds. */
  readonly now: () => number
  /** From 0 to below 1; spreads heartbeats and reconnects. */
  readonly random: () => number
}

export interface Relay {
  /** Number of open streams. */
  readonly size: number
  /** Announces a stream. Do this before reading the Session, so that nothing published in between is missed. */
  open(claims: TicketClaims, lastRevision: number | null): PendingStream
  /** Offers a Snapshot to all streams of its Session. */
  publish(snapshot: Snapshot): void
  /** Says goodbye to all streams of a Session that is no more. */
  dismiss(sessionId: string): void
  /** Heartbeats, renewed tickets and ends that are due now. Runs by itself every second while a stream is open. */
  sweep(): void
  /** Says goodbye to all streams; those that have not taken it after `graceMs` are cut. */
  close(graceMs: number): Promise<void>
}

interface Stream {
  claims: TicketClaims
  sink: Sink | null
  /** Since when the reader owes us attention; null while it waits for the next chunk. */
  busySince: number | null
  snapshot: Chunk | null
  revision: number | null
  ticket: Chunk | null
  bye: Chunk | null
  isFinal: boolean
  isRenewing: boolean
  readonly openedAt: number
  beatAt: number
}

/** Creates the hub of one process. */
export function createRelay({ tickets, now, random }: RelayOptions): Relay {
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

  /** Keeps the frame if it is news to this stream. */
  function offer(stream: Stream, snapshot: Snapshot, frame: Chunk): void {
    // The first Snapshot goes out whatever the reader has seen, unless it is just that: after a restored database
    // the reader may hold a higher number, and has to judge for itself.
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
      // Of somebody who has been forgotten nothing is news any more: neither what still waits for its turn, nor what was
      // read before by a request that is under way.
      stream.snapshot = null
      stream.revision = Number.POSITIVE_INFINITY
      end(stream, 'erased')
    }
  }

  function open(claims: TicketClaims, lastRevision: number | null): PendingStream {
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
    }
    add(stream)
    return {
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
        // A sink may be ready before it is known here.
        pump(stream)
        // Its request was under way when all others were told.
        if (isClosed) end(stream, 'shutdown')
        else renewIfDue(stream)
      },
      discard: () => remove(stream),
    }
  }

  function end(stream: Stream, reason: ByeReason): void {
    stream.bye ??= byeFrame(reason, Math.round(500 + random() * retrySpreadMs))
    pump(stream)
  }

  function renewIfDue(stream: Stream): void {
    const { sessionId, expiresAt, chainStartedAt } = stream.claims
    if (stream.isFinal || stream.isRenewing || now() < expiresAt - renewBeforeMs) return
    stream.isRenewing = true
    tickets
      .issue(sessionId, chainStartedAt)
      .then((answer) => {
        // At the chain's end a new ticket would live no longer than the old one: the stream ends with it.
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
