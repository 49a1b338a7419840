import type { Snapshot } from '@didit-verify/core'
import { isDecided } from '@didit-verify/core/live-client'
import { emit } from './first-load.ts'

/** Returns a function that dispatches `didit-status` and `didit-decision` for a new Snapshot and the one before it. */
export function createAnnouncer(target: EventTarget): (session: Snapshot, before: Snapshot | null) => void {
  let lastDecision = ''
  return ({ sessionId, status, phase, settled, source, revision }, before) => {
    const previous = before?.sessionId === sessionId ? before.status : null
    const detail = { sessionId, status, previous, phase, settled, source, revision }
    // The creation of a Session is not a change of its status.
    if (status !== previous && (previous || source !== 'created')) emit(target, 'didit-status', detail)
    const decision = isDecided(status) && settled ? sessionId + status : ''
    if (decision && decision !== lastDecision) emit(target, 'didit-decision', detail)
    // A decision that only gets confirmed again is not announced again.
    if (decision || !isDecided(status)) lastDecision = decision
  }
}
