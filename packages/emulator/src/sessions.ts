import { isUnfinished, type KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Clock } from './clock.ts'
import type { CreateRequest } from './create-request.ts'
import type { Identity } from './identity.ts'
import type { Json } from './json.ts'
import type { Application, Workflow } from './workflows.ts'

/** A status change made by a reviewer, as the decision lists it. */
export interface Review {
  readonly user: string
  readonly new_status: string
  readonly comment: string
  readonly created_at: string
}

/** Why a Session that would have been approved is declined: something of it is on the blocklist. */
export type Finding =
  | 'FACE_IN_BLOCKLIST'
  | 'ID_DOCUMENT_IN_BLOCKLIST'
  | 'PHONE_NUMBER_IN_BLOCKLIST'
  | 'EMAIL_IN_BLOCKLIST'

/** One Session as Didit keeps it. */
export interface StoredSession {
  readonly sessionId: string
  readonly sessionNumber: number
  readonly token: string
  readonly url: string
  readonly application: Application
  readonly workflow: Workflow
  readonly request: CreateRequest
  readonly createdAt: number
  readonly expiresAt: number
  readonly reviews: Review[]
  metadata: Json
  callback: string | null
  status: KnownSessionStatus
  /** What of it was found on the blocklist when it was finished. */
  findings: readonly Finding[]
  /** The Session of another application that it was imported from. */
  readonly sharedFrom: StoredSession | null
  /** Whether the person got past the start of the hosted page: an abandoned Session has data only then. */
  started: boolean
}

/** Who changed a status: the person's own run, Didit's clock, or a reviewer in the console. */
export type ChangedBy = 'flow' | 'clock' | 'console'

/** Hears of each change of a status, once. */
export type StatusListener = (session: StoredSession) => void

/** All Sessions of one emulator. */
export interface Sessions {
  create(application: Application, workflow: Workflow, request: CreateRequest): StoredSession
  byId(sessionId: string): StoredSession | undefined
  byToken(token: string): StoredSession | undefined
  list(): readonly StoredSession[]
  /** Moves a Session, from any status to any other, and tells the listener. */
  changeStatus(session: StoredSession, status: KnownSessionStatus, by: ChangedBy): void
  /** Forgets one Session: nothing finds it again, and the listener hears of nothing. */
  remove(session: StoredSession): void
  reset(): void
}

export interface SessionsOptions {
  readonly clock: Clock
  readonly identity: Identity
  /** Base address of the hosted pages, without a trailing slash. */
  readonly url: string
  readonly onStatus: StatusListener
}

/** How long the link of a Session works. */
const lifetimeMs = 7 * 24 * 60 * 60 * 1000
const firstNumber = 1001

/** Didit writes microseconds; a clock of milliseconds fills them up with zeros. */
export const vendorTime = (epochMs: number) => new Date(epochMs).toISOString().replace('Z', '000Z')

/** Creates the store of Sessions. */
export function createSessions({ clock, identity, url, onStatus }: SessionsOptions): Sessions {
  const sessions = new Map<string, StoredSession>()
  let nextNumber = firstNumber

  const isSameRun = (session: StoredSession, application: Application, workflow: Workflow, request: CreateRequest) =>
    session.request.vendorData === request.vendorData &&
    session.application === application &&
    session.workflow === workflow &&
    isUnfinished(session.status)

  function changeStatus(session: StoredSession, status: KnownSessionStatus, by: ChangedBy): void {
    if (session.status === status) return
    session.status = status
    if (status === 'In Progress') session.started = true
    if (by === 'console') {
      session.reviews.push({
        user: 'reviewer@emulator.example',
        new_status: status,
        comment: 'Changed in the emulator.',
        created_at: vendorTime(clock.now()),
      })
    }
    onStatus(session)
  }

  function expire(session: StoredSession): void {
    if (!isUnfinished(session.status) || sessions.get(session.sessionId) !== session) return
    // Didit tells apart a link that nobody opened from a run that somebody left.
    changeStatus(session, session.status === 'Not Started' ? 'Expired' : 'Abandoned', 'clock')
  }

  return {
    create(application, workflow, request) {
      const known =
        request.vendorData === null
          ? undefined
          : [...sessions.values()].find((session) => isSameRun(session, application, workflow, request))
      if (known) {
        known.callback = request.callback
        known.metadata = request.metadata
        return known
      }
      const token = identity.token()
      const session: StoredSession = {
        sessionId: identity.uuid(),
        sessionNumber: nextNumber,
        token,
        url: `${url}${request.language === null ? '' : `/${request.language}`}/session/${token}`,
        application,
        workflow,
        request,
        createdAt: clock.now(),
        expiresAt: clock.now() + lifetimeMs,
        reviews: [],
        metadata: request.metadata,
        callback: request.callback,
        status: 'Not Started',
        findings: [],
        sharedFrom: null,
        started: false,
      }
      nextNumber += 1
      sessions.set(session.sessionId, session)
      clock.after(lifetimeMs, () => expire(session))
      return session
    },
    byId: (sessionId) => sessions.get(sessionId.toLowerCase()),
    byToken: (token) => [...sessions.values()].find((session) => session.token === token),
    list: () => [...sessions.values()],
    changeStatus,
    remove: (session) => void sessions.delete(session.sessionId),
    reset() {
      sessions.clear()
      nextNumber = firstNumber
    },
  }
}
