import { afterEach, expect, test } from 'vitest'
import './define.ts'
import readme from '../README.md?raw'
import { FakeClient, snapshot } from '../testing/fake-client.ts'
import { eventNames, removeElements, until } from '../testing/mount-element.ts'

afterEach(removeElements)

/** Returns the code block of a language that contains a text. */
const block = (language: string, holds = '') =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].find(([text]) =>
    text.includes(holds),
  )?.[1] ?? ''

test('README example', async () => {
  document.body.innerHTML = block('html')
  const script = block('js').replace(/^import .*$/m, '')
  new Function(script)()
  const element = document.querySelector('didit-verify')
  expect(element?.endpoint).toBe('/api/didit')
  if (element) element.client = new FakeClient(snapshot('Approved'))
  await until(() => document.querySelector('output')?.value)
  expect(document.querySelector('output')?.value).toBe('Approved, says the webhook')
})

test('README names every event', () => {
  for (const name of eventNames) expect(readme).toMatch(new RegExp(`\\| \`${name}\` +\\|`))
})

test('README example: a form that submits a proof', async () => {
  document.body.innerHTML = `${block('html', 'name="identity" required')}<output></output>` // The listener of the first example is still active.
  const form = document.querySelector('form') as HTMLFormElement
  const element = form.querySelector('didit-verify')
  await element?.updateComplete
  expect(form.checkValidity()).toBe(false)
  if (element) element.client = new FakeClient(snapshot('Approved'))
  await until(() => form.checkValidity())
  // The field name that the backend in the next example reads.
  const name = /form\.get\('(\w+)'\)/.exec(block('ts'))?.[1] ?? ''
  expect(new FormData(form).get(name)).toBe('a.fictional.proof')
})

test('README example: texts of the page', async () => {
  document.body.innerHTML = '<didit-verify></didit-verify>'
  new Function(block('js', 'Get verified'))()
  await document.querySelector('didit-verify')?.updateComplete
  expect(document.querySelector('didit-verify')?.shadowRoot?.querySelector('button')?.textContent).toBe('Get verified')
})
