import { fullNameOf, type Person } from '../personas/people.ts'
import { isObject } from '../runtime/json.ts'
import { mediaLink } from '../sessions/media-links.ts'
import { addressProofOf, type ProofOfAddress } from './address-proof.ts'
import { type Block, checkOf, type Subject } from './check.ts'

type Home = Pick<Person, 'street' | 'postalCode' | 'city'>

/** Returns the street and the city on one line. */
export const addressOf = ({ street, city }: Home) => `${street}, ${city}`

/** Returns the full postal address on one line. */
export const formattedAddressOf = ({ street, postalCode, city }: Home) => `${street}, ${postalCode} ${city}, Utopia`

const locationOf = ({ latitude, longitude }: Person): Block => ({ latitude, longitude })

/** Returns the address in parts, with the result of a geocoder. */
export function parsedAddress(person: Person, label: string): Block {
  const { street, city, region, postalCode, latitude: lat, longitude: lng } = person
  const formatted = formattedAddressOf(person)
  const [number = '', ...rest] = street.split(' ')
  const component = (type: string, long: string, short = long): Block => ({
    types: [type],
    long_name: long,
    short_name: short,
  })
  return {
    city,
    label,
    region,
    country: 'XU',
    category: 'Residential',
    street_1: street,
    street_2: null,
    is_verified: true,
    postal_code: postalCode,
    raw_results: {
      types: ['street_address'],
      geometry: {
        location: { lat, lng },
        viewport: {
          northeast: { lat: lat + 0.001, lng: lng + 0.001 },
          southwest: { lat: lat - 0.001, lng: lng - 0.001 },
        },
        location_type: 'ROOFTOP',
      },
      place_id: `invented-place-${postalCode}-${number}`,
      formatted_address: formatted,
      navigation_points: [{ location: locationOf(person) }],
      address_components: [
        component('street_number', number),
        component('route', rest.join(' ')),
        component('locality', city),
        component('postal_code', postalCode),
        component('country', 'Utopia', 'XU'),
      ],
    },
    address_type: rest.at(-1) ?? '',
    document_location: locationOf(person),
    formatted_address: formatted,
  }
}

/** Greatest age of a proof in months: the vendor's defaults. */
const maxAgeMonths = { UTILITY_BILL: 3, BANK_STATEMENT: 3, GOVERNMENT_ISSUED_DOCUMENT: 12 } as const

/** Adds the greatest accepted age to the warning about an old document. */
const withAge = (warning: Block, { type, subtype, issuedOn }: ProofOfAddress): Block =>
  warning.risk === 'POA_DOCUMENT_EXPIRED'
    ? {
        ...warning,
        additional_data: {
          max_age_months: maxAgeMonths[type],
          document_type: type,
          document_subtype: subtype,
          issue_date: issuedOn,
        },
      }
    : warning

/** Returns the block of the proof of address. */
export function proofOfAddress(subject: Subject): Block {
  const { session, person, workflow, run, now } = subject
  const check = checkOf(subject, 'POA')
  const proof = addressProofOf(session, person, run)
  const { type, subtype, issuer, issuedOn, name, ...shown } = proof
  const nameScore = name === fullNameOf(person) ? 100 : 64.5
  const { expectedDetails: details } = session.request
  const expected = isObject(details) && typeof details.address === 'string' ? details.address : null
  const expectsName = isObject(details) && typeof details.last_name === 'string'
  return {
    node_id: check.nodeId,
    status: check.status,
    document_file: mediaLink(session, 'proof-of-address.svg', now),
    issuing_state: 'XU',
    document_type: type,
    document_subtype: subtype,
    document_language: 'en',
    document_metadata: {
      file_size: 184_320,
      content_type: 'image/svg+xml',
      creation_date: issuedOn,
      modified_date: issuedOn,
      overlay_manipulation: { detected: false, analyzed: true, signals: [], manipulated_regions: [] },
      creator: null,
      producer: 'Didit emulator',
      software: null,
      encryption: null,
      is_signed: false,
      is_tampered: false,
      signature_info: null,
      exif_original_date: null,
      exif_digitized_date: null,
      processed_by_known_editor: false,
      has_different_creation_mod_date: false,
    },
    issuer,
    issue_date: issuedOn,
    expiration_date: null,
    poa_address: addressOf(shown),
    poa_formatted_address: formattedAddressOf(shown),
    poa_parsed_address: {
      address_type: shown.street.split(' ').at(-1) ?? '',
      street_1: shown.street,
      street_2: null,
      city: shown.city,
      region: person.region,
      country: 'XU',
      postal_code: shown.postalCode,
      document_location: locationOf(person),
    },
    name_on_document: name,
    name_match_score_expected_details: expectsName ? nameScore : null,
    name_match_score_id_verification: workflow.features.includes('ID_VERIFICATION') ? nameScore : null,
    expected_details_address: expected,
    expected_details_formatted_address: expected,
    expected_details_parsed_address: expected === null ? {} : { street_1: expected },
    extra_fields: {
      bank_account_number: type === 'BANK_STATEMENT' ? '0000004200' : null,
      bank_iban: null,
      bank_sort_code: null,
      bank_routing_number: null,
      bank_swift_bic: null,
      bank_branch_name: null,
      bank_branch_address: null,
      document_phone_number: null,
      additional_names: [],
    },
    extra_files: [],
    warnings: check.warnings.map((warning) => withAge(warning, proof)),
  }
}
