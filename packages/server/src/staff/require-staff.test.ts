import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { memoryStorage } from '../storage/memory-storage.ts'
import type { AuthorizeStaff } from './authorize-staff.ts'
import { requireStaff } from './require-staff.ts'

const config = readConfig({
  apiKey: 'key-of-a-test',
  webhookSecrets: ['hook-secret-of-a-test'],
  environment: 'sandbox',
  workflows: { default: '11111111-2222-3333-4444-555555555555' },
  authenticate: (request) => (request.headers.has('x-user') ? { userId: 'user-ada' } : null),
  storage: memoryStorage(),
  ticketSecret: 'ticket-secret-of-a-test-0123456789',
  allowedOrigins: ['https://app.example.com'],
})
const input = { action: 'delete', sessionId: 'aaaaaaaa-2222-4333-8444-555555555555' } as const
const ask = (authorizeStaff: AuthorizeStaff, headers: Record<string, string> = {}) =>
  requireStaff(config, authorizeStaff, new Request('https://app.example.com/', { headers }), input)

test('lets through whom the host names, and tells it what is wanted', async () => {
  const asked: unknown[] = []
  const member = await ask(async (request, told) => {
    asked.push(request.url, told)
    return { staffId: 'rae' }
  })
  expect(member).toEqual({ staffId: 'rae' })
  expect(asked).toEqual(['https://app.example.com/', input])
})

test.each([null, undefined])('tells a customer and a stranger apart where the host says %s', async (answer) => {
  await expect(ask(() => answer, { 'x-user': 'ada' })).rejects.toMatchObject({ code: 'staff-only', status: 403 })
  await expect(ask(() => answer)).rejects.toMatchObject({ code: 'unauthenticated', status: 401 })
})

test.each([{}, { staffId: '' }, { staffId: ' ' }, { staffId: 7 }, { staffId: 'undefined' }, true])(
  'takes %o for a fault of the host, and never for staff',
  async (answer) => {
    await expect(ask(() => answer as never, { 'x-user': 'ada' })).rejects.toThrow(TypeError)
  },
)

test('hands on what the host throws', async () => {
  const fault = new Error('The directory is down.')
  await expect(ask(() => Promise.reject(fault))).rejects.toBe(fault)
})
