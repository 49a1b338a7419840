import * as z from 'zod/mini'
import { isKnownStatus, normalizeStatus } from '../status.ts'
import * as is from './request-fields.ts'

/**
 * Requests to Didit's Session endpoints, checked before they are sent.
 *
 * Unknown fields are sent unchanged. An error message names the expected value, never the given one.
 *
 * @see Didit docs, "Create session": https://docs.didit.me/reference/create-session-verification-sessions
 */

/** Two megabytes once decoded. */
const largestPortrait = Math.ceil((2 * 1024 * 1024) / 3) * 4

const portrait = is.matching(
  (it) => it.length <= largestPortrait && /^[A-Za-z0-9+/]+={0,2}$/.test(it),
  'Expected base64 without a data: prefix, of at most 2 MB.',
)
const documentTypes: ReadonlySet<string> = new Set(['P', 'ID', 'DL', 'RP', 'HIC', 'TC', 'SSC'])
const documentType = is.matching(
  (it) => documentTypes.has(it.toUpperCase()),
  'Expected one of P, ID, DL, RP, HIC, TC, SSC.',
)
const registryCountry = is.matching(
  (it) => /^[A-Z]{2}(-[A-Z0-9]{1,7})?$/.test(it),
  'Expected a country such as ES or US-CA.',
)

/** The body of `POST /v3/session/`, in Didit's own field names. */
export const createSessionRequestSchema = z.looseObject(
  {
    workflow_id: is.guid,
    vendor_data: z.optional(is.anyText),
    callback: z.optional(is.address),
    callback_method: z.optional(is.oneOf(['initiator', 'completer', 'both'])),
    /** Any JSON; it comes back as sent, a JSON string as a string. */
    metadata: z.optional(is.json),
    language: z.optional(is.language),
    contact_details: z.optional(
      z.looseObject(
        {
          email: z.optional(is.email),
          send_notification_emails: z.optional(is.flag),
          email_lang: z.optional(is.language),
          phone: z.optional(is.text),
        },
        'Expected an object.',
      ),
    ),
    expected_details: z.optional(
      z
        .looseObject(
          {
            first_name: z.optional(is.anyText),
            last_name: z.optional(is.anyText),
            date_of_birth: z.optional(is.day),
            gender: z.optional(z.nullable(is.oneOf(['M', 'F']))),
            nationality: z.optional(is.alpha3),
            country: z.optional(is.alpha3),
            id_country: z.optional(is.alpha3),
            poa_country: z.optional(is.alpha3),
            address: z.optional(is.anyText),
            identification_number: z.optional(is.anyText),
            ip_address: z.optional(is.ipAddress),
            expected_document_types: z.optional(z.array(documentType, 'Expected a list.')),
            company_name: z.optional(is.textUpTo(255)),
            registry_country: z.optional(registryCountry),
            registration_number: z.optional(is.textUpTo(100)),
          },
          'Expected an object.',
        )
        .check(
          z.refine((it) => !it.address || Boolean(it.country ?? it.id_country ?? it.poa_country), {
            path: ['address'],
            message: 'Expected country, id_country or poa_country beside it.',
          }),
        ),
    ),
    portrait_image: z.optional(portrait),
    sandbox_scenario: z.optional(is.text),
  },
  'Expected an object.',
)

/** Request to create a Session. With the same `vendor_data`, Didit returns the unfinished Session instead of a second one. */
export type CreateSessionRequest = z.infer<typeof createSessionRequestSchema>

/**
 * The optional body of a delete. Without one Didit keeps no face. The API of mid-2026 read none.
 *
 * @see Didit docs, "Delete session": https://docs.didit.me/reference/delete-session-verification-sessions
 */
export const deleteSessionRequestSchema = z.looseObject(
  {
    /** True keeps the face with Didit's user, so that the person need not enrol again. */
    retain_face_embeddings: z.optional(z.nullable(is.flag)),
    /** From 1 to 3650. */
    face_retention_days: z.optional(is.numberFrom(1, 3650)),
    /** An ISO 8601 moment. */
    face_retention_deadline: z.optional(is.moment),
    deletion_instruction: z.optional(is.oneOf(['operational_session_delete', 'privacy_erasure'])),
    instruction_id: z.optional(is.text),
  },
  'Expected an object.',
)

/** Request to delete a Session, with the choice to keep the face. */
export type DeleteSessionRequest = z.infer<typeof deleteSessionRequestSchema>

const text = z.optional(is.text)
const list = z.optional(is.commaList((it) => it !== '', 'Expected text that is not empty, or a list of it.'))
const codes = z.optional(
  is.commaList((it) => /^[A-Z0-9_]+$/.test(it), 'Expected codes in capitals, as a list or with commas between.'),
)

/**
 * The query of `GET /v3/sessions/`. Filters add up; a field with several values matches any of them, and takes them as
 * a list or as text with commas between.
 *
 * @see Didit docs, "List sessions": https://docs.didit.me/sessions-api/list-sessions
 */
export const listSessionsQuerySchema = z
  .looseObject(
    {
      /** Default `user`. `all` puts the user rows first. */
      session_kind: z.optional(is.oneOf(['user', 'business', 'all'])),
      /** Rows per page. Didit's default is 50. */
      limit: z.optional(is.numberFrom(1)),
      offset: z.optional(is.numberFrom(0)),
      /** Didit's exact strings. One it does not know matches nothing, so a known one in another spelling is refused. */
      status: z.optional(is.commaList(isStatus, 'Expected statuses in their exact spelling, such as In Review.')),
      /** The whole of it. */
      vendor_data: text,
      /** An id, a number, a name, a phone number: Didit guesses which. */
      search: text,
      workflow_id: z.optional(
        is.commaList((it) => z.guid().safeParse(it).success, 'Expected ids of 32 hex digits as 8-4-4-4-12.'),
      ),
      /** The first day, UTC, `YYYY-MM-DD`. */
      date_from: z.optional(is.day),
      /** The last day, included for user rows. */
      date_to: z.optional(is.day),
      /** Three letters: the state that issued the document. */
      country: list,
      /** P, ID, DL, RP, SSC, HIC, WP, TC, VISA, PSC, BC, OTHER. */
      document_type: codes,
      /** Exact names. They may hold commas, so several are best given as a list. */
      document_name: z.optional(
        z.union([is.text, z.array(is.text)], 'Expected text that is not empty, or a list of it.'),
      ),
      region: list,
      didit_internal_id: z.optional(is.guid),
      session_type: codes,
      api_service: z.optional(
        is.oneOf([
          'ID_VERIFICATION',
          'FACE_MATCH',
          'AGE_ESTIMATION',
          'FACE_SEARCH',
          'POA',
          'AML',
          'KYB_REGISTRY',
          'PASSIVE_LIVENESS',
          'DATABASE_VALIDATION',
          'PHONE_VERIFICATION',
          'EMAIL_VERIFICATION',
        ]),
      ),
      screened_full_name: text,
      /** Codes of warnings, such as POSSIBLE_FRAUD. */
      warning: codes,
      status_initialized_as_in_review: z.optional(is.flag),
      is_kyc_to_be_reviewed: z.optional(is.flag),
      euuid: z.optional(is.guid),
      organization_name: list,
    },
    'Expected an object.',
  )
  .check(
    z.refine((it) => !it.date_from || !it.date_to || it.date_from <= it.date_to, {
      path: ['date_to'],
      message: 'Expected a day that is not before date_from.',
    }),
  )

/** Filter of the list of Sessions. */
export type ListSessionsQuery = z.infer<typeof listSessionsQuerySchema>

/** Steps that a reviewer can request again. Didit refuses KYB_REGISTRY, KYB_KEY_PEOPLE and KYB. */
export const resubmittableFeatures = [
  'OCR',
  'OCR_BACK',
  'ID_VERIFICATION',
  'NFC',
  'LIVENESS',
  'FACE',
  'FACE_MATCH',
  'FACE_SEARCH',
  'AGE_ESTIMATION',
  'PROOF_OF_ADDRESS',
  'POA',
  'PHONE_VERIFICATION',
  'PHONE',
  'EMAIL_VERIFICATION',
  'EMAIL',
  'AML',
  'IP_ANALYSIS',
  'DATABASE_VALIDATION',
  'QUESTIONNAIRE',
  'DOCUMENT_AI',
  'KYB_DOCUMENTS',
] as const

/**
 * The body of `PATCH /v3/session/:id/update-status/`.
 *
 * @see Didit docs, "Update status": https://docs.didit.me/sessions-api/update-status
 */
export const updateStatusRequestSchema = z
  .looseObject(
    {
      new_status: is.oneOf(['Approved', 'Declined', 'Resubmitted']),
      /** Goes to `reviews` of the Decision. */
      comment: z.optional(is.anyText),
      /** For Resubmitted: the steps to do again. Without it Didit picks those that did not pass. */
      nodes_to_resubmit: z.optional(
        z
          .array(
            z.looseObject({ node_id: is.text, feature: is.oneOf(resubmittableFeatures) }, 'Expected an object.'),
            'Expected a list.',
          )
          .check(z.minLength(1, 'Expected one step at least, or nothing to let Didit choose.')),
      ),
      send_email: z.optional(is.flag),
      email_address: z.optional(is.email),
      /** Didit uses English for an unknown language. */
      email_language: z.optional(is.text),
    },
    'Expected an object.',
  )
  .check(
    z.refine((it) => it.send_email !== true || it.email_address !== undefined, {
      path: ['email_address'],
      message: 'Expected an e-mail address, since send_email is true.',
    }),
  )

/** Decision of a reviewer. */
export type UpdateStatusRequest = z.infer<typeof updateStatusRequestSchema>

/**
 * The body of `POST /v3/session/:id/share/`.
 *
 * @see Didit docs, "Share session": https://docs.didit.me/sessions-api/share-session
 */
export const shareSessionRequestSchema = z.looseObject(
  {
    /** Id of the application that may import the Session. Not our own. */
    for_application_id: is.guid,
    /** Lifetime of the token in seconds: 60 to 86400. Didit's default is 3600. */
    ttl_in_seconds: z.optional(is.numberFrom(60, 86_400)),
  },
  'Expected an object.',
)

/** For whom a Session is shared. */
export type ShareSessionRequest = z.infer<typeof shareSessionRequestSchema>

/**
 * The body of `POST /v3/session/import-shared/`.
 *
 * @see Didit docs, "Import shared session": https://docs.didit.me/sessions-api/import-shared-session
 */
export const importSharedRequestSchema = z.looseObject(
  {
    share_token: is.text,
    /** A Workflow of the application that imports. */
    workflow_id: is.guid,
    /** True keeps the status, false makes it In Review. Always sent, since the two API generations differ in the default. */
    trust_review: is.flag,
    vendor_data: z.optional(z.nullable(is.text)),
  },
  'Expected an object.',
)

/** Request to import a shared Session. */
export type ImportSharedRequest = z.infer<typeof importSharedRequestSchema>

function isStatus(status: string): boolean {
  return status !== '' && (isKnownStatus(status) || normalizeStatus(status) === status)
}
