import type { Context, Hono } from 'hono'
import type { Json } from '../runtime/json.ts'
import { isUuid } from '../sessions/create-request.ts'
import type { Application } from '../sessions/workflows.ts'
import type { Destination } from '../webhooks/destinations.ts'
import { type ApiContext, readBody } from './context.ts'
import { addSlash, htmlNotFound, json, notPermitted, wrongMethod } from './responses.ts'
import { readDestination, readLegacyWebhook } from './webhook-input.ts'
import {
  destinationDetails,
  destinationRow,
  type Entry,
  entryDetails,
  entryRow,
  legacyWebhook,
} from './webhook-rows.ts'

const defaultLimit = 50
/** Greatest count that the vendor reports. */
const maxCount = 100
const day = /^\d{4}-\d\d-\d\d$/

const noDestination = () => json(404, { detail: 'Destination not found.' })
const noDelivery = () => json(404, { detail: 'Delivery not found.' })

/**
 * Mounts the routes of the webhook destinations and their deliveries: `/v3/webhook/…`.
 *
 * @see Didit docs, "Create webhook destination": https://docs.didit.me/management-api/webhook/create-destination
 * @see Didit docs, "List webhook destination deliveries": https://docs.didit.me/management-api/webhook/list-deliveries
 */
export function mountWebhookRoutes(app: Hono, options: ApiContext): void {
  const lookup = createLookup(options)
  mountLegacyRoutes(app, options)
  mountDestinationRoutes(app, options, lookup)
  mountDeliveryRoutes(app, options, lookup)
}

type Lookup = ReturnType<typeof createLookup>

/** Creates the lookups that the routes of destinations and deliveries share. */
function createLookup({ authorize, destinations, sender }: ApiContext) {
  /** Returns the attempts to one destination, newest first. Those of a deleted Session are deleted too. */
  function entriesOf({ uuid }: Destination): Entry[] {
    const entries = sender
      .known()
      .filter(({ destinationId }) => destinationId === uuid)
      .flatMap((delivery) => delivery.attempts.map((attempt) => ({ delivery, attempt })))
    return entries.reverse().sort((a, b) => b.attempt.at - a.attempt.at)
  }

  /** Returns the caller's destination, or an error response. */
  function findDestination(context: Context): { destination: Destination; application: Application } | Response {
    const uuid = context.req.param('uuid') as string
    if (!isUuid(uuid)) return htmlNotFound()
    const application = authorize(context, notPermitted)
    if (application instanceof Response) return application
    const destination = destinations.byId(application.applicationId, uuid)
    return destination ? { destination, application } : noDestination()
  }

  return { entriesOf, findDestination }
}

function mountLegacyRoutes(app: Hono, { authorize, destinations }: ApiContext): void {
  app.all('/v3/webhook', addSlash)

  app.get('/v3/webhook/', (context) => {
    const application = authorize(context, notPermitted)
    if (application instanceof Response) return application
    return json(200, legacyWebhook(destinations.legacyOf(application.applicationId)))
  })
  app.patch('/v3/webhook/', async (context) => {
    const application = authorize(context, notPermitted)
    if (application instanceof Response) return application
    const sent = await readBody(context)
    if (sent instanceof Response) return sent
    const read = readLegacyWebhook(sent.body)
    if ('errors' in read) return json(400, read.errors)
    const { rotates, ...changes } = read.value
    const secret = rotates ? { secret: destinations.newSecret() } : {}
    return json(200, legacyWebhook(destinations.changeLegacy(application.applicationId, { ...changes, ...secret })))
  })
  app.all('/v3/webhook/', wrongMethod)
}

function mountDestinationRoutes(app: Hono, { authorize, destinations }: ApiContext, lookup: Lookup): void {
  const { entriesOf, findDestination } = lookup
  const isTaken = (application: Application, own?: Destination) => (requested: string) =>
    destinations.list(application.applicationId).some((known) => known.url === requested && known.uuid !== own?.uuid)

  app.all('/v3/webhook/destinations', addSlash)
  app.all('/v3/webhook/destinations/:uuid', addSlash)

  app.get('/v3/webhook/destinations/', (context) => {
    const application = authorize(context, notPermitted)
    if (application instanceof Response) return application
    return json(
      200,
      destinations
        .list(application.applicationId)
        .map((destination) => destinationRow(destination, entriesOf(destination))),
    )
  })
  app.post('/v3/webhook/destinations/', async (context) => {
    const application = authorize(context, notPermitted)
    if (application instanceof Response) return application
    const sent = await readBody(context)
    if (sent instanceof Response) return sent
    const read = readDestination(sent.body, true, isTaken(application))
    if ('errors' in read) return json(400, read.errors)
    const { label = '', url: address = '', ...rest } = read.value
    const added = destinations.add(application.applicationId, {
      label,
      url: address,
      enabled: true,
      version: 'v3',
      // The vendor's default: without subscribed events a destination receives nothing.
      subscribedEvents: [],
      ...rest,
    })
    return json(201, destinationDetails(added, []))
  })
  app.all('/v3/webhook/destinations/', wrongMethod)

  app.get('/v3/webhook/destinations/:uuid/', (context) => {
    const found = findDestination(context)
    return found instanceof Response
      ? found
      : json(200, destinationDetails(found.destination, entriesOf(found.destination)))
  })
  app.patch('/v3/webhook/destinations/:uuid/', async (context) => {
    const found = findDestination(context)
    if (found instanceof Response) return found
    const sent = await readBody(context)
    if (sent instanceof Response) return sent
    const read = readDestination(sent.body, false, isTaken(found.application, found.destination))
    if ('errors' in read) return json(400, read.errors)
    const changed = destinations.change(found.destination, read.value)
    return json(200, destinationDetails(changed, entriesOf(changed)))
  })
  app.delete('/v3/webhook/destinations/:uuid/', (context) => {
    const found = findDestination(context)
    if (found instanceof Response) return found
    destinations.remove(found.destination)
    return new Response(null, { status: 204 })
  })
  app.all('/v3/webhook/destinations/:uuid/', wrongMethod)
}

function mountDeliveryRoutes(app: Hono, { sender, url }: ApiContext, lookup: Lookup): void {
  const { entriesOf, findDestination } = lookup
  app.all('/v3/webhook/destinations/:uuid/deliveries', addSlash)
  app.all('/v3/webhook/destinations/:uuid/deliveries/:delivery', addSlash)
  app.all('/v3/webhook/destinations/:uuid/deliveries/:delivery/resend', addSlash)

  app.get('/v3/webhook/destinations/:uuid/deliveries/', (context) => {
    const found = findDestination(context)
    if (found instanceof Response) return found
    const query = context.req.query()
    const errors: Record<string, Json> = {}
    for (const name of ['date_from', 'date_to'] as const) {
      const value = query[name]
      if (value === undefined || value === '') continue
      const isDay = day.test(value) && !Number.isNaN(Date.parse(value))
      if (!isDay) errors[name] = ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.']
    }
    if (Object.keys(errors).length > 0) return json(400, errors)
    const number = (text: string | undefined, least: number, otherwise: number) =>
      text !== undefined && /^\d{1,9}$/.test(text) && Number(text) >= least ? Number(text) : otherwise
    const limit = number(query.limit, 1, defaultLimit)
    const offset = number(query.offset, 0, 0)
    const all = entriesOf(found.destination).filter(({ attempt }) => {
      const date = new Date(attempt.at).toISOString().slice(0, 10)
      return (!query.date_from || date >= query.date_from) && (!query.date_to || date <= query.date_to)
    })
    const link = (start: number) => {
      const parameters = new URLSearchParams({ ...query, limit: String(limit), offset: String(start) })
      return `${url}/v3/webhook/destinations/${found.destination.uuid}/deliveries/?${parameters}`
    }
    return json(200, {
      count: Math.min(all.length, maxCount),
      next: offset + limit < all.length ? link(offset + limit) : null,
      previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
      results: all.slice(offset, offset + limit).map(entryRow),
    })
  })
  app.all('/v3/webhook/destinations/:uuid/deliveries/', wrongMethod)

  const entryIn = (destination: Destination, context: Context) =>
    entriesOf(destination).find(({ attempt }) => attempt.uuid === context.req.param('delivery')?.toLowerCase())

  app.get('/v3/webhook/destinations/:uuid/deliveries/:delivery/', (context) => {
    const found = findDestination(context)
    if (found instanceof Response) return found
    const entry = entryIn(found.destination, context)
    return entry ? json(200, entryDetails(entry)) : noDelivery()
  })
  app.all('/v3/webhook/destinations/:uuid/deliveries/:delivery/', wrongMethod)

  app.post('/v3/webhook/destinations/:uuid/deliveries/:delivery/resend/', async (context) => {
    const found = findDestination(context)
    if (found instanceof Response) return found
    const entry = entryIn(found.destination, context)
    const again = entry && (await sender.resend(entry.attempt.uuid))
    const attempt = again?.attempts[0]
    return again && attempt ? json(200, entryDetails({ delivery: again, attempt })) : noDelivery()
  })
  app.all('/v3/webhook/destinations/:uuid/deliveries/:delivery/resend/', wrongMethod)
}
