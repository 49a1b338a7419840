import { type Company, companyOf } from '../personas/companies.ts'
import { fullNameOf, type Person } from '../personas/people.ts'
import { mediaLink } from '../sessions/media-links.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import { addressOf, formattedAddressOf } from './address.ts'
import { type Block, type Check, checkOf, type Subject, stepTime } from './check.ts'

/** The checks of a business Session. The emulator creates no Sessions for the people of the company. */

/** Derives an id from the Session, so that each read returns the same one. */
const idWithin = ({ sessionId }: StoredSession, index: number) =>
  `${sessionId.slice(0, 24)}${String(index).padStart(12, '0')}`

const isWaiting = ({ session }: Subject) => session.status === 'Awaiting User' || session.status === 'In Progress'

/** Returns how far the people of the company are. All are verified once the Session is decided. */
function peopleStatus(subject: Subject): { session: string; kyc: string } {
  if (isWaiting(subject)) return { session: 'In Progress', kyc: 'Pending' }
  const isDeclined = checkOf(subject, 'KYB_KEY_PEOPLE').status === 'Declined'
  return isDeclined ? { session: 'Declined', kyc: 'Declined' } : { session: 'Approved', kyc: 'Approved' }
}

const officer = ({ session }: Subject, { director }: Company, kyc: string): Block => ({
  uuid: idWithin(session, 1),
  name: fullNameOf(director),
  designation: 'Director',
  role: 'director',
  nationality: 'Utopian',
  is_active: true,
  kyc_status: kyc,
  kyc_session_url: null,
})

const owner = ({ session }: Subject, company: Company, kyc: string): Block => ({
  uuid: idWithin(session, 2),
  name: fullNameOf(company.owner),
  first_name: company.owner.firstName,
  last_name: company.owner.lastName,
  entity_type: 'person',
  roles: ['ubo', 'shareholder'],
  ownership_min_shares: '50',
  ownership_max_shares: '75',
  is_active: true,
  kyc_status: kyc,
  kyc_session_url: null,
  effective_ownership_percent: 75,
})

/** Returns the block of the company register. */
export function registryCheck(subject: Subject): Block {
  const { session } = subject
  const check = checkOf(subject, 'KYB_REGISTRY')
  const company = companyOf(session)
  const { kyc } = peopleStatus(subject)
  return {
    status: check.status,
    node_id: check.nodeId,
    data_resolved: true,
    company: {
      uuid: idWithin(session, 3),
      node_id: check.nodeId,
      status: check.status,
      registry_status: 'active',
      data_resolved: true,
      company_name: company.name,
      registration_number: company.registrationNumber,
      country_code: company.country.alpha2,
      region: null,
      company_type: 'Private limited company',
      incorporation_date: company.incorporatedOn,
      registered_address: formattedAddressOf(company.director),
      tax_number: null,
      risk_level: check.status === 'Approved' ? 'LOW' : 'HIGH',
      verification_status: null,
      is_from_registry: true,
      fetch_status: 'resolved',
      alternative_names: [],
      nature_of_business: company.business,
      registered_capital: '100 EUR',
      registered_capital_amount: '100.00',
      registered_capital_currency: 'EUR',
      website: null,
      email: null,
      phone: null,
      legal_entity_identifier: null,
      location_of_registration: company.country.name,
      vat_number: null,
      vat_validation_status: 'not_applicable',
      vat_validated_name: null,
      vat_validated_address: null,
      vat_checked_at: null,
      financial_summary: null,
      officers: [officer(subject, company, kyc)],
      beneficial_owners: [owner(subject, company, kyc)],
      addresses: [],
      industries: [],
      accounts: null,
      registry_data: {},
      user_provided_data: { company_name: company.name, registration_number: company.registrationNumber },
      confirmed_by_user_at: vendorTime(stepTime(subject, 60)),
      last_console_edit_at: null,
      is_editable: false,
    },
    ownership_structure: {},
    warnings: check.warnings,
  }
}

const countsOf = ({ status }: Check): Block => ({
  total: 1,
  approved: status === 'Approved' ? 1 : 0,
  pending: 0,
  declined: status === 'Declined' ? 1 : 0,
  in_review: status === 'In Review' ? 1 : 0,
  other: 0,
  missing: 0,
})

/** Returns the block of the company's documents. */
export function companyDocuments(subject: Subject): Block {
  const { session, now } = subject
  const check = checkOf(subject, 'KYB_DOCUMENTS')
  return {
    status: check.status,
    node_id: check.nodeId,
    items: [
      {
        uuid: idWithin(session, 4),
        document_type: 'LEGAL_PRESENCE',
        document_subtype: 'CERTIFICATE_OF_INCORPORATION',
        document_group: 'LEGAL_PRESENCE',
        file_url: mediaLink(session, 'certificate.svg', now),
        original_filename: 'certificate.svg',
        file_size: 73_112,
        status: check.status,
        created_at: vendorTime(stepTime(subject, 60)),
        cross_check_result: null,
        document_metadata: null,
        description: null,
        is_requested: false,
        ocr_data: null,
        is_console_upload: false,
        is_confirmed: true,
      },
    ],
    groups: { legal_presence: countsOf(check) },
    required_groups: ['LEGAL_PRESENCE'],
    warnings: check.warnings,
  }
}

const noMatch: Block = { sanctions: 'clear', pep: 'clear', adverse_media: 'clear', warnings: 'clear' }

/** Returns the result of the verification of one person of the company. */
const verified = (subject: Subject, person: Person, status: string): Block => {
  const isDone = status !== 'In Progress'
  return {
    aml_status: isDone ? 'Approved' : null,
    kyc_status: status,
    kyc_session_url: null,
    kyc_session_id: null,
    verification_workflow_type: 'kyc',
    verification_workflow_id: '11111111-2222-3333-4444-555555555555',
    verification_workflow_label: 'Identity check',
    verification_workflow_features: [
      { feature: 'ID_VERIFICATION', status: isDone ? status : 'Not Finished' },
      { feature: 'LIVENESS', status: isDone ? status : 'Not Finished' },
    ],
    didit_internal_id: null,
    kyc_document_type: isDone ? 'P' : null,
    kyc_nationality: isDone ? person.nationality : null,
    kyc_liveness_passed: isDone ? status === 'Approved' : null,
    kyc_verified_at: isDone ? vendorTime(stepTime(subject, 300)) : null,
    kyc_aml_categories: isDone ? noMatch : null,
    kyc_notification_sent_at: null,
  }
}

/** Returns the block of the directors and owners. */
export function keyPeopleCheck(subject: Subject): Block {
  const { session } = subject
  const check = checkOf(subject, 'KYB_KEY_PEOPLE')
  const company = companyOf(session)
  const { session: status, kyc } = peopleStatus(subject)
  const person = company.owner
  const decided = kyc === 'Approved' ? 1 : 0
  const registry: Block = {
    officers: [
      {
        ...officer(subject, company, kyc),
        appointment_date: company.incorporatedOn,
        termination_date: null,
        address: addressOf(company.director),
        ...verified(subject, company.director, status),
      },
    ],
    beneficial_owners: [
      {
        ...owner(subject, company, kyc),
        date_of_birth: person.dateOfBirth,
        country_of_birth: 'UTO',
        email: person.email,
        company_name: null,
        registration_number: null,
        nationality: person.nationality,
        designation: 'Owner',
        ...verified(subject, person, status),
        child_beneficial_owners: [],
      },
    ],
  }
  return {
    status: isWaiting(subject) ? 'Not Finished' : check.status,
    node_id: check.nodeId,
    registry,
    submitted: {
      parties: [
        {
          uuid: idWithin(session, 5),
          entity_type: 'person',
          source: 'USER',
          name: fullNameOf(person),
          first_name: person.firstName,
          last_name: person.lastName,
          company_name: null,
          registration_number: null,
          email: person.email,
          nationality: person.nationality,
          phone_number: person.phone,
          date_of_birth: person.dateOfBirth,
          position: 'Owner',
          custom_fields: {},
          is_active: true,
          is_skipped: false,
          requires_verification: true,
          roles: [{ role: 'ubo', ownership_percent: 75, voting_percent: 75 }],
          kyc_session_id: null,
          kyc_session_status: status,
          kyc_session_url: null,
          kyb_sub_session_id: null,
          kyb_sub_session_status: null,
          kyb_sub_session_url: null,
          verification_workflow_type: 'kyc',
          verification_workflow_id: '11111111-2222-3333-4444-555555555555',
          verification_workflow_label: 'Identity check',
          verification_workflow_features: [],
          didit_internal_id: null,
        },
      ],
    },
    ubo_kyc_summary: {
      total: 1,
      approved: decided,
      flagged: kyc === 'Declined' ? 1 : 0,
      pending: kyc === 'Pending' ? 1 : 0,
    },
    warnings: check.warnings,
  }
}
