import { isObject, type Json } from './json.ts'
import type { StoredSession } from './sessions.ts'
import type { Feature } from './workflows.ts'

/**
 * The single checks of a decision, filled with people who do not exist.
 *
 * Everybody is Ada Exemplar of Utopia (`UTO`, the specimen country of travel documents), unless `expected_details`
 * named somebody.
 */

/** A JSON object as the vendor spells it. */
export type Block = { readonly [field: string]: Json }

/** How one check came out, given the whole. */
export type CheckStatus = 'Approved' | 'Declined' | 'In Review' | 'Not Finished'

const nodes: Readonly<Record<Feature, string>> = {
  ID_VERIFICATION: 'feature_ocr_1',
  LIVENESS: 'feature_liveness_1',
  FACE_MATCH: 'feature_face_match_1',
  AML: 'feature_aml_1',
  IP_ANALYSIS: 'feature_ip_1',
  AGE_ESTIMATION: 'feature_age_1',
  POA: 'feature_poa_1',
  QUESTIONNAIRE: 'feature_questionnaire_1',
}

const media = (session: StoredSession, name: string) =>
  `https://media.example.com/sessions/${session.sessionId.slice(0, 8)}/${name}?X-Amz-Expires=3600&X-Amz-Signature=0000000000000000`

const warning = (
  feature: string,
  node: Feature,
  risk: string,
  logType: 'error' | 'warning' | 'information',
  [short, long]: readonly [string, string],
): Block => ({
  feature,
  risk,
  additional_data: null,
  log_type: logType,
  short_description: short,
  long_description: long,
  node_id: nodes[node],
})

function personOf(session: StoredSession) {
  const expected = session.request.expectedDetails
  const named = (field: string, otherwise: string) => {
    const value = isObject(expected) ? expected[field] : undefined
    return typeof value === 'string' ? value : otherwise
  }
  const firstName = named('first_name', 'Ada')
  const lastName = named('last_name', 'Exemplar')
  return {
    firstName,
    lastName,
    fullName: `${firstName} ${lastName}`,
    dateOfBirth: named('date_of_birth', '1990-01-01'),
    nationality: named('nationality', 'UTO'),
    documentNumber: named('identification_number', 'SPECIMEN42'),
  }
}

function ageOn(dateOfBirth: string, epochMs: number): number {
  const [year = 0, month = 1, day = 1] = dateOfBirth.split('-').map(Number)
  const today = new Date(epochMs)
  const hadBirthday =
    today.getUTCMonth() + 1 > month || (today.getUTCMonth() + 1 === month && today.getUTCDate() >= day)
  return today.getUTCFullYear() - year - (hadBirthday ? 0 : 1)
}

export function idVerification(session: StoredSession, status: CheckStatus, now: number): Block {
  const person = personOf(session)
  const expired = status === 'Declined'
  return {
    node_id: nodes.ID_VERIFICATION,
    status,
    document_type: 'Passport',
    document_subtype: 'PASSPORT_GENERIC',
    document_number: person.documentNumber,
    personal_number: 'SPECIMEN-0042',
    portrait_image: media(session, 'portrait.jpg'),
    front_image: media(session, 'front.jpg'),
    front_video: media(session, 'front.mp4'),
    back_image: null,
    back_video: null,
    full_front_image: media(session, 'full-front.jpg'),
    full_back_image: null,
    front_image_camera_front: null,
    back_image_camera_front: null,
    date_of_birth: person.dateOfBirth,
    age: ageOn(person.dateOfBirth, now),
    expiration_date: expired ? '2020-01-31' : '2036-01-31',
    date_of_issue: expired ? '2010-02-01' : '2026-02-01',
    issuing_state: 'UTO',
    issuing_state_name: 'Utopia',
    first_name: person.firstName,
    last_name: person.lastName,
    full_name: person.fullName,
    gender: 'F',
    address: '1 Nowhere Lane, Sampleton',
    formatted_address: '1 Nowhere Lane, 00000 Sampleton, Utopia',
    place_of_birth: 'Sampleton',
    marital_status: null,
    nationality: person.nationality,
    extra_fields: { dl_categories: [], blood_group: null },
    mrz: null,
    parsed_address: null,
    extra_files: [],
    front_image_camera_front_face_match_score: null,
    back_image_camera_front_face_match_score: null,
    front_image_quality_score: {
      focus_score: 88.2,
      brightness_score: 91,
      brightness_issue: 'ok',
      is_document_fully_visible: true,
      resolution_score: 76.5,
      overall_score: 86.9,
    },
    back_image_quality_score: null,
    warnings: expired
      ? [
          warning('ID_VERIFICATION', 'ID_VERIFICATION', 'DOCUMENT_EXPIRED', 'error', [
            'Document expired',
            'The date on the document lies in the past.',
          ]),
        ]
      : [],
    matches: [],
  }
}

/** One block for both: an age check is a liveness check that also judges the age. */
export function liveness(session: StoredSession, feature: 'LIVENESS' | 'AGE_ESTIMATION', status: CheckStatus): Block {
  const isTooYoung = status === 'Declined'
  return {
    node_id: nodes[feature],
    status,
    method: 'PASSIVE',
    score: 97.18,
    reference_image: media(session, 'selfie.jpg'),
    video_url: media(session, 'selfie.mp4'),
    age_estimation: isTooYoung ? 15.2 : 36.4,
    matches: [],
    warnings: isTooYoung
      ? [
          warning('LIVENESS', feature, 'AGE_BELOW_MINIMUM', 'error', [
            'Below the minimum age',
            'The face looks younger than the Workflow allows.',
          ]),
        ]
      : [],
    face_quality: 84.5,
    face_luminance: 52.1,
  }
}

export const faceMatch = (session: StoredSession, status: CheckStatus): Block => ({
  node_id: nodes.FACE_MATCH,
  status,
  score: status === 'Declined' ? 21.5 : 93.4,
  source_image_session_id: null,
  source_image: media(session, 'portrait.jpg'),
  target_image: media(session, 'selfie.jpg'),
  warnings:
    status === 'Declined'
      ? [
          warning('FACEMATCH', 'FACE_MATCH', 'LOW_FACE_MATCH_SIMILARITY', 'error', [
            'Low similarity',
            'The selfie does not resemble the portrait.',
          ]),
        ]
      : [],
})

export function amlScreening(session: StoredSession, status: CheckStatus): Block {
  const person = personOf(session)
  const hasHit = status !== 'Approved'
  return {
    node_id: nodes.AML,
    status,
    total_hits: hasHit ? 1 : 0,
    entity_type: 'person',
    hits: hasHit
      ? [
          {
            id: 'hit-invented-1',
            url: 'https://lists.example.org/invented/1',
            match: true,
            score: 0.91,
            target: null,
            caption: person.fullName,
            datasets: ['Sanctions'],
            features: null,
            match_score: 96,
            risk_score: 88,
            review_status: 'Unreviewed',
            properties: { name: [person.fullName], notes: ['Invented by the emulator'] },
          },
        ]
      : [],
    score: hasHit ? 88 : 0,
    screened_data: {
      full_name: person.fullName,
      nationality: person.nationality,
      date_of_birth: person.dateOfBirth,
      document_number: null,
    },
    is_ongoing_monitoring_enabled: false,
    next_ongoing_monitoring_bill_date: null,
    warnings: hasHit
      ? [
          warning('AML', 'AML', 'POSSIBLE_MATCH_FOUND', status === 'Declined' ? 'error' : 'warning', [
            'Possible match',
            'The name resembles an entry of a watch list.',
          ]),
        ]
      : [],
  }
}

export const ipAnalysis = (): Block => ({
  node_id: nodes.IP_ANALYSIS,
  status: 'Approved',
  device_brand: 'Example',
  device_model: 'Phone X',
  browser_family: 'Example Browser',
  os_family: 'Example OS',
  platform: 'mobile',
  device_fingerprint: 'fp-00000000000000000000',
  ip_country: 'Utopia',
  ip_country_code: 'XU',
  ip_state: null,
  ip_city: 'Sampleton',
  latitude: 0.5,
  longitude: 0.25,
  ip_address: '203.0.113.42',
  isp: 'Example Network',
  organization: null,
  is_vpn_or_tor: false,
  is_data_center: false,
  time_zone: 'UTC',
  time_zone_offset: '+0000',
  ip: null,
  id_document: null,
  poa_document: null,
  warnings: [],
  matches: [],
})

export const proofOfAddress = (session: StoredSession, status: CheckStatus): Block => ({
  node_id: nodes.POA,
  status,
  document_file: media(session, 'bill.pdf'),
  issuing_state: 'XU',
  document_type: 'UTILITY_BILL',
  document_subtype: 'ELECTRICITY_BILL',
  document_language: 'en',
  document_metadata: null,
  issuer: 'Example Power',
  issue_date: '2026-02-01',
  expiration_date: null,
  poa_address: '1 Nowhere Lane, Sampleton',
  poa_formatted_address: '1 Nowhere Lane, 00000 Sampleton, Utopia',
  poa_parsed_address: null,
  name_on_document: personOf(session).fullName,
  name_match_score_expected_details: null,
  name_match_score_id_verification: null,
  expected_details_address: null,
  expected_details_formatted_address: null,
  expected_details_parsed_address: {},
  extra_fields: { additional_names: [] },
  extra_files: [],
  warnings:
    status === 'Declined'
      ? [
          warning('PROOF_OF_ADDRESS', 'POA', 'POA_DOCUMENT_EXPIRED', 'error', [
            'Document too old',
            'The bill is older than the Workflow allows.',
          ]),
        ]
      : [],
})

export const questionnaire = (session: StoredSession, status: CheckStatus): Block => ({
  node_id: nodes.QUESTIONNAIRE,
  questionnaire_id: session.workflow.workflowId,
  title: 'Source of funds',
  description: 'One invented question.',
  languages: ['en'],
  default_language: 'en',
  is_active: true,
  is_simple_questionnaire: true,
  questionnaire_group_id: null,
  version: 1,
  published_at: null,
  sections: [
    {
      title: null,
      description: null,
      items: [
        {
          uuid: 'question-1',
          value: 'question_1',
          element_type: 'SHORT_TEXT',
          is_required: true,
          title: 'Main source of funds',
          description: null,
          placeholder: null,
          choices: null,
          max_files: null,
          answer: { value: 'An invented salary' },
          required_if: null,
          repeatable_config: null,
        },
      ],
    },
  ],
  status,
})
