import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Json } from '../runtime/json.ts'
import { vendorTime } from '../runtime/vendor-time.ts'

/**
 * Actions of reviewers and API keys on a Session: the `reviews` of its decision and the longer feed of its own endpoint.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/sessions-api/retrieve-session
 */

/** Author of an action: a person in the console, an API key, or unknown. */
export type Actor = 'console' | 'api' | 'unknown'

/** One entry of the feed. */
export interface Activity {
  readonly uuid: string
  readonly actor: Actor
  readonly newStatus: KnownSessionStatus | null
  readonly previousStatus: KnownSessionStatus | null
  readonly comment: string | null
  /** Epoch milliseconds on the emulator's clock. */
  readonly at: number
}

/** A status change made by a reviewer, as the decision lists it. */
export interface Review {
  readonly user: string
  readonly new_status: string
  readonly comment: string
  readonly created_at: string
}

const reviewer = 'reviewer@emulator.example'
const users: Readonly<Record<Actor, string>> = { console: reviewer, api: 'API Client', unknown: 'Unknown' }

/** Returns the short form of a status change. Null for an entry without a status. */
export const reviewOf = ({ actor, newStatus, comment, at }: Activity): Review | null =>
  newStatus === null
    ? null
    : { user: users[actor], new_status: newStatus, comment: comment ?? '', created_at: vendorTime(at) }

/** Returns an entry of the feed. A note has the vendor's default values, so it also appears as a status update. */
export function feedEntry({ uuid, actor, newStatus, previousStatus, comment, at }: Activity): Json {
  const isChange = previousStatus !== null
  return {
    uuid,
    activity_type: 'STATUS_UPDATED',
    actor_display: users[actor],
    actor_email: actor === 'console' ? reviewer : null,
    actor_type: actor === 'api' ? 'API_KEY' : 'CONSOLE_USER',
    new_status: newStatus,
    previous_status: previousStatus,
    comment,
    mentioned_emails: [],
    previous_value: isChange ? { status: previousStatus } : null,
    new_value: isChange ? { status: newStatus } : null,
    changed_fields: isChange ? ['status'] : [],
    metadata: null,
    created_at: vendorTime(at),
  }
}
