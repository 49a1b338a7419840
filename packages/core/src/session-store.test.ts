import { afterEach, expect, test, vi } from 'vitest'
import { flush } from '../testing/fake-clock.ts'
import { hostedUrl, json, otherId, problem, sessionId, snapshotOf } from '../testing/fake-companion.ts'
import { setUp, watch } from '../testing/set-up.ts'
import { DiditError } from './error.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test('a user without a Session is a loaded null, not an error', async () => {
  const { store } = setUp()
  expect(store.getState()).toMatchObject({ loaded: false, phase: 'none' })
  expect(await store.load()).toBeNull()
  expect(store.getState()).toMatchObject({ session: null, loaded: true, error: null, phase: 'none' })
})

test('the state is frozen, and the same object until something changes', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf()
  await store.load()
  const before = store.getState()
  const calls = vi.fn()
  store.subscribe(calls)
  await store.load()
  expect(store.getState().session).toBe(before.session)
  expect(Object.isFrozen(store.getState())).toBe(true)
  expect(Object.isFrozen(store.getSnapshot())).toBe(true)
})

test('a slow answer does not overwrite a newer push', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf({ revision: 1 })
  await store.load()
  store.subscribe(() => {})
  await flush()
  const slow = withResolvers()
  companion.answer = ({ name }) =>
    name.startsWith('GET /sessions/current') ? slow.promise.then(() => json(snapshotOf({ revision: 1 }))) : undefined
  const loading = store.load()
  companion.stream.snapshot(snapshotOf({ status: 'In Review', revision: 3 }))
  await flush()
  slow.resolve(undefined)
  expect(await loading).toMatchObject({ revision: 3, status: 'In Review' })
  expect(store.getSnapshot()?.status).toBe('In Review')
})

function withResolvers() {
  let resolve: (value: unknown) => void = () => {}
  const promise = new Promise((given) => {
    resolve = given
  })
  return { promise, resolve }
}

test('two clicks make one request and one opening', async () => {
  const { store, companion } = setUp()
  const { seen } = watch(store, 'flow')
  const [first, second] = await Promise.all([store.start({ language: 'da' }), store.start()])
  expect(companion.count('POST /sessions')).toBe(1)
  expect(companion.calls[0]?.body).toEqual({ language: 'da' })
  expect(first).toEqual(second)
  expect(first).toMatchObject({ kind: 'open', url: hostedUrl, session: { sessionId, source: 'created' } })
  expect(seen).toEqual(['creating', 'opening'])
})

test('a listener that starts while hearing of the start joins it', async () => {
  const { store, companion } = setUp()
  store.subscribe(() => {
    if (store.getState().flow === 'creating') void store.start()
  })
  await store.start()
  expect(companion.count('POST /sessions')).toBe(1)
})

test('while a page is open, start hands out its address again', async () => {
  const { store, companion } = setUp()
  await store.start()
  store.report('ready')
  expect(await store.start()).toMatchObject({ kind: 'open', url: hostedUrl })
  expect(companion.count('POST /sessions')).toBe(1)
  store.report('closed')
  await store.start()
  expect(companion.count('POST /sessions')).toBe(2)
})

test('says that there is nothing to do when the server gives no address', async () => {
  const { store, companion } = setUp()
  const session = snapshotOf({ status: 'Approved' })
  companion.answer = () => json({ session, ticket: 't', ticketExpiresAt: 1 })
  expect(await store.start()).toEqual({ kind: 'already', session })
  expect(store.getState()).toMatchObject({ flow: 'idle', url: null, phase: 'approved', loaded: true })
})

test('an aborted start goes back to idle, aborts its request and causes no unhandled rejection', async () => {
  const { store, companion } = setUp()
  companion.answer = () => new Promise<Response>(() => {})
  const abort = new AbortController()
  const starting = store.start({ signal: abort.signal })
  await flush()
  expect(store.getState().flow).toBe('creating')
  abort.abort()
  expect(store.getState().flow).toBe('idle')
  await expect(starting).rejects.toMatchObject({ code: 'aborted' })
  await flush()
  expect(companion.calls[0]?.signal.aborted).toBe(true)
  expect(store.getState().error).toBeNull()
  companion.answer = () => undefined
  await expect(store.start()).resolves.toMatchObject({ kind: 'open' })
})

test('a start that is left at once sends nothing', async () => {
  const { store, companion } = setUp()
  const { seen } = watch(store, 'flow')
  const abort = new AbortController()
  const starting = store.start({ signal: abort.signal })
  abort.abort()
  await expect(starting).rejects.toMatchObject({ code: 'aborted' })
  await flush()
  expect([companion.calls, seen]).toEqual([[], []])
})

test('who asks for the open page and leaves at once does not move its flow', async () => {
  const { store } = setUp()
  await store.start()
  store.report('ready')
  const abort = new AbortController()
  const asking = store.start({ signal: abort.signal })
  abort.abort()
  await expect(asking).rejects.toMatchObject({ code: 'aborted' })
  await flush()
  expect(store.getState()).toMatchObject({ flow: 'ready', url: hostedUrl })
})

test('a start that one of two callers leaves goes on for the other', async () => {
  const { store } = setUp()
  const abort = new AbortController()
  const left = store.start({ signal: abort.signal })
  const stays = store.start()
  abort.abort()
  await expect(left).rejects.toMatchObject({ code: 'aborted' })
  await expect(stays).resolves.toMatchObject({ kind: 'open' })
  expect(store.getState().flow).toBe('opening')
})

test('a signal that has fired before sends nothing', async () => {
  const { store, companion } = setUp()
  await expect(store.start({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  await expect(store.load({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  expect(companion.calls).toEqual([])
  expect(store.getState().flow).toBe('idle')
})

test('a failed start says why, and the next one forgets it', async () => {
  const { store, companion } = setUp()
  companion.answer = () => problem(409, 'attempts-exhausted')
  await expect(store.start()).rejects.toMatchObject({ code: 'attempts-exhausted', status: 409 })
  expect(store.getState()).toMatchObject({ flow: 'failed', url: null, error: { code: 'attempts-exhausted' } })
  companion.answer = () => undefined
  await store.start()
  expect(store.getState()).toMatchObject({ flow: 'opening', error: null })
})

test.each(['javascript:alert(1)', 'http://verify.didit.me/session/x', 'not an address'])(
  'refuses to hand out %s as the place to verify',
  async (url) => {
    const { store, companion } = setUp()
    companion.answer = () => json({ session: snapshotOf(), url, ticket: 't', ticketExpiresAt: 1 }, 201)
    await expect(store.start()).rejects.toMatchObject({ code: 'frame-url-refused' })
    expect(store.getState()).toMatchObject({ flow: 'failed', url: null })
  },
)

test('the flow follows what the presenter saw; the Session does not', async () => {
  const { store } = setUp()
  await store.start()
  const session = store.getSnapshot()
  const { seen } = watch(store, 'flow')
  store.report('ready')
  expect(store.getState().url).toBe(hostedUrl)
  store.report('submitted')
  store.report('ready')
  expect(store.getState()).toMatchObject({ flow: 'submitted', url: null })
  store.report('closed')
  expect(seen).toEqual(['ready', 'submitted', 'closed'])
  expect(store.getSnapshot()).toBe(session)
})

test('a page that reports late takes its own error away', async () => {
  const { store } = setUp()
  await store.start()
  store.report({ failed: new DiditError('frame-timeout', 'Nothing came.') })
  expect(store.getState()).toMatchObject({ flow: 'failed', url: hostedUrl, error: { code: 'frame-timeout' } })
  store.report('ready')
  expect(store.getState()).toMatchObject({ flow: 'ready', error: null })
})

test('one presenter per opening', async () => {
  const { store } = setUp()
  const [one, two] = [{}, {}]
  expect(store.claim(one)).toBe(false)
  await store.start()
  expect([store.claim(one), store.claim(two), store.claim(one)]).toEqual([true, false, true])
  store.report('closed')
  expect(store.claim(one)).toBe(false)
  await store.start()
  expect(store.claim(two)).toBe(true)
})

test('a decision ends the address, whatever the page still shows', async () => {
  const { store, companion } = setUp()
  await store.start()
  store.subscribe(() => {})
  await flush()
  store.report('ready')
  companion.stream.snapshot(snapshotOf({ status: 'Declined', revision: 2 }))
  await flush()
  expect(store.getState()).toMatchObject({ flow: 'ready', url: null, phase: 'declined' })
})

test('a verdict that overtakes the answer to a start leaves nothing to open', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf({ status: 'In Progress' })
  await store.load()
  store.subscribe(() => {})
  await flush()
  const slow = withResolvers()
  const answer = { session: companion.current, url: hostedUrl, ticket: 't', ticketExpiresAt: 1 }
  companion.answer = () => slow.promise.then(() => json(answer))
  const starting = store.start()
  companion.stream.snapshot(snapshotOf({ status: 'Approved', revision: 2 }))
  await flush()
  slow.resolve(undefined)
  expect(await starting).toMatchObject({ kind: 'already', session: { status: 'Approved' } })
  expect(store.getState()).toMatchObject({ flow: 'idle', url: null, phase: 'approved' })
})

test('a start that brings another Session moves the stream to it', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf({ status: 'Expired', revision: 9 })
  await store.load()
  store.subscribe(() => {})
  await flush()
  const old = companion.stream
  companion.current = snapshotOf({ sessionId: otherId, revision: 1 })
  await store.start()
  await flush()
  expect(old.isCancelled).toBe(true)
  expect(companion.names().at(-1)).toBe('GET /sessions/:other/events')
  expect(store.getSnapshot()).toMatchObject({ sessionId: otherId, revision: 1 })
})

test('an answer asked for before the start does not bring the earlier Session back', async () => {
  const { store, companion } = setUp()
  const slow = withResolvers()
  companion.answer = ({ name }) =>
    name === 'GET /sessions/current' ? slow.promise.then(() => problem(404, 'session-not-found')) : undefined
  const loading = store.load()
  await store.start()
  slow.resolve(undefined)
  expect(await loading).toMatchObject({ sessionId })
  expect(store.getState()).toMatchObject({ flow: 'opening', url: hostedUrl })
})

test('all who load at a time share one request, which only the last to leave aborts', async () => {
  const { store, companion } = setUp()
  companion.answer = () => new Promise<Response>(() => {})
  const aborts = [new AbortController(), new AbortController()]
  const loads = aborts.map(({ signal }) => store.load({ signal }).catch((error) => error.code))
  await flush()
  expect(companion.names()).toEqual(['GET /sessions/current'])
  aborts[0]?.abort()
  await flush()
  expect(companion.calls[0]?.signal.aborted).toBe(false)
  aborts[1]?.abort()
  expect(await Promise.all(loads)).toEqual(['aborted', 'aborted'])
  await flush()
  expect(companion.calls[0]?.signal.aborted).toBe(true)
  companion.answer = () => undefined
  expect(await store.load()).toBeNull()
  expect(store.getState().error).toBeNull()
})

test('a listener that throws keeps nothing from the others', async () => {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { store } = setUp()
  const fault = new Error('A fault of the application.')
  store.subscribe(() => {
    throw fault
  })
  const calls = vi.fn()
  store.subscribe(calls)
  await store.load()
  expect(calls).toHaveBeenCalled()
  expect(shown).toHaveBeenCalledWith(fault)
})

test('who unsubscribes during a notification is not called any more', async () => {
  const { store } = setUp()
  const calls = vi.fn()
  store.subscribe(() => unsubscribe())
  const unsubscribe = store.subscribe(calls)
  await store.load()
  expect(calls).not.toHaveBeenCalled()
})

test('the same function subscribed twice is two subscribers', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf()
  await store.load()
  const listener = () => {}
  const unsubscribe = store.subscribe(listener)
  store.subscribe(listener)
  await flush()
  unsubscribe()
  unsubscribe()
  await flush()
  expect(companion.stream.isCancelled).toBe(false)
})

test('the last subscriber closes the stream; leaving and coming back at once does not', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf()
  await store.load()
  store.subscribe(() => {})()
  const unsubscribe = store.subscribe(() => {})
  await flush()
  expect(companion.count('GET /sessions/:id/events')).toBe(1)
  unsubscribe()
  await flush()
  expect(companion.stream.isCancelled).toBe(true)
  expect(store.getState().connection).toBe('off')
})

test('a decided and settled Session needs no stream; one that is not settled does', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf({ status: 'Approved', settled: false })
  await store.load()
  store.subscribe(() => {})
  await flush()
  expect(store.getState().connection).toBe('live')
  companion.stream.snapshot(snapshotOf({ status: 'Approved', revision: 2 }))
  await flush()
  expect(companion.stream.isCancelled).toBe(true)
  expect(store.getState()).toMatchObject({ connection: 'off', error: null })
})

test('waits for the decision, following the Session meanwhile', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf()
  const waiting = store.waitForDecision()
  await flush()
  companion.stream.snapshot(snapshotOf({ status: 'Approved', settled: false, revision: 2 }))
  await flush()
  companion.stream.snapshot(snapshotOf({ status: 'Approved', revision: 3 }))
  expect(await waiting).toMatchObject({ status: 'Approved', revision: 3 })
  await flush()
  expect(companion.stream.isCancelled).toBe(true)
})

test('waits for the decision of the Session that is being made, not for the one before', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf({ status: 'Declined' })
  await store.load()
  companion.current = snapshotOf({ sessionId: otherId })
  const starting = store.start()
  const decided = vi.fn()
  const waiting = store.waitForDecision().then(decided)
  await starting
  await flush()
  expect(decided).not.toHaveBeenCalled()
  companion.stream.snapshot(snapshotOf({ sessionId: otherId, status: 'Approved', revision: 2 }))
  await waiting
  expect(decided).toHaveBeenCalledWith(expect.objectContaining({ sessionId: otherId, status: 'Approved' }))
})

test('waiting for the decision ends when its caller leaves', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf()
  const abort = new AbortController()
  const waiting = store.waitForDecision({ signal: abort.signal })
  await flush()
  abort.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  await flush()
  expect(companion.stream.isCancelled).toBe(true)
})

test('waiting for the decision ends when the Session may no longer be followed', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf()
  companion.answer = ({ name }) => (name.endsWith('/ticket') ? problem(401, 'unauthenticated') : undefined)
  await expect(store.waitForDecision()).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('asks for the verdict when it does not come by itself, ever more rarely', async () => {
  const { store, companion, clock } = setUp()
  await store.start()
  store.subscribe(() => {})
  store.report('submitted')
  await clock.advance(2_499)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(0)
  await clock.advance(1)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(1)
  await clock.advance(5_000)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(2)
  await clock.advance(9_999)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(2)
  companion.current = snapshotOf({ status: 'Approved', source: 'api', revision: 2 })
  await clock.advance(1)
  expect(store.getState()).toMatchObject({ phase: 'approved', session: { source: 'api' } })
  await clock.advance(600_000)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(3)
})

test('does not ask for a verdict that has come', async () => {
  const { store, companion, clock } = setUp()
  await store.start()
  store.subscribe(() => {})
  await flush()
  store.report('submitted')
  companion.stream.snapshot(snapshotOf({ status: 'In Review', revision: 2 }))
  await clock.advance(60_000)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(0)
})

test('does not ask for another verdict when the person has to do something again', async () => {
  const { store, companion, clock } = setUp()
  await store.start()
  store.subscribe(() => {})
  await flush()
  store.report('submitted')
  for (const status of ['In Review', 'Resubmitted', 'In Progress']) {
    companion.current = snapshotOf({ status, revision: (companion.current?.revision ?? 0) + 1 })
    companion.stream.snapshot(companion.current)
    await clock.advance(1)
  }
  await clock.advance(600_000)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(0)
  // Gone on with somewhere else: what was handed in here is history.
  expect(store.getState()).toMatchObject({ phase: 'active', flow: 'idle' })
})

test('asks for the verdict of a second attempt in the same Session', async () => {
  const { store, companion, clock } = setUp()
  companion.current = snapshotOf({ status: 'Resubmitted' })
  await store.start()
  store.subscribe(() => {})
  await flush()
  store.report('submitted')
  companion.stream.snapshot(snapshotOf({ status: 'In Progress', revision: 2 }))
  await clock.advance(2_500)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(1)
  expect(store.getState().flow).toBe('submitted')
})

test('goes on asking after the page was closed, as long as somebody looks', async () => {
  const { store, companion, clock } = setUp()
  await store.start()
  const unsubscribe = store.subscribe(() => {})
  store.report('submitted')
  store.report('closed')
  await clock.advance(2_500)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(1)
  unsubscribe()
  await clock.advance(60_000)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(1)
  expect(clock.pending()).toBe(0)
})

test('waits as long as a limit says before it asks again', async () => {
  const { store, companion, clock } = setUp()
  await store.start()
  store.subscribe(() => {})
  store.report('submitted')
  companion.answer = ({ name }) =>
    name.endsWith('/refresh') ? problem(429, 'rate-limited', { 'retry-after': '30' }) : undefined
  await clock.advance(2_500)
  await clock.advance(29_999)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(1)
  await clock.advance(5_000)
  expect(companion.count('POST /sessions/:id/refresh')).toBe(2)
  expect(store.getState().error).toBeNull()
})

test('refresh applies the current answer of Didit to the store', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf()
  await store.load()
  companion.current = snapshotOf({ status: 'In Review', revision: 2, source: 'api' })
  expect(await store.refresh()).toBe(store.getSnapshot())
  expect(store.getState().phase).toBe('review')
})

test('a failed refresh is an error until the next one works', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf()
  await store.load()
  companion.answer = () => problem(429, 'rate-limited')
  await expect(store.refresh()).rejects.toMatchObject({ code: 'rate-limited' })
  expect(store.getState().error).toMatchObject({ code: 'rate-limited' })
  await expect(store.refresh({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  expect(store.getState().error).toMatchObject({ code: 'rate-limited' })
  companion.answer = () => undefined
  await store.refresh()
  expect(store.getState().error).toBeNull()
})

test('refresh without a Session says so', async () => {
  await expect(setUp().store.refresh()).rejects.toMatchObject({ code: 'session-not-found' })
})

test('reads the redacted Decision, and refuses that of another Session', async () => {
  const { store, companion } = setUp()
  expect(await store.getDecision()).toBeNull()
  companion.current = snapshotOf({ status: 'Approved' })
  expect(await store.getDecision()).toMatchObject({ sessionId, status: 'Approved' })
  const decision = { sessionId: otherId, status: 'Approved', decidedAt: 1, checks: [], canRetry: false }
  companion.answer = () => json(decision)
  await expect(store.getDecision()).rejects.toMatchObject({ code: 'answer-invalid' })
})

test('asks for a proof by the sign-in of the application, and sends no ticket with it', async () => {
  const { store, companion } = setUp({ headers: { authorization: 'Bearer of-the-application' } })
  companion.current = snapshotOf({ status: 'Approved' })
  expect(await store.getProof()).toEqual({ proof: `proof-of-${sessionId}`, expiresAt: 1_793_000_600_000 })
  expect(companion.names()).toEqual(['GET /sessions/current', 'POST /sessions/:id/proof'])
  expect(companion.calls[1]).toMatchObject({ body: {} })
  expect(companion.calls[1]?.headers.get('authorization')).toBe('Bearer of-the-application')
  // A new proof each time, since a kept one expires.
  await store.getProof()
  expect(companion.count('POST /sessions/:id/proof')).toBe(2)
})

test('a proof that cannot be had is an error of its caller alone', async () => {
  const { store, companion } = setUp()
  await expect(store.getProof()).rejects.toMatchObject({ code: 'session-not-found' })
  companion.current = snapshotOf({ status: 'Declined' })
  await expect(store.getProof()).rejects.toMatchObject({ code: 'not-approved' })
  companion.answer = ({ name }) => (name.endsWith('/proof') ? json({ proof: '', expiresAt: 1 }) : undefined)
  await expect(store.getProof()).rejects.toMatchObject({ code: 'answer-invalid' })
  const stop = new AbortController()
  companion.answer = () => new Promise(() => {})
  const left = store.getProof({ signal: stop.signal })
  stop.abort()
  await expect(left).rejects.toMatchObject({ code: 'aborted' })
  expect(store.getState()).toMatchObject({ error: null, session: { status: 'Declined' } })
})

test('a Session can be followed by its id', async () => {
  const { client, companion } = setUp()
  companion.current = snapshotOf()
  const store = client.session({ sessionId })
  expect(await store.load()).toMatchObject({ sessionId })
  expect(companion.names()).toEqual(['POST /sessions/:id/ticket', 'GET /sessions/:id'])
  expect(companion.calls[1]?.headers.get('authorization')).toBe('Bearer ticket-1')
})

test('a refused load is an error until the next one works', async () => {
  const { store, companion } = setUp()
  companion.answer = () => problem(401, 'unauthenticated')
  await expect(store.load()).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(store.getState()).toMatchObject({ loaded: false, error: { code: 'unauthenticated' } })
  companion.answer = () => undefined
  await store.load()
  expect(store.getState()).toMatchObject({ loaded: true, error: null })
})

test('an unknown status is kept and counts as active', async () => {
  const { store, companion } = setUp()
  companion.current = snapshotOf({ status: 'Under A New Name' })
  await store.start()
  expect(store.getState()).toMatchObject({ phase: 'active', url: hostedUrl, session: { status: 'Under A New Name' } })
})
