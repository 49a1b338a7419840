import type { Person } from '../personas/people.ts'
import type { Json } from '../runtime/json.ts'
import { nodeOf } from '../sessions/feature-names.ts'
import type { PersonRun } from '../sessions/person-run.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import type { Feature, Workflow } from '../sessions/workflows.ts'
import { type Risk, risksOf } from './risks.ts'

/** A JSON object as the vendor spells it. */
export type Block = { readonly [field: string]: Json }

/** Result of one check. */
export type CheckStatus = 'Approved' | 'Declined' | 'In Review' | 'Not Finished' | 'Expired'

/** Input from which every block of a decision is made. */
export interface Subject {
  readonly session: StoredSession
  readonly person: Person
  /** The Workflow that was run. The receiver of an import may have another one. */
  readonly workflow: Workflow
  /** The person's input, taken from the Session in which it was given. */
  readonly run: PersonRun
  /** Epoch milliseconds on the emulator's clock. */
  readonly now: number
}

/** Texts of the risk codes, for a reviewer. */
const texts: Readonly<Record<string, readonly [short: string, long: string]>> = {
  DOCUMENT_EXPIRED: ['Document expired', 'The date on the document lies in the past.'],
  COULD_NOT_RECOGNIZE_DOCUMENT: ['Document not recognised', 'The picture shows no document that is known.'],
  MRZ_VALIDATION_FAILED: ['MRZ not valid', 'A check digit of the machine readable lines does not fit its field.'],
  MINIMUM_AGE_NOT_MET: ['Below the minimum age', 'By the date of birth on the document the person is too young.'],
  DATA_INCONSISTENT: ['Data inconsistent', 'Two sources of the same field say different things.'],
  ID_DOCUMENT_IN_BLOCKLIST: ['Document on the blocklist', 'The document has been put on the blocklist.'],
  LIVENESS_FACE_ATTACK: ['Attack on the face check', 'The picture looks like a copy, a mask or a screen.'],
  LOW_LIVENESS_SCORE: ['Low liveness score', 'Whether a living person was in front of the camera is in doubt.'],
  AGE_BELOW_MINIMUM: ['Below the minimum age', 'The face looks younger than the Workflow allows.'],
  FACE_IN_BLOCKLIST: ['Face on the blocklist', 'The face has been put on the blocklist.'],
  LOW_FACE_MATCH_SIMILARITY: ['Low similarity', 'The selfie does not resemble the portrait enough.'],
  POSSIBLE_MATCH_FOUND: ['Possible match', 'The name resembles an entry of a watch list.'],
  POA_DOCUMENT_EXPIRED: ['Document too old', 'The proof is older than the Workflow allows.'],
  POOR_DOCUMENT_QUALITY: ['Poor quality', 'The document cannot be read well enough.'],
  ADDRESS_MISMATCH_WITH_PROVIDED: ['Address differs', 'The address on the proof is not the one that was expected.'],
  NAME_MISMATCH_WITH_PROVIDED: ['Name differs', 'The name on the proof is only partly the one that was expected.'],
  HIGH_RISK_PHONE_NUMBER: ['Number of high risk', 'The number has been used for fraud before.'],
  VOIP_NUMBER_DETECTED: ['Internet telephony', 'The number belongs to a provider of internet telephony.'],
  PHONE_NUMBER_IN_BLOCKLIST: ['Number on the blocklist', 'The number has been put on the blocklist.'],
  DISPOSABLE_EMAIL_DETECTED: ['Throw-away address', 'The address belongs to a provider of throw-away addresses.'],
  EMAIL_IN_BLOCKLIST: ['Address on the blocklist', 'The address has been put on the blocklist.'],
  IP_ADDRESS_IN_BLOCKLIST: ['Network on the blocklist', 'The network address has been put on the blocklist.'],
  DATABASE_VALIDATION_NO_MATCH: ['No match', 'The registry has nobody with these data.'],
  DATABASE_VALIDATION_PARTIAL_MATCH: ['Partial match', 'The registry agrees with a part of the data only.'],
}

/** Features that have another name in warnings. */
const warningNames: Partial<Readonly<Record<Feature, string>>> = {
  FACE_MATCH: 'FACEMATCH',
  POA: 'PROOF_OF_ADDRESS',
  EMAIL_VERIFICATION: 'EMAIL',
  IP_ANALYSIS: 'LOCATION',
  AGE_ESTIMATION: 'LIVENESS',
}

/** Result of one check of a Session, with its reasons. */
export interface Check {
  readonly nodeId: string
  readonly status: CheckStatus
  readonly warnings: readonly Block[]
  has(code: string): boolean
}

const statusFor = (risks: readonly Risk[]): CheckStatus => {
  if (risks.some(({ level }) => level === 'error')) return 'Declined'
  return risks.some(({ level }) => level === 'warning') ? 'In Review' : 'Approved'
}

/** Returns the result of a check. Two features that share a block have one result. */
export function checkOf({ session }: Subject, ...features: readonly [Feature, ...Feature[]]): Check {
  const nodeId = nodeOf(features[0])
  const risks = risksOf(session).filter(({ feature }) => features.includes(feature))
  const warnings = risks.flatMap(({ feature, code, level }): Block[] => {
    if (code === null) return []
    const [short, long] = texts[code] ?? [code, code]
    return [
      {
        feature: warningNames[feature] ?? feature,
        risk: code,
        additional_data: null,
        log_type: level,
        short_description: short,
        long_description: long,
        node_id: nodeId,
      },
    ]
  })
  return { nodeId, status: statusFor(risks), warnings, has: (code) => risks.some((risk) => risk.code === code) }
}

/** Returns the time of a step: a fixed number of seconds after the creation, so that each read returns the same. */
export const stepTime = ({ session }: Subject, seconds: number) => session.createdAt + seconds * 1000

/** Writes a time with microseconds and an offset, as the vendor does inside a block. */
export const offsetTime = (epochMs: number) => new Date(epochMs).toISOString().replace('Z', '000+00:00')
