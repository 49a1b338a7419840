import {
  type Decision,
  decisionSchema,
  isKnownStatus,
  normalizeStatus,
  RequestError,
  type SessionStatus,
} from '@didit-verify/core/schemas'
import { Hono } from 'hono'
import type { Config } from '../config.ts'
import { WebhookError } from '../errors.ts'
import { isGuid } from '../guid.ts'
import type { Bindings } from '../http/bindings.ts'
import { clientAddress } from '../http/client-address.ts'
import { applyEvent, keepSteps, withPendingRead } from '../sessions/apply.ts'
import type { PendingReads } from '../sessions/pending-reads.ts'
import { redactDecision } from '../sessions/redaction.ts'
import { resubmittedKinds } from '../sessions/resubmission.ts'
import { canRetry } from '../sessions/snapshot.ts'
import type { ApplicationStorage, EventCommit, EventRecord, RecordUpdate, SessionRecord } from '../storage/storage.ts'
import { isFact, toEventRecord, toleranceSeconds, unreadableRecord, type Verified } from '../webhook/event-record.ts'
import { createFloodBudget } from '../webhook/flood-budget.ts'
import { receiveWebhook } from '../webhook/receiver.ts'

/**
 * The route Didit posts to. The answer is chosen by one question: do we want it again?
 *
 * Didit repeats a delivery only after 5xx, 404 and timeouts, twice, and then drops it. So 200 says that the event is
 * on disk, 503 that it must come again, and 4xx only what would be as bad the next time.
 */

export interface WebhookRouteOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly reads: PendingReads
  /** Called with each record an event has changed. */
  readonly onChange: (record: SessionRecord) => void
  /** Takes work that goes on after the answer. */
  readonly defer: (work: Promise<unknown>) => void
}

// Didit gives up after 5 s; a clear "again, please" has to arrive before that.
const deadlineMs = 3_000
const forgedLogMs = 60_000

/** The route under `/webhook`. */
export function webhookRoutes({
  config,
  storage,
  reads,
  onChange,
  defer,
}: WebhookRouteOptions): Hono<{ Bindings: Bindings }> {
  const { logger, now, environment } = config
  const routes = new Hono<{ Bindings: Bindings }>({ strict: false })
  const flood = createFloodBudget({ now })
  const reported = new Set<string>()
  let nextForgedLogAt = 0

  routes.post('/', async (c) => {
    const deadline = performance.now() + deadlineMs
    const address = clientAddress(config, c.req.raw, c.env) ?? ''
    const budget = {
      isSpent: () => flood.isSpent(address),
      charge: (bytes: number) => flood.charge(address, bytes),
    }
    const options = { secrets: config.webhookSecrets, toleranceSeconds, now, timeoutMs: deadlineMs, budget }
    const reception = await receiveWebhook(c.req.raw, options)
    switch (reception.verdict) {
      case 'too-large':
        throw new WebhookError('webhook-too-large', 'The webhook is larger than 1 MiB.')
      case 'unreadable': {
        if (reception.key === null) throw new WebhookError('webhook-unreadable', 'The body is no JSON, and not signed.')
        const commit = await store(unreadableRecord(reception.key, now()), keep, deadline)
        return c.json({ received: commit.stored ? 'quarantined' : 'duplicate' })
      }
      case 'over-budget':
        throw new WebhookError('webhook-unreadable', 'Too many forged webhooks came from the same address.', {
          status: 503,
        })
      case 'forged':
        throw refuse('No secret fits a signature.')
    }
    return c.json({ received: await accept(reception, deadline) })
  })

  async function accept(
    reception: Verified,
    deadline: number,
  ): Promise<'stored' | 'duplicate' | 'quarantined' | 'dropped'> {
    const event = toEventRecord(reception, { environment, now: now(), eventDays: config.retention.eventDays })
    const { stored, erased } = await store(event, toUpdate(event, reception), deadline, (commit) =>
      follow(commit, event, reception),
    )
    if (erased) return 'dropped'
    if (!stored) return 'duplicate'
    return event.quarantined === null ? 'stored' : 'quarantined'
  }

  /** What a commit sets off. */
  function follow({ record, previous, stored, erased }: EventCommit, event: EventRecord, reception: Verified): void {
    const { sessionId, webhookType, status, late, test, quarantined } = event
    if (erased) {
      // Without its id: whoever was erased leaves no new line in a log.
      logger.info({ webhookType }, 'a webhook of an erased Session was dropped')
      return
    }
    logger.info({ sessionId, webhookType, status, late, test, quarantined, stored }, 'webhook')
    if (!stored) return
    if (status !== null) reportUnknown(status)
    if (record !== null && record.revision !== previous?.revision) onChange(record)
    if (record?.isReadPending) reads.schedule(record.sessionId)
    else if (record !== null && isFact(event)) defer(keepDecision(record, reception))
  }

  /** What the event may do to its Session: move it by the order rules, make it owe a read, or nothing. */
  function toUpdate(event: EventRecord, { event: body }: Verified): RecordUpdate {
    if (event.test) return keep
    if (event.quarantined !== null) return (record) => record && withPendingRead(record, now())
    if (!isFact(event)) return keep
    const { sessionId, status, from, to, late } = event
    const workflowId = isGuid(body.workflow_id) ? body.workflow_id : null
    const asksAgain = resubmittedKinds(body)
    const fact = { kind: 'event' as const, sessionId, status, from, to, late, workflowId, environment, asksAgain }
    return (record) => applyEvent(record, fact, now())
  }

  /**
   * One durable transaction, or 503: the event comes again. What is written after all is then a duplicate, so all that
   * it sets off hangs on the commit itself, and not on our patience.
   */
  async function store(
    event: EventRecord,
    update: RecordUpdate,
    deadline: number,
    then: (commit: EventCommit) => void = () => {},
  ): Promise<EventCommit> {
    const work = storage.commitEvent(event, update).then((commit) => {
      then(commit)
      return commit
    })
    defer(Promise.allSettled([work]))
    let timer: ReturnType<typeof setTimeout> | undefined
    const tooLate = new Promise<never>((_, reject) => {
      // A body that took most of the time leaves the storage this much still: 5 s are the end.
      const timeoutMs = Math.max(1_000, deadline - performance.now())
      timer = setTimeout(() => reject(new Error('The storage took too long.')), timeoutMs)
    })
    try {
      return await Promise.race([work, tooLate])
    } catch (cause) {
      throw new RequestError('storage-unavailable', 'The webhook could not be stored.', { status: 503, cause })
    } finally {
      clearTimeout(timer)
    }
  }

  /** After the answer: keeps what the person may see of the Decision that came along. */
  async function keepDecision(record: SessionRecord, { event }: Verified): Promise<void> {
    const parsed = decisionSchema.safeParse(event.decision)
    // Without a readable one the Decision is read from the API when somebody asks for it.
    if (!parsed.success || !belongsTo(record, parsed.data)) return
    const known = { decidedAt: record.decidedAt, canRetry: canRetry(record, config) }
    const decision = redactDecision(parsed.data, known)
    await storage.commitRead(record.sessionId, record.seq, (current) =>
      current?.status === decision.status ? { ...current, decision: keepSteps(current, decision) } : current,
    )
  }

  function reportUnknown(status: SessionStatus): void {
    if (isKnownStatus(status) || /^[A-Z_]+$/.test(status) || reported.has(status) || reported.size > 100) return
    reported.add(status)
    logger.warn({ status: status.slice(0, 60) }, 'a status this version does not know; it counts as active')
  }

  function refuse(message: string): WebhookError {
    if (now() >= nextForgedLogAt) {
      nextForgedLogAt = now() + forgedLogMs
      logger.warn({}, `a webhook was refused: ${message} Further ones within the minute are not logged.`)
    }
    return new WebhookError('webhook-forged', message)
  }

  return routes
}

/** For an event that says nothing of its Session. */
const keep: RecordUpdate = (record) => record

function belongsTo(record: SessionRecord, decision: Decision): boolean {
  return decision.session_id.toLowerCase() === record.sessionId && normalizeStatus(decision.status) === record.status
}
