/** One event of a stream of server-sent events. */
export interface StreamEvent {
  /** Undefined where the stream names none. */
  readonly event: string | undefined
  /** The `data` lines, joined by line feeds. */
  readonly data: string
  /** Undefined unless this very event carries an id. */
  readonly id: string | undefined
}

export interface EventStreamHandlers {
  readonly onEvent: (event: StreamEvent) => void
  readonly onComment: () => void
  /** The server names a pause before the next connection, in milliseconds. */
  readonly onRetry: (delayMs: number) => void
}

/** Longest event, in UTF-16 units. A line without end must not fill the memory. */
const maxEventLength = 1 << 20

/**
 * Returns a function that takes the bytes of an event stream, in pieces of any size, and calls back for each event.
 *
 * An event without its closing blank line is dropped, as the standard says.
 *
 * @throws {Error} When an event is longer than 1 MiB.
 * @see HTML standard, "Server-sent events": https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function createEventStreamParser({ onEvent, onComment, onRetry }: EventStreamHandlers) {
  const decoder = new TextDecoder() // it also drops a byte order mark
  let line = ''
  let endedWithCr = false
  let event: string | undefined
  let data: string | undefined
  let id: string | undefined

  function readLine(): void {
    // The pattern fits every line: `field`, `field:value`, `field: value`.
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line) as unknown as [string, string, string]
    if (!line) {
      if (data !== undefined) onEvent({ event, data, id })
      event = data = id = undefined
    } else if (!field) onComment()
    else if (field === 'data') data = data === undefined ? value : `${data}\n${value}`
    else if (field === 'event') event = value || undefined
    else if (field === 'id') id = value.includes('\0') ? id : value
    else if (field === 'retry' && /^\d+$/.test(value)) onRetry(Number(value))
  }

  return (bytes: Uint8Array): void => {
    let text = decoder.decode(bytes, { stream: true })
    if (!text) return
    // A CR ends its line at once. The LF of the same CRLF may come with the next piece.
    if (endedWithCr && text[0] === '\n') text = text.slice(1)
    endedWithCr = text.endsWith('\r')
    const [rest, ...begun] = text.split(/\r\n?|\n/)
    line += rest
    for (const next of begun) {
      readLine()
      line = next
    }
    if (line.length + (data?.length ?? 0) > maxEventLength) throw new Error('The event is too long.')
  }
}
