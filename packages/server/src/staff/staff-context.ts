import type { Context } from 'hono'
import type { DiditApi } from '../api/didit-api.ts'
import type { Config } from '../config.ts'
import { requireOrigin } from '../http/access.ts'
import type { Bindings } from '../http/bindings.ts'
import type { Relay } from '../relay/relay.ts'
import type { StaffFeed } from '../relay/staff-feed.ts'
import type { PendingReads } from '../sessions/pending-reads.ts'
import type { ApplicationStorage } from '../storage/storage.ts'
import type { AuthorizeStaff, StaffAction, StaffMember, StaffRequest } from './authorize-staff.ts'
import { requireStaff } from './require-staff.ts'
import type { StaffView } from './staff-view.ts'

/** Everything that the staff routes share: authorization, the log of changes, and their dependencies. */

export interface StaffEnv {
  Bindings: Bindings
  Variables: {
    requestId: string
    /** True when the request is authorized: errors may then contain Didit's own text. */
    isStaff?: boolean
  }
}

export interface StaffRoutesOptions {
  readonly config: Config
  readonly authorizeStaff: AuthorizeStaff
  readonly storage: ApplicationStorage
  /** Client of Didit's API for staff only: see `staffBudgets`. */
  readonly api: Pick<DiditApi, 'sessions' | 'blocklist'>
  readonly view: StaffView
  readonly reads: PendingReads
  readonly relay: Relay
  readonly feed: StaffFeed
}

export interface StaffContext extends StaffRoutesOptions {
  /**
   * Authorizes a request and returns the staff member.
   *
   * @throws {RequestError} `unauthenticated` or `staff-only`.
   */
  permit(c: Context<StaffEnv>, action: StaffAction, sessionId: string | null): Promise<StaffMember>
  /**
   * Runs a change for an authorized staff member, and logs who did it and its outcome.
   *
   * @param input.sessionId - May be null when only `work` finds out the id. It then calls `about` with it.
   * @throws {RequestError} `forbidden-origin`, or the error of `work`.
   */
  change<Value>(
    c: Context<StaffEnv>,
    member: StaffMember,
    input: StaffRequest,
    work: (about: (sessionId: string) => void) => Promise<Value>,
  ): Promise<Value>
}

/** Creates the context of the staff routes. */
export function createStaffContext(options: StaffRoutesOptions): StaffContext {
  const { config, authorizeStaff } = options
  return {
    ...options,
    async permit(c, action, sessionId) {
      const member = await requireStaff(config, authorizeStaff, c.req.raw, { action, sessionId })
      c.set('isStaff', true)
      return member
    },
    async change(c, { staffId }, { action, sessionId }, work) {
      requireOrigin(config, c.req.raw)
      let session = sessionId
      const write = (outcome: string) =>
        config.logger.info({ staffId, action, sessionId: session, requestId: c.get('requestId'), outcome }, 'staff')
      try {
        const value = await work((found) => {
          session = found
        })
        write('done')
        return value
      } catch (error) {
        const { code = 'internal' } = error as { code?: string }
        // A request that was refused before Didit was asked has changed nothing.
        if (!harmless.includes(code)) write(code)
        throw error
      }
    },
  }
}

const harmless: readonly string[] = ['request-invalid', 'body-too-large', 'unknown-workflow', 'session-not-found']
