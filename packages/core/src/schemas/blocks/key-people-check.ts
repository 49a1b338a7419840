import * as z from 'zod/mini'
import { flag, listOf, number, objectOf, openObject, openObjects, text, texts } from '../tolerant.ts'
import { checkFields, featureStatusSchema } from './check.ts'

/**
 * The people and companies behind a business, each with the Session of their own where one is wanted.
 *
 * @see Didit docs, "Business verification": https://docs.didit.me/business-verification/overview
 */

/** The workflow that this person goes through. Null when they need not. */
const workflowFields = {
  verification_workflow_id: text,
  verification_workflow_type: text,
  verification_workflow_label: text,
  verification_workflow_features: listOf(featureStatusSchema),
  didit_internal_id: text,
}

/** People and companies that the register names. */
const registeredFields = {
  uuid: text,
  name: text,
  designation: text,
  nationality: text,
  is_active: flag,
  aml_status: text,
  /** A SessionStatus, or null without a Session. */
  kyc_status: text,
  kyc_session_id: text,
  /** A secret: it permits actions in that Session. */
  kyc_session_url: text,
  kyc_document_type: text,
  kyc_nationality: text,
  kyc_liveness_passed: flag,
  kyc_verified_at: text,
  kyc_notification_sent_at: text,
  /** Each `match` or `clear`. */
  kyc_aml_categories: objectOf({ sanctions: text, pep: text, adverse_media: text, warnings: text }),
  ...workflowFields,
}

const officer = z.looseObject({
  ...registeredFields,
  /** `director`, `secretary`, `ubo` and so on; an open list. */
  role: text,
  address: text,
  /** `YYYY-MM-DD`. */
  appointment_date: text,
  termination_date: text,
})

const owner = z.looseObject({
  ...registeredFields,
  /** `person` or `company`. */
  entity_type: text,
  first_name: text,
  last_name: text,
  /** `YYYY-MM-DD`. */
  date_of_birth: text,
  country_of_birth: text,
  email: text,
  company_name: text,
  registration_number: text,
  roles: texts,
  /** In percent, as text. */
  ownership_min_shares: text,
  ownership_max_shares: text,
  /** In percent, through all companies in between. */
  effective_ownership_percent: number,
  /** The owners of an owner that is a company, in the same form. */
  child_beneficial_owners: openObjects,
})

/** People and companies that the applicant named. */
const party = z.looseObject({
  uuid: text,
  entity_type: text,
  source: text,
  name: text,
  first_name: text,
  last_name: text,
  company_name: text,
  registration_number: text,
  email: text,
  phone_number: text,
  nationality: text,
  date_of_birth: text,
  position: text,
  custom_fields: openObject,
  is_active: flag,
  is_skipped: flag,
  requires_verification: flag,
  /** Shares and votes in percent. */
  roles: listOf(z.looseObject({ role: text, ownership_percent: number, voting_percent: number })),
  kyc_session_id: text,
  kyc_session_status: text,
  /** A secret, as `kyb_sub_session_url`. */
  kyc_session_url: text,
  kyb_sub_session_id: text,
  kyb_sub_session_status: text,
  kyb_sub_session_url: text,
  ...workflowFields,
})

const keyPeopleCheck = z.looseObject({
  ...checkFields,
  registry: objectOf({ officers: listOf(officer), beneficial_owners: listOf(owner) }),
  submitted: objectOf({ parties: listOf(party) }),
  /** Number of owners, by status. Null when none has to be verified. */
  ubo_kyc_summary: objectOf({ total: number, approved: number, flagged: number, pending: number }),
})

/** The people behind one business. */
export interface KeyPeopleCheck extends z.infer<typeof keyPeopleCheck> {}

/** Reads the people behind one business. */
export const keyPeopleCheckSchema: z.ZodMiniType<KeyPeopleCheck> = keyPeopleCheck
