import { type Decision, normalizeStatus, RequestError, type Snapshot } from '@didit-verify/core/schemas'
import type { DiditCalls } from '../api/didit-api.ts'
import type { Answer } from '../api/request.ts'
import type { Config } from '../config.ts'
import { checkAnswer, type PendingReads } from '../sessions/pending-reads.ts'
import { toSnapshot } from '../sessions/snapshot.ts'
import type { ApplicationStorage, SessionRecord } from '../storage/storage.ts'

/** Data that this server stores about a Session. All fields are null when it stores nothing. */
export interface Known {
  /** Its `workflow` is empty when the Session does not belong to a user. */
  readonly snapshot: Snapshot | null
  readonly userId: string | null
  /** The alias. */
  readonly workflow: string | null
}

/** Sessions as staff see them: Didit's data together with ours. */
export interface StaffView {
  /** Returns the stored record. Returns null when this environment has none. */
  find(sessionId: string): Promise<SessionRecord | null>
  /** Returns the data of a record that staff get. */
  describe(record: SessionRecord | null): Known
  /**
   * Reads the whole Decision from Didit and applies it to the record, so that the person's screen is updated too.
   *
   * @throws {RequestError} `session-not-found` for a Session that was erased here, else a `didit-…` code.
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

  /** Stores the result of a read, if it is new, and returns the record. */
  async function update(before: SessionRecord | null, answer: Answer<Decision>): Promise<SessionRecord | null> {
    // A read without news is not stored. Its interval could overlap with that of a decision a few seconds later: the two
    // could not be ordered, and the person's screen would wait for another read.
    const isNews = before !== null && (before.isReadPending || !agrees(before, answer.data))
    // An event that arrived in between has its own interval. The next read confirms it.
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
      // An erased Session is never shown, even if Didit has not deleted it yet.
      if (before === null && (await storage.isForgotten(sessionId))) throw forgotten()
      // Always a new read: one in progress may have begun before the last change by this staff member.
      const answer = await calls.sessions.retrieveDecision(sessionId, { signal })
      checkAnswer(config, sessionId, answer)
      const after = await update(before, answer)
      if (before !== null && after === null && (await storage.isForgotten(sessionId))) throw forgotten()
      if (after?.isReadPending) reads.schedule(sessionId)
      return { decision: answer.data, record: after }
    },
  }
}

/** Returns true when the record already contains the status of the Decision. */
function agrees({ status, decision }: SessionRecord, { status: found }: Decision): boolean {
  return status === normalizeStatus(found) && decision?.status === status
}

function forgotten(): RequestError {
  return new RequestError('session-not-found', 'The Session was erased.', { status: 404 })
}
