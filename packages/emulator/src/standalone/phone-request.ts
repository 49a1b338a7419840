import { isObject, type Json } from '../runtime/json.ts'
import type { FieldErrors } from '../sessions/create-request.ts'
import { type FieldReader, readFields, type Sent } from './fields.ts'

/**
 * The bodies of the two phone endpoints.
 *
 * @see Didit docs, "Phone send API": https://docs.didit.me/standalone-apis/phone-send
 */

export const channels = ['whatsapp', 'sms', 'telegram', 'voice', 'rcs', 'viber', 'zalo'] as const
const platforms = ['android', 'ios', 'ipados', 'tvos', 'web'] as const
const signalLengths = { device_id: 255, device_model: 255, os_version: 64, app_version: 64, user_agent: 512 } as const
const actions = ['NO_ACTION', 'DECLINE'] as const
const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)$/i

export interface SendRequest {
  readonly number: string
  readonly codeSize: number
  readonly channel: (typeof channels)[number]
}

export interface CheckRequest {
  readonly number: string
  readonly code: string
  readonly declinesOn: { readonly duplicate: boolean; readonly disposable: boolean; readonly voip: boolean }
}

/** Reads a phone number in E.164 form. It may contain blanks, dots, dashes and brackets. */
function readNumber(reader: FieldReader): string {
  const given = reader.text('phone_number', { required: true, max: 20 })
  const number = (given ?? '').replace(/[\s().-]/g, '')
  if (given !== null && !/^\+[1-9]\d{6,14}$/.test(number)) {
    reader.addError('phone_number', 'Enter a valid phone number.')
  }
  return number
}

/** Reads the members of an object. Its errors have the same shape. */
function readNested(sent: Sent, name: string, read: (reader: FieldReader) => void): FieldErrors | null {
  const value: Json = sent[name] ?? null
  if (value !== null && !isObject(value)) return { non_field_errors: ['Invalid data. Expected a dictionary.'] }
  const reader = readFields(value ?? {}, false)
  read(reader)
  return reader.errors()
}

/** Parses a request to send a code. */
export function readSendRequest(sent: Sent, reader: FieldReader): SendRequest | { readonly errors: FieldErrors } {
  const number = readNumber(reader)
  let codeSize = 6
  let channel: SendRequest['channel'] = 'whatsapp'
  const options = readNested(sent, 'options', (nested) => {
    codeSize = nested.number('code_size', codeSize, { whole: true, least: 4, most: 8 })
    channel = nested.choice('preferred_channel', channels, channel)
    const locale = nested.text('locale', { max: 5 })
    if (locale !== null && !/^[a-z]{2,3}(-[A-Z]{2,3})?$/.test(locale))
      nested.addError('locale', 'Use a locale like es or es-ES.')
  })
  const signals = readNested(sent, 'signals', (nested) => {
    const ip = nested.text('ip')
    if (ip !== null && !address.test(ip)) nested.addError('ip', 'Enter a valid IPv4 or IPv6 address.')
    nested.choice('device_platform', platforms, 'web')
    for (const [name, max] of Object.entries(signalLengths)) nested.text(name, { max })
  })
  const errors = {
    ...reader.errors(),
    ...(options === null ? {} : { options }),
    ...(signals === null ? {} : { signals }),
  }
  return Object.keys(errors).length > 0 ? { errors } : { number, codeSize, channel }
}

/** Parses a request to check a code. */
export function readCheckRequest(reader: FieldReader): CheckRequest | { readonly errors: FieldErrors } {
  const number = readNumber(reader)
  const code = reader.text('code', { required: true })
  if (code !== null && !/^\d{4,8}$/.test(code)) {
    reader.addError('code', 'Enter 4 to 8 digits.')
  }
  const isDecline = (name: string) => reader.choice(name, actions, 'NO_ACTION') === 'DECLINE'
  const declinesOn = {
    duplicate: isDecline('duplicated_phone_number_action'),
    disposable: isDecline('disposable_number_action'),
    voip: isDecline('voip_number_action'),
  }
  const errors = reader.errors()
  return errors === null ? { number, code: code ?? '', declinesOn } : { errors }
}
