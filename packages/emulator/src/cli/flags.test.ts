import { expect, test } from 'vitest'
import { readFlags } from './flags.ts'

test('has a default for every flag', () => {
  expect(readFlags([])).toEqual({
    host: '127.0.0.1',
    port: 4100,
    url: undefined,
    apiKey: 'didit-emulator-key',
    webhookUrl: 'http://localhost:4200/api/didit/webhook',
    webhookSecret: 'didit-emulator-webhook-secret',
    generation: 'late-2026',
    environment: 'live',
    help: false,
  })
})

test('limits the rate unless told otherwise', () => {
  expect(readFlags([])).toHaveProperty('rateLimits', undefined)
  expect(readFlags(['--no-rate-limits'])).toHaveProperty('rateLimits', false)
})

test('accepts the documented flags', () => {
  const argv =
    '--port 5 --api-key k --webhook-url http://x.test/h --webhook-secret s --generation 2026-07 --environment sandbox'
  expect(readFlags(argv.split(' '))).toMatchObject({
    port: 5,
    apiKey: 'k',
    webhookUrl: 'http://x.test/h',
    webhookSecret: 's',
    generation: '2026-07',
    environment: 'sandbox',
  })
})

test.each([
  ['--prot 1', "Unknown option '--prot'. See didit-emulator --help."],
  ['--port', "Option '--port <value>' argument missing. See didit-emulator --help."],
  ['--port abc', "--port must be a number up to 65535, not 'abc'."],
  ['--port 70000', "--port must be a number up to 65535, not '70000'."],
  ['--port=-1', "--port must be a number up to 65535, not '-1'."],
  ['--generation 2025', "--generation must be 2026-07 or late-2026, not '2025'."],
  ['--environment test', "--environment must be live or sandbox, not 'test'."],
  ['--webhook-url localhost:4000', "--webhook-url must be an http or https address, not 'localhost:4000'."],
  ['--webhook-url=', "--webhook-url must be an http or https address, not ''."],
  ['--api-key=', '--api-key must not be empty.'],
])('answers %s with a message', (line, message) => {
  expect(readFlags(line.split(' '))).toEqual({ message })
})

test('refuses arguments that are not flags', () => {
  expect(readFlags(['serve'])).toEqual({ message: expect.stringMatching(/^Unexpected argument 'serve'/) })
})
