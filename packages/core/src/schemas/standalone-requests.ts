import * as z from 'zod/mini'
import * as is from './request-fields.ts'

/**
 * Requests to the checks without a Session. The files are not part of them, since they are not JSON.
 *
 * Unknown fields are sent unchanged. An error message names the expected value, never the given one.
 *
 * @see Didit docs, "Standalone APIs": https://docs.didit.me/standalone-apis/overview
 */

const percent = z.optional(is.numberFrom(0, 100, false))
const wholePercent = z.optional(is.numberFrom(0, 100))
const flag = z.optional(is.flag)
const text = z.optional(is.text)
const declineOrNot = z.optional(is.oneOf(['DECLINE', 'NO_ACTION']))
/** Fields that all checks but the phone's share. `save_api_request` false keeps nothing at Didit; its default is true. */
const saved = { save_api_request: flag, vendor_data: text, metadata: z.optional(is.metadata) }

const ages = ['utility_bill', 'bank_statement', 'government_issued_document', 'other_poa_document']

/** The fields beside the document of `POST /v3/poa/`. */
export const poaRequestSchema = z.looseObject(
  {
    /** Opens an encrypted PDF. */
    document_password: text,
    expected_address: text,
    /** Two or three capital letters. */
    expected_country: z.optional(
      is.matching((it) => /^[A-Z]{2,3}$/.test(it), 'Expected a country as two or three capital letters.'),
    ),
    expected_first_name: text,
    expected_last_name: text,
    /** Two letters each. Without it, all that Didit reads. */
    poa_languages_allowed: z.optional(
      is.commaList(
        (it) => /^[a-z]{2}$/.test(it),
        'Expected languages of two letters, as a list or with commas between.',
      ),
    ),
    /** The greatest age in months of each kind, 1 to 120, or -1 for any: `utility_bill:3,bank_statement:-1`. */
    poa_document_age_months: z.optional(
      is.commaList(isAge, `Expected KIND:MONTHS with commas between, of ${ages.join(', ')} and 1 to 120 or -1.`),
    ),
    /** Taken by Didit, and without effect: `poa_address_mismatch_action` is about names, too. */
    poa_name_mismatch_action: declineOrNot,
    poa_document_issues_action: declineOrNot,
    poa_document_authenticity_action: declineOrNot,
    poa_unsupported_language_action: declineOrNot,
    poa_address_mismatch_action: declineOrNot,
    poa_issuer_not_identified_action: declineOrNot,
    ...saved,
  },
  'Expected an object.',
)

/** Options of the check of a proof of address. */
export type PoaRequest = z.infer<typeof poaRequestSchema>

/** Didit's defaults. */
const amlDefaults = { approve: 80, review: 100, name: 60, birth: 25, country: 15 }

/** The body of `POST /v3/aml/`. */
export const amlRequestSchema = z
  .looseObject(
    {
      full_name: is.text,
      entity_type: z.optional(is.oneOf(['person', 'company'])),
      /** For a company, the day of its foundation. */
      date_of_birth: z.optional(is.day),
      /** Two letters here, unlike everywhere else. */
      nationality: z.optional(is.alpha2),
      document_number: text,
      /** Up to this score it is Approved, 80 by default; not above `aml_score_review_threshold`. */
      aml_score_approve_threshold: percent,
      /** Above this score it is Declined, 100 by default. */
      aml_score_review_threshold: percent,
      /** 60 by default. The three weights make 100 together. */
      aml_name_weight: wholePercent,
      /** 25 by default. */
      aml_dob_weight: wholePercent,
      /** 15 by default. */
      aml_country_weight: wholePercent,
      /** Hits below it do not count, 93 by default. */
      aml_match_score_threshold: wholePercent,
      /** Takes up to 30 seconds more. */
      include_adverse_media: flag,
      /** Asks again from then on; not with `save_api_request` false. */
      include_ongoing_monitoring: flag,
      ...saved,
    },
    'Expected an object.',
  )
  .check(
    z.refine(
      (it) =>
        (it.aml_score_approve_threshold ?? amlDefaults.approve) <=
        (it.aml_score_review_threshold ?? amlDefaults.review),
      {
        path: ['aml_score_approve_threshold'],
        message: 'Expected a number that is not above aml_score_review_threshold (80 and 100 by default).',
      },
    ),
    z.refine(
      (it) =>
        (it.aml_name_weight ?? amlDefaults.name) +
          (it.aml_dob_weight ?? amlDefaults.birth) +
          (it.aml_country_weight ?? amlDefaults.country) ===
        100,
      {
        path: ['aml_name_weight'],
        message:
          'Expected aml_name_weight, aml_dob_weight and aml_country_weight (60, 25 and 15 by default) to make 100 together.',
      },
    ),
    z.refine((it) => it.include_ongoing_monitoring !== true || it.save_api_request !== false, {
      path: ['include_ongoing_monitoring'],
      message: 'Expected save_api_request to be true beside it.',
    }),
  )

/** Request to screen a person or company. */
export type AmlRequest = z.infer<typeof amlRequestSchema>

const face = {
  /** A score of liveness at or below it declines, 30 by default. */
  face_liveness_score_decline_threshold: percent,
  /** Tries the picture in all four directions. */
  rotate_image: flag,
  ...saved,
}

/** The fields beside the picture of `POST /v3/age-estimation/`. */
export const ageEstimationRequestSchema = z.looseObject(
  {
    /** An age below it declines, in years, 18 by default; 0 never does. */
    age_estimation_decline_threshold: wholePercent,
    ...face,
  },
  'Expected an object.',
)

/** Options of the age estimation. */
export type AgeEstimationRequest = z.infer<typeof ageEstimationRequestSchema>

/** The fields beside the picture of `POST /v3/passive-liveness/`. */
export const passiveLivenessRequestSchema = z.looseObject(face, 'Expected an object.')

/** Options of the liveness check. */
export type PassiveLivenessRequest = z.infer<typeof passiveLivenessRequestSchema>

const upTo = (length: number) => z.optional(is.textUpTo(length))

/** The body of `POST /v3/phone/send/`. */
export const phoneSendRequestSchema = z.looseObject(
  {
    phone_number: is.phoneNumber,
    options: z.optional(
      z.looseObject(
        {
          /** Digits of the code, 4 to 8. Default 6. */
          code_size: z.optional(is.numberFrom(4, 8)),
          locale: z.optional(
            is.matching(
              (it) => it.length <= 5 && /^[a-z]{2,3}(-[A-Z]{2,3})?$/.test(it),
              'Expected a language such as es or es-ES.',
            ),
          ),
          /** Default `whatsapp`; it becomes `sms` where it cannot be had. */
          preferred_channel: z.optional(is.oneOf(['whatsapp', 'sms', 'telegram', 'voice', 'rcs', 'viber', 'zalo'])),
        },
        'Expected an object.',
      ),
    ),
    /** Data of the person's device. Didit uses it to detect abuse. */
    signals: z.optional(
      z.looseObject(
        {
          ip: z.optional(is.ipAddress),
          device_id: upTo(255),
          device_platform: z.optional(is.oneOf(['android', 'ios', 'ipados', 'tvos', 'web'])),
          device_model: upTo(255),
          os_version: upTo(64),
          app_version: upTo(64),
          user_agent: upTo(512),
        },
        'Expected an object.',
      ),
    ),
    vendor_data: text,
    metadata: z.optional(is.metadata),
  },
  'Expected an object.',
)

/** Request to send a code. */
export type PhoneSendRequest = z.infer<typeof phoneSendRequestSchema>

/** The body of `POST /v3/phone/check/`. */
export const phoneCheckRequestSchema = z.looseObject(
  {
    /** That of the sending: it is what ties the two together. */
    phone_number: is.phoneNumber,
    code: is.matching((it) => /^\d{4,8}$/.test(it), 'Expected 4 to 8 digits as text.'),
    duplicated_phone_number_action: declineOrNot,
    disposable_number_action: declineOrNot,
    voip_number_action: declineOrNot,
  },
  'Expected an object.',
)

/** Request to check the code that the person entered. */
export type PhoneCheckRequest = z.infer<typeof phoneCheckRequestSchema>

function isAge(item: string): boolean {
  const [kind = '', months = '', ...rest] = item.split(':')
  return (
    rest.length === 0 &&
    ages.includes(kind) &&
    (months === '-1' || (/^\d{1,3}$/.test(months) && +months >= 1 && +months <= 120))
  )
}
