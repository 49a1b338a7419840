import { afterEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import { clear, mount, until, walkIn } from '../testing/stage.ts'

afterEach(clear)

test('works under a strict style-src and Trusted Types, with no inline style anywhere', async () => {
  const violations: string[] = []
  document.addEventListener('securitypolicyviolation', (event) => {
    violations.push(`${event.effectiveDirective} ${event.sample} ${event.sourceFile}`)
  })
  const policy = document.createElement('meta')
  policy.httpEquiv = 'Content-Security-Policy'
  policy.content = "style-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html"
  document.head.append(policy)
  // Only now, so that the policy Lit makes for itself falls under this one.
  await import('./define.ts')

  await page.viewport(800, 1000)
  const stage = await mount()
  await walkIn(stage)
  expect(getComputedStyle(stage.button).minHeight).toBe('44px')
  expect(getComputedStyle(stage.dialog).display).toBe('flex')
  stage.page.say('completed')
  await until(() => stage.$('[part=result]'))
  expect(stage.element.shadowRoot?.querySelectorAll('[style], style')).toHaveLength(0)

  const inline = await mount({ mode: 'inline' })
  await walkIn(inline)
  inline.page.say('layout', { contentHeight: 480, colorScheme: 'dark' })
  await until(() => inline.$('iframe')?.clientHeight === 480)
  expect(getComputedStyle(inline.dialog).position).toBe('relative')
  expect(inline.element.shadowRoot?.querySelectorAll('[style], style')).toHaveLength(0)
  expect([inline.element, document.body].some((part) => part.hasAttribute('style'))).toBe(false)
  expect(violations).toEqual([])

  // The policy is real: what it forbids fails.
  expect(() => {
    document.body.innerHTML = '<p></p>'
  }).toThrow('TrustedHTML')
  await until(() => violations.length === 1, 'the violation is reported')
})
