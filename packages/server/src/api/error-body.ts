import type { Issue } from '@didit-verify/core/schemas'

/** Keys with which Didit describes an error of the whole request. */
const wholeRequest = new Set(['detail', 'error', 'non_field_errors'])
const mostIssues = 50
const deepest = 8

/**
 * Returns the issues in an error body of Didit.
 *
 * Known shapes are `{"detail": "…"}`, `{"detail": ["…"]}`, `{"error": …}`, `{"field": "…"}`, `{"field": ["…"]}`, fields
 * nested in objects or lists, and a bare list. HTML or any other body gives no issue.
 *
 * @see Didit docs, "API full flow": https://docs.didit.me/reference/api-full-flow
 */
export function readIssues(body: unknown): readonly Issue[] {
  const issues: Issue[] = []
  // A body that is a plain string is HTML or the page of a proxy, not an issue.
  if (typeof body === 'object') collect(body, [], 0)
  return issues

  function collect(value: unknown, path: readonly string[], depth: number): void {
    if (issues.length >= mostIssues || depth > deepest) return
    if (typeof value === 'string') issues.push({ path: path.join('.'), message: value })
    else if (Array.isArray(value)) for (const item of value) collect(item, path, depth + 1)
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        collect(inner, depth === 0 && wholeRequest.has(key) ? path : [...path, key], depth + 1)
      }
    }
  }
}
