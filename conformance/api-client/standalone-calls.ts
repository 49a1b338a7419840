import fc from 'fast-check'
import type { Body, Call, Values } from './call.ts'
import {
  action,
  day,
  emptyOrNotText,
  file,
  flag,
  ip,
  json,
  letters,
  notAction,
  notDay,
  notFile,
  notFlag,
  notIp,
  notPhone,
  notSaved,
  notText,
  notWholeWithin,
  notWithin,
  percent,
  phone,
  pick,
  record,
  saved,
} from './values.ts'

const poa: Call = {
  name: 'poa',
  operation: 'POST /v3/poa/',
  takesId: false,
  send: (api, body) => api.poa(body),
  right: record(
    {
      document: file,
      document_password: letters,
      expected_address: letters,
      expected_country: pick('ESP', 'DNK'),
      expected_first_name: letters,
      expected_last_name: letters,
      poa_languages_allowed: pick('en,es'),
      poa_document_age_months: pick('utility_bill:3,bank_statement:-1'),
      poa_name_mismatch_action: action,
      poa_document_issues_action: action,
      poa_document_authenticity_action: action,
      poa_unsupported_language_action: action,
      poa_address_mismatch_action: action,
      poa_issuer_not_identified_action: action,
      ...saved,
    },
    ['document'],
  ),
  wrong: {
    document: notFile,
    document_password: emptyOrNotText,
    expected_country: pick('', 'Spain', 'es', 7),
    poa_languages_allowed: pick('', 'english', 7),
    poa_document_age_months: pick('', 'utility_bill', 'utility_bill:0', 'utility_bill:121', 'passport:3', 7),
    poa_name_mismatch_action: notAction,
    poa_document_issues_action: notAction,
    poa_document_authenticity_action: notAction,
    poa_unsupported_language_action: notAction,
    poa_address_mismatch_action: notAction,
    poa_issuer_not_identified_action: notAction,
    ...notSaved,
  },
  wrongTogether: [],
}

const aml: Call = {
  name: 'aml',
  operation: 'POST /v3/aml/',
  takesId: false,
  send: (api, body) => api.aml(body),
  right: record(
    {
      full_name: letters,
      entity_type: pick('person', 'company'),
      date_of_birth: day,
      nationality: pick('DK', 'ES'),
      document_number: letters,
      aml_score_approve_threshold: fc.integer({ min: 0, max: 80 }),
      aml_score_review_threshold: fc.integer({ min: 80, max: 100 }),
      aml_match_score_threshold: percent,
      include_adverse_media: flag,
      ...saved,
    },
    ['full_name'],
  ),
  wrong: {
    full_name: emptyOrNotText,
    entity_type: pick('Person', '', 7),
    date_of_birth: notDay,
    nationality: pick('DNK', 'dk', '', 7),
    document_number: emptyOrNotText,
    aml_score_approve_threshold: notWithin(0, 100),
    aml_score_review_threshold: notWithin(0, 100),
    aml_name_weight: notWithin(0, 100),
    aml_dob_weight: notWithin(0, 100),
    aml_country_weight: notWithin(0, 100),
    aml_match_score_threshold: notWithin(0, 100),
    include_adverse_media: notFlag,
    include_ongoing_monitoring: notFlag,
    ...notSaved,
  },
  wrongTogether: [
    ['aml_name_weight', { full_name: 'Ada', aml_name_weight: 50, aml_dob_weight: 25, aml_country_weight: 15 }],
    [
      'aml_score_approve_threshold',
      { full_name: 'Ada', aml_score_approve_threshold: 91, aml_score_review_threshold: 90 },
    ],
    ['include_ongoing_monitoring', { full_name: 'Ada', include_ongoing_monitoring: true, save_api_request: false }],
  ],
}

const faceCheck = (
  name: 'ageEstimation' | 'passiveLiveness',
  path: string,
  more: Body = {},
  notMore: Body = {},
): Call => ({
  name,
  operation: `POST /v3/${path}/`,
  takesId: false,
  send: (api, body) => api[name](body),
  right: record(
    {
      user_image: file,
      face_liveness_score_decline_threshold: percent,
      rotate_image: flag,
      ...saved,
      ...(more as Record<string, Values>),
    },
    ['user_image'],
  ),
  wrong: {
    user_image: notFile,
    face_liveness_score_decline_threshold: notWithin(0, 100),
    rotate_image: notFlag,
    ...notSaved,
    ...(notMore as Record<string, Values>),
  },
  wrongTogether: [],
})

const phoneSend: Call = {
  name: 'phone.send',
  operation: 'POST /v3/phone/send/',
  takesId: false,
  send: (api, body) => api.phone.send(body),
  right: record(
    {
      phone_number: phone,
      options: record({
        code_size: fc.integer({ min: 4, max: 8 }),
        locale: pick('es', 'es-ES'),
        preferred_channel: pick('whatsapp', 'sms', 'telegram', 'voice', 'rcs', 'viber', 'zalo'),
      }),
      signals: record({ ip, device_id: letters, device_platform: pick('web', 'ios'), user_agent: letters }),
      vendor_data: letters,
      metadata: json,
    },
    ['phone_number'],
  ),
  wrong: {
    phone_number: notPhone,
    options: pick('sms', 7, []),
    'options.code_size': notWholeWithin(4, 8),
    'options.locale': pick('', 'spanish', 'es_ES', 7),
    'options.preferred_channel': pick('SMS', 'email', '', 7),
    signals: pick('web', 7, []),
    'signals.ip': notIp,
    'signals.device_platform': pick('Web', 'windows', '', 7),
    vendor_data: emptyOrNotText,
    metadata: notSaved.metadata,
  },
  wrongTogether: [],
}

const phoneCheck: Call = {
  name: 'phone.check',
  operation: 'POST /v3/phone/check/',
  takesId: false,
  send: (api, body) => api.phone.check(body),
  right: record(
    {
      phone_number: phone,
      code: fc.stringMatching(/^[0-9]{4,8}$/),
      duplicated_phone_number_action: action,
      disposable_number_action: action,
      voip_number_action: action,
    },
    ['phone_number', 'code'],
  ),
  wrong: {
    phone_number: notPhone,
    code: fc.oneof(notText, pick('', '123', '123456789', '12a456', '١٢٣٤٥٦', 123456)),
    duplicated_phone_number_action: notAction,
    disposable_number_action: notAction,
    voip_number_action: notAction,
  },
  wrongTogether: [],
}

/** The calls of the client for standalone checks, which need no Session. */
export const standaloneCalls: readonly Call[] = [
  poa,
  aml,
  faceCheck(
    'ageEstimation',
    'age-estimation',
    { age_estimation_decline_threshold: percent },
    { age_estimation_decline_threshold: notWithin(0, 100) },
  ),
  faceCheck('passiveLiveness', 'passive-liveness'),
  phoneSend,
  phoneCheck,
]
