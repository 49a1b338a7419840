import { type Mrz, mrzOf } from '../media/mrz.ts'
import { type Country, countryOf } from '../personas/countries.ts'
import { firstOf, type Person } from '../personas/people.ts'
import { isObject } from '../runtime/json.ts'
import { type DocumentCode, documentCodes } from '../sessions/person-run.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { risksOf } from './risks.ts'

/** The identity document of a person. */
export interface IdentityDocument {
  readonly code: DocumentCode
  /** The type in the vendor's words. */
  readonly name: string
  readonly subtype: string
  readonly isTwoSided: boolean
  readonly issuer: Country
  readonly number: string
  readonly issuedOn: string
  readonly expiresOn: string
  /** Null for a driving licence, which has no machine readable zone. */
  readonly mrz: Mrz | null
}

const kinds: Readonly<Record<DocumentCode, Pick<IdentityDocument, 'name' | 'subtype' | 'isTwoSided'>>> = {
  P: { name: 'Passport', subtype: 'PASSPORT_GENERIC', isTwoSided: false },
  ID: { name: 'Identity Card', subtype: 'IDENTITY_CARD_GENERIC', isTwoSided: true },
  DL: { name: "Driver's License", subtype: 'DRIVERS_LICENSE_GENERIC', isTwoSided: true },
}

const isDocumentCode = (code: unknown): code is DocumentCode => documentCodes.some((known) => known === code)

/** Returns the type chosen on the page, or else the expected one, or else a passport. */
function codeOf(session: StoredSession): DocumentCode {
  const chosen = session.run?.documentType
  if (chosen !== undefined) return chosen
  const { expectedDetails } = session.request
  const expected = isObject(expectedDetails) ? expectedDetails.expected_document_types : undefined
  const codes = Array.isArray(expected) ? expected.map((code) => String(code).toUpperCase()) : []
  return codes.find(isDocumentCode) ?? 'P'
}

function issuerOf(session: StoredSession, person: Person): Country {
  const { expectedDetails: expected } = session.request
  const named = isObject(expected) ? (expected.id_country ?? expected.country) : undefined
  const chosen = session.run?.documentCountry
  return countryOf(chosen ?? (typeof named === 'string' ? named : person.nationality))
}

/** The dates of an expired and of a valid document. */
const expired = { issuedOn: '2010-02-01', expiresOn: '2020-01-31' }
const valid = { issuedOn: '2026-02-01', expiresOn: '2036-01-31' }

/** Returns true when the check found an expired document, or when the approval has expired since. */
function isExpired(session: StoredSession, now: number): boolean {
  if (session.status === 'Kyc Expired') return now < Date.parse(valid.expiresOn)
  return risksOf(session).some(({ code }) => code === 'DOCUMENT_EXPIRED')
}

/** Returns the identity document of the person of a Session. */
export function documentOf(session: StoredSession, person: Person, now: number): IdentityDocument {
  const first = firstOf(session)
  const code = codeOf(first)
  const issuer = issuerOf(first, person)
  const dates = isExpired(session, now) ? expired : valid
  const mrz =
    code === 'DL'
      ? null
      : mrzOf({
          type: code === 'P' ? 'TD3' : 'TD1',
          code: code === 'P' ? 'P' : 'I',
          issuer: issuer.alpha3,
          nationality: person.nationality,
          surname: person.lastName,
          names: person.firstName,
          number: person.documentNumber,
          dateOfBirth: person.dateOfBirth,
          expiresOn: dates.expiresOn,
          sex: person.gender,
        })
  return { code, ...kinds[code], issuer, number: person.documentNumber, ...dates, mrz }
}
