import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { propertyRuns } from '../../../scripts/property-runs.ts'
import messages from '../fixtures/hosted-page.messages.json' with { type: 'json' }
import { createFakeClock } from '../testing/fake-clock.ts'
import { createHostedFrame, type HostedFrameOptions, readHostedMessage } from './hosted-frame.ts'

const url = 'https://verify.didit.me/da/session/fictional?kept=1#hash'
const origin = 'https://verify.didit.me'
const loopbackPage = 'http://localhost:4000'

function frameOf(options: Partial<HostedFrameOptions> = {}) {
  const clock = createFakeClock()
  const onMessage = vi.fn()
  const onTimeout = vi.fn()
  const frame = createHostedFrame({
    url,
    pageOrigin: 'https://bank.example',
    timers: clock.timers,
    onMessage,
    onTimeout,
    ...options,
  })
  const target = new EventTarget()
  const contentWindow = {}
  const post = (data: unknown, from: object = {}) => {
    target.dispatchEvent(Object.assign(new Event('message'), { origin, source: contentWindow, data, ...from }))
  }
  return { frame, clock, onMessage, onTimeout, target: target as unknown as Window, element: { contentWindow }, post }
}

const read = (data: unknown, event: object = {}) => {
  const source = {}
  return readHostedMessage({ origin, source, data, ...event }, { origin, source })
}

test.each([
  ['http://verify.didit.me/x', undefined],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['blob:https://verify.didit.me/x', undefined],
  ['//verify.didit.me/x', undefined],
  ['', undefined],
  ['https://verify.didit.me.evil.example/x', undefined],
  ['https://evil-didit.me/x', undefined],
  ['https://didit.me.:443/x', undefined],
  ['https://verify.didit.me:8443/x', undefined],
  ['https://user:pass@verify.didit.me/x', undefined],
  ['http://localhost:4100/x', undefined],
  ['https://verify.didit.me/x', ['https://id.bank.example']],
  ['https://id.bank.example.evil.example/x', ['https://id.bank.example']],
  ['http://id.bank.example/x', ['http://id.bank.example']],
  ['https://verify.didit.me/x', []],
])('refuses %s with the list %j', (refused, allowedOrigins) => {
  expect(() => frameOf({ url: refused, allowedOrigins })).toThrow(
    expect.objectContaining({ code: 'frame-url-refused' }),
  )
})

test.each([
  ['https://verify.didit.me/x', undefined, 'https://bank.example'],
  ['https://eu.didit.me/x', undefined, 'https://bank.example'],
  ['http://localhost:4100/x', undefined, loopbackPage],
  ['http://127.0.0.1:4100/x', undefined, loopbackPage],
  ['http://[::1]:4100/x', undefined, 'http://127.0.0.1:4000'],
  ['https://id.bank.example/x', ['nonsense', 'https://id.bank.example/'], 'https://bank.example'],
  ['http://localhost:4100/x', ['http://localhost:4100'], 'https://bank.example'],
])('loads %s with the list %j on %s', (accepted, allowedOrigins, pageOrigin) => {
  expect(frameOf({ url: accepted, allowedOrigins, pageOrigin }).frame.src).toBe(accepted)
})

test('sets the cameras, appends none, and keeps the rest of the address', () => {
  const given = `${origin}/s?document_camera=back&document_camera=back&kept=1#hash`
  const { frame } = frameOf({ url: given, cameras: { document: 'front', liveness: 'back' } })
  expect(frame.src).toBe(`${origin}/s?document_camera=front&kept=1&liveness_camera=back#hash`)
  expect(frame.origin).toBe(origin)
  expect(frameOf().frame.src).toBe(url)
})

test('asks for the embedded layout where it is wanted, once and beside what is there', () => {
  const given = `${origin}/s?sdk_presentation=other&kept=1&sdk_presentation=other#hash`
  const { frame } = frameOf({ url: given, presentation: 'embedded' })
  expect(frame.src).toBe(`${origin}/s?sdk_presentation=embedded&kept=1#hash`)
  expect(frameOf({ url: given }).frame.src).toBe(given)
})

test('reads each documented message, as an object and as text', () => {
  const types = messages.map((message) => read(message)?.type)
  expect(types).not.toContain(undefined)
  expect(messages.map((message) => read(JSON.stringify(message))?.type)).toEqual(types)
  expect(new Set(types)).toContain('ready')
})

test('hands on what a screen needs, and nothing about the person', () => {
  const data = { documentType: 'P', country: 'DNK', step: 'face', sessionId: 'fictional' }
  expect(read({ type: 'didit:document_selected', data })).toEqual({
    type: 'document',
    step: 'face',
    sessionId: 'fictional',
  })
})

test.each(['didit:completed', 'didit:status_updated'])('keeps the status that %s claims to itself', (type) => {
  const message = read({ type, data: { status: 'Approved', sessionId: 'fictional' } })
  expect(JSON.stringify(message)).not.toContain('Approved')
  expect(message?.sessionId).toBe('fictional')
})

test('reads the layout within reason', () => {
  const layout = (data: object) => read({ type: 'didit:layout', data })?.layout
  expect(layout({ contentHeight: 640, colorScheme: 'dark', dir: 'rtl' })).toEqual({
    contentHeight: 640,
    colorScheme: 'dark',
    dir: 'rtl',
  })
  expect(layout({ contentHeight: Number.NaN, colorScheme: 'x;}', dir: 1 })).toEqual({})
  for (const contentHeight of [-1, 0, 1e5, Number.POSITIVE_INFINITY, '640', null, [640]]) {
    expect(layout({ contentHeight })).toEqual({})
  }
})

test.each([
  ['the JSON text null', 'null'],
  ['null', null],
  ['a list', [{ type: 'didit:ready' }]],
  ['a list as text', '[]'],
  ['broken text', '{"type":"didit:ready"'],
  ['a type that is not known', { type: 'didit:tomorrow' }],
  ['a type from the prototype', { type: 'constructor' }],
  ['a type that is no text', { type: 1 }],
  ['too long a text', JSON.stringify({ type: 'didit:ready', data: { pad: 'x'.repeat(65_536) } })],
])('ignores %s', (_, data) => {
  expect(read(data)).toBeNull()
})

test.each(['https://verify.didit.me.evil.example', 'http://verify.didit.me', 'null', '', undefined])(
  'ignores the origin %s',
  (from) => {
    expect(read({ type: 'didit:ready' }, { origin: from })).toBeNull()
  },
)

test('ignores another window of the same origin, and a frame that is gone', () => {
  expect(read({ type: 'didit:ready' }, { source: {} })).toBeNull()
  const event = { origin, source: null, data: { type: 'didit:ready' } }
  expect(readHostedMessage(event, { origin, source: null })).toBeNull()
})

test('no data makes it throw, and what it returns is frozen', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything(),
        fc.json(),
        fc.record({ type: fc.constantFrom(...messages.map((m) => m.type)), data: fc.anything() }),
      ),
      (data) => {
        const message = read(data)
        expect(message === null || Object.isFrozen(message)).toBe(true)
      },
    ),
    propertyRuns(),
  )
})

test('waits for ready and for nothing else, then says what to do', async () => {
  const { frame, clock, element, target, onTimeout, post } = frameOf()
  frame.attach(element, target)
  post({ type: 'didit:started' })
  target.dispatchEvent(new Event('load'))
  await clock.advance(19_999)
  expect(onTimeout).not.toHaveBeenCalled()
  await clock.advance(1)
  expect(onTimeout).toHaveBeenCalledWith(expect.objectContaining({ code: 'frame-timeout' }))
  expect(onTimeout.mock.calls[0]?.[0].message).toContain(origin)
})

test('ready ends the wait, also for a later attachment', async () => {
  const { frame, clock, element, target, onMessage, onTimeout, post } = frameOf()
  const detach = frame.attach(element, target)
  post({ type: 'didit:ready', data: { sessionId: 'fictional' } })
  expect(onMessage).toHaveBeenCalledWith({ type: 'ready', sessionId: 'fictional' })
  detach()
  frame.attach(element, target)
  await clock.advance(60_000)
  expect(onTimeout).not.toHaveBeenCalled()
})

test('a ready from a stranger does not end the wait', async () => {
  const { frame, clock, element, target, onMessage, onTimeout, post } = frameOf()
  frame.attach(element, target)
  post({ type: 'didit:ready' }, { source: {} })
  post({ type: 'didit:ready' }, { origin: 'https://evil.example' })
  await clock.advance(20_000)
  expect(onMessage).not.toHaveBeenCalled()
  expect(onTimeout).toHaveBeenCalledOnce()
})

test('once detached it neither listens nor waits', async () => {
  const { frame, clock, element, target, onMessage, onTimeout, post } = frameOf({ readyTimeoutMs: 500 })
  frame.attach(element, target)()
  post({ type: 'didit:ready' })
  await clock.advance(60_000)
  expect(onMessage).not.toHaveBeenCalled()
  expect(onTimeout).not.toHaveBeenCalled()
})
