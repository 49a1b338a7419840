import { DiditError, type RequestError } from '@didit-verify/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import './define.ts'
// Loaded at once, so that no test waits for this chunk.
import './form-value.ts'
import { FakeClient, snapshot } from '../testing/fake-client.ts'
import { type Fixture, mountElement, removeElements, until } from '../testing/mount-element.ts'

beforeEach(() => {
  document.body.append(document.createElement('form'))
})
afterEach(() => {
  vi.useRealTimers()
  removeElements()
})

const form = () => document.querySelector('form') as HTMLFormElement
const value = () => new FormData(form()).get('identity')
const proofs = (fixture: Fixture) => fixture.client.store.calls.filter((call) => call === 'proof').length
const minutes = (count: number) => count * 60_000

/** Mounts an approved element in a form, with a fake clock. */
async function mountFixture(attributes: Record<string, string> = {}, client = new FakeClient(snapshot('Approved'))) {
  const fixture = await mountElement({ name: 'identity', ...attributes }, client, form())
  const changes: (FormDataEntryValue | null)[] = []
  fixture.element.addEventListener('change', () => changes.push(value()))
  if (client.first?.status === 'Approved') await until(value, 'the proof came')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const go = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms)
    await fixture.element.updateComplete
    await vi.advanceTimersByTimeAsync(0)
  }
  /** Numbers the proofs from now on. Each is valid for ten minutes. */
  const issue = () => {
    let count = 0
    fixture.client.store.getProof = async () => {
      fixture.client.store.calls.push('proof')
      count += 1
      return { proof: `proof-${count}`, expiresAt: Date.now() + minutes(10) }
    }
  }
  return { ...fixture, fixture, changes, go, issue }
}

test('submits a proof only while the approval is settled', async () => {
  const client = new FakeClient(snapshot('In Review'))
  const { fixture, changes, go, issue } = await mountFixture({}, client)
  issue()
  client.store.push('Approved', { settled: false })
  await go(0)
  expect([value(), proofs(fixture)]).toEqual([null, 0])
  client.store.push('Approved')
  await go(0)
  expect([value(), proofs(fixture)]).toEqual(['proof-1', 1])
  client.store.push('Declined')
  await go(0)
  expect(value()).toBeNull()
  expect(changes).toEqual(['proof-1', null])
})

test('has no proof at the moment when listeners learn that the approval has ended', async () => {
  const { fixture, element, client } = await mountFixture()
  const found: unknown[] = []
  element.addEventListener('didit-status', () => found.push(value()))
  client.store.push('Declined')
  await fixture.element.updateComplete
  expect(found).toEqual([null])
})

test('fetches the next proof before the current one expires', async () => {
  const { fixture, client, go, issue, changes } = await mountFixture()
  issue()
  client.store.push('In Review')
  await go(0)
  client.store.push('Approved')
  await go(0)
  expect(value()).toBe('proof-1')
  await go(minutes(7.9))
  expect(value()).toBe('proof-1')
  await go(minutes(0.2))
  expect(value()).toBe('proof-2')
  await go(minutes(8))
  expect(value()).toBe('proof-3')
  expect(changes.at(-1)).toBe('proof-3')
  expect(proofs(fixture)).toBe(4)
})

test.each([
  ['an hour ahead', -60, 0.5],
  ['an hour behind', 60, 8],
])('fetches proofs at the right time with a clock that is %s', async (_, expiryMinutes, pauseMinutes) => {
  const { fixture, client, go } = await mountFixture()
  client.store.proof = { proof: 'a.fictional.proof', expiresAt: Date.now() + minutes(expiryMinutes) }
  client.store.push('In Review')
  await go(0)
  client.store.push('Approved')
  await go(0)
  const before = proofs(fixture)
  await go(minutes(pauseMinutes) - 1)
  expect([value(), proofs(fixture)]).toEqual(['a.fictional.proof', before])
  await go(1)
  expect(proofs(fixture)).toBe(before + 1)
})

test('sends no proof that expired during sleep, and blocks the form until a fresh one is there', async () => {
  const { element, client, go } = await mountFixture({ required: '' })
  let submits = 0
  form().addEventListener('submit', (event) => {
    event.preventDefault()
    submits += 1
  })
  form().requestSubmit()
  expect(submits).toBe(1)

  client.store.gate = new Promise(() => {})
  vi.setSystemTime(Date.now() + minutes(60)) // No timer has run.
  form().requestSubmit()
  expect(submits).toBe(1)
  expect(element.validity.valueMissing).toBe(true)
  expect(value()).toBeNull()

  client.store.gate = Promise.resolve()
  client.store.push('In Review')
  await go(0)
  client.store.push('Approved')
  await go(0)
  expect(value()).toBe('a.fictional.proof')
  form().requestSubmit()
  expect(submits).toBe(2)
})

test('removes only the expired proof from FormData that is read without a submit', async () => {
  const { fixture, go } = await mountFixture()
  form().insertAdjacentHTML('beforeend', '<input name="identity" value="of another control">')
  expect(new FormData(form()).getAll('identity')).toEqual(['a.fictional.proof', 'of another control'])
  const before = proofs(fixture)
  vi.setSystemTime(Date.now() + minutes(60))
  expect(new FormData(form()).getAll('identity')).toEqual(['of another control'])
  await go(0)
  expect(proofs(fixture)).toBe(before + 1)
  expect(new FormData(form()).getAll('identity')).toEqual(['a.fictional.proof', 'of another control'])
})

test('blocks a required form until the first proof is there', async () => {
  const client = new FakeClient(snapshot('In Review'))
  const { element, go } = await mountFixture({ required: '' }, client)
  client.store.gate = new Promise(() => {})
  client.store.push('Approved')
  await go(0)
  expect(element.matches(':state(approved):state(settled)')).toBe(true)
  expect([form().checkValidity(), element.validity.valueMissing]).toEqual([false, true])
})

test('keeps retrying after a refusal, reports it once, and submits nothing meanwhile', async () => {
  const client = new FakeClient(snapshot('In Review'))
  const { fixture, element, go } = await mountFixture({ required: '' }, client)
  client.store.proof = new DiditError('not-approved', 'Not approved.')
  client.store.push('Approved')
  await go(0)
  const log = () => fixture.events.filter(({ type }) => type === 'didit-error').map(({ detail }) => detail)
  expect(log()).toMatchObject([{ code: 'not-approved', level: 'warning' }])
  await go(minutes(5))
  expect(log()).toHaveLength(1)
  expect(proofs(fixture)).toBeGreaterThan(4)
  expect(proofs(fixture)).toBeLessThan(15)
  expect([value(), element.error, form().checkValidity()]).toEqual([null, null, false])

  Object.assign(client.store.proof as RequestError, { retryAfterSeconds: 240 })
  await go(minutes(1))
  const asked = proofs(fixture)
  await go(minutes(2))
  expect(proofs(fixture)).toBe(asked)
  client.store.proof = { proof: 'at.last', expiresAt: Number.POSITIVE_INFINITY }
  await go(minutes(2))
  expect([value(), form().checkValidity()]).toEqual(['at.last', true])
})

test('removes the proof when it is disabled, and fetches another when it is enabled', async () => {
  const { fixture, element, go, issue, changes } = await mountFixture()
  issue()
  element.disabled = true
  await go(0)
  expect(changes).toEqual([null])
  element.disabled = false
  await go(0)
  expect(value()).toBe('proof-1')
  const fieldset = document.createElement('fieldset')
  form().append(fieldset)
  fieldset.append(element)
  await go(0)
  expect(value()).toBe('proof-2')
  fieldset.disabled = true
  await go(0)
  const asked = proofs(fixture)
  fieldset.disabled = false
  await go(0)
  expect([value(), proofs(fixture)]).toEqual(['proof-3', asked + 1])
})

test('fetches another proof and clears the error when the form is reset', async () => {
  const { element, client, go, issue, changes } = await mountFixture()
  client.store.answer = new DiditError('network', 'No answer.')
  client.store.set({ flow: 'failed', error: client.store.answer })
  await go(0)
  expect(element.error).not.toBeNull()
  issue()
  form().reset()
  expect(changes).toEqual([null])
  await go(0)
  expect([value(), element.error]).toEqual(['proof-1', null])
})

test('drops the proof when it is removed, and fetches no other', async () => {
  const { fixture, element, go } = await mountFixture()
  const asked = proofs(fixture)
  element.remove()
  await go(minutes(20))
  expect([value(), proofs(fixture)]).toEqual([null, asked])
  expect(vi.getTimerCount()).toBe(0)
  form().append(element)
  await go(0)
  await vi.waitFor(() => expect(value()).toBe('a.fictional.proof'))
})

test('follows its Session and its form', async () => {
  const { fixture, element, client, go, issue } = await mountFixture()
  issue()
  client.store.push('Approved', { sessionId: '22222222-2222-4222-8222-222222222222' })
  expect(value()).toBeNull()
  await go(0)
  expect(value()).toBe('proof-1')

  const other = document.createElement('form')
  document.body.append(other)
  other.append(element)
  await go(0)
  expect([value(), new FormData(other).get('identity')]).toEqual([null, 'proof-2'])
  document.body.append(element)
  await go(0)
  const asked = proofs(fixture)
  await go(minutes(20))
  expect(proofs(fixture)).toBe(asked)
})

test('fetches a proof only when it has both a name and a form', async () => {
  const { fixture, element, client, go, issue } = await mountFixture({}, new FakeClient(snapshot('In Review')))
  issue()
  element.name = ''
  client.store.push('Approved')
  await go(minutes(1))
  expect(proofs(fixture)).toBe(0)
  element.name = 'identity'
  await go(0)
  expect(value()).toBe('proof-1')
})

test("lets the browser restore the Session's id and never the proof", async () => {
  const set = vi.spyOn(ElementInternals.prototype, 'setFormValue')
  const { element, client, go } = await mountFixture()
  client.store.push('Declined')
  await go(0)
  const { sessionId } = snapshot('')
  expect(set.mock.calls.map(([, state]) => state)).toEqual(set.mock.calls.map(() => sessionId))
  expect(set.mock.calls.map(([proof]) => proof)).toContain('a.fictional.proof')
  set.mockRestore()

  client.first = null
  element.formStateRestoreCallback('33333333-3333-4333-8333-333333333333')
  expect(element.sessionId).toBe('33333333-3333-4333-8333-333333333333')
  await go(0)
  expect(client.stores.at(-1)?.target).toMatchObject({ sessionId: element.sessionId })
  expect(value()).toBeNull()
  element.formStateRestoreCallback('44444444-4444-4444-8444-444444444444')
  expect(element.sessionId).toBe('33333333-3333-4333-8333-333333333333') // An id that is set already takes precedence.
})

test('exposes the proof to the form only', async () => {
  const heard: string[] = []
  const names = ['change', 'didit-status', 'didit-decision', 'didit-error', 'input'] as const
  const listener = (event: Event) => heard.push(`${event.type} ${JSON.stringify((event as CustomEvent).detail)}`)
  for (const name of names) document.addEventListener(name, listener)
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) => vi.spyOn(console, level))
  const { element } = await mountFixture()
  expect(value()).toBe('a.fictional.proof')
  for (const name of names) document.removeEventListener(name, listener)
  expect(heard).toContain('change undefined')
  expect(heard.join()).not.toContain('fictional')
  expect(element.outerHTML + element.shadowRoot?.innerHTML).not.toContain('fictional')
  expect(JSON.stringify(spies.flatMap((spy) => spy.mock.calls))).not.toContain('fictional')
  for (const spy of spies) spy.mockRestore()
})
