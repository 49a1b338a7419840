import * as z from 'zod/mini'
import { flag, listOf, number, objectOf, openObject, text, texts } from '../tolerant.ts'
import { checkFields } from './check.ts'

/**
 * A questionnaire, with the answers at its questions.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */

const question = z.looseObject({
  uuid: text,
  value: text,
  /** `SHORT_TEXT`, `DROPDOWN`, `FILE_UPLOAD` and so on, in capitals; an open list. */
  element_type: text,
  title: text,
  description: text,
  placeholder: text,
  is_required: flag,
  /** The condition on an earlier answer, if any. */
  required_if: openObject,
  repeatable_config: openObject,
  /** Null for questions without a choice. */
  choices: listOf(z.looseObject({ label: text, value: text, requires_text_input: flag })),
  max_files: number,
  /** `value` is the chosen one, `text` what was written, `files` addresses that live for an hour. */
  answer: objectOf({ value: text, text, files: texts }),
})

const questionnaireResponse = z.looseObject({
  ...checkFields,
  questionnaire_id: text,
  questionnaire_group_id: text,
  version: number,
  published_at: text,
  title: text,
  description: text,
  languages: texts,
  default_language: text,
  is_active: flag,
  is_simple_questionnaire: flag,
  sections: listOf(z.looseObject({ title: text, description: text, items: listOf(question) })),
})

/** One questionnaire and its answers. */
export interface QuestionnaireResponse extends z.infer<typeof questionnaireResponse> {}

/** Reads one questionnaire and its answers. */
export const questionnaireResponseSchema: z.ZodMiniType<QuestionnaireResponse> = questionnaireResponse
