import { afterEach, expect, test, vi } from 'vitest'
import { flush } from '../testing/fake-clock.ts'
import { sessionId, snapshotOf } from '../testing/fake-companion.ts'
import { setUp } from '../testing/set-up.ts'
import { createDiditClient } from './client.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

test('the same target has the same store, however it is written', () => {
  const { client } = setUp()
  expect(client.session()).toBe(client.session({}))
  expect(client.session({ workflow: 'default' })).toBe(client.session({ workflow: undefined }))
  expect(client.session({ workflow: 'age' })).not.toBe(client.session())
  expect(client.session({ sessionId })).not.toBe(client.session())
  expect(client.session({ sessionId })).toBe(client.session({ sessionId }))
})

test('creating a client and taking a store send nothing', () => {
  const { client, companion, clock } = setUp()
  client.session({ workflow: 'age' })
  expect(companion.calls).toEqual([])
  expect(clock.pending()).toBe(0)
})

test.each([
  [undefined, '/api/didit'],
  ['/verify/', '/verify'],
  ['https://bank.example/api/didit', 'https://bank.example/api/didit'],
])('the endpoint %s is %s', (endpoint, clean) => {
  expect(createDiditClient({ endpoint }).endpoint).toBe(clean)
})

test.each([
  { endpoint: '/api?x=1' },
  { endpoint: '/a b' },
  { endpoint: 7 as never },
  { timeoutMs: 0 },
  { timeoutMs: NaN },
])('refuses %j when it is created', (options) => {
  expect(() => createDiditClient(options)).toThrow(expect.objectContaining({ code: 'config-invalid' }))
})

test('getSession goes through the store, so that both say the same', async () => {
  const { client, companion } = setUp()
  companion.current = snapshotOf({ workflow: 'age' })
  const snapshot = await client.getSession({ workflow: 'age' })
  expect(snapshot).toBe(client.session({ workflow: 'age' }).getSnapshot())
  expect(await client.getDecision({ workflow: 'age' })).toMatchObject({ sessionId })
})

test('listens for the network and the page only while it follows, and comes back when either does', async () => {
  const [page, document] = [new EventTarget(), Object.assign(new EventTarget(), { visibilityState: 'hidden' })]
  const removed = vi.spyOn(page, 'removeEventListener')
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  vi.stubGlobal('document', document)
  const { client, companion, store } = setUp()
  companion.current = snapshotOf()
  await store.load()
  companion.answer = () => Promise.reject(new TypeError('fetch failed'))
  store.subscribe(() => {})
  await flush()
  const tries = companion.calls.length
  document.dispatchEvent(new Event('visibilitychange'))
  await flush()
  expect(companion.calls.length).toBe(tries)
  page.dispatchEvent(new Event('online'))
  await flush()
  expect(companion.calls.length).toBe(tries + 1)
  document.visibilityState = 'visible'
  document.dispatchEvent(new Event('visibilitychange'))
  await flush()
  expect(companion.calls.length).toBe(tries + 2)
  client.close()
  expect(removed).toHaveBeenCalledWith('online', expect.anything())
})
