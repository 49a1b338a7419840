import type { Context } from 'hono'
import type { DiditApi } from '../api/didit-api.ts'
import type { Config } from '../config.ts'
import { requireOrigin } from '../http/access.ts'
import type { Bindings } from '../http/bindings.ts'
import type { Relay } from '../relay/relay.ts'
import type { StaffFeed } from '../relay/staff-feed.ts'
import type { PendingReads } from '../sessions/pending-reads.ts'
import type { ApplicationStorage } from '../storage/storage.ts'
import {
  type AuthorizeStaff,
  requireStaff,
  type StaffAction,
  type StaffMember,
  type StaffRequest,
} from './authorize-staff.ts'
import type { StaffView } from './staff-view.ts'

/** What all staff routes share: who may come in, what is written down, and what they work with. */

export interface StaffEnv {
  Bindings: Bindings
  Variables: {
    requestId: string
    /** True once the request has been let in: errors may then say what Didit said. */
    isStaff?: boolean
  }
}

export interface StaffRoutesOptions {
  readonly config: Config
  readonly authorizeStaff: AuthorizeStaff
  readonly storage: ApplicationStorage
  /** Staff's own client of Didit's API: see `staffBudgets`. */
  readonly api: Pick<DiditApi, 'sessions' | 'blocklist'>
  readonly view: StaffView
  readonly reads: PendingReads
  readonly relay: Relay
  readonly feed: StaffFeed
}

export interface StaffContext extends StaffRoutesOptions {
  /**
   * Lets a request in, or throws.
   *
   * @throws {RequestError} `unauthenticated` or `staff-only`.
   */
  permit(c: Context<StaffEnv>, action: StaffAction, sessionId: string | null): Promise<StaffMember>
  /**
   * Does what changes something, for whoever has been let in, and writes down who did it and what came of it.
   *
   * @param wish.sessionId - May be found out by `work` only, which then says so to `about`.
   * @throws {RequestError} `forbidden-origin`, or what `work` throws.
   */
  change<Value>(
    c: Context<StaffEnv>,
    member: StaffMember,
    input: StaffRequest,
    work: (about: (sessionId: string) => void) => Promise<Value>,
  ): Promise<Value>
}

/** Creates what the staff routes share. */
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
        // What was refused before anybody was asked has changed nothing.
        if (!harmless.includes(code)) write(code)
        throw error
      }
    },
  }
}

const harmless: readonly string[] = ['request-invalid', 'body-too-large', 'unknown-workflow', 'session-not-found']
