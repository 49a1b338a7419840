import { firstOf } from '../personas/people.ts'
import { scenarioOf } from '../sessions/session-scenario.ts'
import type { Finding, StoredSession } from '../sessions/sessions.ts'
import type { Feature, Workflow } from '../sessions/workflows.ts'

/** Level of a warning: `error` declines, `warning` asks for a review, `information` has no effect. */
export type RiskLevel = 'error' | 'warning' | 'information'

/** One finding of a check. */
export interface Risk {
  readonly feature: Feature
  /** Null where the vendor has no code for it. */
  readonly code: string | null
  readonly level: RiskLevel
}

/** Default reason for a declined check or a check in review. The questionnaire has no codes. */
const usual: Readonly<Record<Feature, { readonly error: string | null; readonly warning: string | null }>> = {
  ID_VERIFICATION: { error: 'DOCUMENT_EXPIRED', warning: 'DATA_INCONSISTENT' },
  NFC: { error: 'DATA_INCONSISTENT', warning: 'DATA_INCONSISTENT' },
  LIVENESS: { error: 'LIVENESS_FACE_ATTACK', warning: 'LOW_LIVENESS_SCORE' },
  FACE_MATCH: { error: 'LOW_FACE_MATCH_SIMILARITY', warning: 'LOW_FACE_MATCH_SIMILARITY' },
  AML: { error: 'POSSIBLE_MATCH_FOUND', warning: 'POSSIBLE_MATCH_FOUND' },
  IP_ANALYSIS: { error: 'IP_ADDRESS_IN_BLOCKLIST', warning: 'IP_ADDRESS_IN_BLOCKLIST' },
  AGE_ESTIMATION: { error: 'AGE_BELOW_MINIMUM', warning: 'LOW_LIVENESS_SCORE' },
  POA: { error: 'POA_DOCUMENT_EXPIRED', warning: 'NAME_MISMATCH_WITH_PROVIDED' },
  PHONE: { error: 'HIGH_RISK_PHONE_NUMBER', warning: 'VOIP_NUMBER_DETECTED' },
  EMAIL_VERIFICATION: { error: 'DISPOSABLE_EMAIL_DETECTED', warning: 'DISPOSABLE_EMAIL_DETECTED' },
  DATABASE_VALIDATION: { error: 'DATABASE_VALIDATION_NO_MATCH', warning: 'DATABASE_VALIDATION_PARTIAL_MATCH' },
  QUESTIONNAIRE: { error: null, warning: null },
  KYB_REGISTRY: { error: 'DATA_INCONSISTENT', warning: 'DATA_INCONSISTENT' },
  KYB_DOCUMENTS: { error: 'POOR_DOCUMENT_QUALITY', warning: 'POOR_DOCUMENT_QUALITY' },
  KYB_KEY_PEOPLE: { error: 'DATA_INCONSISTENT', warning: 'DATA_INCONSISTENT' },
}

const inBlocklist: Readonly<Record<Finding, readonly Feature[]>> = {
  FACE_IN_BLOCKLIST: ['LIVENESS', 'AGE_ESTIMATION'],
  ID_DOCUMENT_IN_BLOCKLIST: ['ID_VERIFICATION'],
  PHONE_NUMBER_IN_BLOCKLIST: ['PHONE'],
  EMAIL_IN_BLOCKLIST: ['EMAIL_VERIFICATION'],
}

const usualOf = ({ decidedBy, features }: Workflow, level: 'error' | 'warning'): Risk[] => {
  const at = (feature: Feature) => [{ feature, code: usual[feature][level], level }]
  const screening = features.includes('AML') ? at('AML') : []
  // A declined Session has an expired document, which the person may know, and a hit on a watch list, which nobody may
  // tell the person: code that redacts decisions thus has something to hide. A review concerns the watch list, if any.
  if (level === 'error') return [...at(decidedBy), ...screening]
  return screening.length > 0 ? screening : at(decidedBy)
}

/** Returns all findings of a Session. The reason for its status comes first. */
export function risksOf(session: StoredSession): readonly Risk[] {
  // An import has the findings of its original.
  const { workflow, findings } = firstOf(session)
  const { status } = session
  const hits = findings.flatMap((code) => {
    const feature = inBlocklist[code].find((one) => workflow.features.includes(one))
    return feature === undefined ? [] : [{ feature, code, level: 'error' as const }]
  })
  if (status !== 'Declined' && status !== 'In Review' && status !== 'Resubmitted') return []
  const level = status === 'Declined' ? 'error' : 'warning'
  if (hits.length > 0) return hits
  const planned = scenarioOf(firstOf(session))
  const risk = planned?.risk ?? null
  if (planned !== null && risk !== null && planned.status === status) return [{ ...risk, level }]
  return usualOf(workflow, level)
}
