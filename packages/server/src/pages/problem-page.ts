import type { DiditErrorCode } from '@didit-verify/core/schemas'
import { problemOf, problemResponse } from '../http/problem.ts'
import { type Page, renderPage } from './page.ts'
import { type PageTexts, pageTexts, type RefusalReason } from './page-texts.ts'

const reasons: Partial<Record<DiditErrorCode, RefusalReason>> = {
  unauthenticated: 'sign-in',
  'forbidden-origin': 'website',
  'request-invalid': 'request',
  'unknown-workflow': 'request',
  'body-too-large': 'request',
  'route-not-found': 'request',
  'session-foreign': 'foreign',
  'attempts-exhausted': 'attempts',
  'rate-limited': 'wait',
  'didit-rate-limited': 'wait',
  'storage-unavailable': 'unavailable',
  'shutting-down': 'unavailable',
  aborted: 'unavailable',
  'didit-unavailable': 'unavailable',
  'didit-credentials': 'unavailable',
  'didit-rejected': 'unavailable',
  'didit-answer-invalid': 'unavailable',
}

/** Returns the error page for people without JavaScript: the status of the problem document, a sentence, and a link back. */
export function problemPage(
  error: unknown,
  { language, wayBack, origins }: { language: string; wayBack: string | null; origins: Iterable<string> },
): Response {
  const problem = problemResponse(error)
  const { refused, reasons: sentences } = pageTexts[language] as PageTexts
  const page: Page = {
    language,
    status: problem.status,
    title: refused.title,
    text: sentences[reasons[problemOf(error).code as DiditErrorCode] ?? 'fault'],
    link: wayBack === null ? undefined : { href: wayBack, label: refused.link, isAutomatic: false },
  }
  const response = renderPage(page, origins)
  const retryAfter = problem.headers.get('Retry-After')
  if (retryAfter !== null) response.headers.set('Retry-After', retryAfter)
  return response
}
