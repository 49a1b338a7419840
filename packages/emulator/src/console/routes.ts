import { type KnownSessionStatus, RequestError } from '@didit-verify/core/schemas'
import type { Context, Hono } from 'hono'
import type { ApiContext } from '../api/context.ts'
import type { EmulatorControl } from '../control/control.ts'
import type { EventOrder } from '../control/event-control.ts'
import type { Faults } from '../runtime/faults.ts'
import { isFromHere } from '../runtime/loopback.ts'
import { controlsPage, isOn, presets } from './controls-page.ts'
import { deliveriesPage, deliveryPage } from './delivery-pages.ts'
import { destinationsPage } from './destinations-page.ts'
import type { ConsolePage } from './layout.ts'
import { consoleHeaders, formText, runAction, showMissing, showPage } from './respond.ts'
import { consoleScript } from './script.ts'
import { type SessionQuery, sessionPage, sessionsPage } from './session-pages.ts'
import { consoleStyles } from './styles.ts'

function mountSessions(app: Hono, context: ApiContext, control: EmulatorControl): void {
  const { sessions, sender } = context
  const sessionMissing = (request: Context) => showMissing(request, '/console', 'The emulator has no such Session.')

  app.get('/console', (request) => {
    const { status = '', application = '', search = '', page = '0' } = request.req.query()
    const query: SessionQuery = { status, application, search, page: /^\d{1,6}$/.test(page) ? Number(page) : 0 }
    return showPage(request, { title: 'Sessions', tab: '/console', body: sessionsPage(context, query) })
  })
  app.get('/console/sessions/:id', (request) => {
    const session = sessions.byId(request.req.param('id'))
    if (!session) return sessionMissing(request)
    const title = `Session ${session.sessionNumber}`
    return showPage(request, { title, tab: '/console', body: sessionPage(context, session) })
  })
  app.post('/console/sessions/:id/finish', async (request) => {
    const session = sessions.byId(request.req.param('id'))
    if (!session) return sessionMissing(request)
    const status = (await formText(request, 'status')) as KnownSessionStatus
    return runAction(
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
}

function mountDeliveries(app: Hono, context: ApiContext): void {
  const { sender } = context

  app.get('/console/deliveries', (request) =>
    showPage(request, { title: 'Deliveries', tab: '/console/deliveries', body: deliveriesPage(context) }),
  )
  app.get('/console/deliveries/:index', (request) => {
    const delivery = sender.deliveries()[Number(request.req.param('index'))]
    if (!delivery) return showMissing(request, '/console/deliveries', 'There is no such delivery.')
    return showPage(request, { title: delivery.webhookType, tab: '/console/deliveries', body: deliveryPage(delivery) })
  })
  app.post('/console/deliveries/:attempt/resend', async (request) => {
    const again = await sender.resend(request.req.param('attempt'))
    if (again) return request.redirect('/console/deliveries', 303)
    return showMissing(
      request,
      '/console/deliveries',
      'This delivery cannot be resent: it is unknown, or its Session was deleted.',
    )
  })
}

function mountDestinations(app: Hono, context: ApiContext, control: EmulatorControl): void {
  const { destinations } = context
  const destinationsView = (): ConsolePage => ({
    title: 'Destinations',
    tab: '/console/destinations',
    body: destinationsPage(context),
  })

  app.get('/console/destinations', (request) => showPage(request, destinationsView()))
  app.post('/console/destinations/:uuid/try', async (request) => {
    const order: EventOrder = {
      type: (await formText(request, 'type')) as EventOrder['type'],
      applicationId: await formText(request, 'application'),
      destinationId: request.req.param('uuid'),
      test: true,
    }
    return runAction(request, '/console/deliveries', () => control.sendEvent(order), destinationsView)
  })
  app.post('/console/destinations/:uuid/switch', async (request) => {
    const destination = destinations.byId(await formText(request, 'application'), request.req.param('uuid'))
    if (!destination) return showMissing(request, '/console/destinations', 'There is no such destination.')
    destinations.change(destination, { enabled: !destination.enabled })
    return request.redirect('/console/destinations', 303)
  })
}

function mountControls(app: Hono, context: ApiContext, control: EmulatorControl): void {
  const controls = (typed?: string): ConsolePage => ({
    title: 'Faults and time',
    tab: '/console/controls',
    body: controlsPage(context, typed),
  })

  app.get('/console/controls', (request) => showPage(request, controls()))
  app.post('/console/faults/switch', async (request) => {
    const preset = presets[Number(await formText(request, 'preset'))]?.[1] ?? {}
    const current = context.faults.current()
    const without = Object.fromEntries(Object.entries(current).filter(([name]) => !Object.hasOwn(preset, name)))
    const wanted = (isOn(current, preset) ? without : { ...without, ...preset }) as Faults
    return runAction(request, '/console/controls', () => control.faults(wanted), controls)
  })
  app.post('/console/faults', async (request) => {
    const typed = await formText(request, 'faults')
    const action = () => {
      let wanted: unknown
      try {
        wanted = JSON.parse(typed)
      } catch {
        throw new RequestError('request-invalid', 'The emulator cannot do that. The text is not JSON.', { status: 400 })
      }
      control.faults(wanted as Faults)
    }
    return runAction(request, '/console/controls', action, () => controls(typed))
  })
  app.post('/console/clock', async (request) => {
    const seconds = await formText(request, 'seconds')
    const advanceSeconds = /^\d+$/.test(seconds) ? Number(seconds) : Number.NaN
    return runAction(request, '/console/controls', () => control.clock({ advanceSeconds }), controls)
  })
  app.post('/console/reset', (request) => {
    control.reset()
    return request.redirect('/console', 303)
  })
}

/**
 * Adds the pages of the console, which show and change the state of the emulator.
 *
 * They need no key, so they answer only to this machine. Every button is a form and works without JavaScript. The script
 * only keeps the pages up to date.
 */
export function mountConsole(app: Hono, context: ApiContext, control: EmulatorControl): void {
  for (const path of ['/console', '/console/*']) {
    app.use(path, async (request, next) => {
      if (!isFromHere(request)) return request.text('The console is only available from this machine.\n', 403)
      try {
        // Hono caches the parsed body for the handlers.
        if (request.req.method === 'POST') await request.req.parseBody()
      } catch {
        return request.text('The form could not be read.\n', 400)
      }
      return next()
    })
  }

  app.get('/console/console.css', (request) =>
    request.body(consoleStyles, 200, { ...consoleHeaders, 'Content-Type': 'text/css; charset=utf-8' }),
  )
  app.get('/console/console.js', (request) =>
    request.body(consoleScript(), 200, { ...consoleHeaders, 'Content-Type': 'text/javascript; charset=utf-8' }),
  )

  mountSessions(app, context, control)
  mountDeliveries(app, context)
  mountDestinations(app, context, control)
  mountControls(app, context, control)
}
