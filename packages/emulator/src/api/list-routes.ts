import type { Hono } from 'hono'
import { businessRow, isBusiness, userRow } from '../decision/session-row.ts'
import { viewOf } from '../decision/view.ts'
import type { Json, JsonObject } from '../runtime/json.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import type { ApiContext } from './context.ts'
import { type Access, scoped } from './keys.ts'
import { linksOf, pageOf } from './paging.ts'
import { addSlash, json, notPermitted, wrongMethod } from './responses.ts'
import { readFilters, type SessionFilter } from './session-filters.ts'

const kinds = ['user', 'business', 'all']
const defaultLimit = 50
/** Greatest count of companies in the response. */
const maxBusinessCount = 100

/**
 * Mounts the route that lists Sessions.
 *
 * @see Didit docs, "List sessions": https://docs.didit.me/sessions-api/list-sessions
 */
export function mountListRoutes(api: Hono, { admit, sessions, environment, clock, url }: ApiContext): void {
  const decisionOf = (session: StoredSession) => viewOf(session, environment, clock.now())

  function matching(access: Access, filter: SessionFilter): readonly StoredSession[] {
    const fits = (session: StoredSession) => {
      let cached: JsonObject | undefined
      const decision = () => {
        cached ??= scoped(decisionOf(session), access)
        return cached
      }
      return access.sees(session) && filter(session, decision)
    }
    return sessions
      .list()
      .filter(fits)
      .sort((one, other) => other.sessionNumber - one.sessionNumber)
  }

  api.all('/v3/sessions', addSlash)
  api.get('/v3/sessions/', (context) => {
    const access = admit(context, { wording: notPermitted, sessions: 'read' })
    if (access instanceof Response) return access
    const query = new URL(context.req.url).searchParams
    const kind = (query.get('session_kind') || 'user').toLowerCase()
    if (!kinds.includes(kind)) return json(400, { session_kind: 'Use user, business or all.' })
    const read = readFilters(query)
    if ('errors' in read) return json(400, read.errors)

    const page = pageOf(context, url, defaultLimit)
    const all = matching(access, read.filter)
    const people = kind === 'business' ? [] : all.filter((session) => !isBusiness(session))
    const companies = kind === 'user' ? [] : all.filter(isBusiness)
    const part = (list: readonly StoredSession[]) => list.slice(page.offset, page.offset + page.limit)
    const results: Json[] = [
      ...part(people).map((session) => userRow(session, decisionOf(session))),
      ...part(companies).map((session) => businessRow(session, decisionOf(session))),
    ].map((row) => (row.session_kind === 'user' ? scoped(row, access) : row))
    // In a list of both kinds, the links to other pages follow the number of people.
    const linked = kind === 'business' ? companies.length : people.length
    const count = people.length + Math.min(companies.length, maxBusinessCount)
    return json(200, { count, ...linksOf(page, linked), results })
  })
  api.all('/v3/sessions/', wrongMethod)
}
