import type { Snapshot, TicketAnswer } from '@didit-verify/core/schemas'
import type { Chunk } from './sink.ts'
import type { StaffChange } from './staff-feed.ts'

/**
 * Frames of the event stream, as bytes: encoded once, however many streams they go to.
 *
 * Every payload is one line of JSON, so no value can break out of its `data:` field.
 *
 * @see WHATWG HTML, "Server-sent events": https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

/** Why the server ends a stream. */
export type ByeReason = 'age' | 'ticket' | 'shutdown' | 'erased'

const encoder = new TextEncoder()

/** Sent with every stream. `no-transform` keeps compression away, which would hold frames back. */
export const streamHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
}

/** A Session's Snapshot; the id is its revision, which comes back as `Last-Event-ID`. */
export function snapshotFrame(snapshot: Snapshot): Chunk {
  return encoder.encode(`event: snapshot\nid: ${snapshot.revision}\ndata: ${JSON.stringify(snapshot)}\n\n`)
}

/** A fresh ticket. */
export function ticketFrame(answer: TicketAnswer): Chunk {
  return encoder.encode(`event: ticket\ndata: ${JSON.stringify(answer)}\n\n`)
}

/** The last frame of a stream: why it ends, and after how many milliseconds to come back. */
export function byeFrame(reason: ByeReason, retryMs: number): Chunk {
  return encoder.encode(`event: bye\nretry: ${retryMs}\ndata: ${JSON.stringify({ reason })}\n\n`)
}

/** A Session that has changed, for staff. */
export function changedFrame(change: StaffChange): Chunk {
  return encoder.encode(`event: changed\ndata: ${JSON.stringify(change)}\n\n`)
}

// An id makes browsers say that they come back, so that the server knows who may have missed something.
const mark = 'id: open'

/** The first frame of a stream to staff: shows nothing, and marks the reader. */
export const openingFrame: Chunk = encoder.encode(`${mark}\n\n`)

/** For staff that may have missed something: to be read again is all that is on the screen. */
export const reloadFrame: Chunk = encoder.encode(`${mark}\nevent: reload\ndata: {}\n\n`)

/** A comment line: keeps proxies from closing a quiet stream. */
export const heartbeatFrame: Chunk = encoder.encode(': hb\n\n')
