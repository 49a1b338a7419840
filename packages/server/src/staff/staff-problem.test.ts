import { RequestError } from '@didit-verify/core/schemas'
import { expect, test } from 'vitest'
import { staffProblem } from './staff-problem.ts'

const issues = [{ path: 'new_status', message: 'Session is already Approved.' }]
const refusal = (status: number, code: RequestError['code'] = 'didit-rejected', retryAfterSeconds?: number) =>
  new RequestError(code, 'Didit refused the request.', { status, issues, retryAfterSeconds, raw: { portrait: 'AAAA' } })

test.each([400, 403, 409, 422])('hands on that Didit refused with %d, and what it said', async (status) => {
  const response = staffProblem(refusal(status))
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const body = await response.json()
  expect(body).toMatchObject({ status, code: 'didit-rejected', title: 'Didit refused this.', issues })
  expect(JSON.stringify(body)).not.toContain('AAAA')
})

test.each([
  ['didit-not-found', 404, 404],
  ['didit-rate-limited', 429, 429],
  ['didit-credentials', 401, 502],
  ['didit-credentials', 403, 502],
  ['didit-rejected', 0, 502],
  ['didit-unavailable', 500, 503],
  ['didit-answer-invalid', 200, 502],
] as const)('answers %s, Didit having said %d, with %d', async (code, status, answered) => {
  expect(staffProblem(refusal(status, code)).status).toBe(answered)
})

test('says how long Didit wants to be left alone', () => {
  expect(staffProblem(refusal(429, 'didit-rate-limited', 17)).headers.get('retry-after')).toBe('17')
  expect(Number(staffProblem(refusal(429, 'didit-rate-limited')).headers.get('retry-after'))).toBeGreaterThan(0)
})

test('says of all else what everybody is told', async () => {
  const fault = staffProblem(new Error('connect postgres://user:pass@db'))
  expect(fault.status).toBe(500)
  expect(await fault.text()).not.toContain('postgres')
  const ours = new RequestError('request-invalid', 'Not as expected.', { status: 0, issues })
  expect(await staffProblem(ours).json()).toMatchObject({ status: 400, code: 'request-invalid', issues })
})
