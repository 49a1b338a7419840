import type { DiditApi } from '@didit-verify/server'
import type { ReviewStatus } from '../bank/emulator-controls.ts'

/** An invented person, and how far their Session goes. */
interface Applicant {
  readonly vendorData: string
  readonly firstName: string
  readonly lastName: string
  readonly birthDate: string
  /** ISO 3166-1 alpha-3. */
  readonly country: string
  /** Null: they have not begun. */
  readonly status: ReviewStatus | null
  /** The alias of a Workflow. */
  readonly workflow: string
}

// Numbers and addresses that are set aside for examples, so that nobody has them.
const applicants: readonly Applicant[] = [
  person('ilse', 'Ilse', 'Varga-Nørgaard', '1991-03-27', 'DNK', 'In Review', 'everything'),
  person('bram', 'Bram', 'Musterman', '1978-11-02', 'NLD', 'In Review'),
  person('ines', 'Inês', 'Exemplo', '1995-06-14', 'PRT', 'In Review'),
  person('olek', 'Olek', 'Przykład', '1984-01-30', 'POL', 'Approved'),
  person('siri', 'Siri', 'Prøve', '1999-09-09', 'NOR', 'Approved', 'everything'),
  person('jean', 'Jean-Loup', 'Échantillon', '1969-12-24', 'FRA', 'Declined'),
  person('otto', 'Otto', 'Musterfrau', '1990-05-05', 'DEU', 'Resubmitted'),
  person('luz', 'Luz', 'Ejemplo', '2001-02-11', 'ESP', 'Abandoned', 'contact'),
  person('nils', 'Nils', 'Provtagare', '1988-08-18', 'SWE', null),
  person('carla', 'Carla', 'Campione', '1973-04-01', 'ITA', 'Kyc Expired'),
  person('eino', 'Eino', 'Näyte', '1996-10-20', 'FIN', 'Expired'),
  person('aoife', 'Aoife', 'Sampla', '1982-07-07', 'IRL', 'In Review', 'address'),
]

function person(
  name: string,
  firstName: string,
  lastName: string,
  birthDate: string,
  country: string,
  status: ReviewStatus | null,
  workflow = 'default',
): Applicant {
  return { vendorData: `desk-${name}`, firstName, lastName, birthDate, country, status, workflow }
}

export interface FillOptions {
  readonly sessions: Pick<DiditApi['sessions'], 'create'>
  /** Ends a Session at the emulator, as its person and Didit would. */
  readonly finish: (sessionId: string, status: ReviewStatus) => Promise<void>
  /** Didit's ids of the Workflows, by alias. One that is missing: the `default` one. */
  readonly workflows: Readonly<Record<string, string>> & { readonly default: string }
}

/**
 * Creates what brings a dozen Sessions to the desk, as if so many people had been at the bank: created at Didit as a
 * backend does it, and finished by the emulator, whose webhooks then tell the companion server.
 *
 * @returns A function that answers how many there are more than before: who is not done keeps the Session they have.
 */
export function createDeskFill({ sessions, finish, workflows }: FillOptions): () => Promise<number> {
  const known = new Set<string>()
  return async () => {
    const before = known.size
    for (const [index, applicant] of applicants.entries()) {
      const { session_id: sessionId } = await sessions.create({
        workflow_id: workflows[applicant.workflow] ?? workflows.default,
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
      if (known.has(sessionId)) continue
      known.add(sessionId)
      if (applicant.status !== null) await finish(sessionId, applicant.status)
    }
    return known.size - before
  }
}

/**
 * The emulator's control for ending a Session; null where the address is not of this machine, and so of no emulator.
 *
 * By its port even where it runs in this process: so it is the same for an emulator that somebody started alone.
 */
export function emulatorControl(diditUrl: string): FillOptions['finish'] | null {
  const { hostname, origin } = new URL(diditUrl)
  if (!['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return null
  return async (sessionId, status) => {
    const answer = await fetch(`${origin}/_emulator/sessions/${sessionId}/finish`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ status }),
    })
    if (!answer.ok) throw new Error(`The emulator did not finish a Session: ${answer.status}.`)
  }
}
