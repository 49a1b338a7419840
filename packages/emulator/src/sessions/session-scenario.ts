import { type PlannedOutcome, planOutcome } from './scenarios.ts'
import type { StoredSession } from './stored-session.ts'

/** Returns the scenario of a Session: the one it was armed with, or else the one named at its creation. */
export const scenarioSlugOf = (session: StoredSession) => session.armedScenario ?? session.request.sandboxScenario

/** Returns the outcome that follows once the person has submitted. Null when it has to be chosen by hand. */
export const scenarioOf = (session: StoredSession): PlannedOutcome | null =>
  planOutcome(scenarioSlugOf(session), session.workflow)
