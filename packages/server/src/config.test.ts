import { isDiditError } from '@didit-verify/core/schemas'
import { describe, expect, test } from 'vitest'
import { type DiditServerOptions, readConfig } from './config.ts'
import { memoryStorage } from './storage/memory-storage.ts'

const id = '11111111-2222-3333-4444-555555555555'
const options: DiditServerOptions = {
  apiKey: 'key-of-a-test',
  webhookSecrets: ['hook-secret-of-a-test'],
  environment: 'sandbox',
  workflows: { default: id },
  authenticate: () => null,
  storage: memoryStorage(),
  ticketSecret: 'ticket-secret-of-a-test-0123456789',
  allowedOrigins: ['https://app.example.com'],
}

function complaint(changes: object): string {
  try {
    readConfig({ ...options, ...changes } as DiditServerOptions)
  } catch (error) {
    if (isDiditError(error) && error.code === 'config-invalid') return error.message
    throw error
  }
  return 'none'
}

test('fills in what is left out', () => {
  const { basePath, application, limits, workflows } = readConfig(options)
  expect({ basePath, application, limits }).toEqual({
    basePath: '/api/didit',
    application: 'default',
    limits: {
      createsPerMinute: 10,
      createsPerMinutePerAddress: 30,
      refreshesPerMinute: 6,
      looksPerMinute: 120,
      streamsPerSession: 8,
      streamsPerUser: 20,
      streams: 10_000,
    },
  })
  expect([readConfig(options), readConfig({ ...options, trustProxy: true })].map((it) => it.trustProxy)).toEqual([0, 1])
  expect(workflows.get('default')).toEqual({ id })
  expect(readConfig({ ...options, basePath: '/' }).basePath).toBe('')
  expect(readConfig({ ...options, basePath: '/verify/' }).basePath).toBe('/verify')
})

test.each([
  ['apiKey', { apiKey: undefined }],
  ['apiKey', { apiKey: '' }],
  ['webhookSecrets', { webhookSecrets: [] }],
  ['webhookSecrets', { webhookSecrets: 'hook-secret-of-a-test' }],
  ['webhookSecrets.0', { webhookSecrets: [undefined] }],
  ['environment', { environment: 'production' }],
  ['workflows', { workflows: undefined }],
  ['workflows', { workflows: {} }],
  ['workflows.default', { workflows: { default: 'kyc' } }],
  ['workflows.default', { workflows: { default: { id, maxAttempts: 0 } } }],
  ['workflows.default', { workflows: { default: { id, maxAge: 3 } } }],
  ['authenticate', { authenticate: true }],
  ['vendorData', { vendorData: 'user' }],
  ['session', { session: { metadata: 1 } }],
  ['authorizeStaff', { authorizeStaff: { staffId: 'rae' } }],
  ['storage', { storage: {} }],
  ['ticketSecret', { ticketSecret: 'too short' }],
  ['allowedOrigins', { allowedOrigins: [] }],
  ['allowedOrigins.0', { allowedOrigins: ['https://app.example.com/'] }],
  ['allowedOrigins.0', { allowedOrigins: ['*'] }],
  ['allowedOrigins.0', { allowedOrigins: ['https://*.vercel.app'] }],
  ['allowedOrigins.1', { allowedOrigins: ['https://a.example', 'null'] }],
  ['didit.hostedOrigins.0', { didit: { hostedOrigins: ['https://id.example/'] } }],
  ['didit.hostedOrigins.0', { didit: { hostedOrigins: ['http://id.example'] } }],
  ['basePath', { basePath: 'api' }],
  ['basePath', { basePath: '/api/:id' }],
  ['didit.timeoutMs', { didit: { timeoutMs: 0 } }],
  ['didit.url', { didit: { url: 'https://x.example' } }],
  ['limits.createsPerMinute', { limits: { createsPerMinute: -1 } }],
  ['limits.streamsPerSession', { limits: { streamsPerSession: 0 } }],
  ['limits.streamsPerUser', { limits: { streamsPerUser: 1.5 } }],
  ['limits.streams', { limits: { streams: -1 } }],
  ['basePath', { basePath: '/api/../didit' }],
  ['basePath', { basePath: '/.' }],
  ['limits.createsPerMinutePerAddress', { limits: { createsPerMinutePerAddress: 0 } }],
  ['trustProxy', { trustProxy: 'yes' }],
  ['trustProxy', { trustProxy: -1 }],
  ['retention.eventDays', { retention: { eventDays: 0 } }],
  ['retention.eventDays', { retention: { eventDays: 1.5 } }],
  ['retention.sessionDays', { retention: { sessionDays: '30' } }],
  ['retention.sessionDays', { retention: { sessionDays: 36_501 } }],
  ['retention.deleteAtDidit', { retention: { sessionDays: 400, deleteAtDidit: 'yes' } }],
  ['retention.days', { retention: { days: 3 } }],
  ['logger', { logger: { info() {} } }],
  ['ticketSecrets', { ticketSecrets: 'x' }],
])('names the option %s when it is wrong', (name, changes) => {
  expect(complaint(changes)).toMatch(new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`))
})

describe('a secret', () => {
  const secret = 'secret-0123456789-0123456789-0123456789'
  test.each([
    [`"${secret}"`, 'quotes'],
    [`'${secret}'`, 'quotes'],
    [`\`${secret}\``, 'quotes'],
    [`“${secret}”`, 'quotes'],
    [`"${secret}`, 'quotes'],
    [` ${secret}`, 'spaces around'],
    [`${secret} `, 'spaces around'],
    [`\u00a0${secret}`, 'spaces around'],
    [`${secret}\n`, 'line breaks'],
    [`${secret}\r\n${secret}`, 'line breaks'],
    [`\uFEFF${secret}`, 'BOM'],
    [`${secret}\t`, 'control characters'],
    [`${secret}\0`, 'control characters'],
    [`${secret.slice(0, 20)}\u200b${secret.slice(20)}`, 'invisible'],
  ])('of the form %j is refused, and not told', (odd, word) => {
    for (const [name, changes] of [
      ['apiKey', { apiKey: odd }],
      ['webhookSecrets.1', { webhookSecrets: [secret, odd] }],
      ['ticketSecret', { ticketSecret: odd }],
    ] as const) {
      const message = complaint(changes)
      expect(message).toMatch(new RegExp(`^The option ${name} must be without .*${word}`))
      expect(message).not.toContain(secret)
    }
  })

  test('may hold spaces where it is a pass phrase of the host', () => {
    expect(complaint({ ticketSecret: 'a ticket secret of 32 characters' })).toBe('none')
    expect(complaint({ apiKey: 'a key' })).toMatch(/apiKey must be without spaces/)
    expect(complaint({ webhookSecrets: ['a secret'] })).toMatch(/webhookSecrets.0 must be without spaces/)
  })
})

test('warns of pages of plain http on another machine', () => {
  const warned: object[] = []
  const logger = { debug() {}, info() {}, error() {}, warn: (fields: object) => void warned.push(fields) }
  readConfig({
    ...options,
    logger,
    allowedOrigins: ['http://localhost:1', 'http://tauri.localhost', 'tauri://localhost'],
  })
  expect(warned).toEqual([])
  readConfig({ ...options, logger, allowedOrigins: ['https://a.example', 'http://a.example'] })
  expect(warned).toEqual([{ origins: ['http://a.example'] }])
})

describe('the option retention', () => {
  const workflows = { default: { id, maxAgeDays: 365 } }
  const read = (retention: object, more: object = { workflows }) => readConfig({ ...options, ...more, retention })

  test('keeps events for 30 days and Sessions for good, unless it says otherwise', () => {
    expect(readConfig(options).retention).toEqual({ eventDays: 30, sessionDays: null, deleteAtDidit: false })
    expect(read({ eventDays: 7, sessionDays: 365, deleteAtDidit: true }).retention).toEqual({
      eventDays: 7,
      sessionDays: 365,
      deleteAtDidit: true,
    })
  })

  test('removes no approval that still counts', () => {
    expect(() => read({ sessionDays: 364 })).toThrow(/sessionDays .* default that count for longer/)
    expect(() => read({ sessionDays: 364 }, { workflows: { default: id } })).toThrow(/count for ever/)
    const mixed = { default: { id, maxAgeDays: 30 }, transfer: '88888888-2222-3333-4444-555555555555' }
    expect(() => read({ sessionDays: 364 }, { workflows: mixed })).toThrow(/the workflow transfer/)
    expect(() => read({ sessionDays: 365 })).not.toThrow()
  })

  test('does not promise what it does not do', () => {
    expect(() => read({ deleteAtDidit: true })).toThrow(/deleteAtDidit has no effect/)
    expect(() => read({ deleteAtDidit: false })).not.toThrow()
  })
})

describe('complaints', () => {
  test('come all at once', () => {
    expect(complaint({ apiKey: '', environment: 'x' })).toMatch(/apiKey.*environment/)
  })

  test('name two aliases of one workflow', () => {
    expect(complaint({ workflows: { one: id, two: { id: id.toUpperCase() } } })).toMatch(/one and two/)
  })

  test('never quote a value', () => {
    const text = complaint({
      ticketSecret: 'hunter2',
      webhookSecrets: ['', 'swordfish'],
      apiKey: 12345,
      workflows: { default: 'sesame' },
      allowedOrigins: ['open-up'],
    })
    expect(text).not.toMatch(/hunter2|swordfish|12345|sesame|open-up/)
  })
})
