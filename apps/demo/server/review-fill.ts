import type { DiditApi } from '@didit-verify/server'
import type { ReviewStatus } from './bank-backstage.ts'
import type { DemoDirector } from './demo-emulator.ts'

/** Somebody who never was, and how far they have come. */
interface Applicant {
  readonly vendorData: string
  readonly firstName: string
  readonly lastName: string
  readonly birthDate: string
  /** ISO 3166-1 alpha-3. */
  readonly country: string
  /** Null: they have not begun. */
  readonly status: ReviewStatus | null
  /** The alias of a Workflow. Default: the bank's own. */
  readonly workflow?: string
}

// Numbers and addresses that are set aside for examples, so that nobody has them.
const applicants: readonly Applicant[] = [
  person('ilse', 'Ilse', 'Varga-Nørgaard', '1991-03-27', 'DNK', 'In Review'),
  person('bram', 'Bram', 'Musterman', '1978-11-02', 'NLD', 'In Review'),
  person('ines', 'Inês', 'Exemplo', '1995-06-14', 'PRT', 'In Review'),
  person('olek', 'Olek', 'Przykład', '1984-01-30', 'POL', 'Approved'),
  person('siri', 'Siri', 'Prøve', '1999-09-09', 'NOR', 'Approved'),
  person('jean', 'Jean-Loup', 'Échantillon', '1969-12-24', 'FRA', 'Declined'),
  person('otto', 'Otto', 'Musterfrau', '1990-05-05', 'DEU', 'Resubmitted'),
  person('luz', 'Luz', 'Ejemplo', '2001-02-11', 'ESP', 'Abandoned'),
  person('nils', 'Nils', 'Provtagare', '1988-08-18', 'SWE', null),
  person('carla', 'Carla', 'Campione', '1973-04-01', 'ITA', 'Kyc Expired'),
  person('eino', 'Eino', 'Näyte', '1996-10-20', 'FIN', 'Expired'),
  { ...person('aoife', 'Aoife', 'Sampla', '1982-07-07', 'IRL', 'In Review'), workflow: 'address' },
]

function person(
  name: string,
  firstName: string,
  lastName: string,
  birthDate: string,
  country: string,
  status: ReviewStatus | null,
): Applicant {
  return { vendorData: `desk-${name}`, firstName, lastName, birthDate, country, status }
}

export interface FillOptions {
  readonly sessions: Pick<DiditApi['sessions'], 'create'>
  readonly director: Pick<DemoDirector, 'review'>
  /** Didit's ids of the Workflows, by alias. One that is missing: the `default` one. */
  readonly workflows: Readonly<Record<string, string>> & { readonly default: string }
}

/**
 * Brings a dozen Sessions to the desk, as if so many people had been at the bank: created at Didit as a backend does
 * it, and finished by the emulator, whose webhooks then tell the companion server.
 *
 * @returns How many there are more than before: whoever has not begun yet keeps the Session they have.
 */
export async function fillDesk({ sessions, director, workflows }: FillOptions): Promise<number> {
  const created = new Set<string>()
  for (const [index, applicant] of applicants.entries()) {
    const session = await sessions.create({
      workflow_id: (applicant.workflow && workflows[applicant.workflow]) || workflows.default,
      vendor_data: applicant.vendorData,
      expected_details: {
        first_name: applicant.firstName,
        last_name: applicant.lastName,
        date_of_birth: applicant.birthDate,
        id_country: applicant.country,
      },
      contact_details: {
        email: `${applicant.vendorData}@example.org`,
        phone: `+4477009001${String(index).padStart(2, '0')}`,
      },
    })
    if (session.status !== 'Not Started') continue
    created.add(session.session_id)
    if (applicant.status !== null) director.review(session.session_id, applicant.status)
  }
  return created.size
}
