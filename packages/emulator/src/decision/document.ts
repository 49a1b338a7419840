import { ageOn, fullNameOf } from '../personas/people.ts'
import { mediaLink } from '../sessions/media-links.ts'
import { addressOf, formattedAddressOf, parsedAddress } from './address.ts'
import { type Block, type CheckStatus, checkOf, type Subject } from './check.ts'
import { documentOf, type IdentityDocument } from './identity-document.ts'

const quality: Block = {
  focus_score: 88.2,
  brightness_score: 91,
  brightness_issue: 'ok',
  is_document_fully_visible: true,
  resolution_score: 76.5,
  overall_score: 86.9,
}

function mrzBlock(
  { mrz, issuer }: IdentityDocument,
  sex: string,
  nationality: string,
  isBroken: boolean,
): Block | null {
  if (mrz === null) return null
  return {
    surname: mrz.surname,
    name: mrz.names,
    country: issuer.alpha3,
    nationality,
    birth_date: mrz.birthDate,
    expiry_date: mrz.expiryDate,
    sex,
    document_type: mrz.type === 'TD3' ? 'P' : 'I',
    document_number: mrz.number,
    optional_data: '',
    optional_data_2: '',
    birth_date_hash: mrz.birthDigit,
    expiry_date_hash: mrz.expiryDigit,
    document_number_hash: mrz.numberDigit,
    final_hash: mrz.finalDigit,
    personal_number: '',
    warnings: [],
    errors: isBroken ? ['final_hash'] : [],
    mrz_type: mrz.type,
    mrz_string: mrz.lines.join('\n'),
    mrz_key: mrz.key,
  }
}

/** Returns the fields of the back side. The vendor's schema has no null for them, so one-sided documents omit them. */
function backSide({ session, now }: Subject, { isTwoSided }: IdentityDocument): Block {
  if (!isTwoSided) return {}
  return {
    back_image: mediaLink(session, 'back.svg', now),
    back_video: mediaLink(session, 'back-video.svg', now),
    full_back_image: mediaLink(session, 'full-back.svg', now),
  }
}

/** Returns the block of the document: not finished in an abandoned Session, expired when its date has passed since. */
export function idVerification(subject: Subject, otherwise?: CheckStatus): Block {
  const { session, person, now } = subject
  const check = checkOf(subject, 'ID_VERIFICATION')
  const document = documentOf(session, person, now)
  const isUnknown = check.has('COULD_NOT_RECOGNIZE_DOCUMENT')
  const read = (text: string) => (isUnknown ? '' : text)
  return {
    node_id: check.nodeId,
    status: otherwise ?? check.status,
    document_type: document.name,
    document_subtype: isUnknown ? null : document.subtype,
    document_number: read(document.number),
    personal_number: read(person.personalNumber),
    portrait_image: mediaLink(session, 'portrait.svg', now),
    front_image: mediaLink(session, 'front.svg', now),
    front_video: mediaLink(session, 'front-video.svg', now),
    full_front_image: mediaLink(session, 'full-front.svg', now),
    ...backSide(subject, document),
    date_of_birth: person.dateOfBirth,
    age: ageOn(person.dateOfBirth, now),
    expiration_date: document.expiresOn,
    date_of_issue: document.issuedOn,
    issuing_state: document.issuer.alpha3,
    issuing_state_name: document.issuer.name,
    first_name: person.firstName,
    last_name: person.lastName,
    full_name: fullNameOf(person),
    gender: person.gender,
    address: addressOf(person),
    formatted_address: formattedAddressOf(person),
    place_of_birth: person.city,
    marital_status: 'Unknown',
    nationality: person.nationality,
    extra_fields: { dl_categories: document.code === 'DL' ? ['AM', 'B'] : [], blood_group: null },
    mrz: mrzBlock(document, person.gender, person.nationality, check.has('MRZ_VALIDATION_FAILED')),
    parsed_address: parsedAddress(person, `${document.issuer.name} ${document.name} Address`),
    extra_files: [],
    front_image_camera_front_face_match_score: null,
    back_image_camera_front_face_match_score: null,
    front_image_quality_score: isUnknown ? { ...quality, focus_score: 21.4, overall_score: 34.8 } : quality,
    back_image_quality_score: document.isTwoSided ? quality : null,
    warnings: check.warnings,
    matches: [],
  }
}

const chipTime = (date: string) => `${date} 11:00:00`

/** Returns the block of the chip in the document. */
export function nfcVerification(subject: Subject): Block {
  const { session, person, now } = subject
  const check = checkOf(subject, 'NFC')
  const document = documentOf(session, person, now)
  const { issuer } = document
  const isTrusted = check.status === 'Approved'
  return {
    node_id: check.nodeId,
    status: check.status,
    portrait_image: mediaLink(session, 'chip-portrait.svg', now),
    signature_image: mediaLink(session, 'signature.svg', now),
    chip_data: {
      document_type: document.code,
      issuing_country: issuer.alpha3,
      document_number: document.number,
      expiration_date: document.expiresOn,
      first_name: person.firstName.toUpperCase(),
      last_name: person.lastName.toUpperCase(),
      birth_date: person.dateOfBirth,
      gender: person.gender,
      nationality: person.nationality,
      address: '',
      place_of_birth: person.city.toUpperCase(),
    },
    authenticity: { sod_integrity: isTrusted, dg_integrity: isTrusted },
    certificate_summary: {
      issuer: `Common Name: Specimen CSCA, Country: ${issuer.alpha2}`,
      subject: `Common Name: Specimen Document Signer, Country: ${issuer.alpha2}`,
      serial_number: '4242424242424242',
      not_valid_after: chipTime(document.expiresOn),
      not_valid_before: chipTime(document.issuedOn),
    },
    warnings: check.warnings,
  }
}

/** Returns the block of the comparison with a public registry. */
export function databaseValidation(subject: Subject): Block {
  const { session, person, now } = subject
  const check = checkOf(subject, 'DATABASE_VALIDATION')
  const document = documentOf(session, person, now)
  const isNobody = check.has('DATABASE_VALIDATION_NO_MATCH')
  const isPartial = check.has('DATABASE_VALIDATION_PARTIAL_MATCH')
  const match = isNobody ? 'no_match' : isPartial ? 'partial_match' : 'full_match'
  return {
    node_id: check.nodeId,
    issuing_state: document.issuer.alpha3,
    validation_type: 'one_by_one',
    screened_data: {
      last_name: person.lastName,
      first_name: person.firstName,
      personal_number: person.personalNumber,
      document_number: document.number,
      date_of_birth: person.dateOfBirth,
      document_type: document.code,
      expiration_date: document.expiresOn,
    },
    validations: [
      {
        service_id: 'uto_specimen_registry',
        service_name: 'Utopia - specimen registry',
        validation: {
          full_name: match,
          date_of_birth: isNobody ? 'no_match' : 'full_match',
          identification_number: isNobody ? 'no_match' : 'full_match',
        },
        outcome_code: isNobody ? 'NO_MATCH' : isPartial ? 'PARTIAL_MATCH' : 'MATCH',
        outcome_detail: null,
        source_data: isNobody
          ? {}
          : {
              identification_number: person.personalNumber,
              first_name: isPartial ? person.firstName.slice(0, 1) : person.firstName,
              last_name: person.lastName,
              date_of_birth: person.dateOfBirth,
            },
      },
    ],
    match_type: match,
    status: check.status,
    warnings: check.warnings,
  }
}
