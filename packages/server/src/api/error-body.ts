import type { Issue } from '@didit-verify/core/schemas'

/** Keys under which Didit speaks of the request as a whole. */
const wholeRequest = new Set(['detail', 'error', 'non_field_errors'])
const mostIssues = 50
const deepest = 8

/**
 * Reads what Didit says is wrong, whichever of its shapes it chose.
 *
 * Seen are `{"detail": "…"}`, `{"detail": ["…"]}`, `{"error": …}`, `{"field": "…"}`, `{"field": ["…"]}`, fields nested
 * in objects or lists, and a bare list. HTML and anything else gives no issue.
 *
 * @see Didit docs, "API full flow": https://docs.didit.me/reference/api-full-flow
 */
export function readIssues(body: unknown): readonly Issue[] {
  const issues: Issue[] = []
  // A bare string at the top is HTML or some proxy's page, not an issue.
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
