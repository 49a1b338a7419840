import * as z from 'zod/mini'
import { flag, listOf, number, objectOf, openObject, openObjects, text, texts } from '../tolerant.ts'
import { checkFields } from './check.ts'

/**
 * Data of a business in the register of companies.
 *
 * @see Didit docs, "Business verification": https://docs.didit.me/business-verification/overview
 */

const officer = z.looseObject({
  uuid: text,
  name: text,
  designation: text,
  role: text,
  nationality: text,
  is_active: flag,
  /** `Approved`, `Declined` or `Pending`; null when the person need not be verified. */
  kyc_status: text,
  /** A secret: it permits actions in that Session. */
  kyc_session_url: text,
})

const owner = z.looseObject({
  uuid: text,
  /** `person` or `company`. */
  entity_type: text,
  name: text,
  first_name: text,
  last_name: text,
  roles: texts,
  /** In percent, as text. */
  ownership_min_shares: text,
  ownership_max_shares: text,
  /** In percent, through all companies in between. */
  effective_ownership_percent: number,
  is_active: flag,
  kyc_status: text,
  kyc_session_url: text,
})

const company = objectOf({
  uuid: text,
  node_id: text,
  status: text,
  company_name: text,
  alternative_names: texts,
  registration_number: text,
  legal_entity_identifier: text,
  /** Two letters (ISO alpha-2). */
  country_code: text,
  region: text,
  location_of_registration: text,
  company_type: text,
  nature_of_business: text,
  /** `YYYY-MM-DD`. */
  incorporation_date: text,
  registered_address: text,
  registered_capital: text,
  /** A decimal number as text. */
  registered_capital_amount: text,
  registered_capital_currency: text,
  tax_number: text,
  vat_number: text,
  /** `valid`, `invalid`, `could_not_validate` or `not_applicable`. */
  vat_validation_status: text,
  vat_validated_name: text,
  vat_validated_address: text,
  vat_checked_at: text,
  website: text,
  email: text,
  phone: text,
  registry_status: text,
  verification_status: text,
  fetch_status: text,
  /** `LOW`, `MEDIUM` or `HIGH`. */
  risk_level: text,
  data_resolved: flag,
  is_from_registry: flag,
  is_editable: flag,
  officers: listOf(officer),
  beneficial_owners: listOf(owner),
  addresses: openObjects,
  industries: openObjects,
  accounts: openObjects,
  financial_summary: openObject,
  registry_data: openObject,
  user_provided_data: openObject,
  confirmed_by_user_at: text,
  last_console_edit_at: text,
})

const registryCheck = z.looseObject({
  ...checkFields,
  /** False while the register has not answered. */
  data_resolved: flag,
  company,
  ownership_structure: openObject,
})

/** One business, as its register knows it. */
export interface RegistryCheck extends z.infer<typeof registryCheck> {}

/** Reads one business, as its register knows it. */
export const registryCheckSchema: z.ZodMiniType<RegistryCheck> = registryCheck
