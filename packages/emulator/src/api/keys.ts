import { ConfigError, type KnownSessionStatus } from '@didit-verify/core/schemas'
import { withoutMedia } from '../decision/view.ts'
import type { JsonObject } from '../runtime/json.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import type { Application } from '../sessions/workflows.ts'

/**
 * Scoped API keys, which Didit's console creates in addition to the primary key of an application.
 *
 * @see Didit docs, "API keys": https://docs.didit.me/console/api-keys
 */

/** Right of a key on one kind of resource. */
export type Right = 'none' | 'read' | 'write'

/** An API key with fewer rights than the primary one. Omitted fields do not restrict it. */
export interface ScopedKey {
  readonly key: string
  /** Application of the key. Default `main`. */
  readonly application?: 'main' | 'partner' | undefined
  /** Right on Sessions. Without `write`, links and tokens of hosted pages are null. Default `write`. */
  readonly sessions?: Right | undefined
  /** Right on Workflows, which the blocklist requires. Default `write`. */
  readonly workflows?: Right | undefined
  /** False: links to pictures are null, and the PDF report is refused. Default true. */
  readonly media?: boolean | undefined
  /** Limits the key to Sessions of these Workflows. Others are answered with 404. */
  readonly onlyWorkflows?: readonly string[] | undefined
  /** Limits the key to Sessions in these statuses. Others are answered with 404. */
  readonly onlyStatuses?: readonly KnownSessionStatus[] | undefined
  /** IP addresses that may use the key. A call inside the process has 127.0.0.1. Default: any. */
  readonly addresses?: readonly string[] | undefined
  /** Expiry, as an ISO 8601 time. Default: never. */
  readonly expiresAt?: string | undefined
}

/** Rights of a caller. */
export interface Access {
  readonly application: Application
  readonly sessions: Right
  readonly workflows: Right
  readonly media: boolean
  /** Returns true for a Session that the caller may know of. */
  sees(session: StoredSession): boolean
}

/** Result of a key lookup: `unknown` includes expired keys, `elsewhere` means an IP address that is not allowed. */
export type Admission = Access | 'unknown' | 'elsewhere'

const ranks: readonly Right[] = ['none', 'read', 'write']

/** Returns true when a right includes the needed one. */
export const covers = (right: Right, needed: Right) => ranks.indexOf(right) >= ranks.indexOf(needed)

const fullAccess = (application: Application): Access => ({
  application,
  sessions: 'write',
  workflows: 'write',
  media: true,
  sees: (session) => session.application === application,
})

/** Looks up a key at a time. */
export type FindKey = (key: string, address: string, now: number) => Admission

/**
 * Creates the lookup of the primary and the scoped keys.
 *
 * @throws {ConfigError} For a scoped key that is empty or used twice, or whose expiry is not a valid time.
 */
export function createKeys(applications: readonly Application[], scopedKeys: readonly ScopedKey[]): FindKey {
  const taken = new Set(applications.map(({ apiKey }) => apiKey))
  const expiryOf = new Map<ScopedKey, number>()
  for (const scoped of scopedKeys) {
    if (scoped.key === '' || taken.has(scoped.key)) {
      throw new ConfigError('A key in scopedKeys is empty or used twice.', {
        help: 'Give each key a different, non-empty text.',
      })
    }
    taken.add(scoped.key)
    const end = scoped.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(scoped.expiresAt)
    if (Number.isNaN(end)) {
      throw new ConfigError('expiresAt of a key in scopedKeys is not a valid time.', { help: 'Write it as ISO 8601.' })
    }
    expiryOf.set(scoped, end)
  }
  return (key, address, now) => {
    const primary = applications.find(({ apiKey }) => apiKey === key)
    if (primary) return fullAccess(primary)
    const scoped = scopedKeys.find((known) => known.key === key)
    const application = applications[scoped?.application === 'partner' ? 1 : 0]
    if (!scoped || !application || now >= (expiryOf.get(scoped) as number)) return 'unknown'
    if (scoped.addresses && !scoped.addresses.includes(address)) return 'elsewhere'
    const { onlyWorkflows, onlyStatuses } = scoped
    return {
      application,
      sessions: scoped.sessions ?? 'write',
      workflows: scoped.workflows ?? 'write',
      media: scoped.media ?? true,
      sees: (session) =>
        session.application === application &&
        (onlyWorkflows?.includes(session.workflow.workflowId) ?? true) &&
        (onlyStatuses?.includes(session.status) ?? true),
    }
  }
}

/** Hides the parts of a decision or of a row that the caller may not read. */
export function scoped(value: JsonObject, access: Access): JsonObject {
  const hidden = access.media ? value : (withoutMedia(value) as JsonObject)
  return access.sessions === 'write' ? hidden : { ...hidden, session_url: null }
}
