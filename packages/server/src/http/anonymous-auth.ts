import type { Authenticate } from '../config.ts'

const cookieName = 'didit_anonymous'
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const cookie = new RegExp(`(?:^|;)\\s*${cookieName}=(${uuid})\\s*(?:;|$)`)

/**
 * A sign-in for demonstrations and development: every browser is a user of its own, known by a cookie.
 *
 * Nobody is behind such a user, and whoever clears cookies becomes somebody else. The cookie is a random UUID, which
 * cannot be guessed, and no script of the page can read it.
 *
 * A request that only reads begins nobody: its answer may arrive after that of a start, and its cookie would replace
 * the user who has a Session by then.
 *
 * @returns An `authenticate` for `createDiditServer`.
 */
export function anonymousAuth(): Authenticate {
  return (request) => {
    const [, known] = cookie.exec(request.headers.get('cookie') ?? '') ?? []
    if (known !== undefined) return { userId: `anonymous-${known}` }
    const id = crypto.randomUUID()
    if (request.method === 'GET' || request.method === 'HEAD') return { userId: `anonymous-${id}` }
    const secure = request.url.startsWith('https:') ? '; Secure' : ''
    return {
      userId: `anonymous-${id}`,
      setCookie: `${cookieName}=${id}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax${secure}`,
    }
  }
}
