import * as z from 'zod/mini'
import { flag, itemsOf, listOf, number, objectOf, openObject, text, texts, tolerant } from '../tolerant.ts'

/** An entry of a watch list that may be the person. Nearly every field is null for nearly every list. */

const riskPart = objectOf({ score: number, weightage: number, risk_level: text, risk_scores: openObject })

/** One text or several: Didit's reference and its page on the report differ, so both are read. */
const textOrTexts = tolerant(z.union([z.string(), itemsOf(z.string())]))

/** The list's own data of the person. Its keys are partly in camel case: that is how they arrive. */
const properties = objectOf({
  name: textOrTexts,
  firstName: textOrTexts,
  lastName: textOrTexts,
  alias: textOrTexts,
  weakAlias: textOrTexts,
  title: textOrTexts,
  gender: textOrTexts,
  birthDate: textOrTexts,
  birthPlace: textOrTexts,
  nationality: textOrTexts,
  citizenship: textOrTexts,
  country: textOrTexts,
  address: textOrTexts,
  position: textOrTexts,
  education: textOrTexts,
  religion: textOrTexts,
  ethnicity: textOrTexts,
  height: textOrTexts,
  weight: textOrTexts,
  eyeColor: textOrTexts,
  hairColor: textOrTexts,
  notes: textOrTexts,
  topics: textOrTexts,
  keywords: textOrTexts,
  website: textOrTexts,
  wikidataId: textOrTexts,
  modifiedAt: textOrTexts,
})

/** Parts of `match_score`, each with its weight. Scores are from 0 to 100; those of birth date and country start at -100. */
const scoreBreakdown = objectOf({
  name_score: number,
  name_weight: number,
  name_weight_normalized: number,
  name_contribution: number,
  dob_score: number,
  dob_weight: number,
  dob_weight_normalized: number,
  dob_contribution: number,
  country_score: number,
  country_weight: number,
  country_weight_normalized: number,
  country_contribution: number,
  /** `MATCH`, `NEUTRAL` or `HARD_MISMATCH`. */
  document_number_match_type: text,
  document_number_effect: text,
  total_score: number,
})

const pepMatch = z.looseObject({
  list_name: text,
  publisher: text,
  source_url: text,
  other_sources: texts,
  description: text,
  matched_name: text,
  aliases: texts,
  pep_position: text,
  education: texts,
  date_of_birth: text,
  place_of_birth: text,
})

const warningMatch = z.looseObject({
  list_name: text,
  publisher: text,
  source_url: text,
  other_sources: texts,
  description: text,
  matched_name: text,
  countries: texts,
  created_at: text,
  updated_at: text,
  additional_data: objectOf({ data: objectOf({ case_details: listOf(z.looseObject({ case_type: text })) }) }),
})

const sanctionMatch = z.looseObject({
  list_name: textOrTexts,
  source_url: text,
  other_sources: texts,
  description: text,
  matched_name: text,
  reason: text,
  details: texts,
  legal_basis: texts,
  listed_on: texts,
  updated_on: texts,
  sanction_list: texts,
  sanction_program: texts,
  sanctioning_authority: texts,
  additional_data: openObject,
})

const mediaMatch = z.looseObject({
  headline: text,
  summary: text,
  country: text,
  author_name: text,
  publication_date: text,
  source_url: text,
  other_sources: texts,
  thumbnail: text,
  sentiment: text,
  sentiment_score: number,
  adverse_keywords: texts,
})

const amlHit = z.looseObject({
  id: text,
  url: text,
  caption: text,
  /** `PEP`, `PEP Level 1` to `4`, `Sanctions`, `Adverse Media` and so on; an open list. */
  datasets: texts,
  match: flag,
  target: flag,
  /** From 0 to 1. Superseded by `match_score`. */
  score: number,
  /** Probability that the person is the one on the list, from 0 to 100. */
  match_score: number,
  /** Severity if it is the same person, from 0 to 100. */
  risk_score: number,
  score_breakdown: scoreBreakdown,
  /** `Unreviewed`, `Confirmed Match`, `False Positive` or `Inconclusive`. */
  review_status: text,
  /** The person whose relative or associate this one is. */
  rca_name: text,
  /** Without a zone, as `last_seen`. */
  first_seen: text,
  last_seen: text,
  features: openObject,
  properties,
  risk_view: objectOf({ crimes: riskPart, countries: riskPart, categories: riskPart, custom_list: openObject }),
  pep_matches: listOf(pepMatch),
  warning_matches: listOf(warningMatch),
  sanction_matches: listOf(sanctionMatch),
  adverse_media_matches: listOf(mediaMatch),
  adverse_media_details: objectOf({
    sentiment: text,
    sentiment_score: number,
    entity_type: text,
    /** Number of occurrences of each word. */
    adverse_keywords: tolerant(z.record(z.string(), number)),
  }),
  linked_entities: listOf(
    z.looseObject({ name: texts, active: texts, status: texts, details: texts, relation: texts }),
  ),
  additional_information: openObject,
})

/** One hit: an entry of a watch list that may be the person. */
export interface AmlHit extends z.infer<typeof amlHit> {}

/** One hit. */
export const amlHitSchema: z.ZodMiniType<AmlHit> = amlHit
