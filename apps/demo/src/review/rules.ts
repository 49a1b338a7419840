import { isKnownStatus } from '@didit-verify/core'
import type { DecisionBlock } from '@didit-verify/core/schemas'
import type { DeskTexts } from './texts/en.ts'

/**
 * Didit's rules about the actions that each status allows, so that a button can say beforehand that Didit would refuse.
 * Didit still decides.
 *
 * @see Didit docs, "Update status": https://docs.didit.me/sessions-api/update-status
 */

/** A verdict of a reviewer. */
export type Verdict = 'Approved' | 'Declined' | 'Resubmitted'

/** The reason why something is not possible: the name of a text. Null: it is possible. */
export type Obstacle = keyof DeskTexts['actions']['rules'] | null

const decidable: readonly string[] = ['Approved', 'Declined', 'In Review', 'Kyc Expired', 'Abandoned', 'Resubmitted']
const shareable: readonly string[] = ['Approved', 'Declined', 'In Review']

const already = { Approved: 'approved', Declined: 'declined', Resubmitted: 'resubmitted' } as const

export function obstacleTo(verdict: Verdict, status: string): Obstacle {
  if (status === verdict) return already[verdict]
  if (decidable.includes(status)) return null
  if (status === 'Expired') return 'expired'
  return isKnownStatus(status) ? 'unfinished' : 'unknown'
}

export function obstacleToPdf(status: string, kind: string): Obstacle {
  if (shareable.includes(status)) return null
  return status === 'Kyc Expired' && kind !== 'business' ? null : 'pdf'
}

export const obstacleToShare = (status: string): Obstacle => (shareable.includes(status) ? null : 'share')

/** The blocks of a decision in the order in which a reviewer reads them, and what each is called in a resubmission. */
export const blockFeatures = {
  id_verifications: 'OCR',
  nfc_verifications: 'NFC',
  liveness_checks: 'LIVENESS',
  face_matches: 'FACE_MATCH',
  poa_verifications: 'PROOF_OF_ADDRESS',
  phone_verifications: 'PHONE_VERIFICATION',
  email_verifications: 'EMAIL_VERIFICATION',
  questionnaire_responses: 'QUESTIONNAIRE',
  document_ai_documents: 'DOCUMENT_AI',
  aml_screenings: 'AML',
  database_validations: 'DATABASE_VALIDATION',
  ip_analyses: 'IP_ANALYSIS',
  document_verifications: 'KYB_DOCUMENTS',
  // Didit refuses these two in a resubmission.
  registry_checks: null,
  key_people_checks: null,
} as const satisfies Readonly<Record<DecisionBlock, string | null>>

export type BlockName = keyof typeof blockFeatures
export const blockNames = Object.keys(blockFeatures) as BlockName[]

/** The steps that Didit takes again without the person. */
const byItself: readonly string[] = ['AML', 'DATABASE_VALIDATION', 'IP_ANALYSIS']
/** Statuses of the steps that Didit picks when the request names none. */
const unhappy: readonly string[] = ['Declined', 'In Review', 'Not Finished', 'Expired']

/** A step that can be asked for again. */
export interface Step {
  readonly nodeId: string
  readonly feature: string
  readonly block: BlockName
  readonly status: string | null
  /** It runs again without the person. */
  readonly isByItself: boolean
  /** Whether it is worth repeating, as far as one can tell. */
  readonly isSuggested: boolean
}

/** All steps of a decision that can be repeated; one that has run twice is there once. */
export function stepsOf(decision: Readonly<Record<string, unknown>>): Step[] {
  const found = new Map<string, Step>()
  for (const block of blockNames) {
    const feature = blockFeatures[block]
    const items = decision[block]
    if (feature === null || !Array.isArray(items)) continue
    for (const item of items as { node_id?: unknown; status?: unknown }[]) {
      if (typeof item?.node_id !== 'string') continue
      const status = typeof item.status === 'string' ? item.status : null
      const isByItself = byItself.includes(feature)
      const isSuggested = status !== null && unhappy.includes(status)
      found.set(`${item.node_id} ${feature}`, { nodeId: item.node_id, feature, block, status, isByItself, isSuggested })
    }
  }
  return [...found.values()]
}
