import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { renderPage } from './page.ts'
import { pageTexts, pickLanguage, refusalReasons } from './page-texts.ts'

describe('the language', () => {
  test.each([
    ['es-MX,es;q=0.9,en;q=0.8', 'es'],
    ['en-GB', 'en'],
    ['en;q=0.4, ES;q=0.7', 'es'],
    ['fr, es;q=0.1', 'es'],
    ['es;q=0, fr', 'en'],
    ['*', 'en'],
    ['', 'en'],
    [null, 'en'],
    ['constructor, __proto__', 'en'],
    ['es"><script>', 'en'],
    [',;q=,es;q=x', 'en'],
  ])('for %s is %s', (header, language) => {
    expect(pickLanguage(header)).toBe(language)
  })

  test('has every text, and says nowhere how a verification ended', () => {
    for (const texts of Object.values(pageTexts)) {
      expect(Object.keys(texts.reasons)).toEqual([...refusalReasons])
      const { goOn, done, refused, reasons } = texts
      for (const text of [goOn, done, refused, reasons].flatMap((it) => Object.values(it))) expect(text).toMatch(/\S/)
      expect(JSON.stringify([goOn, done])).not.toMatch(/approved|verified|declined|aprobad|verificad|rechazad/i)
    }
  })
})

describe('a page', () => {
  const page = { language: 'es', status: 200, title: 'Hola', text: 'Texto.' }
  const html = (response: Response) => response.text()

  test('runs nothing, loads nothing, and allows by its hash the one style it has', async () => {
    const response = renderPage(page, ['https://app.example.com'])
    const policy = response.headers.get('content-security-policy') ?? ''
    const text = await html(response)
    const [, styles = ''] = /<style>([\s\S]+)<\/style>/.exec(text) ?? []
    const hash = createHash('sha256').update(styles).digest('base64')
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${hash}'`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self' https://app.example.com",
    ])
    expect(text).not.toMatch(/<script|<link|<img|style=|\son\w+=|http-equiv="refresh"/)
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(text).toContain('<html lang="es" dir="ltr">')
  })

  test('takes what it shows for text, and the address for one address', async () => {
    const href = `https://app.example.com/a;b'c?x=1&y="><script>alert(1)</script>`
    const text = await html(
      renderPage({ ...page, title: '<b>"\'&', link: { href, label: '<i>', isAutomatic: true } }, []),
    )
    expect(text).not.toMatch(/<script|<b>|<i>/)
    const escaped = href
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
    expect(text).toContain(`<meta http-equiv="refresh" content="0; url=${escaped}">`)
    expect(text).toContain(`<a href="${escaped}">&lt;i&gt;</a>`)
    expect(text).toContain('<h1>&lt;b&gt;&quot;&#39;&amp;</h1>')
  })
})
