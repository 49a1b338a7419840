import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Json, JsonObject } from '../runtime/json.ts'
import type { Activity, Review } from './activity.ts'
import type { CreateRequest } from './create-request.ts'
import type { PersonRun } from './person-run.ts'
import type { Application, Workflow } from './workflows.ts'

/** A match with the blocklist. It declines a Session that would otherwise be approved. */
export type Finding =
  | 'FACE_IN_BLOCKLIST'
  | 'ID_DOCUMENT_IN_BLOCKLIST'
  | 'PHONE_NUMBER_IN_BLOCKLIST'
  | 'EMAIL_IN_BLOCKLIST'

/** A step to repeat, in the terms of the vendor's requests. */
export interface ResubmittedNode {
  readonly node_id: string
  readonly feature: string
}

/** One stored Session. */
export interface StoredSession {
  readonly sessionId: string
  readonly sessionNumber: number
  readonly token: string
  readonly url: string
  readonly application: Application
  readonly workflow: Workflow
  readonly request: CreateRequest
  readonly createdAt: number
  /** When its link expires, in epoch milliseconds. */
  expiresAt: number
  /** When the document of an approved Session expires, in epoch milliseconds. Null when it has none. */
  kycExpiresAt: number | null
  readonly reviews: Review[]
  /** All actions of reviewers and keys, oldest first. */
  readonly activities: Activity[]
  /** All statuses so far, oldest first. */
  readonly history: { readonly status: KnownSessionStatus; readonly at: number }[]
  /** The standalone check whose result it stores. Null for a Session with a hosted page. */
  readonly apiService: string | null
  /** The result of that check, by block of the decision. */
  apiBlocks: { readonly [block: string]: JsonObject }
  metadata: Json
  callback: string | null
  status: KnownSessionStatus
  /** Matches with the blocklist at the time it was finished. */
  findings: readonly Finding[]
  /** The steps to repeat. Empty again once the Session is finished. */
  resubmission: readonly ResubmittedNode[]
  /** The original in another application. Null when it was not imported. */
  readonly sharedFrom: StoredSession | null
  /** The status of the original at the import, which determines the checks. */
  readonly statusWhenShared: KnownSessionStatus | null
  /** True once the person has passed the start of the hosted page. An abandoned Session has data only then. */
  started: boolean
  /** The person's input on the hosted page. Absent before the first input. */
  run?: PersonRun
  /** The sandbox scenario that was set after the creation. */
  armedScenario?: string
}
