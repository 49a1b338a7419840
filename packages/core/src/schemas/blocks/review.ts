import * as z from 'zod/mini'
import { text } from '../tolerant.ts'

const decisionReview = z.looseObject({
  /** An email address, `API Client` or `Unknown`. */
  user: text,
  new_status: text,
  comment: text,
  created_at: text,
})

/** A change of the status by a person or through the API. */
export interface DecisionReview extends z.infer<typeof decisionReview> {}

/** A change of the status by a person or through the API. */
export const decisionReviewSchema: z.ZodMiniType<DecisionReview> = decisionReview
