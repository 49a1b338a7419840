/** Part of a stream. */
export type Chunk = Uint8Array<ArrayBuffer>

/**
 * Destination of a stream: a Node response or the body of a `Response`.
 *
 * A sink holds at most one chunk. The writer waits for `ready()` between chunks, so a slow reader cannot cause a queue
 * that fills the memory.
 */
export interface Sink {
  /** Writes one chunk. Call it once after each `ready()`. */
  write(chunk: Chunk): void
  /** Writes the last chunk and ends the stream. */
  end(chunk: Chunk): void
  /** Ends the stream without waiting for the reader. */
  cut(): void
}

/** Callbacks of a sink. */
export interface SinkListener {
  /** Called at the beginning, and each time the reader has taken a chunk. The next chunk may be written. */
  ready(): void
  /** Called when the reader has disconnected. */
  gone(): void
}

export type OpenSink = (listener: SinkListener) => Sink

/**
 * Key of the binding with which a host offers direct access to the connection. The stream then bypasses `Response` and
 * writes to the connection. `toNodeHandler` sets it.
 */
export const directSink: unique symbol = Symbol('didit-verify.direct-sink')

/** Function of a host that opens a sink on the connection. */
export type DirectSink = (status: number, headers: Headers) => OpenSink

/** Creates a sink that writes to the body of a `Response`, for any runtime with `fetch`. */
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
      // The stream has no queue, so `pull` means that a reader waits and has taken the last chunk.
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
      // An error instead of a normal end: a host that waits for its reader would keep the connection open. The drawback is
      // that @hono/node-server prints the error. `toNodeHandler` does not use this sink.
      controller?.error(new Error('The reader made no progress for too long.'))
      controller = undefined
    },
  }
  return { sink, body }
}

/** Puts several chunks into one. */
export function joinChunks(chunks: Iterable<Chunk>): Chunk {
  const parts = [...chunks]
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.byteLength
  }
  return joined
}
