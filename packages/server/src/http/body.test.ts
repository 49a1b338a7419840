import { afterEach, expect, test, vi } from 'vitest'
import { readBody } from './body.ts'

afterEach(() => void vi.useRealTimers())

const limits = { maxBytes: 8, timeoutMs: 1_000 }

/** A request whose body comes chunk by chunk, and never ends unless it is told to. */
function send(chunks: readonly string[], { ends }: { ends: boolean }) {
  const cancelled: unknown[] = []
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
      if (ends) controller.close()
    },
    cancel: () => void cancelled.push('cancelled'),
  })
  const init = { method: 'POST', body, duplex: 'half' }
  return { request: new Request('https://app.example.com/', init as RequestInit), cancelled }
}

test('reads a body of any number of chunks', async () => {
  for (const chunks of [[], ['abcd'], ['ab', 'cd', '', 'efgh']]) {
    const bytes = await readBody(send(chunks, { ends: true }).request, limits)
    expect(new TextDecoder().decode(bytes ?? undefined)).toBe(chunks.join(''))
  }
  expect(await readBody(new Request('https://app.example.com/', { method: 'POST' }), limits)).toEqual(new Uint8Array())
})

test('stops at the first byte too many, and lets go of the rest', async () => {
  const { request, cancelled } = send(['abcd', 'efghi', 'never read'], { ends: false })
  expect(await readBody(request, limits)).toBeNull()
  expect(cancelled).toHaveLength(1)
})

test('gives up on a body that trickles, and lets go of it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { request, cancelled } = send(['a'], { ends: false })
  const reading = readBody(request, limits)
  const refusal = expect(reading).rejects.toThrow('1000 ms')
  await vi.advanceTimersByTimeAsync(1_000)
  await refusal
  expect(cancelled).toHaveLength(1)
})

test('leaves no timer behind', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  await readBody(send(['abc'], { ends: true }).request, limits)
  expect(vi.getTimerCount()).toBe(0)
})
