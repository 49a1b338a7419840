import type { JsonObject } from '../runtime/json.ts'
import type { FieldErrors } from '../sessions/create-request.ts'
import type { FieldReader } from './fields.ts'
import { createWarning } from './warnings.ts'
import { type Entry, entries, listed, matchKinds, matchOf, mediaDetailsOf } from './watch-list.ts'

/**
 * Screening of a name against an invented list. A word in the name selects the matching entry.
 *
 * The entry takes over the requested name, so the name always matches. Date of birth, country and document number are
 * those of the list, and are weighted as the vendor documents.
 *
 * @see Didit docs, "AML screening API": https://docs.didit.me/standalone-apis/aml-screening
 */

/** The options of the request. */
export interface ScreeningRequest {
  readonly name: string
  readonly entity: 'person' | 'company'
  readonly birthday: string | null
  readonly country: string | null
  readonly documentNumber: string | null
  readonly approveThreshold: number
  readonly reviewThreshold: number
  readonly weights: { readonly name: number; readonly birthday: number; readonly country: number }
  readonly matchThreshold: number
  readonly withMedia: boolean
  readonly isMonitored: boolean
}

/** Reads the fields of a request. The reader collects the errors of single fields. */
export function readScreeningRequest(reader: FieldReader): ScreeningRequest {
  const percent = { least: 0, most: 100 }
  const whole = { ...percent, whole: true }
  const country = reader.text('nationality')
  if (country !== null && !/^[A-Z]{2}$/.test(country)) {
    reader.addError('nationality', 'Use an ISO 3166-1 alpha-2 country code.')
  }
  return {
    name: reader.text('full_name', { required: true }) ?? '',
    entity: reader.choice('entity_type', ['person', 'company'], 'person'),
    birthday: reader.date('date_of_birth'),
    country,
    documentNumber: reader.text('document_number'),
    approveThreshold: reader.number('aml_score_approve_threshold', 80, percent),
    reviewThreshold: reader.number('aml_score_review_threshold', 100, percent),
    weights: {
      name: reader.number('aml_name_weight', 60, whole),
      birthday: reader.number('aml_dob_weight', 25, whole),
      country: reader.number('aml_country_weight', 15, whole),
    },
    matchThreshold: reader.number('aml_match_score_threshold', 93, whole),
    withMedia: reader.flag('include_adverse_media', false),
    isMonitored: reader.flag('include_ongoing_monitoring', false),
  }
}

/** Returns the errors that concern several fields. Null when there are none. */
export function crossFieldErrors(request: ScreeningRequest, isSaved: boolean): FieldErrors | null {
  const { weights, approveThreshold, reviewThreshold, isMonitored } = request
  const sum = weights.name + weights.birthday + weights.country
  const errors = [
    sum === 100 ? null : `Weights must add up to 100, not ${sum}.`,
    approveThreshold <= reviewThreshold
      ? null
      : `The approve threshold (${approveThreshold}) is above the review threshold (${reviewThreshold}).`,
    isMonitored && !isSaved ? 'Only what is saved can be monitored.' : null,
  ].filter((error) => error !== null)
  return errors.length > 0 ? { error: errors } : null
}

function breakdownOf({ weights, birthday, country, documentNumber }: ScreeningRequest) {
  const birthdayScore =
    birthday === null ? 0 : birthday === listed.birthday ? 100 : birthday.startsWith('1970') ? 50 : 0
  const countryScore = country === listed.country ? 100 : 0
  // Fields that were not sent are left out. The other weights are scaled to a sum of 100.
  const given = {
    name: weights.name,
    birthday: birthday === null ? 0 : weights.birthday,
    country: country === null ? 0 : weights.country,
  }
  const sum = given.name + given.birthday + given.country
  const share = (weight: number) => (sum === 0 ? 0 : Math.round((weight / sum) * 10_000) / 100)
  const [name, dob, nation] = [share(given.name), share(given.birthday), share(given.country)]
  const weighed = Math.round(name + (dob * birthdayScore) / 100 + (nation * countryScore) / 100)
  const isSame = documentNumber === listed.documentNumber
  const total = documentNumber === null ? weighed : isSame ? 100 : Math.max(0, weighed - 50)
  return {
    name_score: 100,
    name_weight: weights.name,
    name_weight_normalized: name,
    name_contribution: name,
    dob_score: birthdayScore,
    dob_weight: weights.birthday,
    dob_weight_normalized: dob,
    dob_contribution: (dob * birthdayScore) / 100,
    country_score: countryScore,
    country_weight: weights.country,
    country_weight_normalized: nation,
    country_contribution: (nation * countryScore) / 100,
    document_number_match_type: documentNumber === null ? 'NEUTRAL' : isSame ? 'MATCH' : 'HARD_MISMATCH',
    document_number_effect:
      documentNumber === null ? 'Nothing to compare' : isSame ? 'Overrides the score with 100' : 'Takes 50 off',
    total_score: total,
  }
}

function hitOf({ risk, datasets, kind, words }: Entry, request: ScreeningRequest): JsonObject & { counts: boolean } {
  const breakdown = breakdownOf(request)
  const counts = breakdown.total_score >= request.matchThreshold
  const source = `https://lists.example.org/${words[0]}/1`
  return {
    counts,
    id: `invented-${words[0]}-1`,
    url: source,
    match: false,
    score: breakdown.total_score / 100,
    target: null,
    caption: request.name,
    datasets,
    features: null,
    rca_name: '',
    first_seen: '2025-01-12T00:00:00',
    last_seen: '2026-09-30T00:00:00',
    match_score: breakdown.total_score,
    risk_score: risk,
    review_status: counts ? 'Unreviewed' : 'False Positive',
    risk_view: {
      crimes: { score: 0, weightage: 20, risk_level: 'Low', risk_scores: {} },
      countries: { score: 10, weightage: 30, risk_level: 'Low', risk_scores: { [listed.country]: 10 } },
      categories: { score: risk, weightage: 50, risk_level: 'High', risk_scores: { [datasets[0]]: risk } },
      custom_list: {},
    },
    score_breakdown: breakdown,
    properties: { name: [request.name], birthDate: [listed.birthday], notes: ['Invented by the emulator'] },
    ...Object.fromEntries(
      matchKinds.map((known) => [known, known === kind ? [matchOf(kind, request.name, source)] : []]),
    ),
    adverse_media_details: mediaDetailsOf(kind, request.entity),
    linked_entities: [],
    additional_information: {},
  }
}

/** Returns the block of the response. */
export function screenName(request: ScreeningRequest): JsonObject {
  const words = request.name.toLowerCase().split(/[^\p{Letter}]+/u)
  const found = entries.filter((entry) => {
    const isHit = entry.words.some((word) => words.includes(word))
    return isHit && (entry.kind !== 'adverse_media_matches' || request.withMedia)
  })
  const hits = found.map((entry) => hitOf(entry, request))
  const score = Math.max(0, ...found.map(({ risk }, index) => (hits[index]?.counts ? risk : 0)))
  const { approveThreshold, reviewThreshold } = request
  const status = score > reviewThreshold ? 'Declined' : score > approveThreshold ? 'In Review' : 'Approved'
  const isWarned = score !== 0 && score >= approveThreshold
  const logType = status === 'Declined' ? 'error' : status === 'In Review' ? 'warning' : 'information'
  return {
    status,
    total_hits: hits.length,
    entity_type: request.entity,
    hits: hits.map(({ counts: _counts, ...hit }) => hit),
    score,
    screened_data: {
      full_name: request.name,
      date_of_birth: request.birthday,
      nationality: request.country,
      document_number: request.documentNumber,
    },
    warnings: isWarned ? [createWarning('AML', 'POSSIBLE_MATCH_FOUND', logType)] : [],
  }
}
