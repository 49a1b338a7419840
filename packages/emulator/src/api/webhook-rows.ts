import type { Json } from '../runtime/json.ts'
import { writeJson } from '../runtime/json.ts'
import type { Delivery, DeliveryAttempt } from '../webhooks/delivery.ts'
import type { Destination, LegacyWebhook } from '../webhooks/destinations.ts'

/**
 * Webhook destinations and their deliveries in the vendor's shapes.
 *
 * @see Didit docs, "List webhook destination deliveries": https://docs.didit.me/management-api/webhook/list-deliveries
 */

/** One attempt. The vendor lists each retry and resend as a separate entry. */
export interface Entry {
  readonly delivery: Delivery
  readonly attempt: DeliveryAttempt
}

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

export const destinationRow = (destination: Destination, entries: readonly Entry[]): Json => {
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

export const destinationDetails = (destination: Destination, entries: readonly Entry[]): Json => {
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

export const legacyWebhook = (legacy: LegacyWebhook): Json => ({
  webhook_url: legacy.url,
  webhook_version: legacy.version,
  secret_shared_key: legacy.secret,
  capture_method: legacy.captureMethod,
  data_retention_months: legacy.retentionMonths,
})

export const entryRow = ({ delivery, attempt }: Entry) => ({
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
export const entryDetails = (entry: Entry): Json => ({
  ...entryRow(entry),
  request_header: writeJson(entry.delivery.headers),
  request_body: entry.delivery.body,
})
