/** A piece of a stream. */
export type Chunk = Uint8Array<ArrayBuffer>

/**
 * Where a stream's bytes go: a Node response or the body of a `Response`.
 *
 * A sink holds one chunk at most. Whoever writes waits for `ready()` in between, which is what bounds the memory a
 * slow reader can cost: nothing queues up behind it.
 */
export interface Sink {
  /** Hands over one chunk. To be called only after `ready()`, and once for each. */
  write(chunk: Chunk): void
  /** Hands over the last chunk and ends the stream in order. */
  end(chunk: Chunk): void
  /** Ends the stream without waiting for the reader. */
  cut(): void
}

/** What a sink reports back. */
export interface SinkListener {
  /** The reader has taken everything; the next chunk may come. Called once at the beginning, too. */
  ready(): void
  /** The reader has left. */
  gone(): void
}

export type OpenSink = (listener: SinkListener) => Sink

/**
 * The key under which a host that owns the connection offers `openSink` among `fetch`'s bindings: the stream then
 * writes to the connection itself, past `Response`. `toNodeHandler` does that.
 */
export const directSink: unique symbol = Symbol('didit-verify.direct-sink')

/** A host's offer to open a sink on the connection itself. */
export type DirectSink = (status: number, headers: Headers) => OpenSink

/** A sink that is the body of a `Response`, for every runtime with `fetch`. */
export function createBodySink(listener: SinkListener): {
  readonly sink: Sink
  readonly body: ReadableStream<Chunk>
} {
  let controller: ReadableStreamDefaultController<Chunk> | undefined
  const body = new ReadableStream<Chunk>(
    {
      start(given) {
        controller = given
      },
      // With no queue of its own the stream pulls only when a reader waits, so the last chunk has been taken.
      pull: () => listener.ready(),
      cancel: () => {
        controller = undefined
        listener.gone()
      },
    },
    { highWaterMark: 0 },
  )
  const sink: Sink = {
    write: (chunk) => controller?.enqueue(chunk),
    end(chunk) {
      controller?.enqueue(chunk)
      controller?.close()
      controller = undefined
    },
    cut() {
      // An error, not an end: a host that waits for its reader would keep the connection, and never look again. The price
      // is that @hono/node-server prints it; `toNodeHandler` writes past it.
      controller?.error(new Error('The reader took nothing for too long.'))
      controller = undefined
    },
  }
  return { sink, body }
}
