/**
 * Paths in the one spelling that routes have.
 *
 * A host may guard a part of the routes by its path, such as `/api/didit/staff`. So a path that means the same after
 * decoding or cleaning, such as `/api/didit/%73taff`, must not lead to the same route past that guard.
 */

// No route needs a percent-escape, dot, backslash, semicolon or an empty segment. One slash at the end is accepted.
const plainSegments = /^(?:\/[\w-]+)*\/?$/

/** Checks whether the part of a path below `basePath` has only plain segments. */
export function isPlainPath(path: string): boolean {
  return plainSegments.test(path)
}

/** Checks whether a path is `basePath` itself, or below it. */
export function isBelow(basePath: string, path: string): boolean {
  return path === basePath || path.startsWith(`${basePath}/`)
}

/**
 * Returns the path of a request's address for the router, without a slash at the end. An address that is not below
 * `basePath`, or not spelled plainly, becomes a path that no route has.
 */
export function toRoutePath(url: string, basePath: string): string {
  const [, path = ''] = /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#\\]*)?([^?#]*)/i.exec(url) ?? []
  const isPlain = isBelow(basePath, path) && isPlainPath(path.slice(basePath.length))
  if (!isPlain) return `${basePath}/%`
  return path.replace(/\/$/, '') || '/'
}
