import { RequestError } from '@didit-verify/core/schemas'
import { expect, test } from 'vitest'
import { createLogger, guardLogger } from './logger.ts'

function setUp(level: 'info' | 'silent' = 'info') {
  const lines: string[] = []
  const logger = guardLogger(createLogger(level, { write: (line) => void lines.push(line) }))
  return { lines, logger }
}

test('writes one line of JSON, and none below its level', () => {
  const { lines, logger } = setUp()
  logger.debug({ a: 1 }, 'quiet')
  logger.info({ sessionId: 's' }, 'webhook')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 30, sessionId: 's', msg: 'webhook' })
  const silent = setUp('silent')
  silent.logger.error({}, 'nothing')
  expect(silent.lines).toEqual([])
})

test('writes of an error what helps, and nothing that a person typed', () => {
  const { lines, logger } = setUp()
  const cause = new RequestError('didit-rejected', 'Didit refused the request.', {
    status: 400,
    issues: [{ path: 'contact_details.phone', message: '+447700900142 is no number' }],
    raw: { phone: '+447700900142' },
  })
  logger.warn({ err: new Error('outer', { cause }) }, 'failed')
  expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
    name: 'Error',
    stack: expect.stringContaining('outer'),
    cause: { code: 'didit-rejected', status: 400, fields: ['contact_details.phone'] },
  })
  expect(lines[0]).not.toContain('447700900142')
  logger.warn({ err: 'a text with +447700900142' }, 'odd')
  expect(lines[1]).not.toContain('447700900142')
})

test('ends with an error that is the cause of itself', () => {
  const { lines, logger } = setUp()
  const error = new Error('round and round')
  error.cause = error
  logger.error({ err: error }, 'failed')
  expect(lines[0]).toContain('round and round')
})

test('blanks out secrets, should a line hold one', () => {
  const { lines, logger } = setUp()
  logger.info({ apiKey: 'k-1', request: { headers: { authorization: 'k-2' } }, body: 'k-3', url: 'k-4' }, 'x')
  expect(lines[0]).not.toMatch(/k-\d/)
})
