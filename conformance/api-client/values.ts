import fc from 'fast-check'
import type { Body, Values } from './call.ts'

/**
 * Valid and invalid values for Didit's fields.
 *
 * They come from Didit's documentation. Values taken from our schemas could not reveal a mistake in the schemas.
 */

export const pick = (...values: unknown[]): Values => fc.constantFrom(...values)
export const letters = fc.stringMatching(/^[a-z ÁÉñ,'-]{0,20}[a-zñ]$/)
export const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2026-11-24'), noInvalidDate: true })
  .map((it) => it.toISOString().slice(0, 10))
export const flag = fc.boolean()
export const guid = fc.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
export const alpha3 = pick('DNK', 'ESP', 'USA', 'UTO')
export const email = pick('ada@example.test', 'a.b+c@mail.example.test')
export const phone = fc.stringMatching(/^\+[1-9][0-9]{7,13}$/)
export const ip = pick('192.0.2.7', '2001:db8::7')
export const language = pick('en', 'es', 'pt-BR', 'zh-CN')
export const json = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
export const percent = fc.integer({ min: 0, max: 100 })
export const action = pick('DECLINE', 'NO_ACTION')

export const notText = pick(7, true, {}, ['a'])
export const emptyOrNotText = fc.oneof(notText, pick('', '  '))
export const notFlag = pick('true', 1, {}, 'yes')
export const notGuid = fc.oneof(
  notText,
  pick('', 'me', '../decision', '11111111-2222-3333-4444-55555555555', '11111111222233334444555555555555'),
  fc.string().filter((it) => !/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(it)),
)
export const notDay = fc.oneof(
  notText,
  pick('', '1990-13-01', '2025-02-29', '01-02-1990', '1990-1-2', '1990-01-02T00:00:00Z'),
)
export const notEmail = fc.oneof(notText, pick('', 'ada', 'ada@', '@example.test', 'a b@example.test'))
export const notPhone = fc.oneof(notText, pick('', '4520123456', '+0123456789', '+45 20 12', '+45201234567890123'))
export const notAlpha3 = fc.oneof(notText, pick('', 'DK', 'dnk', 'Denmark', '208'))
export const notIp = fc.oneof(notText, pick('', 'localhost', '192.0.2', '192.0.2.256', '2001:db8::/32'))
export const notLanguage = fc.oneof(notText, pick('', 'english', 'EN', 'pt_BR'))
export const notAction = fc.oneof(notText, pick('', 'decline', 'REVIEW'))
export const notWithin = (least: number, most: number) =>
  fc.oneof(
    pick(String(least), Number.NaN, Number.POSITIVE_INFINITY, true, least - 1, most + 1),
    fc.integer({ max: least - 1 }),
    ...(most === Number.POSITIVE_INFINITY ? [] : [fc.integer({ min: most + 1 })]),
  )
export const notWholeWithin = (least: number, most: number) => fc.oneof(notWithin(least, most), pick(least + 0.5))

/** Values that JSON cannot represent. */
export const notJson = pick({ inner: 1n })
export const cyclic = fc.constant(null).map(() => {
  const it: Body = {}
  it.self = it
  return it as unknown
})

export const record = (fields: Record<string, Values>, required: readonly string[] = []) =>
  fc.record(fields, { requiredKeys: [...required] }) as fc.Arbitrary<Body>

/** Bytes that begin like a PNG. */
const picture = fc
  .uint8Array({ minLength: 1, maxLength: 64 })
  .map((rest) => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...rest]))
export const file = fc.oneof(
  picture,
  picture.map((bytes) => new Blob([bytes], { type: 'image/png' })),
  picture.map((content) => ({ content, filename: 'picture.png' })),
)
export const notFile = pick('picture.png', 7, {}, [], new Uint8Array(0), { path: '' })

export const saved = { save_api_request: flag, vendor_data: letters, metadata: json }
export const notSaved = {
  save_api_request: notFlag,
  vendor_data: emptyOrNotText,
  metadata: fc.oneof(pick('{"a":1}', 7, []), notJson, cyclic),
}
