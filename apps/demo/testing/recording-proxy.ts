import { createServer, request as httpRequest, type Server } from 'node:http'
import { setTimeout } from 'node:timers/promises'

/** One answer of the app's origin. */
export interface Exchange {
  readonly url: string
  /** Headers and body as text, as far as the browser got them. */
  body: string
}

/** What stands between the browser and the app, and what a test can do to it. */
export interface RecordingProxy {
  readonly server: Server
  /** Everything the browser was answered, in the order of its asking. */
  readonly traffic: Exchange[]
  /** Answers to paths that hold this text reach the browser so much later, in milliseconds; the server has long sent them. */
  readonly late: { path: string; ms: number }
  /** Requests for paths that hold this text get no answer: the connection breaks. */
  readonly cut: { path: string }
  /** How many streams are open. */
  openStreams(): number
  /**
   * From now on nothing more of the streams that are open gets through to the browser: what comes is thrown away.
   *
   * @returns What the server sent since, as text, for the test alone.
   */
  holdStreams(): { readonly text: string }
}

/** Passes everything on to the app at the port and keeps what comes back, streams included. */
export function createRecordingProxy(target: () => number): RecordingProxy {
  const traffic: Exchange[] = []
  const late = { path: '', ms: 0 }
  const cut = { path: '' }
  /** For each open stream, where its bytes go. */
  const streams = new Map<object, { text: string } | null>()

  const server = createServer((incoming, outgoing) => {
    const record = { url: incoming.url ?? '', body: '' }
    traffic.push(record)
    if (cut.path !== '' && incoming.url?.includes(cut.path)) {
      outgoing.destroy()
      return
    }
    const onward = httpRequest(
      {
        host: 'localhost',
        port: target(),
        path: incoming.url,
        method: incoming.method,
        // Plain text, so that what is recorded is what was said.
        headers: { ...incoming.headers, 'accept-encoding': 'identity' },
      },
      async (answer) => {
        if (late.path !== '' && incoming.url?.includes(late.path)) await setTimeout(late.ms)
        record.body += `${JSON.stringify(answer.headers)}\n`
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        if (answer.headers['content-type']?.startsWith('text/event-stream')) streams.set(record, null)
        answer.on('data', (chunk: Buffer) => {
          const held = streams.get(record)
          if (held) {
            held.text += chunk.toString('utf8')
            return
          }
          record.body += chunk.toString('utf8')
          outgoing.write(chunk)
        })
        answer.on('close', () => streams.delete(record))
        answer.on('end', () => outgoing.end())
        answer.on('error', () => outgoing.destroy())
      },
    )
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })

  return {
    server,
    traffic,
    late,
    cut,
    openStreams: () => streams.size,
    holdStreams() {
      const hold = { text: '' }
      for (const stream of streams.keys()) streams.set(stream, hold)
      return hold
    },
  }
}
