import { isUnfinished, type KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Clock } from '../runtime/clock.ts'
import type { Identity } from '../runtime/identity.ts'
import type { Json, JsonObject } from '../runtime/json.ts'
import { type Activity, type Actor, type Review, reviewOf } from './activity.ts'
import type { CreateRequest } from './create-request.ts'
import { isBusinessWorkflow } from './feature-names.ts'
import type { PersonRun } from './person-run.ts'
import type { Application, Workflow } from './workflows.ts'

export { vendorTime } from '../runtime/vendor-time.ts'
export type { Review } from './activity.ts'

/** Why a Session that would have been approved is declined: something of it is on the blocklist. */
export type Finding =
  | 'FACE_IN_BLOCKLIST'
  | 'ID_DOCUMENT_IN_BLOCKLIST'
  | 'PHONE_NUMBER_IN_BLOCKLIST'
  | 'EMAIL_IN_BLOCKLIST'

/** A step that has to be done again, named as the vendor's requests name it. */
export interface ResubmittedNode {
  readonly node_id: string
  readonly feature: string
}

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
  /** When its link stops working. */
  expiresAt: number
  /** When the document of an approved Session runs out; null when it has none. */
  kycExpiresAt: number | null
  readonly reviews: Review[]
  /** Everything that reviewers and keys did to it, oldest first. */
  readonly activities: Activity[]
  /** Every status it had, oldest first. */
  readonly history: { readonly status: KnownSessionStatus; readonly at: number }[]
  /** The standalone check that it keeps the result of; null for a Session with a hosted page. */
  readonly apiService: string | null
  /** What that check found, by the block of the decision that shows it. */
  apiBlocks: { readonly [block: string]: JsonObject }
  metadata: Json
  callback: string | null
  status: KnownSessionStatus
  /** What of it was found on the blocklist when it was finished. */
  findings: readonly Finding[]
  /** The steps that were sent back, until it is finished once more. */
  resubmission: readonly ResubmittedNode[]
  /** The Session of another application that it was imported from. */
  readonly sharedFrom: StoredSession | null
  /** The status of that one at the time, which its checks go by. */
  readonly statusWhenShared: KnownSessionStatus | null
  /** Whether the person got past the start of the hosted page: an abandoned Session has data only then. */
  started: boolean
  /** What the person chose and typed on the hosted page, once there is anything. */
  run?: PersonRun
  /** The sandbox scenario that it was armed with after it was created. */
  armedScenario?: string
}

/** Who changed a status: the person's own run, a standalone check, Didit's clock, a reviewer in the console, or a key. */
export type ChangedBy = 'flow' | 'check' | 'clock' | 'console' | 'api'

/** Hears of each change of a status, once. */
export type StatusListener = (session: StoredSession) => void

/** What a new Session is made of when it is imported. */
export interface CloneRequest {
  readonly application: Application
  readonly workflow: Workflow
  readonly vendorData: string | null
  /** Keeps the status of the original; else the clone waits for a reviewer. */
  readonly isTrusted: boolean
}

/** All Sessions of one emulator. */
export interface Sessions {
  /**
   * Makes a Session, or brings back the unfinished one of the same user.
   *
   * @param apiService - The standalone check whose result is kept. Such a Session is always a new one.
   */
  create(
    application: Application,
    workflow: Workflow,
    request: CreateRequest,
    apiService?: string | null,
  ): StoredSession
  /** The Session that a creation would bring back instead of making one. */
  reusable(application: Application, workflow: Workflow, vendorData: string | null): StoredSession | undefined
  /** Copies a finished Session into another application. Nobody is told. */
  clone(original: StoredSession, request: CloneRequest): StoredSession
  /** Whether that application has imported it before, whatever became of the copy. */
  hasImported(application: Application, original: StoredSession): boolean
  byId(sessionId: string): StoredSession | undefined
  byToken(token: string): StoredSession | undefined
  list(): readonly StoredSession[]
  /** Moves a Session, from any status to any other, and tells the listener. */
  changeStatus(session: StoredSession, status: KnownSessionStatus, by: ChangedBy, comment?: string | null): void
  /** Sends steps back to the person, who has the whole time of the link for them anew. */
  resubmit(session: StoredSession, nodes: readonly ResubmittedNode[], comment: string | null): void
  /** Adds a note to the feed; nothing else happens. */
  note(session: StoredSession, note: { readonly status: KnownSessionStatus | null; comment: string | null }): Activity
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
  /** What of a Session that has just been finished is on the blocklist. */
  readonly findingsOf: (session: StoredSession) => readonly Finding[]
  /** When the document of an approved Session runs out, in epoch milliseconds. */
  readonly documentExpiryOf: (session: StoredSession) => number | null
}

/** How long the link of a Session works. */
const lifetimeMs = 7 * 24 * 60 * 60 * 1000
const firstNumber = 1001
const finishes: readonly KnownSessionStatus[] = ['Approved', 'Declined', 'In Review']
const actors: Readonly<Partial<Record<ChangedBy, Actor>>> = { console: 'console', api: 'api' }

/** Creates the store of Sessions. */
export function createSessions(options: SessionsOptions): Sessions {
  const { clock, identity, url, onStatus } = options
  const sessions = new Map<string, StoredSession>()
  const numbers = new Map<string, number>()
  const imports = new Set<string>()
  const importOf = (application: Application, original: StoredSession) =>
    `${application.applicationId} ${original.sessionId}`

  /** Each application counts by itself, and companies apart from people. */
  function nextNumber({ applicationId }: Application, workflow: Workflow): number {
    const counter = `${applicationId} ${isBusinessWorkflow(workflow)}`
    const number = numbers.get(counter) ?? firstNumber
    numbers.set(counter, number + 1)
    return number
  }

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

  function changeStatus(session: StoredSession, wanted: KnownSessionStatus, by: ChangedBy, comment?: string | null) {
    const previousStatus = session.status
    if (previousStatus === wanted) return
    let status = wanted
    if (by === 'flow' && finishes.includes(wanted)) {
      // What is looked up is the data of a finished Session, so it has to be one already.
      session.status = wanted
      session.findings = options.findingsOf(session)
      if (wanted === 'Approved' && session.findings.length > 0) status = 'Declined'
    }
    move(session, status)
    const actor = actors[by]
    if (actor !== undefined) {
      const said = by === 'console' ? 'Changed in the emulator.' : (comment ?? null)
      record(session, { actor, newStatus: status, previousStatus, comment: said })
    }
    onStatus(session)
  }

  function expireDocument(session: StoredSession, end: number): void {
    const isDue = session.status === 'Approved' && session.kycExpiresAt === end
    if (isDue && sessions.get(session.sessionId) === session) changeStatus(session, 'Kyc Expired', 'clock')
  }

  function expire(session: StoredSession): void {
    if (!isUnfinished(session.status) || sessions.get(session.sessionId) !== session) return
    // A resubmission has moved the end, and has planned it anew.
    if (clock.now() < session.expiresAt) return
    // Didit tells apart a link that nobody opened from a run that somebody left.
    changeStatus(session, session.status === 'Not Started' ? 'Expired' : 'Abandoned', 'clock')
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
      // Its checks are those that were made, whatever the receiver's own Workflow would have asked for.
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
