import { ConfigError, errorCodes, isProblem, RequestError } from '@didit-verify/core/schemas'
import { expect, test } from 'vitest'
import { WebhookError } from '../errors.ts'
import { problemOf, problemResponse } from './problem.ts'

test('says about our own refusals what is wrong and what to do', async () => {
  const error = new RequestError('request-invalid', 'The body is not as expected.', {
    status: 400,
    issues: [{ path: 'workflow', message: 'Expected text.' }],
    help: 'Send text.',
  })
  const response = problemResponse(error)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toEqual({
    type: 'urn:didit-verify:error:request-invalid',
    title: 'The request could not be read.',
    status: 400,
    code: 'request-invalid',
    detail: 'The body is not as expected.',
    help: 'Send text.',
    issues: [{ path: 'workflow', message: 'Expected text.' }],
  })
})

test('repeats nothing of what Didit said: it may be about the person', () => {
  const error = new RequestError('didit-rejected', 'Didit refused the request.', {
    status: 400,
    issues: [{ path: 'vendor_data', message: 'This user is blocked.' }],
    raw: { vendor_data: 'This user is blocked.' },
    help: 'See issues.',
  })
  expect(JSON.stringify(problemOf(error))).not.toMatch(/blocked|vendor_data|See issues/)
  expect(problemOf(error)).toMatchObject({ status: 502, code: 'didit-rejected' })
})

test.each([new Error('connect postgres://user:pass@db'), new ConfigError('no'), 'text', undefined, { code: 'x' }])(
  'makes an internal problem of %o, without its words',
  (error) => {
    const problem = problemOf(error)
    expect(problem).toMatchObject({ status: 500, code: 'internal' })
    expect(JSON.stringify(problem)).not.toMatch(/postgres|"no"/)
  },
)

test('names the wait that Didit asked for, else one of its own where waiting helps', () => {
  const retry = (code: 'didit-rate-limited' | 'storage-unavailable' | 'unauthenticated', retryAfterSeconds?: number) =>
    problemResponse(new RequestError(code, 'x', { status: 429, retryAfterSeconds })).headers.get('retry-after')
  expect(retry('didit-rate-limited', 42)).toBe('42')
  expect(retry('storage-unavailable')).toBe('5')
  expect(retry('unauthenticated')).toBeNull()
})

test('answers a webhook as its error says', () => {
  expect(problemOf(new WebhookError('webhook-forged', 'x')).status).toBe(401)
  expect(problemOf(new WebhookError('webhook-unreadable', 'x', { status: 503 })).status).toBe(503)
})

test('has a well-formed problem for every code', () => {
  for (const code of errorCodes) {
    expect(isProblem(problemOf(new RequestError(code, 'A message.', { status: 418 })))).toBe(true)
  }
})
