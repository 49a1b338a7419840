import type { Demo } from './harness.ts'

const personalFields = new Set([
  'first_name',
  'last_name',
  'full_name',
  'date_of_birth',
  'birth_date',
  'document_number',
  'personal_number',
  'address',
  'formatted_address',
  'place_of_birth',
])

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (personalFields.has(key) && typeof inner === 'string' && inner.length > 3) found.add(inner)
      else collect(inner, found)
    }
  }
}

/** The tokens in the hosted pages' addresses of all Sessions of the run. */
export async function sessionTokens(demo: Demo): Promise<string[]> {
  const sessions = await demo.emulator.control.sessions()
  return sessions.map(({ url }) => url.split('/').at(-1) ?? '').filter((token) => token !== '')
}

/** Every name, date of birth, document number and address that Didit holds of the run's Sessions. */
export async function personalData(demo: Demo): Promise<string[]> {
  const found = new Set<string>()
  for (const { session_id } of await demo.emulator.control.sessions()) {
    const answer = await demo.emulator.fetch(
      new Request(`${demo.emulator.url}/v3/session/${session_id}/decision/`, {
        headers: { 'x-api-key': demo.secrets.apiKey },
      }),
    )
    collect(await answer.json(), found)
  }
  return [...found]
}
