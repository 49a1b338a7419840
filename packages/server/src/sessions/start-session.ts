import { RequestError } from '@didit-verify/core/schemas'
import type { DiditCalls } from '../api/didit-api.ts'
import type { Config, DiditUser, WorkflowOptions } from '../config.ts'
import type { ApplicationStorage, SessionRecord } from '../storage/storage.ts'
import { createSessionCreator } from './create-session.ts'
import { decideStart } from './decide-start.ts'
import { readHostedUrl } from './hosted-url.ts'
import type { PendingDeletes } from './pending-deletes.ts'
import type { PendingReads } from './pending-reads.ts'
import { findCurrent, isOpen } from './select-current.ts'
import type { Caller, Start, StartInput } from './start-request.ts'
import type { WaysBack } from './ways-back.ts'
import { getWorkflow } from './workflow.ts'

// Didit tells the end of a Session's time only in a read, and the webhook about it may have been lost.
const unseenMs = 24 * 60 * 60_000

/** Starts a user's verification. One creation at a time for a user and workflow, however often it is called. */
export type StartSession = (user: DiditUser, input: StartInput, caller: Caller) => Promise<Start>

export interface StartSessionOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly calls: DiditCalls
  readonly reads: PendingReads
  readonly deletes: PendingDeletes
  /** Rejects when the storage cannot write now. */
  readonly checkStorage: () => Promise<void>
  readonly waysBack: WaysBack
  /** Called with each record that a start has made or changed. */
  readonly onChange: (record: SessionRecord) => void
}

/** Creates `startSession`, which resumes a Session where it can and creates one only where it must. */
export function createStartSession(options: StartSessionOptions): StartSession {
  const { config, storage, reads, waysBack, onChange } = options
  const { logger, now, environment } = config
  const createSession = createSessionCreator(options)
  const flights = new Map<string, { readonly returnTo: string | undefined; readonly start: Promise<Start> }>()

  return (user, input, caller) => {
    const key = JSON.stringify([user.userId, input.workflow])
    const known = flights.get(key)
    if (known && known.returnTo === input.returnTo) return known.start
    // Read on arrival, before the wait for the earlier start: an erasure from here on undoes this start.
    const mark = storage.getErasure({ userId: user.userId, environment })
    mark.catch(ignore)
    // A start with another way back waits: Didit has to be told, and the two must not overtake each other.
    const earlier = known?.start.then(ignore, ignore) ?? Promise.resolve()
    const flight = {
      returnTo: input.returnTo,
      start: earlier
        .then(async () => start(user, input, caller, await mark))
        .then((started) => {
          if (started.url !== null) waysBack.remember(user.userId, input.returnTo)
          return started
        })
        .finally(() => {
          if (flights.get(key) === flight) flights.delete(key)
        }),
    }
    flights.set(key, flight)
    return flight.start
  }

  async function start(user: DiditUser, input: StartInput, caller: Caller, mark: string | null): Promise<Start> {
    const workflow = getWorkflow(config, input.workflow)
    const { isGone, current } = await loadFresh(user, input, workflow)
    const { maxAgeDays, maxAttempts } = workflow
    const attempts = maxAttempts === undefined ? 0 : await countAttempts(user, input)
    const decision = decideStart({
      // An older version may have stored an address that nobody may be sent to: Didit is then asked again.
      current: current && { ...current, url: readHostedUrl(config, current.url) },
      attempts,
      maxAttempts,
      maxAgeDays,
      returnTo: input.returnTo,
      isGone,
      now: now(),
    })
    switch (decision.kind) {
      case 'nothing-to-do':
        return { record: decision.record, url: null, isNew: false }
      case 'resume':
        return { record: await keepReturnTo(decision.record, user, input), url: decision.url, isNew: false }
      case 'exhausted':
        throw new RequestError('attempts-exhausted', `All ${decision.maxAttempts} attempts have been used.`, {
          status: 409,
          help: 'Raise maxAttempts of the workflow, or let a reviewer decide in the console.',
        })
      case 'create': {
        const { previousRevision, ...created } = await createSession({ user, input, workflow, caller, mark })
        if (created.record.revision !== previousRevision) onChange(created.record)
        if (created.record.isReadPending) reads.schedule(created.record.sessionId)
        return created
      }
    }
  }

  /** Loads the user's Sessions, after a read at Didit when the stored status of the current one may be out of date. */
  async function loadFresh(user: DiditUser, input: StartInput, { maxAgeDays }: WorkflowOptions) {
    const owner = { userId: user.userId, workflow: input.workflow, environment }
    const load = async () => ({ current: await findCurrent(storage, owner, { maxAgeDays, now: now() }) })
    const loaded = await load()
    const { current } = loaded
    if (current === null || !isDoubtful(current) || !reads.refreshes.tryTake(current.sessionId)) {
      return { ...loaded, isGone: false }
    }
    try {
      await reads.read(current.sessionId)
      return { ...(await load()), isGone: false }
    } catch (err) {
      logger.warn({ err }, 'a read before a start failed')
      // Without an answer the stored status is the best there is.
      return { ...(await load()), isGone: (err as { code?: unknown }).code === 'didit-not-found' }
    }
  }

  /** Returns how many attempts the user has used, removed Sessions included. */
  async function countAttempts({ userId }: DiditUser, { workflow }: StartInput): Promise<number> {
    const owner = { userId, workflow, environment }
    const [stored, removed] = await Promise.all([storage.countSessions(owner), storage.countSpent(owner)])
    return stored + removed
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

  /** True when a read is pending, or when the address of the hosted page may not work any more. */
  function isDoubtful(record: SessionRecord): boolean {
    const isOverdue = record.expiresAt !== null && record.expiresAt <= now()
    const isLongUnseen = now() - record.to * 1000 > unseenMs
    return record.isReadPending || (isOpen(record) && (isOverdue || isLongUnseen))
  }
}

function removedMeanwhile(): RequestError {
  return new RequestError('session-not-found', 'The Session was removed just now.', { status: 404 })
}

const ignore = () => {}
