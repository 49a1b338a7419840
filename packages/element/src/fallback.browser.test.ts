import { afterEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import './define.ts'
import readme from '../README.md?raw'
import { FakeClient } from '../testing/fake-client.ts'
import { removeElements, until } from '../testing/mount-element.ts'

afterEach(removeElements)

const blocks = [...readme.matchAll(/```html\n(.*?)```/gs)].map(([, block]) => block as string)

/** Adds markup as a parser does, and waits for the element in it. */
async function open(markup: string): Promise<HTMLElement> {
  document.body.innerHTML = markup
  const element = document.querySelector('didit-verify')
  if (!element) throw new Error('There is no <didit-verify> in it.')
  element.client = new FakeClient()
  await until(() => element.shadowRoot?.querySelector('dialog'))
  return element
}

/** Records the action of every submitted form, and prevents the submission. */
function posts(): string[] {
  const seen: string[] = []
  document.body.addEventListener('submit', (event) => {
    event.preventDefault()
    seen.push((event.target as HTMLFormElement).getAttribute('action') ?? '')
  })
  return seen
}

const alone = blocks.find((block) => block.includes('action="/api/didit/start"') && !block.includes('/apply')) ?? ''
const inForm = blocks.find((block) => block.includes('/apply')) ?? ''

test('README example of the form for pages without JavaScript: neither shown nor sent once the element runs', async () => {
  const element = await open(alone)
  const sent = posts()
  const form = element.querySelector('form') as HTMLFormElement
  expect(form.method).toBe('post')
  expect(new FormData(form).get('returnTo')).toBe('/welcome')
  expect(form.checkVisibility()).toBe(false)
  expect(form.querySelector('button')?.getClientRects()).toHaveLength(0)
  await userEvent.tab()
  expect(document.activeElement).toBe(element)
  await userEvent.keyboard('{Enter}')
  await until(() => element.hasAttribute('open'))
  expect(sent).toEqual([])
})

test('README example inside a form of the page: adds nothing to that form', async () => {
  const element = await open(inForm)
  const sent = posts()
  const around = document.querySelector('form[action="/apply"]') as HTMLFormElement
  const input = around.querySelector('input') as HTMLInputElement
  expect([...new FormData(around).keys()]).toEqual([input.name])
  const button = element.querySelector('button')
  expect([button?.form?.getAttribute('action'), button?.getClientRects().length]).toEqual(['/api/didit/start', 0])
  input.focus()
  await userEvent.keyboard('{Enter}')
  expect(sent).toEqual(['/apply'])
})

test('README example of the style that hides the form: shows it when the script does not load', async () => {
  const style = document.createElement('style')
  const [, css = ''] = /```css\n(.*?)```/s.exec(readme) ?? []
  // The element is already defined in this test.
  style.textContent = css.replaceAll('didit-verify', 'didit-undefined')
  document.head.append(style)
  const waiting = document.body.appendChild(document.createElement('didit-undefined'))
  expect(getComputedStyle(waiting).visibility).toBe('hidden')
  const [animation] = waiting.getAnimations()
  expect(animation?.effect?.getComputedTiming().endTime).toBe(3000)
  animation?.finish()
  expect(getComputedStyle(waiting).visibility).toBe('visible')
  style.remove()
})
