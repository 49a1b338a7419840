import { createHash } from 'node:crypto'
import { type KnownSessionStatus, RequestError } from '@didit-verify/core/schemas'
import type { Context, Hono } from 'hono'
import type { ApiContext } from '../api/context.ts'
import type { EmulatorControl } from '../control/control.ts'
import type { EventOrder } from '../control/event-control.ts'
import type { Faults } from '../runtime/faults.ts'
import { isFromHere } from '../runtime/loopback.ts'
import { type ConsolePage, consoleLayout, notFound } from './layout.ts'
import {
  controlsPage,
  deliveriesPage,
  deliveryPage,
  destinationsPage,
  isOn,
  presets,
  type SessionQuery,
  sessionPage,
  sessionsPage,
} from './pages.ts'
import { consoleScript } from './script.ts'
import { consoleStyles } from './styles.ts'

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
const headers = {
  'Content-Security-Policy': policy,
  'Cache-Control': 'no-cache',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

/**
 * Pages for people who want to see what the emulator holds, and to move it. They need no key, so nobody but this machine
 * may open them. Every button is a form: they work without JavaScript, which only keeps them up to date.
 */
export function mountConsole(app: Hono, context: ApiContext, control: EmulatorControl): void {
  const { sessions, sender, destinations, faults } = context

  async function show(request: Context, page: ConsolePage, status: 200 | 400 | 404 = 200): Promise<Response> {
    const text = String(await consoleLayout(page))
    // So that asking again and again costs little while nothing happens.
    const tag = `"${createHash('sha256').update(text).digest('base64url')}"`
    const sent = { ...headers, ETag: tag, 'Content-Type': 'text/html; charset=utf-8' }
    const isKnown = status === 200 && request.req.header('if-none-match') === tag
    return isKnown ? new Response(null, { status: 304, headers: sent }) : new Response(text, { status, headers: sent })
  }

  const missing = (request: Context, tab: ConsolePage['tab'], what: string) =>
    show(request, { title: 'Not found', tab, body: notFound(), fault: what }, 404)
  const sessionMissing = (request: Context) => missing(request, '/console', 'The emulator has no such Session.')

  /** Does what a form asks for, and goes on; what cannot be done is said on the page it came from. */
  async function act(
    request: Context,
    goesTo: string,
    deed: () => unknown,
    page: () => ConsolePage,
  ): Promise<Response> {
    try {
      await deed()
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      return show(request, { ...page(), fault: error.message }, 400)
    }
    return request.redirect(goesTo, 303)
  }

  const text = async (request: Context, name: string): Promise<string> => {
    const value = (await request.req.parseBody())[name]
    return typeof value === 'string' ? value : ''
  }
  const controls = (typed?: string): ConsolePage => ({
    title: 'Faults and time',
    tab: '/console/controls',
    body: controlsPage(context, typed),
  })
  const destinationsView = (): ConsolePage => ({
    title: 'Destinations',
    tab: '/console/destinations',
    body: destinationsPage(context),
  })

  for (const path of ['/console', '/console/*']) {
    app.use(path, async (request, next) => {
      if (!isFromHere(request)) return request.text('The console answers to this machine only.\n', 403)
      try {
        // Kept: whoever asks again gets the same.
        if (request.req.method === 'POST') await request.req.parseBody()
      } catch {
        return request.text('The form could not be read.\n', 400)
      }
      return next()
    })
  }

  app.get('/console/console.css', (request) =>
    request.body(consoleStyles, 200, { ...headers, 'Content-Type': 'text/css; charset=utf-8' }),
  )
  app.get('/console/console.js', (request) =>
    request.body(consoleScript(), 200, { ...headers, 'Content-Type': 'text/javascript; charset=utf-8' }),
  )

  app.get('/console', (request) => {
    const { status = '', application = '', search = '', page = '0' } = request.req.query()
    const query: SessionQuery = { status, application, search, page: /^\d{1,6}$/.test(page) ? Number(page) : 0 }
    return show(request, { title: 'Sessions', tab: '/console', body: sessionsPage(context, query) })
  })
  app.get('/console/sessions/:id', (request) => {
    const session = sessions.byId(request.req.param('id'))
    if (!session) return sessionMissing(request)
    const title = `Session ${session.sessionNumber}`
    return show(request, { title, tab: '/console', body: sessionPage(context, session) })
  })
  app.post('/console/sessions/:id/finish', async (request) => {
    const session = sessions.byId(request.req.param('id'))
    if (!session) return sessionMissing(request)
    const status = (await text(request, 'status')) as KnownSessionStatus
    return act(
      request,
      `/console/sessions/${session.sessionId}`,
      () => control.finish(session.sessionId, status),
      () => ({ title: 'Session', tab: '/console', body: sessionPage(context, session) }),
    )
  })
  app.post('/console/sessions/:id/delete', async (request) => {
    const session = sessions.byId(request.req.param('id'))
    if (!session) return sessionMissing(request)
    sessions.remove(session)
    sender.forget(session.sessionId)
    return request.redirect('/console', 303)
  })

  app.get('/console/deliveries', (request) =>
    show(request, { title: 'Deliveries', tab: '/console/deliveries', body: deliveriesPage(context) }),
  )
  app.get('/console/deliveries/:index', (request) => {
    const delivery = sender.deliveries()[Number(request.req.param('index'))]
    if (!delivery) return missing(request, '/console/deliveries', 'There is no such delivery.')
    return show(request, { title: delivery.webhookType, tab: '/console/deliveries', body: deliveryPage(delivery) })
  })
  app.post('/console/deliveries/:attempt/resend', async (request) => {
    const again = await sender.resend(request.req.param('attempt'))
    if (again) return request.redirect('/console/deliveries', 303)
    return missing(request, '/console/deliveries', 'It cannot be resent: it is not known, or its Session is gone.')
  })

  app.get('/console/destinations', (request) => show(request, destinationsView()))
  app.post('/console/destinations/:uuid/try', async (request) => {
    const order: EventOrder = {
      type: (await text(request, 'type')) as EventOrder['type'],
      applicationId: await text(request, 'application'),
      destinationId: request.req.param('uuid'),
      test: true,
    }
    return act(request, '/console/deliveries', () => control.sendEvent(order), destinationsView)
  })
  app.post('/console/destinations/:uuid/switch', async (request) => {
    const destination = destinations.byId(await text(request, 'application'), request.req.param('uuid'))
    if (!destination) return missing(request, '/console/destinations', 'There is no such destination.')
    destinations.change(destination, { enabled: !destination.enabled })
    return request.redirect('/console/destinations', 303)
  })

  app.get('/console/controls', (request) => show(request, controls()))
  app.post('/console/faults/switch', async (request) => {
    const preset = presets[Number(await text(request, 'preset'))]?.[1] ?? {}
    const current = faults.current()
    const without = Object.fromEntries(Object.entries(current).filter(([name]) => !Object.hasOwn(preset, name)))
    const wanted = (isOn(current, preset) ? without : { ...without, ...preset }) as Faults
    return act(request, '/console/controls', () => control.faults(wanted), controls)
  })
  app.post('/console/faults', async (request) => {
    const typed = await text(request, 'faults')
    const deed = () => {
      let wanted: unknown
      try {
        wanted = JSON.parse(typed)
      } catch {
        throw new RequestError('request-invalid', 'The emulator cannot do that. It is not JSON.', { status: 400 })
      }
      control.faults(wanted as Faults)
    }
    return act(request, '/console/controls', deed, () => controls(typed))
  })
  app.post('/console/clock', async (request) => {
    const seconds = await text(request, 'seconds')
    const advanceSeconds = /^\d+$/.test(seconds) ? Number(seconds) : Number.NaN
    return act(request, '/console/controls', () => control.clock({ advanceSeconds }), controls)
  })
  app.post('/console/reset', (request) => {
    control.reset()
    return request.redirect('/console', 303)
  })
}
