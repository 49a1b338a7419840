import { createHash } from 'node:crypto'
import { RequestError } from '@didit-verify/core/schemas'
import type { Context } from 'hono'
import { type ConsolePage, consoleLayout, notFound } from './layout.ts'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Security headers of the console. */
export const consoleHeaders = {
  'Content-Security-Policy': policy,
  'Cache-Control': 'no-cache',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

/** Answers with a page, or with 304 if the browser already has it. */
export async function showPage(request: Context, page: ConsolePage, status: 200 | 400 | 404 = 200): Promise<Response> {
  const text = String(await consoleLayout(page))
  // The script polls. The ETag keeps the answers small while nothing changes.
  const tag = `"${createHash('sha256').update(text).digest('base64url')}"`
  const headers = { ...consoleHeaders, ETag: tag, 'Content-Type': 'text/html; charset=utf-8' }
  const isKnown = status === 200 && request.req.header('if-none-match') === tag
  return isKnown ? new Response(null, { status: 304, headers }) : new Response(text, { status, headers })
}

/** Answers with a 404 page and a message. */
export const showMissing = (request: Context, tab: ConsolePage['tab'], fault: string) =>
  showPage(request, { title: 'Not found', tab, body: notFound(), fault }, 404)

/** Runs the action of a form and redirects. If the action is refused, shows the page again with the message. */
export async function runAction(
  request: Context,
  nextPath: string,
  action: () => unknown,
  page: () => ConsolePage,
): Promise<Response> {
  try {
    await action()
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return showPage(request, { ...page(), fault: error.message }, 400)
  }
  return request.redirect(nextPath, 303)
}

/** Returns a field of the form, or an empty string if it is missing or a file. */
export async function formText(request: Context, name: string): Promise<string> {
  const value = (await request.req.parseBody())[name]
  return typeof value === 'string' ? value : ''
}
