import {
  type Decision,
  decisionSchema,
  type Issue,
  isKnownStatus,
  normalizeStatus,
  type SessionStatus,
  type WebhookEvent,
  webhookEventSchemas,
} from '@didit-verify/core/schemas'
import type { Config } from '../config.ts'
import { isGuid } from '../guid.ts'
import { peerAddress } from '../http/bindings.ts'
import { clientAddress } from '../http/client-address.ts'
import { applyEvent, keepSteps, newsOf, withPendingRead } from '../sessions/apply.ts'
import type { PendingReads } from '../sessions/pending-reads.ts'
import { redactDecision } from '../sessions/redaction.ts'
import { resubmittedKinds } from '../sessions/resubmission.ts'
import { canRetry } from '../sessions/snapshot.ts'
import type { ApplicationStorage, EventCommit, EventRecord, RecordUpdate, SessionRecord } from '../storage/storage.ts'
import {
  contradiction,
  isContradiction,
  isFact,
  toEventRecord,
  toleranceSeconds,
  unreadableRecord,
  type Verified,
} from './event-record.ts'
import { findSessionIds } from './find-session-ids.ts'
import { createFloodBudget } from './flood-budget.ts'
import { checkWebhook } from './receiver.ts'
import type { HeaderReader } from './signature.ts'

/**
 * The use case "take in one event": signature verdict → event record → one durable transaction → effects of the commit.
 *
 * It knows neither `Request` nor HTTP status codes, so that any host can call it with the bytes it has read.
 */

/** One webhook as a host has read it. */
export interface IncomingWebhook {
  /** The bytes as received. The host limits their number: see `maxBodyBytes`. */
  readonly body: Uint8Array
  readonly headers: HeaderReader
  /** The address at the other end of the connection, if the host knows it. */
  readonly peer: string | undefined
  /** The moment by which the host wants the outcome, as `performance.now()` counts. */
  readonly deadline: number
}

/** The outcome of one webhook. */
export type IntakeOutcome =
  /**
   * On disk. `quarantined`: stored, but changes no Session by itself. `dropped`: the event of an erased Session, of which
   * nothing may be stored.
   */
  | { readonly outcome: 'stored' | 'duplicate' | 'quarantined' | 'dropped' }
  /** No secret fits a signature. */
  | { readonly outcome: 'forged' }
  /** Not JSON, and not signed either. */
  | { readonly outcome: 'unreadable' }
  /** Not checked, because too many forged webhooks came from this address. It may be genuine. */
  | { readonly outcome: 'over-budget' }
  /** The storage failed or missed the deadline. Didit must send the event again. */
  | { readonly outcome: 'not-stored'; readonly cause: unknown }

/** Takes in webhooks, one at a time. */
export interface Intake {
  /** Takes in one webhook and returns its outcome once a stored event is durable. */
  take(webhook: IncomingWebhook): Promise<IntakeOutcome>
}

/** Dependencies of the intake. */
export interface IntakeOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly reads: PendingReads
  /** Called with each record that an event has changed. */
  readonly onChange: (record: SessionRecord) => void
  /** Takes over work that continues after the answer. */
  readonly defer: (work: Promise<unknown>) => void
}

const forgedLogMs = 60_000
const maxReportedStatuses = 100
// The storage gets at least this long, even if the body took most of the time: Didit itself gives up after 5 s.
const minStorageMs = 1_000

/** Creates the intake of one server. */
export function createIntake({ config, storage, reads, onChange, defer }: IntakeOptions): Intake {
  const { logger, now, environment, webhookSecrets: secrets } = config
  const flood = createFloodBudget({ now })
  const reportedStatuses = new Set<string>()
  let nextForgedLogAt = 0

  async function take({ body, headers, peer, deadline }: IncomingWebhook): Promise<IntakeOutcome> {
    const address = clientAddress(config, { headers }, { [peerAddress]: peer }) ?? ''
    const budget = {
      isSpent: () => flood.isSpent(address),
      charge: (bytes: number) => flood.charge(address, bytes),
    }
    const verdict = checkWebhook(body, headers, { secrets, toleranceSeconds, now, budget })
    switch (verdict.verdict) {
      case 'forged':
        logForged()
        return { outcome: 'forged' }
      case 'over-budget':
        return { outcome: 'over-budget' }
      case 'unreadable': {
        if (verdict.key === null) return { outcome: 'unreadable' }
        const [sessionId = null, ...others] = findSessionIds(body)
        const event = unreadableRecord(verdict.key, sessionId, now())
        return commit(event, doubt(event, now), deadline, (result) => {
          followUnreadable(result, event, verdict.issues)
          if (result.stored) for (const id of others) defer(reads.markPending(id))
        })
      }
      case 'verified': {
        const event = toEventRecord(verdict, { environment, now: now(), eventDays: config.retention.eventDays })
        const update = toUpdate(event, verdict.event, { environment, now })
        return commit(event, update, deadline, (result) => follow(result, event, verdict))
      }
    }
  }

  /**
   * Stores the event in one durable transaction, or gives up at the deadline.
   *
   * A commit that is merely late still succeeds, and Didit's next delivery is then a duplicate. Therefore the effects hang
   * on the commit itself and not on the deadline.
   */
  async function commit(
    event: EventRecord,
    update: RecordUpdate,
    deadline: number,
    onCommit: (result: EventCommit) => void = () => {},
  ): Promise<IntakeOutcome> {
    const work = storage.commitEvent(event, update).then((result) => {
      onCommit(result)
      return result
    })
    defer(Promise.allSettled([work]))
    try {
      const { stored, erased, known, record } = await withTimeout(
        work,
        Math.max(minStorageMs, deadline - performance.now()),
      )
      if (erased) return { outcome: 'dropped' }
      if (known !== null && isContradiction(known, event, record)) {
        const other = contradiction(event)
        return commit(other, doubt(other, now), deadline, onCommit)
      }
      if (!stored) return { outcome: 'duplicate' }
      return { outcome: event.quarantined === null ? 'stored' : 'quarantined' }
    } catch (cause) {
      return { outcome: 'not-stored', cause }
    }
  }

  /** Runs the effects of a commit: log lines, the announcement of a change, a read or the redacted Decision. */
  function follow(
    { record, previous, stored, erased }: EventCommit,
    event: EventRecord,
    { event: body }: Verified,
  ): void {
    const { sessionId, webhookType, status, late, test, quarantined } = event
    if (erased) {
      // No Session id here: an erased user must leave no new line in a log.
      logger.info({ webhookType }, 'a webhook of an erased Session was dropped')
      return
    }
    const fields = { sessionId, webhookType, status, late, test, quarantined, stored }
    if (stored && quarantined !== null && !test) logger.warn(fields, 'a webhook was kept aside; Didit is asked instead')
    else logger.info(fields, 'webhook')
    if (!stored) return
    if (status !== null) logUnknown(status)
    if (record === null) return
    if (record.revision !== previous?.revision) onChange(record)
    if (record.isReadPending) reads.schedule(record.sessionId)
    else if (isFact(event)) defer(keepDecision(record, body))
  }

  /** Logs where the body is wrong, never what it says, and has Didit asked instead. */
  function followUnreadable(
    { record, previous, stored }: EventCommit,
    event: EventRecord,
    issues: readonly Issue[],
  ): void {
    if (!stored) return
    const { sessionId } = event
    logger.warn({ sessionId: record === null ? null : sessionId, issues }, 'a signed webhook could not be read')
    if (record === null) return
    if (record.revision !== previous?.revision) onChange(record)
    reads.schedule(record.sessionId)
  }

  /** Stores the redacted form of the Decision that came with the event. Runs after the answer. */
  async function keepDecision(record: SessionRecord, body: WebhookEvent): Promise<void> {
    const parsed = decisionSchema.safeParse(body.decision)
    // Without a readable Decision here, it is read from the API when somebody asks for it.
    if (!parsed.success || !belongsTo(record, parsed.data)) return
    const known = { decidedAt: record.decidedAt, canRetry: canRetry(record, config) }
    const decision = redactDecision(parsed.data, known)
    await storage.commitRead(record.sessionId, record.seq, (current) =>
      current?.status === decision.status ? { ...current, decision: keepSteps(current, decision) } : current,
    )
  }

  function logUnknown(status: SessionStatus): void {
    if (isKnownStatus(status) || /^[A-Z_]+$/.test(status)) return
    if (reportedStatuses.has(status) || reportedStatuses.size > maxReportedStatuses) return
    reportedStatuses.add(status)
    logger.warn({ status: status.slice(0, 60) }, 'a status this version does not know; it counts as active')
  }

  function logForged(): void {
    if (now() < nextForgedLogAt) return
    nextForgedLogAt = now() + forgedLogMs
    logger.warn({}, 'a webhook was refused: No secret fits a signature. Further ones within the minute are not logged.')
  }

  return { take }
}

/** Returns how the event changes its Session: by the order rules, by a pending read, or not at all. */
function toUpdate(
  event: EventRecord,
  body: WebhookEvent,
  { environment, now }: Pick<Config, 'environment' | 'now'>,
): RecordUpdate {
  if (event.test) return changeNothing
  if (event.quarantined !== null) return doubt(event, now)
  if (!isFact(event)) return toUnknownUpdate(event, now)
  const { sessionId, status, from, to, late } = event
  const workflowId = isGuid(body.workflow_id) ? body.workflow_id : null
  const asksAgain = resubmittedKinds(body)
  const fact = { kind: 'event' as const, sessionId, status, from, to, late, workflowId, environment, asksAgain }
  return (record) => applyEvent(record, { ...fact, at: now() }, now())
}

/** An event of a type that Didit has not documented may still say that its Session has moved on: then Didit is asked. */
function toUnknownUpdate(event: EventRecord, now: () => number): RecordUpdate {
  const status = normalizeStatus(event.status ?? '')
  if (Object.hasOwn(webhookEventSchemas, event.webhookType) || !isKnownStatus(status)) return changeNothing
  return (record) =>
    record === null || record.status === status
      ? record
      : withPendingRead(record, now(), newsOf({ status, at: event.receivedAt }))
}

/** Leaves a read pending for an event that is signed and may not change its Session by itself. */
function doubt({ quarantined, receivedAt }: EventRecord, now: () => number): RecordUpdate {
  // An event that is too old, or of another environment, is hardly news: any read settles it.
  const isPlausible = quarantined !== 'old' && quarantined !== 'environment'
  return (record) => record && withPendingRead(record, now(), newsOf({ status: null, at: receivedAt }, isPlausible))
}

const changeNothing: RecordUpdate = (record) => record

/** Resolves like `work`, or rejects when it takes longer than `timeoutMs`. */
async function withTimeout<Value>(work: Promise<Value>, timeoutMs: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The storage took too long.')), timeoutMs)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function belongsTo(record: SessionRecord, decision: Decision): boolean {
  return decision.session_id.toLowerCase() === record.sessionId && normalizeStatus(decision.status) === record.status
}
