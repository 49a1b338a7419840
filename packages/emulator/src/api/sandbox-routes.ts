import type { Context, Hono } from 'hono'
import { isObject, type Json, readJson } from '../runtime/json.ts'
import { isUuid } from '../sessions/create-request.ts'
import { scenarioCatalogue, scenarioSlugs } from '../sessions/scenarios.ts'
import type { ApiContext } from './context.ts'
import { addSlash, htmlNotFound, json, notAuthenticated, wrongMethod } from './responses.ts'

/** CORS headers. The session token authorises these calls, so, unlike the rest of the API, browsers may make them. */
const forBrowsers = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'content-type, session-token',
  'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
}

/**
 * Mounts the routes of a sandbox: setting the scenario of a Session that has not begun, and the list of scenarios.
 *
 * @see Didit docs, "Sandbox testing": https://docs.didit.me/integration/sandbox-testing
 */
export function mountSandboxRoutes(app: Hono, { sessions, environment, authorize }: ApiContext): void {
  const notFound = () => json(404, { detail: 'Not found.' }, forBrowsers)
  const holderOf = (context: Context) => {
    const token = context.req.header('session-token') ?? ''
    return token === '' ? undefined : sessions.byToken(token)
  }
  const preflight = () => new Response(null, { status: 204, headers: forBrowsers })

  app.all('/v3/session/:sessionId/sandbox/arm', addSlash)
  app.options('/v3/session/:sessionId/sandbox/arm/', preflight)
  app.post('/v3/session/:sessionId/sandbox/arm/', async (context) => {
    const id = context.req.param('sessionId')
    if (!isUuid(id)) return htmlNotFound()
    if (!context.req.header('session-token')) return json(403, { detail: notAuthenticated }, forBrowsers)
    const session = holderOf(context)
    if (environment === 'live' || session?.sessionId !== id.toLowerCase()) return notFound()
    let body: Json
    try {
      body = readJson(await context.req.text())
    } catch {
      return json(400, { detail: 'JSON parse error' }, forBrowsers)
    }
    const scenario = isObject(body) ? body.scenario : undefined
    if (scenario === undefined || scenario === null) {
      return json(400, { scenario: ['This field is required.'] }, forBrowsers)
    }
    if (typeof scenario !== 'string' || !scenarioSlugs.includes(scenario)) {
      return json(400, { scenario: [`"${String(scenario)}" is not a valid choice.`] }, forBrowsers)
    }
    if (session.status !== 'Not Started') return json(400, ['Session already started.'], forBrowsers)
    session.armedScenario = scenario
    return json(200, { session_id: session.sessionId, scenario, status: session.status }, forBrowsers)
  })
  app.all('/v3/session/:sessionId/sandbox/arm/', wrongMethod)

  app.all('/v1/sandbox/scenarios', addSlash)
  app.options('/v1/sandbox/scenarios/', preflight)
  app.get('/v1/sandbox/scenarios/', (context) => {
    if (holderOf(context) === undefined) {
      const application = authorize(context, notAuthenticated)
      if (application instanceof Response) return application
    }
    return environment === 'live' ? notFound() : json(200, { scenarios: scenarioCatalogue() }, forBrowsers)
  })
  app.all('/v1/sandbox/scenarios/', wrongMethod)
}
