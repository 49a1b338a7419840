import { DiditError, RequestError } from '@didit-verify/core'
import { expect, test } from 'vitest'
import { queryRetry } from './query-retry.ts'

const failed = (status: number, retryAfterSeconds?: number) =>
  new RequestError('internal', 'It failed.', { status, retryAfterSeconds })

test.each([0, 429, 500, 503])('asks twice more after %i', (status) => {
  expect([0, 1, 2].map((failures) => queryRetry.retry(failures, failed(status)))).toEqual([true, true, false])
})

test.each([400, 401, 403, 404, 409])('takes %i for an answer', (status) => {
  expect(queryRetry.retry(0, failed(status))).toBe(false)
})

test('does not repeat aborted calls, or errors that are not about a request', () => {
  expect(queryRetry.retry(0, new RequestError('aborted', 'Given up.', { status: 0 }))).toBe(false)
  expect(queryRetry.retry(0, new DiditError('answer-invalid', 'Not ours.'))).toBe(false)
})

test('waits as long as the server says, else a second, then two', () => {
  expect(queryRetry.retryDelay(0, failed(429, 7))).toBe(7000)
  expect(queryRetry.retryDelay(0, failed(429, 1e9))).toBeLessThan(2 ** 31)
  expect([0, 1].map((failures) => queryRetry.retryDelay(failures, failed(500)))).toEqual([1000, 2000])
})
