/**
 * Origins of pages, compared as text, as browsers send them: lower case, without a default port or a slash at the end.
 */

// An origin of these names no page, or any page, or runs something.
const refusedSchemes = [
  'about:',
  'blob:',
  'data:',
  'file:',
  'filesystem:',
  'ftp:',
  'javascript:',
  'vbscript:',
  'ws:',
  'wss:',
]

/**
 * Returns what is wrong with an entry of `allowedOrigins`, as the end of "… must be …", or null. Pages of apps have
 * origins such as `capacitor://localhost`, and those of browser extensions `chrome-extension://…`.
 */
export function originProblem(origin: string): string | null {
  const usual = 'an origin such as https://app.example.com, without a path or a slash at the end'
  if (origin.includes('*')) return 'one exact origin: patterns with * are not supported, so name each origin'
  if (origin.trim().toLowerCase() === 'null') {
    return 'an origin that belongs to a page of yours: null is sent by files and by sandboxed frames of anybody'
  }
  if (!URL.canParse(origin)) return usual
  const url = new URL(origin)
  const expected = originOf(url)
  if (refusedSchemes.includes(url.protocol) || expected === null) return usual
  if (expected === origin) return null
  const isSpelling = expected === origin.replace(/\/$/, '').toLowerCase() || (url.port === '' && /:\d+$/.test(origin))
  return isSpelling && !origin.endsWith('/')
    ? 'spelled as browsers send it: lower case, without the default port of the scheme'
    : usual
}

/** Returns the origin of an address as a browser sends it, also for app schemes. Null if the address has no origin. */
export function originOf(url: URL): string | null {
  if (/^https?:$/.test(url.protocol)) return url.origin
  if (refusedSchemes.includes(url.protocol) || url.host === '') return null
  return `${url.protocol}//${url.host}`
}

/** True for an origin of plain http on another machine: anybody on the way can change its pages. */
export function isUnprotected(origin: string, isLoopback: (host: string) => boolean): boolean {
  const { protocol, hostname } = new URL(origin)
  return protocol === 'http:' && !isLoopback(hostname) && !hostname.endsWith('.localhost')
}
