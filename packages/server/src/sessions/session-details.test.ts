import { inspect } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { askForDetails, type SessionHook } from './session-details.ts'

afterEach(() => void vi.useRealTimers())

const question = {
  user: { userId: 'user-ada', plan: 'gold' },
  workflow: 'default',
  request: new Request('https://app.example.com/api/didit/sessions'),
}
type User = typeof question.user

const ask = (hook: SessionHook<User> | undefined) => askForDetails(hook, question)
/** Everything that the log would show of a wrong answer and its causes. */
const complaint = (answer: unknown) =>
  ask(() => answer as never).then(
    () => 'none',
    (error: unknown) => inspect(error, { depth: 9, showHidden: true }),
  )

test('hands on what the host answers, whether at once or later', async () => {
  const full = {
    expected_details: {
      first_name: 'Ada',
      last_name: 'Lovelace',
      date_of_birth: '1992-02-29',
      gender: null,
      nationality: 'GBR',
      country: 'ESP',
      address: 'Calle Mayor 1, Madrid',
      ip_address: '2001:db8::1',
      expected_document_types: ['P', 'id'],
      registry_country: 'US-CA',
    },
    contact_details: {
      email: 'ada@example.com',
      send_notification_emails: false,
      email_lang: 'es',
      phone: '+34600111222',
    },
    metadata: { plan: 'gold', tags: [1, null] },
  } as const
  expect(await ask(() => full)).toEqual(full)
  expect(await ask(async () => full)).toEqual(full)
  expect(await ask(({ user, workflow }) => ({ metadata: `${user.plan} ${workflow}` }))).toEqual({
    metadata: 'gold default',
  })
})

test.each([[undefined], [() => null], [() => undefined], [async () => null], [() => ({})]])(
  'adds nothing where %o is all there is',
  async (hook) => {
    expect(await ask(hook)).toEqual({})
  },
)

test.each([
  ['expected_detials', { expected_detials: { first_name: 'Ada' } }],
  ['vendor_data', { vendor_data: 'somebody-else' }],
  ['workflow_id', { workflow_id: '11111111-2222-3333-4444-555555555555' }],
  ['callback', { callback: 'https://evil.example' }],
  ['expected_details.firstName', { expected_details: { firstName: 'Ada' } }],
  ['expected_details.first_name', { expected_details: { first_name: 42 } }],
  ['expected_details.first_name', { expected_details: { first_name: '' } }],
  ['expected_details.date_of_birth', { expected_details: { date_of_birth: '29.02.1992' } }],
  ['expected_details.date_of_birth', { expected_details: { date_of_birth: '1991-02-29' } }],
  ['expected_details.gender', { expected_details: { gender: 'f' } }],
  ['expected_details.nationality', { expected_details: { nationality: 'ES' } }],
  ['expected_details.address', { expected_details: { address: 'Calle Mayor 1' } }],
  ['expected_details.ip_address', { expected_details: { ip_address: '300.1.1.1' } }],
  ['expected_details.expected_document_types.1', { expected_details: { expected_document_types: ['P', 'Passport'] } }],
  ['expected_details.company_name', { expected_details: { company_name: 'x'.repeat(256) } }],
  ['expected_details.registry_country', { expected_details: { registry_country: 'Spain' } }],
  ['expected_details', { expected_details: 'Ada' }],
  ['contact_details.email', { contact_details: { email: 'ada' } }],
  ['contact_details.email_lang', { contact_details: { email_lang: 'tlh' } }],
  ['contact_details.phone', { contact_details: { phone: '600 111 222' } }],
  ['contact_details.send_notification_emails', { contact_details: { send_notification_emails: 'yes' } }],
  ['metadata', { metadata: 1n }],
  ['metadata', { metadata: () => 'x' }],
  ['session', 'Ada'],
  ['session', []],
])('names the field %s and never what is in it', async (field, answer) => {
  const text = await complaint(answer)
  expect(text).toMatch(new RegExp(`\\b${field.replaceAll('.', '\\.')}\\b`))
  expect(text).not.toMatch(/'?\bAda\b|29\.02|1991|Mayor|300\.1|Passport|Spain|600 111|tlh|somebody|evil|xxx/)
})

test('takes no key for a name that looks like none', async () => {
  expect(await complaint({ expected_details: { 'ada@example.com': true } })).not.toContain('ada@')
})

test('says where a hook threw, and not what', async () => {
  const hook = () => {
    throw new Error('No row for ada@example.com\n    at home in ada@example.com Street')
  }
  for (const it of [hook, async () => hook()]) {
    const fault: Error = await ask(it).then(
      () => new Error('none'),
      (error) => error,
    )
    expect(inspect(fault, { depth: 9, showHidden: true })).not.toContain('ada@')
    expect(fault.message).toBe('The option session threw an error.')
    expect(fault.stack).toContain('session-details.test.ts')
  }
})

test('waits ten seconds for an answer, and not for one that comes later', async () => {
  vi.useFakeTimers()
  let answer: (details: object) => void = () => {}
  const asked = ask(() => new Promise((resolve) => (answer = resolve)))
  const outcome = expect(asked).rejects.toThrow(/option session did not answer within 10000 ms/)
  await vi.advanceTimersByTimeAsync(9_999)
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  await outcome
  answer({ metadata: 1 })
  expect(vi.getTimerCount()).toBe(0)
})
