import { type Decision, normalizeStatus, RequestError, type Snapshot } from '@didit-verify/core/schemas'
import type { DiditCalls } from '../api/didit-api.ts'
import type { Answer } from '../api/request.ts'
import type { Config } from '../config.ts'
import { checkAnswer, type PendingReads } from '../sessions/pending-reads.ts'
import { toSnapshot } from '../sessions/snapshot.ts'
import type { ApplicationStorage, SessionRecord } from '../storage/storage.ts'

/** What this server knows of a Session beside Didit. All null: nothing. */
export interface Known {
  /** Of a Session that is bound to nobody its `workflow` is empty. */
  readonly snapshot: Snapshot | null
  readonly userId: string | null
  /** The alias. */
  readonly workflow: string | null
}

/** Sessions as staff see them: Didit's word beside ours. */
export interface StaffView {
  /** The record of this environment; null when there is none. */
  find(sessionId: string): Promise<SessionRecord | null>
  /** What is said of a record. */
  describe(record: SessionRecord | null): Known
  /**
   * Reads a Session whole, and folds what came back into the record, so that the person's screen moves, too.
   *
   * @throws {RequestError} `session-not-found` for one that was erased here, else a `didit-…` code.
   */
  look(
    sessionId: string,
    signal?: AbortSignal,
  ): Promise<{ readonly decision: Decision; readonly record: SessionRecord | null }>
}

export interface StaffViewOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly reads: PendingReads
  readonly calls: Pick<DiditCalls, 'sessions'>
}

/** Creates the view of one server. */
export function createStaffView({ config, storage, reads, calls }: StaffViewOptions): StaffView {
  async function find(sessionId: string): Promise<SessionRecord | null> {
    const record = await storage.getSession(sessionId)
    return record?.environment === config.environment ? record : null
  }

  /** What is stored after a read. */
  async function update(before: SessionRecord | null, answer: Answer<Decision>): Promise<SessionRecord | null> {
    // A look that finds nothing new must not take up a moment in the order of things: whoever looks and decides within
    // the next seconds would have made two facts that cannot be told apart, and the person's screen would wait.
    const isNews = before !== null && (before.isReadPending || !agrees(before, answer.data))
    // An event that came in between has its own place in that order; the next read confirms it.
    const after = isNews ? await reads.commit(before, answer) : null
    return after ?? find(answer.data.session_id.toLowerCase())
  }

  return {
    find,
    describe: (record) => ({
      snapshot: record && toSnapshot(record, config),
      userId: record?.userId ?? null,
      workflow: record?.workflow ?? null,
    }),
    async look(sessionId, signal) {
      const before = await find(sessionId)
      // Of somebody who was erased nothing is shown, though Didit may not have deleted it yet.
      if (before === null && (await storage.isForgotten(sessionId))) throw forgotten()
      // A read of its own: one that is under way may have begun before whatever this member of the staff has just done.
      const answer = await calls.sessions.retrieveDecision(sessionId, { signal })
      checkAnswer(config, sessionId, answer)
      const after = await update(before, answer)
      if (before !== null && after === null && (await storage.isForgotten(sessionId))) throw forgotten()
      if (after?.isReadPending) reads.schedule(sessionId)
      return { decision: answer.data, record: after }
    },
  }
}

/** True when nothing of a Decision is missing in what is stored. */
function agrees({ status, decision }: SessionRecord, { status: found }: Decision): boolean {
  return status === normalizeStatus(found) && decision?.status === status
}

function forgotten(): RequestError {
  return new RequestError('session-not-found', 'The Session was erased.', { status: 404 })
}
