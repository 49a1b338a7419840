import { expect, test } from 'vitest'
import { writePdf } from './pdf.ts'

const fileOf = (lines: string[]) =>
  Buffer.from(
    writePdf(
      'Report',
      lines.map((text) => ({ text })),
    ),
  ).toString('latin1')
const drawn = (file: string) =>
  [...file.matchAll(/<([0-9a-f]*)> Tj/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))

test('has the right offset of each object and the right length of each stream', () => {
  const file = fileOf(Array.from({ length: 200 }, (_, index) => `Line ${index}`))
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1])
  expect(file.slice(start, start + 5)).toBe('xref\n')
  const offsets = [...file.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset))
  expect(file).toContain(`/Size ${offsets.length + 1} `)
  for (const [index, offset] of offsets.entries()) {
    expect(file.slice(offset, offset + `${index + 1} 0 obj\n`.length)).toBe(`${index + 1} 0 obj\n`)
  }
  const streams = [...file.matchAll(/<< \/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/g)]
  expect(streams.length).toBeGreaterThan(3)
  for (const [, length, content] of streams) expect(content).toHaveLength(Number(length))
  expect(file).toContain(`/Count ${streams.length} `)
})

test('draws every line, in order, inside the margins', () => {
  const lines = Array.from({ length: 150 }, (_, index) => `Line ${index}`)
  const file = fileOf(lines)
  expect(drawn(file)).toEqual(lines)
  for (const [, y] of file.matchAll(/56 (\d+) Td/g)) expect(Number(y)).toBeGreaterThanOrEqual(56)
})

test('breaks long lines between words, or anywhere if there are none', () => {
  const words = Array.from({ length: 60 }, () => 'word').join(' ')
  expect(drawn(fileOf([words])).join(' ')).toBe(words)
  const link = 'x'.repeat(300)
  const parts = drawn(fileOf([link]))
  expect(parts.join('')).toBe(link)
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(100)
})

test('keeps the letters of the typeface, and replaces others by similar ones', () => {
  const line = drawn(fileOf(['Ærøskøbing € “Łódź” Čapek 日本 (x) \\']))[0] ?? ''
  expect(Buffer.from(line, 'latin1')).toEqual(
    Buffer.from([...'Ærøskøbing ', '\x80', ' ', '\x93', ...'?ódz', '\x94', ' Capek ?? (x) \\'].join(''), 'latin1'),
  )
})
