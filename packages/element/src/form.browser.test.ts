import { afterEach, expect, test } from 'vitest'
import './define.ts'
import { FakeClient, snapshot } from '../testing/fake-client.ts'
import { mountElement, removeElements, until } from '../testing/mount-element.ts'

afterEach(removeElements)

function form(): HTMLFormElement {
  const element = document.createElement('form')
  element.addEventListener('submit', (event) => event.preventDefault())
  document.body.append(element)
  return element
}

test('blocks a form until the server reports approved and settled', async () => {
  const around = form()
  const fixture = await mountElement({ required: '', name: 'identity' }, new FakeClient(), around)
  let submits = 0
  around.addEventListener('submit', () => {
    submits += 1
  })
  around.requestSubmit()
  expect(submits).toBe(0)
  expect(fixture.element.validity.valueMissing).toBe(true)
  expect(fixture.element.validationMessage).toBe('Please verify your identity.')

  fixture.client.store.push('Approved', { settled: false })
  await fixture.settle()
  expect(around.checkValidity()).toBe(false)
  fixture.client.store.push('Approved', { settled: true })
  await until(() => around.checkValidity(), 'the proof came')
  around.requestSubmit()
  expect(submits).toBe(1)
  fixture.client.store.push('Declined')
  await fixture.settle()
  expect(around.checkValidity()).toBe(false)
})

test('is valid or invalid at once, before the first render', () => {
  const around = form()
  const element = document.createElement('didit-verify')
  around.append(element)
  element.required = true
  expect(element.checkValidity()).toBe(false)
  expect(element.form).toBe(around)
  element.required = false
  expect(element.checkValidity()).toBe(true)
})

test('can be made invalid by the page, and fires invalid', async () => {
  const fixture = await mountElement({}, new FakeClient(snapshot('Approved')), form())
  let count = 0
  fixture.element.addEventListener('invalid', () => {
    count += 1
  })
  fixture.element.setCustomValidity('Not today.')
  expect(fixture.element.reportValidity()).toBe(false)
  expect(fixture.element.validationMessage).toBe('Not today.')
  expect(count).toBe(1)
  fixture.element.setCustomValidity('')
  expect(fixture.element.reportValidity()).toBe(true)
})

test('has no value without an approval, and cannot be started in a disabled fieldset', async () => {
  const around = form()
  const fieldset = document.createElement('fieldset')
  fieldset.disabled = true
  around.append(fieldset)
  const fixture = await mountElement({ name: 'identity', required: '' }, new FakeClient(), fieldset)
  expect([...new FormData(around)]).toEqual([])
  expect(fixture.button.disabled).toBe(true)
  expect((await fixture.element.start()).kind).toBe('cancelled')
  expect(around.checkValidity()).toBe(true)
})

test('needs only an approval, and no proof, when it has no name', async () => {
  const around = form()
  const fixture = await mountElement({ required: '' }, new FakeClient(snapshot('Approved')), around)
  expect(around.checkValidity()).toBe(true)
  expect(fixture.client.store.calls).toEqual(['load'])
  expect([...new FormData(around)]).toEqual([])
})
