import { afterEach, expect, test } from 'vitest'
import './define.ts'
import { hostedUrl } from './fixtures/fake-client.ts'
import { clear, mount, until, walkIn } from './fixtures/stage.ts'

afterEach(clear)

test('walks from the button to the verdict, and every step is heard at document', async () => {
  const stage = await mount()
  const { element, client } = stage
  expect(stage.text).toContain('Verify your identity')
  expect(stage.log).toEqual([])

  const outcome = element.start()
  await until(() => stage.log.includes('didit-ready'))
  expect(element.open).toBe(true)
  expect(element.hasAttribute('open')).toBe(true)
  expect(stage.$<HTMLIFrameElement>('iframe')?.src).toBe(hostedUrl)

  stage.page.say('step_started', { step: 'document_front' })
  await until(() => stage.log.includes('didit-step'))
  stage.page.say('completed', { status: 'Declined' })
  await until(() => stage.log.includes('didit-submit'))
  expect(await outcome).toEqual({ kind: 'submitted', sessionId: client.store.getSnapshot()?.sessionId })
  await stage.settle()
  expect(stage.$('iframe')).toBeNull()
  expect(stage.$('[part=result]')?.textContent).toContain('Checking your result')

  client.store.push('Approved')
  await stage.settle()
  expect(stage.$('[part=result]')?.textContent).toContain('Identity verified')
  expect(element.matches(':state(approved):state(settled)')).toBe(true)

  stage.$('[part=result] [part=action]')?.click()
  await stage.settle()
  expect(element.open).toBe(false)
  expect(element.hasAttribute('open')).toBe(false)
  expect(stage.log).toEqual([
    'didit-beforestart',
    'didit-open',
    'didit-ready',
    'didit-step',
    'didit-submit',
    'didit-status',
    'didit-decision',
    'didit-beforeclose',
    'didit-close',
  ])
})

test('never shows what the page claims', async () => {
  const stage = await mount()
  await walkIn(stage)
  stage.page.say('status_updated', { status: 'Approved' })
  stage.page.say('completed', { status: 'Approved' })
  await until(() => stage.log.includes('didit-submit'))
  await stage.settle()
  expect(stage.element.matches(':state(approved)')).toBe(false)
  expect(stage.text).not.toContain('Identity verified')
  stage.client.store.push('Declined')
  await stage.settle()
  expect(stage.text).toContain('Not verified')
  expect(stage.text).not.toContain('Identity verified')
})
