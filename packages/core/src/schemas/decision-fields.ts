import * as z from 'zod/mini'
import { decisionReviewSchema } from './blocks/review.ts'
import { anyJson, listOf, number, text } from './tolerant.ts'

/** The outer level of a Decision, which older versions share. */
export const decisionFields = {
  session_id: z.guid(),
  status: z.string().check(z.minLength(1)),
  session_number: number,
  /** A secret. Null for keys that may not write Sessions, and for imported Sessions. */
  session_url: text,
  workflow_id: text,
  /** The features of the Workflow, including those that have not run. With `include=events` the items are objects. */
  features: listOf(z.union([z.string(), z.looseObject({ feature: text, node_id: text })])),
  vendor_data: text,
  /** Any JSON, as it was sent when the Session was created. */
  metadata: anyJson,
  callback: text,
  /** Newest last; empty at first. */
  reviews: listOf(decisionReviewSchema),
  created_at: text,
  /** Null without a configured expiry, and for business Sessions. */
  expires_at: text,
}
