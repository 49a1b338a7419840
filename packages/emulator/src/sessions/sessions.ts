import { isUnfinished, type KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Clock } from '../runtime/clock.ts'
import type { Identity } from '../runtime/identity.ts'
import { type Activity, type Actor, reviewOf } from './activity.ts'
import type { CreateRequest } from './create-request.ts'
import { isBusinessWorkflow } from './feature-names.ts'
import type { Finding, ResubmittedNode, StoredSession } from './stored-session.ts'
import type { Application, Workflow } from './workflows.ts'

export { vendorTime } from '../runtime/vendor-time.ts'
export type { Finding, ResubmittedNode, StoredSession } from './stored-session.ts'

/** Cause of a status change: the person, a standalone check, an expiry, a reviewer in the console, or an API key. */
export type ChangedBy = 'flow' | 'check' | 'clock' | 'console' | 'api'

/** Called once for each change of a status. */
export type StatusListener = (session: StoredSession) => void

/** Input for the import of a Session. */
export interface CloneRequest {
  readonly application: Application
  readonly workflow: Workflow
  readonly vendorData: string | null
  /** True: the clone keeps the status of the original. False: it is In Review. */
  readonly isTrusted: boolean
}

/** All Sessions of one emulator. */
export interface Sessions {
  /**
   * Creates a Session, or returns the unfinished one of the same user.
   *
   * @param apiService - The standalone check whose result it stores. Such a Session is always new.
   */
  create(
    application: Application,
    workflow: Workflow,
    request: CreateRequest,
    apiService?: string | null,
  ): StoredSession
  /** Returns the unfinished Session that a creation would return. */
  reusable(application: Application, workflow: Workflow, vendorData: string | null): StoredSession | undefined
  /** Copies a finished Session into another application. The listener is not called. */
  clone(original: StoredSession, request: CloneRequest): StoredSession
  /** Tells whether the application has imported the Session before. True even if the copy was deleted. */
  hasImported(application: Application, original: StoredSession): boolean
  byId(sessionId: string): StoredSession | undefined
  byToken(token: string): StoredSession | undefined
  list(): readonly StoredSession[]
  /** Changes the status, from any to any other, and calls the listener. */
  changeStatus(session: StoredSession, status: KnownSessionStatus, by: ChangedBy, comment?: string | null): void
  /** Asks the person to repeat steps. The link gets its full lifetime again. */
  resubmit(session: StoredSession, nodes: readonly ResubmittedNode[], comment: string | null): void
  /** Adds a note to the feed. The status does not change. */
  note(session: StoredSession, note: { readonly status: KnownSessionStatus | null; comment: string | null }): Activity
  /** Deletes a Session. The listener is not called. */
  remove(session: StoredSession): void
  reset(): void
}

export interface SessionsOptions {
  readonly clock: Clock
  readonly identity: Identity
  /** Base address of the hosted pages, without a trailing slash. */
  readonly url: string
  readonly onStatus: StatusListener
  /** Returns the matches of a finished Session with the blocklist. */
  readonly findingsOf: (session: StoredSession) => readonly Finding[]
  /** Returns when the document of an approved Session expires, in epoch milliseconds. Null when it has none. */
  readonly documentExpiryOf: (session: StoredSession) => number | null
}

/** Lifetime of the link of a Session. */
const lifetimeMs = 7 * 24 * 60 * 60 * 1000
const firstNumber = 1001
const finishes: readonly KnownSessionStatus[] = ['Approved', 'Declined', 'In Review']
const actors: Readonly<Partial<Record<ChangedBy, Actor>>> = { console: 'console', api: 'api' }

/** Creates the status changes of stored Sessions, with their history, feed and expiry. */
function createStatusChanges(options: SessionsOptions, isStored: (session: StoredSession) => boolean) {
  const { clock, identity, onStatus } = options

  function record(session: StoredSession, entry: Omit<Activity, 'uuid' | 'at'>): Activity {
    const activity: Activity = { uuid: identity.uuid(), at: clock.now(), ...entry }
    session.activities.push(activity)
    const review = reviewOf(activity)
    if (review) session.reviews.push(review)
    return activity
  }

  function move(session: StoredSession, status: KnownSessionStatus): void {
    session.status = status
    session.history.push({ status, at: clock.now() })
    if (status === 'In Progress') session.started = true
    if (!isUnfinished(status)) session.resubmission = []
    const documentExpiry = status === 'Approved' ? options.documentExpiryOf(session) : null
    if (status !== 'Kyc Expired') session.kycExpiresAt = documentExpiry
    if (documentExpiry !== null)
      clock.after(documentExpiry - clock.now(), () => expireDocument(session, documentExpiry))
  }

  function changeStatus(session: StoredSession, requested: KnownSessionStatus, by: ChangedBy, comment?: string | null) {
    const previousStatus = session.status
    if (previousStatus === requested) return
    let status = requested
    if (by === 'flow' && finishes.includes(requested)) {
      // The blocklist is compared with the decision, which has data only once the Session is finished.
      session.status = requested
      session.findings = options.findingsOf(session)
      if (requested === 'Approved' && session.findings.length > 0) status = 'Declined'
    }
    move(session, status)
    const actor = actors[by]
    if (actor !== undefined) {
      const text = by === 'console' ? 'Changed in the emulator.' : (comment ?? null)
      record(session, { actor, newStatus: status, previousStatus, comment: text })
    }
    onStatus(session)
  }

  function expireDocument(session: StoredSession, end: number): void {
    const isDue = session.status === 'Approved' && session.kycExpiresAt === end
    if (isDue && isStored(session)) changeStatus(session, 'Kyc Expired', 'clock')
  }

  function expire(session: StoredSession): void {
    if (!isUnfinished(session.status) || !isStored(session)) return
    // A resubmission has extended the lifetime and has scheduled its own expiry.
    if (clock.now() < session.expiresAt) return
    // Didit distinguishes a link that was never opened from a Session that was abandoned.
    changeStatus(session, session.status === 'Not Started' ? 'Expired' : 'Abandoned', 'clock')
  }

  return { record, move, changeStatus, expire }
}

/** Creates the store of Sessions. */
export function createSessions(options: SessionsOptions): Sessions {
  const { clock, identity, url } = options
  const sessions = new Map<string, StoredSession>()
  const { record, move, changeStatus, expire } = createStatusChanges(
    options,
    (session) => sessions.get(session.sessionId) === session,
  )
  const numbers = new Map<string, number>()
  const imports = new Set<string>()
  const importOf = (application: Application, original: StoredSession) =>
    `${application.applicationId} ${original.sessionId}`

  /** Returns the next number. Each application has two series: one for people, one for companies. */
  function nextNumber({ applicationId }: Application, workflow: Workflow): number {
    const counter = `${applicationId} ${isBusinessWorkflow(workflow)}`
    const number = numbers.get(counter) ?? firstNumber
    numbers.set(counter, number + 1)
    return number
  }

  function store(
    application: Application,
    workflow: Workflow,
    request: CreateRequest,
    from?: Partial<
      Pick<StoredSession, 'sharedFrom' | 'statusWhenShared' | 'status' | 'findings' | 'started' | 'apiService'>
    >,
  ): StoredSession {
    const token = identity.token()
    const session: StoredSession = {
      sessionId: identity.uuid(),
      sessionNumber: nextNumber(application, workflow),
      token,
      url: `${url}${request.language === null ? '' : `/${request.language}`}/session/${token}`,
      application,
      workflow,
      request,
      createdAt: clock.now(),
      expiresAt: clock.now() + lifetimeMs,
      kycExpiresAt: null,
      reviews: [],
      activities: [],
      history: [],
      metadata: request.metadata,
      callback: request.callback,
      status: 'Not Started',
      findings: [],
      resubmission: [],
      sharedFrom: null,
      statusWhenShared: null,
      apiService: null,
      apiBlocks: {},
      started: false,
      ...from,
    }
    sessions.set(session.sessionId, session)
    move(session, session.status)
    return session
  }

  const reusable: Sessions['reusable'] = (application, workflow, vendorData) =>
    vendorData === null
      ? undefined
      : [...sessions.values()].find(
          (session) =>
            session.request.vendorData === vendorData &&
            session.application === application &&
            session.workflow === workflow &&
            session.apiService === null &&
            isUnfinished(session.status),
        )

  return {
    reusable,
    create(application, workflow, request, apiService = null) {
      const known = apiService === null ? reusable(application, workflow, request.vendorData) : undefined
      if (known) {
        known.callback = request.callback
        known.metadata = request.metadata
        return known
      }
      const session = store(application, workflow, request, { apiService })
      clock.after(lifetimeMs, () => expire(session))
      return session
    },
    clone(original, { application, workflow, vendorData, isTrusted }) {
      imports.add(importOf(application, original))
      const ofReceiver = { workflowId: workflow.workflowId, vendorData, callback: null, metadata: null, language: null }
      const request = { ...original.request, ...ofReceiver }
      // The checks stay those that were made, even if the receiver's Workflow has others.
      return store(application, { ...workflow, features: original.workflow.features }, request, {
        sharedFrom: original,
        statusWhenShared: original.statusWhenShared ?? original.status,
        status: isTrusted ? original.status : 'In Review',
        findings: original.findings,
        started: true,
      })
    },
    hasImported: (application, original) => imports.has(importOf(application, original)),
    byId: (sessionId) => sessions.get(sessionId.toLowerCase()),
    byToken: (token) => [...sessions.values()].find((session) => session.token === token),
    list: () => [...sessions.values()],
    changeStatus,
    resubmit(session, nodes, comment) {
      session.resubmission = nodes
      session.expiresAt = clock.now() + lifetimeMs
      clock.after(lifetimeMs, () => expire(session))
      changeStatus(session, 'Resubmitted', 'api', comment)
    },
    note: (session, { status, comment }) =>
      record(session, { actor: 'unknown', newStatus: status, previousStatus: null, comment }),
    remove: (session) => void sessions.delete(session.sessionId),
    reset() {
      sessions.clear()
      numbers.clear()
      imports.clear()
    },
  }
}
