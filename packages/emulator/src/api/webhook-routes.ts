import type { Context, Hono } from 'hono'
import type { Json } from '../runtime/json.ts'
import { writeJson } from '../runtime/json.ts'
import { isUuid } from '../sessions/create-request.ts'
import type { Application } from '../sessions/workflows.ts'
import type { Delivery, DeliveryAttempt } from '../webhooks/delivery.ts'
import type { Destination, LegacyWebhook } from '../webhooks/destinations.ts'
import { type ApiContext, addSlash, htmlNotFound, json, notPermitted, readBody, wrongMethod } from './context.ts'
import { readDestination, readLegacyWebhook } from './webhook-input.ts'

/** One attempt. The vendor lists each retry and resend as a separate entry. */
interface Entry {
  readonly delivery: Delivery
  readonly attempt: DeliveryAttempt
}

const defaultLimit = 50
/** Greatest count that the vendor reports. */
const maxCount = 100
const day = /^\d{4}-\d\d-\d\d$/

/** Writes a time without fractions of a second, as the vendor does in these responses. */
const seconds = (epochMs: number) => new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z')
const hasFailed = ({ status }: DeliveryAttempt) => status === null || status >= 400

function statisticsOf(entries: readonly Entry[]) {
  const attempts = entries.map(({ attempt }) => attempt)
  const failed = attempts.filter(hasFailed).length
  const times = attempts.map(({ tookMs }) => tookMs)
  const total = times.reduce((sum, time) => sum + time, 0)
  const isEmpty = attempts.length === 0
  return {
    total: attempts.length,
    failed,
    errorRate: isEmpty ? 0 : Math.round((failed / attempts.length) * 100),
    minMs: isEmpty ? null : Math.min(...times),
    averageMs: isEmpty ? null : Math.round(total / attempts.length),
    maxMs: isEmpty ? null : Math.max(...times),
    lastAt: isEmpty ? null : seconds(Math.max(...attempts.map(({ at }) => at))),
  }
}

const destinationRow = (destination: Destination, entries: readonly Entry[]): Json => {
  const { total, failed, averageMs, errorRate, lastAt } = statisticsOf(entries)
  return {
    uuid: destination.uuid,
    label: destination.label,
    url: destination.url,
    enabled: destination.enabled,
    webhook_version: destination.version,
    subscribed_events: destination.subscribedEvents,
    subscribed_events_count: destination.subscribedEvents.length,
    deliveries_count: total,
    failed_deliveries_count: failed,
    average_response_time_ms: averageMs,
    error_rate_percentage: errorRate,
    last_delivery_at: lastAt,
    created_at: seconds(destination.createdAt),
    updated_at: seconds(destination.updatedAt),
  }
}

const destinationDetails = (destination: Destination, entries: readonly Entry[]): Json => {
  const { total, failed, errorRate, minMs, averageMs, maxMs, lastAt } = statisticsOf(entries)
  return {
    uuid: destination.uuid,
    label: destination.label,
    url: destination.url,
    enabled: destination.enabled,
    webhook_version: destination.version,
    secret_shared_key: destination.secret,
    subscribed_events: destination.subscribedEvents,
    created_at: seconds(destination.createdAt),
    updated_at: seconds(destination.updatedAt),
    summary: {
      total_deliveries: total,
      failed_deliveries: failed,
      error_rate_percentage: errorRate,
      min_response_time_ms: minMs,
      avg_response_time_ms: averageMs,
      max_response_time_ms: maxMs,
      last_delivery_at: lastAt,
    },
  }
}

const legacyWebhook = (legacy: LegacyWebhook): Json => ({
  webhook_url: legacy.url,
  webhook_version: legacy.version,
  secret_shared_key: legacy.secret,
  capture_method: legacy.captureMethod,
  data_retention_months: legacy.retentionMonths,
})

const entryRow = ({ delivery, attempt }: Entry) => ({
  uuid: attempt.uuid,
  session_id: delivery.sessionId === '' ? null : delivery.sessionId,
  request_url: delivery.url,
  response_status: attempt.status,
  response_time_ms: attempt.tookMs,
  status: delivery.status === '' ? null : delivery.status,
  webhook_type: delivery.webhookType,
  created_at: seconds(attempt.at),
})

/** Returns an entry in full. The headers and the body are JSON in a string. */
const entryDetails = (entry: Entry): Json => ({
  ...entryRow(entry),
  request_header: writeJson(entry.delivery.headers),
  request_body: entry.delivery.body,
})

const noDestination = () => json(404, { detail: 'Destination not found.' })
const noDelivery = () => json(404, { detail: 'Delivery not found.' })

/**
 * Mounts the routes of the webhook destinations and their deliveries: `/v3/webhook/…`.
 *
 * @see Didit docs, "Create webhook destination": https://docs.didit.me/management-api/webhook/create-destination
 * @see Didit docs, "List webhook destination deliveries": https://docs.didit.me/management-api/webhook/list-deliveries
 */
export function mountWebhookRoutes(app: Hono, options: ApiContext): void {
  const { authorize, destinations, sender, url } = options

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

  const isTaken = (application: Application, own?: Destination) => (requested: string) =>
    destinations.list(application.applicationId).some((known) => known.url === requested && known.uuid !== own?.uuid)

  app.all('/v3/webhook', addSlash)
  app.all('/v3/webhook/destinations', addSlash)
  app.all('/v3/webhook/destinations/:uuid', addSlash)
  app.all('/v3/webhook/destinations/:uuid/deliveries', addSlash)
  app.all('/v3/webhook/destinations/:uuid/deliveries/:delivery', addSlash)
  app.all('/v3/webhook/destinations/:uuid/deliveries/:delivery/resend', addSlash)

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
