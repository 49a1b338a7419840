import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../scripts/property-runs.ts'
import { createEventStreamParser } from './event-stream.ts'

type Seen = { event: string | undefined; data: string; id: string | undefined } | 'comment' | number

/** Feeds the pieces to our parser and lists its calls. */
function read(pieces: readonly Uint8Array[]): Seen[] {
  const seen: Seen[] = []
  const feed = createEventStreamParser({
    onEvent: (event) => seen.push(event),
    onComment: () => seen.push('comment'),
    onRetry: (delayMs) => seen.push(delayMs),
  })
  for (const piece of pieces) feed(piece)
  return seen
}

/** Lists the calls of the library that reads the same text in one piece. */
function readWithLibrary(bytes: Uint8Array): Seen[] {
  const seen: Seen[] = []
  const parser = createParser({
    onEvent: ({ event, data, id }) => seen.push({ event, data, id }),
    onComment: () => seen.push('comment'),
    onRetry: (delayMs) => seen.push(delayMs),
  })
  parser.feed(new TextDecoder().decode(bytes, { stream: true }))
  return seen
}

const bytesOf = (text: string) => new TextEncoder().encode(text)
const byteByByte = (bytes: Uint8Array) => [...bytes].map((byte) => Uint8Array.of(byte))
const splitAt = (bytes: Uint8Array, at: number) => [bytes.subarray(0, at), bytes.subarray(at)]
const event = (data: string, more: { event?: string; id?: string } = {}) => ({
  event: undefined,
  id: undefined,
  ...more,
  data,
})

const cases: readonly [name: string, stream: string, seen: readonly Seen[]][] = [
  ['lines that end with LF', 'event: snapshot\nid: 7\ndata: {}\n\n', [event('{}', { event: 'snapshot', id: '7' })]],
  ['lines that end with CR', 'event: snapshot\rid: 7\rdata: {}\r\r', [event('{}', { event: 'snapshot', id: '7' })]],
  ['lines that end with CRLF', 'event: a\r\nid: 7\r\ndata: {}\r\n\r\n', [event('{}', { event: 'a', id: '7' })]],
  ['line ends of three kinds in one event', 'data: 1\rdata: 2\r\ndata: 3\n\r\n', [event('1\n2\n3')]],
  ['a LF, and a blank line, after a CR', 'data: 1\r\n\rdata: 2\r\r\n', [event('1'), event('2')]],
  ['data of several lines', 'data: 1\ndata\ndata:\ndata: 2\n\n', [event('1\n\n\n2')]],
  ['an event with empty data', 'data\n\n', [event('')]],
  ['a value without a space, and one with two', 'data:1\ndata:  2\n\n', [event('1\n 2')]],
  ['a value with colons', 'data: a:b: c\n\n', [event('a:b: c')]],
  ['a field name with a space, which is another field', 'data : 1\ndata: 2\n\n', [event('2')]],
  ['characters of two, three and four bytes', 'data: Geprüft ✓ 🙂\n\n', [event('Geprüft ✓ 🙂')]],
  ['line separators of Unicode, which end no line', 'data: a\u2028b\u0085c\n\n', [event('a\u2028b\u0085c')]],
  ['a byte order mark at the start', '\ufeffdata: 1\n\n', [event('1')]],
  ['a byte order mark later, which is part of its field', 'data: \ufeff1\n\n\ufeffdata: 2\n\n', [event('\ufeff1')]],
  ['comments', ': hb\n\n:\ndata: 1\n:x: y\n\n', ['comment', 'comment', 'comment', event('1')]],
  ['a retry, and one that is not a number', 'retry: 7000\nretry: 7s\nretry\n\n', [7000]],
  ['an id with a NUL, which does not count', 'id: 1\nid: 2\0\ndata: 1\n\n', [event('1', { id: '1' })]],
  ['an id that belongs to one event only', 'id: 1\ndata: 1\n\ndata: 2\n\n', [event('1', { id: '1' }), event('2')]],
  ['an event name without data, which is dropped', 'event: a\n\ndata: 1\n\n', [event('1')]],
  ['an empty event name', 'event: a\nevent:\ndata: 1\n\n', [event('1')]],
  ['unknown fields', 'color: red\nnothing\ndata: 1\n\n', [event('1')]],
  ['blank lines only', '\n\r\n\r\n\n', []],
  ['an event that is cut before its blank line', 'data: 1\n\ndata: 2\n', [event('1')]],
  ['an event that is cut within a line', 'data: 1\n\ndata: 2', [event('1')]],
]

describe.each(cases)('reads %s', (_, stream, expected) => {
  const bytes = bytesOf(stream)

  test('in one piece', () => {
    expect(read([bytes])).toEqual(expected)
  })

  test('byte by byte', () => {
    expect(read(byteByByte(bytes))).toEqual(expected)
  })

  test('cut in two at every place', () => {
    for (let at = 0; at <= bytes.length; at += 1) expect(read(splitAt(bytes, at)), `cut at ${at}`).toEqual(expected)
  })

  test('cut in three at every two places', () => {
    for (let first = 0; first <= bytes.length; first += 1) {
      for (let second = first; second <= bytes.length; second += 1) {
        const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]
        if (JSON.stringify(read(pieces)) !== JSON.stringify(expected)) expect(read(pieces)).toEqual(expected)
      }
    }
  })
})

test('calls back as soon as a CR ends the blank line, without waiting for a LF', () => {
  expect(read([bytesOf('data: 1\r\n\r')])).toEqual([event('1')])
})

const fields = ['data', 'event', 'id', 'retry', '', 'other', 'data ', 'dat', '\ufeffdata']
const line = fc
  .tuple(
    fc.constantFrom(...fields),
    fc.constantFrom(':', ': ', ':  ', '', ' '),
    fc.string({ unit: fc.constantFrom('a', ':', ' ', '7', 'é', '✓', '🙂', '\0', '\u2028', '\ufeff'), maxLength: 6 }),
  )
  .map((parts) => parts.join(''))
const lineEnd = fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n')
// The library waits for the character after a CR. A last line feed lets it finish.
const streams = fc.array(fc.tuple(line, lineEnd), { maxLength: 12 }).map((lines) => `${lines.flat().join('')}\n`)

test('agrees with the library eventsource-parser, however the bytes are cut', () => {
  fc.assert(
    fc.property(streams, fc.array(fc.nat(), { maxLength: 5 }), (stream, cuts) => {
      const bytes = bytesOf(stream)
      const expected = readWithLibrary(bytes)
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
      const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
      expect(read(pieces)).toEqual(expected)
      expect(read(byteByByte(bytes))).toEqual(expected)
    }),
    propertyRuns({ usual: 300, most: 20_000 }),
  )
})

test('agrees with the library on any bytes, also on those that are not UTF-8', () => {
  const byte = fc.oneof(fc.constantFrom(...bytesOf('data: id event retry\n\r\r\n')), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), (values) => {
      const bytes = Uint8Array.from([...bytesOf('data: 1\n'), ...values, 10])
      expect(read(byteByByte(bytes))).toEqual(readWithLibrary(bytes))
    }),
    propertyRuns({ usual: 300, most: 20_000 }),
  )
})

test.each([
  ['a line without end', 'x'],
  ['data without end', 'data: x\n'],
])('refuses %s instead of filling the memory', (_, piece) => {
  const feed = createEventStreamParser({ onEvent: () => {}, onComment: () => {}, onRetry: () => {} })
  const bytes = bytesOf(piece.repeat(100_000))
  expect(() => {
    for (let round = 0; round < 12; round += 1) feed(bytes)
  }).toThrow('too long')
})

test('reads many events whose sum is longer than the longest one', () => {
  const bytes = bytesOf(`data: ${'x'.repeat(200_000)}\n\n`)
  expect(read(Array.from({ length: 10 }, () => bytes))).toHaveLength(10)
})
