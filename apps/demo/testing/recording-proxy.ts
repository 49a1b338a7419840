import { createServer, request as httpRequest, type Server } from 'node:http'

/** An answer of the app's origin. */
export interface Exchange {
  readonly url: string
  /** Headers and body as text, as far as the browser got them. */
  body: string
}

/** A proxy between the browser and the app, and the ways in which a test can disturb it. */
export interface RecordingProxy {
  readonly server: Server
  /** All answers to the browser, in the order of the requests. */
  readonly traffic: Exchange[]
  /**
   * Keeps answers to paths that contain the text from the browser. The server has sent them already.
   *
   * @returns Lets the answers through, those that wait and all later ones.
   */
  holdAnswers(path: string): () => void
  /** The connection breaks for requests to paths that contain this text. Default: none. */
  readonly cut: { path: string }
  /** Number of open event streams. */
  openStreams(): number
  /**
   * From now on discards everything that arrives on the open streams, so the browser gets no more of it.
   *
   * @returns The discarded text, for the test alone.
   */
  holdStreams(): { readonly text: string }
}

/** Creates a proxy that forwards every request to the app's port and records every answer, streams included. */
export function createRecordingProxy(target: () => number): RecordingProxy {
  const traffic: Exchange[] = []
  const held = new Map<string, Promise<void>>()
  const cut = { path: '' }
  /** The discarded text of each open stream, or null while its bytes go to the browser. */
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
        // Without compression, so that the recorded text can be searched.
        headers: { ...incoming.headers, 'accept-encoding': 'identity' },
      },
      async (answer) => {
        for (const [path, release] of held) if (incoming.url?.includes(path)) await release
        record.body += `${JSON.stringify(answer.headers)}\n`
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        if (answer.headers['content-type']?.startsWith('text/event-stream')) streams.set(record, null)
        answer.on('data', (chunk: Buffer) => {
          const hold = streams.get(record)
          if (hold) {
            hold.text += chunk.toString('utf8')
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
    cut,
    openStreams: () => streams.size,
    holdAnswers(path) {
      let release = () => {}
      held.set(
        path,
        new Promise((resolve) => {
          release = resolve
        }),
      )
      return () => {
        held.delete(path)
        release()
      }
    },
    holdStreams() {
      const hold = { text: '' }
      for (const stream of streams.keys()) streams.set(stream, hold)
      return hold
    },
  }
}
