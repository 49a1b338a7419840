import * as z from 'zod/mini'
import { pageFields } from './page.ts'
import { anyJson, listOf, openObject, text, texts } from './tolerant.ts'

/**
 * Didit's answer to a reviewer's decision, and the feed of such decisions.
 *
 * @see Didit docs, "Update status": https://docs.didit.me/sessions-api/update-status
 */

/** The answer to `PATCH /v3/session/:id/update-status/`. The new status is not in it: it comes with a webhook. */
export const updatedSessionSchema = z.looseObject({ session_id: z.guid() })

/** A Session whose status was set. */
export type UpdatedSession = z.infer<typeof updatedSessionSchema>

const sessionActivity = z.looseObject({
  uuid: text,
  /** `STATUS_UPDATED`, `COMMENT`, `KYC_DATA_UPDATED` and so on; an open list. */
  activity_type: text,
  /** `API_KEY`, `CONSOLE_USER` or `SYSTEM`. */
  actor_type: text,
  actor_display: text,
  /** Null for all but users of the console. */
  actor_email: text,
  /** Null where the status did not change. */
  new_status: text,
  previous_status: text,
  comment: text,
  mentioned_emails: texts,
  previous_value: openObject,
  new_value: openObject,
  changed_fields: texts,
  metadata: anyJson,
  created_at: text,
})

/** One entry of the feed. */
export interface SessionActivity extends z.infer<typeof sessionActivity> {}

/** One entry of the feed: a change of the status, a comment, or a change of the data. */
export const sessionActivitySchema: z.ZodMiniType<SessionActivity> = sessionActivity

/** The answer to `GET /v3/sessions/:id/reviews/`. */
export const sessionActivityPageSchema = z.looseObject({ ...pageFields, results: listOf(sessionActivitySchema) })

/** One page of the feed. */
export type SessionActivityPage = z.infer<typeof sessionActivityPageSchema>
