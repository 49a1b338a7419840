import { type CreateSessionRequest, normalizeStatus, RequestError } from '@didit-verify/core/schemas'
import type { DiditCalls } from '../api/didit-api.ts'
import type { Config, DiditUser, WorkflowOptions } from '../config.ts'
import { networkOf } from '../http/client-address.ts'
import { createLimiter } from '../http/limiter.ts'
import { isLoopback } from '../http/loopback.ts'
import type { ApplicationStorage, SessionRecord } from '../storage/storage.ts'
import { applyCreation, isValidApproval } from './apply.ts'
import { toDiditLanguage } from './language.ts'
import { creationInterval, readInterval } from './order.ts'
import type { PendingDeletes } from './pending-deletes.ts'
import type { PendingReads } from './pending-reads.ts'
import { isAwaited, isOpen, selectCurrent } from './select-current.ts'
import { askForDetails } from './session-details.ts'

// Didit tells when a Session ends only in a read, and the webhook of its end may have been lost.
const unseenMs = 24 * 60 * 60_000

/** What the browser asked for. */
export interface StartInput {
  readonly workflow: string
  readonly language?: string | undefined
  /** Absolute, and of an allowed origin. */
  readonly returnTo?: string | undefined
}

/** Who asked, beside the user. */
export interface Caller {
  readonly request: Request
  /** Null where nobody knows. */
  readonly address: string | null
  /** Our own page to which Didit shall lead back. */
  readonly callback: string
}

/** The same, with the user's newest erasure as it was when they asked: `bind` compares it. */
type MarkedCaller = Caller & { readonly mark: string | null }

export interface Start {
  readonly record: SessionRecord
  /** Where the person verifies; null when there is nothing to do. */
  readonly url: string | null
  readonly isNew: boolean
}

/** Starts a user's verification: at most one creation at a time for a user and workflow, however often asked. */
export type StartSession = (user: DiditUser, input: StartInput, caller: Caller) => Promise<Start>

export interface StartSessionOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly calls: DiditCalls
  readonly reads: PendingReads
  readonly deletes: PendingDeletes
  /** Called with each record that a start has made or changed. */
  readonly onChange: (record: SessionRecord) => void
}

/** Creates `startSession`, which resumes where it can and creates a Session, which costs money, only where it must. */
export function createStartSession(options: StartSessionOptions): StartSession {
  const { config, storage, calls, reads, deletes, onChange } = options
  const { logger, now } = config
  const flights = new Map<string, { readonly returnTo: string | undefined; readonly start: Promise<Start> }>()
  const { createsPerMinute, createsPerMinutePerAddress } = config.limits
  const users = createLimiter({ perMinute: createsPerMinute, now })
  const addresses = createLimiter({ perMinute: createsPerMinutePerAddress, now })
  let wasCrowded = false

  return (user, input, caller) => {
    const key = JSON.stringify([user.userId, input.workflow])
    const known = flights.get(key)
    if (known && known.returnTo === input.returnTo) return known.start
    // Taken on arrival and not in its turn: an erasure from here on undoes this start.
    const mark = storage.getErasure({ userId: user.userId, environment: config.environment })
    mark.catch(ignore)
    // Another way back waits for its turn: Didit has to be told, and the two must not overtake each other.
    const earlier = known?.start.then(ignore, ignore) ?? Promise.resolve()
    const flight = {
      returnTo: input.returnTo,
      start: earlier
        .then(async () => start(user, input, { ...caller, mark: await mark }))
        .finally(() => {
          if (flights.get(key) === flight) flights.delete(key)
        }),
    }
    flights.set(key, flight)
    return flight.start
  }

  async function start(user: DiditUser, input: StartInput, caller: MarkedCaller): Promise<Start> {
    const workflow = getWorkflow(config, input.workflow)
    const { maxAgeDays, maxAttempts = Number.POSITIVE_INFINITY } = workflow
    const load = async () => {
      const all = await storage.listSessions({ userId: user.userId, workflow: input.workflow })
      const records = all.filter((record) => record.environment === config.environment)
      return { records, current: selectCurrent(records, { maxAgeDays, now: now() }) }
    }

    let { records, current } = await load()
    let isGone = false
    if (current !== null && isDoubtful(current) && reads.refreshes.tryTake(current.sessionId)) {
      try {
        await reads.read(current.sessionId)
      } catch (err) {
        // Without an answer the stored status is the best there is.
        isGone = (err as { code?: unknown }).code === 'didit-not-found'
        logger.warn({ err }, 'a read before a start failed')
      }
      ;({ records, current } = await load())
    }
    if (current !== null && (isValidApproval(current, maxAgeDays, now()) || isAwaited(current))) {
      return { record: current, url: null, isNew: false }
    }
    const removed =
      maxAttempts === Number.POSITIVE_INFINITY
        ? 0
        : await storage.countSpent({ userId: user.userId, workflow: input.workflow, environment: config.environment })
    const isExhausted = records.length + removed >= maxAttempts
    if (current !== null && isOpen(current) && !isGone) {
      // Didit keeps one callback per Session, our own page on the site of the way back. Another one, or none, has to be
      // told, and asking again is how; where it leads from there is ours to remember.
      const isTold = siteOf(current.returnTo) === siteOf(input.returnTo)
      if (current.url !== null && (isTold || isExhausted)) {
        return { record: await keepReturnTo(current, user, input), url: current.url, isNew: false }
      }
    } else if (isExhausted) {
      throw new RequestError('attempts-exhausted', `All ${maxAttempts} attempts have been used.`, {
        status: 409,
        help: 'Raise maxAttempts of the workflow, or let a reviewer decide in the console.',
      })
    }
    return create(user, input, workflow, caller)
  }

  async function keepReturnTo(record: SessionRecord, { userId }: DiditUser, input: StartInput): Promise<SessionRecord> {
    const returnTo = input.returnTo ?? null
    if (record.returnTo === returnTo) return record
    const kept = await storage.bind(record.sessionId, { userId, workflow: input.workflow }, (known) => {
      if (known !== null && known.userId === userId) return { ...known, returnTo }
      throw removedMeanwhile()
    })
    if (kept === null) throw removedMeanwhile()
    return kept
  }

  /** True when somebody may have to be sent to an address that no longer works, or a read is owed anyway. */
  function isDoubtful(record: SessionRecord): boolean {
    const isOverdue = record.expiresAt !== null && record.expiresAt <= now()
    const isLongUnseen = now() - record.to * 1000 > unseenMs
    return record.isReadPending || (isOpen(record) && (isOverdue || isLongUnseen))
  }

  /** Both before either is charged: what is refused costs nothing. */
  function checkLimits({ userId }: DiditUser, place: string | null): void {
    users.check(userId)
    try {
      if (place !== null) addresses.check(place)
    } catch (refusal) {
      // Once: it may be the first that anybody hears of a proxy that makes one address of everybody.
      if (!wasCrowded) logger.warn({}, 'one address creates too many Sessions; behind a proxy, set trustProxy')
      wasCrowded = true
      throw refusal
    }
  }

  async function create(
    user: DiditUser,
    input: StartInput,
    workflow: WorkflowOptions,
    { request, address, callback, mark }: MarkedCaller,
  ): Promise<Start> {
    const vendorData = readVendorData(config, user)
    const place = placeOf(address)
    checkLimits(user, place)
    const details = await askForDetails(config.session, { user, workflow: input.workflow, request })
    checkLimits(user, place)
    users.take(user.userId)
    if (place !== null) addresses.take(place)
    const language = toDiditLanguage(input.language)
    const body = {
      workflow_id: workflow.id,
      ...details,
      vendor_data: vendorData,
      ...(language ? { language } : {}),
      // In a frame it would navigate the frame away, so only who leaves the page gets one.
      ...(input.returnTo ? { callback, callback_method: 'both' as const } : {}),
    }
    const owner = { userId: user.userId, workflow: input.workflow }
    const erasure = { environment: config.environment, mark }
    for (let isRepeated = false; ; isRepeated = true) {
      const { creation, isUntouched } = await callDidit(body, input)
      let isNew = isUntouched
      let before: number | undefined
      const record = await storage.bind(creation.sessionId, { ...owner, erasure }, (known, earlier) => {
        before = known?.revision
        isNew = isUntouched && (known === null || known.userId === null)
        return applyCreation(known, creation, { ...owner, earlier }, now())
      })
      if (record !== null) {
        if (record.revision !== before) onChange(record)
        if (record.isReadPending) reads.schedule(record.sessionId)
        return { record, url: creation.url, isNew }
      }
      await undo(creation.sessionId, user, mark)
      // Until its delete was paid, Didit handed back the erased Session. Now it makes another, or is not well.
      if (isRepeated) throw erasedMeanwhile()
    }
  }

  async function callDidit(body: CreateSessionRequest, input: StartInput) {
    const { data, meta } = await calls.sessions.create(body)
    const { url } = data
    if (!url) {
      throw new RequestError('didit-answer-invalid', 'Didit created a Session but did not tell its address.', {
        status: 201,
        help: 'The API key may not write Sessions: give it that right in the console.',
      })
    }
    const isUntouched = data.status === 'Not Started'
    const interval = (isUntouched ? creationInterval : readInterval)(meta.dateSeconds, meta.elapsedMs)
    const creation = {
      kind: 'read' as const,
      status: normalizeStatus(data.status),
      ...interval,
      sessionId: data.session_id.toLowerCase(),
      workflowId: body.workflow_id,
      environment: config.environment,
      url,
      returnTo: input.returnTo ?? null,
    }
    return { creation, isUntouched }
  }

  /**
   * Has Didit forget a Session that must not be bound: its user was erased while the start was under way, or before and
   * Didit has not been told yet.
   *
   * @throws {RequestError} `session-not-found` in the first case, `didit-unavailable` when Didit does not delete it.
   */
  async function undo(sessionId: string, { userId }: DiditUser, mark: string | null): Promise<void> {
    const { environment } = config
    const pendingDelete = await storage.addPendingDelete({ sessionId, userId, environment, now: now() })
    // Bound since by a start that came after the erasure, or somebody else's: not ours to delete.
    if (pendingDelete === null) throw erasedMeanwhile()
    const isDone = await deletes.run(pendingDelete)
    if ((await storage.getErasure({ userId, environment })) !== mark) throw erasedMeanwhile()
    if (isDone) return
    throw new RequestError('didit-unavailable', 'Didit has not deleted the erased Session of this user yet.', {
      status: 503,
      help: 'It is tried again by itself; the log has the reason.',
    })
  }
}

function removedMeanwhile(): RequestError {
  return new RequestError('session-not-found', 'The Session was removed just now.', { status: 404 })
}

function erasedMeanwhile(): RequestError {
  return new RequestError('session-not-found', 'The verification was erased while it was being started.', {
    status: 404,
  })
}

/** @throws {RequestError} `unknown-workflow` for an alias that the host does not offer. */
export function getWorkflow(config: Pick<Config, 'workflows'>, alias: string): WorkflowOptions {
  const workflow = config.workflows.get(alias)
  if (workflow !== undefined) return workflow
  throw new RequestError('unknown-workflow', 'No workflow of this name is offered.', {
    status: 400,
    issues: [{ path: 'workflow', message: 'Expected an alias from the option workflows of the server.' }],
    help: 'Send an alias from the option workflows, not the id of the workflow; without one, `default` is meant.',
  })
}

const ignore = () => {}

const siteOf = (address: string | null | undefined): string | null => (address ? new URL(address).origin : null)

/** Where the caller is, for counting. This very machine is no place: a proxy that is not trusted, or a developer. */
function placeOf(address: string | null): string | null {
  return address === null || isLoopback(address) ? null : networkOf(address)
}

// Didit hands back the unfinished Session of the same vendor_data, so a value that many users share would put them
// into one Session. These are what unset variables turn into.
const shared: readonly unknown[] = ['', 'undefined', 'null', '[object Object]', 'NaN']

function readVendorData(config: Config, user: DiditUser): string {
  const value = config.vendorData(user)
  if (typeof value === 'string' && !shared.includes(value.trim())) return value
  throw new TypeError('The option vendorData must return a string of its own for every user.')
}
