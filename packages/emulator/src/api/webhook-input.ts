import { isObject, type Json } from '../runtime/json.ts'
import type { FieldErrors } from '../sessions/create-request.ts'
import {
  type DestinationSettings,
  type LegacyWebhook,
  type WebhookType,
  type WebhookVersion,
  webhookTypes,
  webhookVersions,
} from '../webhooks/destinations.ts'

/**
 * The settings of a webhook destination, validated as the vendor does.
 *
 * Unlike the vendor, who calls only public HTTPS hosts, the emulator also accepts `http:` for loopback addresses.
 *
 * @see Didit docs, "Create webhook destination": https://docs.didit.me/management-api/webhook/create-destination
 */

/** The parsed value, or the errors by field. */
export type Read<Value> = { readonly value: Value } | { readonly errors: FieldErrors }

const maxLabel = 255
const captureMethods: readonly Json[] = ['mobile', 'desktop', 'both']
const loopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

const isUrl = (value: Json): value is string => typeof value === 'string' && URL.canParse(value)

function urlError(value: Json): string | null {
  if (!isUrl(value)) return 'Enter a valid URL.'
  const { protocol, hostname } = new URL(value)
  if (protocol === 'https:') return null
  return protocol === 'http:' && loopback.test(hostname) ? null : 'Enter an HTTPS URL.'
}

function labelError(value: Json): string | null {
  if (typeof value !== 'string') return 'Not a valid string.'
  if (value.trim() === '') return 'This field may not be blank.'
  return value.length > maxLabel ? `Ensure this field has no more than ${maxLabel} characters.` : null
}

function eventsError(value: Json): string | null {
  if (!Array.isArray(value)) return 'Expected a list of items.'
  if (value.length === 0) return 'Name at least one event.'
  const unknown = (value as readonly Json[]).filter((name) => !(webhookTypes as readonly Json[]).includes(name))
  return unknown.length > 0 ? `No such events: ${unknown.map(String).join(', ')}` : null
}

const versionError = (value: Json) =>
  (webhookVersions as readonly Json[]).includes(value) ? null : `"${String(value)}" is not a valid choice.`
const booleanError = (value: Json) => (typeof value === 'boolean' ? null : 'Must be a valid boolean.')

const notADictionary: FieldErrors = { non_field_errors: ['Invalid data. Expected a dictionary.'] }

function errorsOf(body: { readonly [field: string]: Json }, rules: Record<string, (value: Json) => string | null>) {
  const errors: Record<string, Json> = {}
  for (const [field, check] of Object.entries(rules)) {
    const value = body[field]
    const error = value === undefined ? null : check(value)
    if (error !== null) errors[field] = [error]
  }
  return errors
}

/**
 * Parses the settings of a destination.
 *
 * @param isNew - Makes the label and the URL required.
 * @param isTaken - Tells whether another destination of the application has the URL.
 */
export function readDestination(
  body: Json,
  isNew: boolean,
  isTaken: (url: string) => boolean,
): Read<Partial<DestinationSettings>> {
  if (!isObject(body)) return { errors: notADictionary }
  const errors = errorsOf(body, {
    label: labelError,
    url: (value) =>
      urlError(value) ?? (isTaken(value as string) ? 'The application has a destination with this URL already.' : null),
    enabled: booleanError,
    webhook_version: versionError,
    subscribed_events: eventsError,
  })
  for (const field of isNew ? ['label', 'url'] : []) {
    if (body[field] === undefined) errors[field] = ['This field is required.']
  }
  if (Object.keys(errors).length > 0) return { errors }
  const { label, url, enabled, webhook_version: version, subscribed_events: events } = body
  return {
    value: {
      ...(label === undefined ? {} : { label: label as string }),
      ...(url === undefined ? {} : { url: url as string }),
      ...(enabled === undefined ? {} : { enabled: enabled as boolean }),
      ...(version === undefined ? {} : { version: version as WebhookVersion }),
      ...(events === undefined ? {} : { subscribedEvents: [...new Set(events as readonly WebhookType[])] }),
    },
  }
}

/** Parses the settings of the legacy webhook. Callers can request a new secret but cannot choose one. */
export function readLegacyWebhook(body: Json): Read<Partial<LegacyWebhook> & { readonly rotates: boolean }> {
  if (!isObject(body)) return { errors: notADictionary }
  const errors = errorsOf(body, {
    webhook_url: (value) => (value === null ? null : urlError(value)),
    webhook_version: versionError,
    capture_method: (value) => (captureMethods.includes(value) ? null : `"${String(value)}" is not a valid choice.`),
    data_retention_months: (value) =>
      value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 120)
        ? null
        : 'Ensure this value is between 1 and 120.',
    rotate_secret_key: booleanError,
  })
  if (Object.keys(errors).length > 0) return { errors }
  const { webhook_url: url, webhook_version: version, capture_method: method, data_retention_months: months } = body
  return {
    value: {
      ...(url === undefined ? {} : { url: url as string | null }),
      ...(version === undefined ? {} : { version: version as WebhookVersion }),
      ...(method === undefined ? {} : { captureMethod: method as LegacyWebhook['captureMethod'] }),
      ...(months === undefined ? {} : { retentionMonths: months as number | null }),
      rotates: body.rotate_secret_key === true,
    },
  }
}
