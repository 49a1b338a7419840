import { createHash } from 'node:crypto'
import { type PageTexts, pageTexts } from './page-texts.ts'

/** Content of a page. All values are plain text and are escaped when the page is rendered. */
export interface Page {
  readonly language: string
  readonly status: number
  readonly title: string
  readonly text: string
  /** Link to the next page. With `isAutomatic` the browser follows it at once. */
  readonly link?: { readonly href: string; readonly label: string; readonly isAutomatic: boolean } | undefined
}

// System colours follow light, dark and forced-colours modes, and always have enough contrast.
const styles = `:root{color-scheme:light dark}
body{margin:0;background:Canvas;color:CanvasText;font:1.125rem/1.5 system-ui,sans-serif}
main{box-sizing:border-box;max-width:36rem;margin:0 auto;padding:clamp(1.5rem,8vh,6rem) 1.25rem;overflow-wrap:anywhere}
h1{margin:0 0 .5em;font-size:1.5rem;line-height:1.25;text-wrap:balance}
p{margin:0 0 1rem}
a{display:inline-block;min-height:2.75rem;line-height:2.75rem;color:LinkText;text-underline-offset:.2em}
a:focus-visible{outline:.1875rem solid;outline-offset:.125rem}`

const styleHash = `'sha256-${createHash('sha256').update(styles).digest('base64')}'`

/**
 * Returns a complete page as a `Response`. It has no script, loads nothing, and sends no referrer to the next page.
 *
 * @param origins - Origins of the pages that may show it in a frame: Didit may redirect to it inside a frame.
 */
export function renderPage(page: Page, origins: Iterable<string>): Response {
  const { language, status, title, text, link } = page
  const { direction } = pageTexts[language] as PageTexts
  const policy = [
    "default-src 'none'",
    `style-src ${styleHash}`,
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${["'self'", ...origins].join(' ')}`,
  ]
  const lines = [
    '<!doctype html>',
    `<html lang="${escapeText(language)}" dir="${direction}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="robots" content="noindex">',
    // Without delay: a delay would be a time limit for slow readers. The link is for browsers that ignore the refresh.
    link?.isAutomatic ? `<meta http-equiv="refresh" content="0; url=${escapeText(link.href)}">` : '',
    `<title>${escapeText(title)}</title>`,
    `<style>${styles}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escapeText(title)}</h1>`,
    `<p>${escapeText(text)}</p>`,
    link ? `<p><a href="${escapeText(link.href)}">${escapeText(link.label)}</a></p>` : '',
    '</main>',
    '</body>',
    '</html>',
    '',
  ]
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Language': language,
    'Content-Security-Policy': policy.join('; '),
    'Referrer-Policy': 'no-referrer',
  }
  return new Response(lines.filter((line, index) => line !== '' || index === lines.length - 1).join('\n'), {
    status,
    headers,
  })
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] as string)
