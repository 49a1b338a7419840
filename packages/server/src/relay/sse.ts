import type { Snapshot, TicketAnswer } from '@didit-verify/core/schemas'
import type { Chunk } from './sink.ts'

/**
 * Frames of the event stream, as bytes. A frame is encoded once for all its streams.
 *
 * Each payload is one line of JSON, so that no value can end its `data:` field early.
 *
 * @see WHATWG HTML, "Server-sent events": https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

/** Reason why the server ends a stream. */
export type ByeReason = 'age' | 'ticket' | 'shutdown' | 'erased' | 'replaced'

/** Data about a changed Session, for staff. */
export type StaffChange = Pick<Snapshot, 'sessionId' | 'status' | 'phase' | 'revision' | 'source' | 'updatedAt'>

const encoder = new TextEncoder()

/** Headers of every stream. `no-transform` prevents compression, which would delay frames. */
export const streamHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
}

/** Returns the frame of a Snapshot. Its id is the revision, which the browser sends back as `Last-Event-ID`. */
export function snapshotFrame(snapshot: Snapshot): Chunk {
  return encoder.encode(`event: snapshot\nid: ${snapshot.revision}\ndata: ${JSON.stringify(snapshot)}\n\n`)
}

/** Returns the frame of a new ticket. */
export function ticketFrame(answer: TicketAnswer): Chunk {
  return encoder.encode(`event: ticket\ndata: ${JSON.stringify(answer)}\n\n`)
}

/** Returns the last frame of a stream, with the reason for the end and the milliseconds until the reconnect. */
export function byeFrame(reason: ByeReason, retryMs: number): Chunk {
  return encoder.encode(`event: bye\nretry: ${retryMs}\ndata: ${JSON.stringify({ reason })}\n\n`)
}

/** Returns the frame that tells staff of a changed Session. */
export function changedFrame(change: StaffChange): Chunk {
  return encoder.encode(`event: changed\ndata: ${JSON.stringify(change)}\n\n`)
}

// With an id, a browser sends `Last-Event-ID` when it reconnects. The server then knows that it may have missed events.
const mark = 'id: open'

/** First frame of a stream to staff. It carries only the id. */
export const openingFrame: Chunk = encoder.encode(`${mark}\n\n`)

/** Tells staff that may have missed events to reload everything on the screen. */
export const reloadFrame: Chunk = encoder.encode(`${mark}\nevent: reload\ndata: {}\n\n`)

/** Comment line that keeps proxies from closing an idle stream. */
export const heartbeatFrame: Chunk = encoder.encode(': hb\n\n')
