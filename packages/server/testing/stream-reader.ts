import type { OpenSink, SinkListener } from '../src/relay/sink.ts'

/** A reader of a stream for tests, which takes a chunk only when told to. */
export function createStreamReader() {
  const reader = { text: '', isCut: false, isEnded: false, listener: {} as SinkListener }
  const decoder = new TextDecoder()
  const openSink: OpenSink = (listener) => {
    reader.listener = listener
    return {
      write(chunk) {
        reader.text += decoder.decode(chunk)
      },
      end(chunk) {
        reader.text += decoder.decode(chunk)
        reader.isEnded = true
      },
      cut() {
        reader.isCut = true
      },
    }
  }
  const take = () => {
    const { text } = reader
    reader.text = ''
    reader.listener.ready()
    return text
  }
  return { reader, openSink, take }
}
