import { randomBytes } from 'node:crypto'
import type { Clock } from '../runtime/clock.ts'
import type { Identity } from '../runtime/identity.ts'

/** Events that a destination can subscribe to. Didit has no wildcard. */
export const webhookTypes = [
  'status.updated',
  'data.updated',
  'user.status.updated',
  'user.data.updated',
  'business.status.updated',
  'business.data.updated',
  'activity.created',
  'transaction.created',
  'transaction.status.updated',
  'travel_rule.status.updated',
] as const
export type WebhookType = (typeof webhookTypes)[number]

/** Versions of the webhook body. */
export const webhookVersions = ['v1', 'v2', 'v3'] as const
export type WebhookVersion = (typeof webhookVersions)[number]

/** Receiver of a webhook. */
export interface WebhookTarget {
  readonly uuid: string
  readonly url: string
  readonly version: WebhookVersion
  readonly secret: string
}

/** Settings of a destination that its owner can change. */
export interface DestinationSettings {
  readonly label: string
  readonly url: string
  readonly enabled: boolean
  readonly version: WebhookVersion
  readonly subscribedEvents: readonly WebhookType[]
}

/** One webhook destination of an application. */
export interface Destination extends WebhookTarget, DestinationSettings {
  readonly applicationId: string
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** Epoch milliseconds. */
  readonly updatedAt: number
}

/** The single webhook of an application, from the time before Didit had destinations. */
export interface LegacyWebhook extends Omit<WebhookTarget, 'url'> {
  readonly url: string | null
  readonly captureMethod: 'mobile' | 'desktop' | 'both'
  readonly retentionMonths: number | null
}

/** Webhook destinations and legacy webhooks of all applications. */
export interface WebhookDestinations {
  /** Returns the destinations of an application, oldest first. */
  list(applicationId: string): readonly Destination[]
  byId(applicationId: string, uuid: string): Destination | undefined
  add(applicationId: string, settings: DestinationSettings): Destination
  /** Replaces the given settings. The secret stays the same. */
  change(destination: Destination, settings: Partial<DestinationSettings>): Destination
  /** Removes a destination. Its past deliveries are kept. */
  remove(destination: Destination): void
  legacyOf(applicationId: string): LegacyWebhook
  changeLegacy(applicationId: string, changes: Partial<LegacyWebhook>): LegacyWebhook
  /** Creates a secret in the vendor's format. */
  newSecret(): string
  /**
   * Returns the receivers of an event: the enabled destinations that subscribe to it. If no destination is enabled, the
   * legacy webhook receives it.
   */
  targetsOf(applicationId: string, webhookType: string): readonly WebhookTarget[]
  /** Returns the current secret of a receiver, also of a removed destination, or undefined if it is unknown. */
  secretOf(uuid: string): string | undefined
  reset(): void
}

/** Options of `createWebhookDestinations`. */
export interface WebhookDestinationsOptions {
  readonly clock: Clock
  readonly identity: Identity
  /** A destination that exists from the start and subscribes to every event. */
  readonly first: { readonly applicationId: string; readonly url: string; readonly secret: string } | null
}

/** The id of the first destination. It is the same in every emulator, so that tools can refer to it. */
const firstUuid = '77777777-2222-4333-8444-555555555555'
const legacyEvents: readonly string[] = ['status.updated', 'data.updated']
const secretBytes = 32

/** Creates the webhook destinations of one emulator. */
export function createWebhookDestinations(options: WebhookDestinationsOptions): WebhookDestinations {
  const { clock, identity, first } = options
  const destinations = new Map<string, Destination>()
  const secrets = new Map<string, string>()
  const legacies = new Map<string, LegacyWebhook>()

  // 32 bytes are 43 characters in base64url. Random even if ids are seeded, because a secret must not be predictable.
  const newSecret = () => randomBytes(secretBytes).toString('base64url')

  function keep(destination: Destination): Destination {
    destinations.set(destination.uuid, destination)
    secrets.set(destination.uuid, destination.secret)
    return destination
  }

  function legacyOf(applicationId: string): LegacyWebhook {
    const known = legacies.get(applicationId)
    if (known) return known
    const legacy: LegacyWebhook = {
      uuid: `legacy-${applicationId}`,
      url: null,
      version: 'v3',
      secret: newSecret(),
      captureMethod: 'both',
      retentionMonths: null,
    }
    legacies.set(applicationId, legacy)
    return legacy
  }

  function reset(): void {
    destinations.clear()
    secrets.clear()
    legacies.clear()
    if (first === null) return
    const now = clock.now()
    keep({
      uuid: firstUuid,
      label: 'Default destination',
      enabled: true,
      version: 'v3',
      subscribedEvents: webhookTypes,
      createdAt: now,
      updatedAt: now,
      ...first,
    })
  }
  reset()

  const list = (applicationId: string) =>
    [...destinations.values()].filter((destination) => destination.applicationId === applicationId)

  return {
    list,
    byId(applicationId, uuid) {
      const found = destinations.get(uuid.toLowerCase())
      return found?.applicationId === applicationId ? found : undefined
    },
    add(applicationId, settings) {
      const now = clock.now()
      return keep({
        uuid: identity.uuid(),
        applicationId,
        secret: newSecret(),
        createdAt: now,
        updatedAt: now,
        ...settings,
      })
    },
    change: (destination, settings) => keep({ ...destination, ...settings, updatedAt: clock.now() }),
    remove: ({ uuid }) => void destinations.delete(uuid),
    legacyOf,
    changeLegacy(applicationId, changes) {
      const legacy = { ...legacyOf(applicationId), ...changes }
      legacies.set(applicationId, legacy)
      return legacy
    },
    newSecret,
    targetsOf(applicationId, webhookType) {
      const enabled = list(applicationId).filter((destination) => destination.enabled)
      if (enabled.length > 0) {
        return enabled.filter(({ subscribedEvents }) => (subscribedEvents as readonly string[]).includes(webhookType))
      }
      const { url, ...legacy } = legacyOf(applicationId)
      return url !== null && legacyEvents.includes(webhookType) ? [{ ...legacy, url }] : []
    },
    secretOf(uuid) {
      return secrets.get(uuid) ?? [...legacies.values()].find((legacy) => legacy.uuid === uuid)?.secret
    },
    reset,
  }
}
