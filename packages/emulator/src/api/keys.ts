import { ConfigError, type KnownSessionStatus } from '@didit-verify/core/schemas'
import { withoutMedia } from '../decision/view.ts'
import type { JsonObject } from '../runtime/json.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import type { Application } from '../sessions/workflows.ts'

/**
 * Keys with a name and a scope, which Didit's console makes beside the one primary key of an application.
 *
 * @see Didit docs, "API keys": https://docs.didit.me/console/api-keys
 */

/** How much a key may do with one kind of thing. */
export type Right = 'none' | 'read' | 'write'

/** A key that may do less than the primary one. Whatever is left out is not restricted. */
export interface ScopedKey {
  readonly key: string
  /** Whose key it is. Default `main`. */
  readonly application?: 'main' | 'partner' | undefined
  /** Default `write`. With less, links and tokens of hosted pages read as null. */
  readonly sessions?: Right | undefined
  /** The right that the blocklist asks for. Default `write`. */
  readonly workflows?: Right | undefined
  /** False: links to pictures read as null, and there is no PDF. Default true. */
  readonly media?: boolean | undefined
  /** Sessions of other Workflows do not exist for it. */
  readonly onlyWorkflows?: readonly string[] | undefined
  /** Sessions in other statuses do not exist for it. */
  readonly onlyStatuses?: readonly KnownSessionStatus[] | undefined
  /** The only addresses it may be used from; a call inside the process comes from 127.0.0.1. */
  readonly addresses?: readonly string[] | undefined
  /** When it stops working, as an ISO 8601 time. */
  readonly expiresAt?: string | undefined
}

/** What a caller may see and do. */
export interface Access {
  readonly application: Application
  readonly sessions: Right
  readonly workflows: Right
  readonly media: boolean
  /** Whether a Session exists for this caller. */
  sees(session: StoredSession): boolean
}

/** The way in for a key: `unknown` also for one that has expired, `elsewhere` from an address it may not be used from. */
export type Admission = Access | 'unknown' | 'elsewhere'

const ranks: readonly Right[] = ['none', 'read', 'write']

/** True when a right is at least as much as another. */
export const covers = (right: Right, needed: Right) => ranks.indexOf(right) >= ranks.indexOf(needed)

const everything = (application: Application): Access => ({
  application,
  sessions: 'write',
  workflows: 'write',
  media: true,
  sees: (session) => session.application === application,
})

/** Looks a key up, as it is at the moment. */
export type FindKey = (key: string, address: string, now: number) => Admission

/**
 * Puts together the keys of the applications, primary and named.
 *
 * @throws {ConfigError} For a named key that is empty or used twice, and for a time that is none.
 */
export function createKeys(applications: readonly Application[], scopedKeys: readonly ScopedKey[]): FindKey {
  const taken = new Set(applications.map(({ apiKey }) => apiKey))
  const ends = new Map<ScopedKey, number>()
  for (const scoped of scopedKeys) {
    if (scoped.key === '' || taken.has(scoped.key)) {
      throw new ConfigError('A key in scopedKeys is empty or used twice.', { help: 'Give each one a text of its own.' })
    }
    taken.add(scoped.key)
    const end = scoped.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(scoped.expiresAt)
    if (Number.isNaN(end)) {
      throw new ConfigError('expiresAt of a key in scopedKeys is no time.', { help: 'Write it as ISO 8601.' })
    }
    ends.set(scoped, end)
  }
  return (key, address, now) => {
    const primary = applications.find(({ apiKey }) => apiKey === key)
    if (primary) return everything(primary)
    const scoped = scopedKeys.find((known) => known.key === key)
    const application = applications[scoped?.application === 'partner' ? 1 : 0]
    if (!scoped || !application || now >= (ends.get(scoped) as number)) return 'unknown'
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

/** What a key may read of a decision, or of a row of the list. */
export function scoped(value: JsonObject, access: Access): JsonObject {
  const hidden = access.media ? value : (withoutMedia(value) as JsonObject)
  return access.sessions === 'write' ? hidden : { ...hidden, session_url: null }
}
