import { expect, test } from 'vitest'
import { parseHttpDate, parseIsoTime } from './vendor-time.ts'

test.each([
  '2026-10-26',
  '2026',
  '',
  'yesterday',
  '2026-13-01T00:00:00',
  '2026-10-26T07',
  '1 Jan 2026 00:00',
  'T07:33:20Z',
])('finds no moment in %j', (text) => {
  expect(parseIsoTime(text)).toBeNaN()
})

test('reads a time without a zone as UTC, and one with a zone by its zone', () => {
  expect(parseIsoTime('2026-10-26T07:33')).toBe(Date.UTC(2026, 9, 26, 7, 33))
  expect(parseIsoTime('2026-10-26 07:33:20.123456')).toBe(Date.UTC(2026, 9, 26, 7, 33, 20, 123))
  expect(parseIsoTime('2026-10-26T07:33:20+05:30')).toBe(Date.UTC(2026, 9, 26, 2, 3, 20))
})

test.each(['Mon, 26 Oct 2026 07:33:20 GMT', 'Monday, 26-Oct-26 07:33:20 GMT', 'Mon Oct 26 07:33:20 2026'])(
  'reads the HTTP date %s as GMT in every zone',
  (text) => {
    const zone = process.env.TZ
    process.env.TZ = 'Pacific/Auckland'
    try {
      expect(parseHttpDate(text)).toBe(Date.UTC(2026, 9, 26, 7, 33, 20))
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  },
)

test('finds no moment in other headers', () => {
  for (const text of ['', '-5', '120', '2026-10-26T07:33:20Z', 'soon']) expect(parseHttpDate(text)).toBeNaN()
})
