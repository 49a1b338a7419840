import { fullNameOf, type Person } from '../personas/people.ts'
import type { AddressProof, PersonRun } from '../sessions/person-run.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { risksOf } from './risks.ts'

/** The document that proves a person's address. */
export interface ProofOfAddress {
  readonly type: AddressProof
  readonly subtype: string
  readonly title: string
  readonly issuer: string
  /** `YYYY-MM-DD`. */
  readonly issuedOn: string
  readonly name: string
  readonly street: string
  readonly postalCode: string
  readonly city: string
}

const kinds: Readonly<Record<AddressProof, Pick<ProofOfAddress, 'subtype' | 'title' | 'issuer'>>> = {
  UTILITY_BILL: { subtype: 'ELECTRICITY_BILL', title: 'Electricity bill', issuer: 'Example Power' },
  BANK_STATEMENT: { subtype: 'BANK_STATEMENT', title: 'Bank statement', issuer: 'Bank of Nowhere' },
  GOVERNMENT_ISSUED_DOCUMENT: { subtype: 'TAX_DOCUMENT', title: 'Tax assessment', issuer: 'Utopian Revenue' },
}

const dayMs = 86_400_000

/** Returns the proof that the person uploaded. It has the defects that the warnings of the decision name. */
export function addressProofOf(session: StoredSession, person: Person, run: PersonRun): ProofOfAddress {
  const type = run.addressType ?? 'UTILITY_BILL'
  const found = (code: string) => risksOf(session).some((risk) => risk.code === code)
  const ageDays = found('POA_DOCUMENT_EXPIRED') ? 400 : 20
  const { street, postalCode, city } = found('ADDRESS_MISMATCH_WITH_PROVIDED')
    ? { ...person, street: '999 Elsewhere Alley', postalCode: '00999' }
    : person
  return {
    type,
    ...kinds[type],
    issuedOn: new Date(session.createdAt - ageDays * dayMs).toISOString().slice(0, 10),
    name: found('NAME_MISMATCH_WITH_PROVIDED')
      ? `${person.firstName.slice(0, 1)}. ${person.lastName}`
      : fullNameOf(person),
    street,
    postalCode,
    city,
  }
}
