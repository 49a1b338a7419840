import type { Authenticate } from '../config.ts'

const cookieName = 'didit_anonymous'
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const cookie = new RegExp(`(?:^|;)\\s*${cookieName}=(${uuid})\\s*(?:;|$)`)

/**
 * Returns an `authenticate` option for demos and development: each browser is a separate user, identified by a cookie.
 *
 * Such a user is not a known person, and a browser without its cookie becomes a new user. The cookie is a random UUID that
 * cannot be guessed, and scripts of the page cannot read it.
 *
 * A request that only reads sets no cookie. Its answer could arrive after the answer of a start, and would then replace
 * the user who has a Session.
 *
 * @example
 * ```ts
 * import { createDiditServer, memoryStorage } from '@didit-verify/server'
 * import { anonymousAuth } from '@didit-verify/server/node'
 *
 * const didit = createDiditServer({
 *   apiKey: process.env.DIDIT_API_KEY ?? '',
 *   webhookSecrets: [process.env.DIDIT_WEBHOOK_SECRET ?? ''],
 *   environment: 'sandbox',
 *   workflows: { default: process.env.DIDIT_WORKFLOW_ID ?? '' },
 *   authenticate: anonymousAuth(),
 *   storage: memoryStorage(),
 *   ticketSecret: process.env.DIDIT_TICKET_SECRET ?? '',
 *   allowedOrigins: ['http://localhost:5173'],
 * })
 * ```
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
