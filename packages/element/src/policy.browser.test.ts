import { afterEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import { mountElement, openHostedPage, removeElements, until } from '../testing/mount-element.ts'

afterEach(removeElements)

test('works under a strict style-src and Trusted Types, with no inline style anywhere', async () => {
  const violations: string[] = []
  document.addEventListener('securitypolicyviolation', (event) => {
    violations.push(`${event.effectiveDirective} ${event.sample} ${event.sourceFile}`)
  })
  const policy = document.createElement('meta')
  policy.httpEquiv = 'Content-Security-Policy'
  policy.content = "style-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html"
  document.head.append(policy)
  // Loaded after the policy is set, so that it applies to the Trusted Types policy of Lit.
  await import('./define.ts')

  await page.viewport(800, 1000)
  const fixture = await mountElement()
  await openHostedPage(fixture)
  expect(getComputedStyle(fixture.button).minHeight).toBe('44px')
  expect(getComputedStyle(fixture.dialog).display).toBe('flex')
  fixture.page.post('completed')
  await until(() => fixture.$('[part=result]'))
  expect(fixture.element.shadowRoot?.querySelectorAll('[style], style')).toHaveLength(0)

  const inline = await mountElement({ mode: 'inline' })
  await openHostedPage(inline)
  inline.page.post('layout', { contentHeight: 480, colorScheme: 'dark' })
  await until(() => inline.$('iframe')?.clientHeight === 480)
  expect(getComputedStyle(inline.dialog).position).toBe('relative')
  expect(inline.element.shadowRoot?.querySelectorAll('[style], style')).toHaveLength(0)
  expect([inline.element, document.body].some((part) => part.hasAttribute('style'))).toBe(false)
  expect(violations).toEqual([])

  // Proves that the policy is active.
  expect(() => {
    document.body.innerHTML = '<p></p>'
  }).toThrow('TrustedHTML')
  await until(() => violations.length === 1, 'the violation is reported')
})
