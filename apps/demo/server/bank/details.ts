import * as z from 'zod/mini'
import {
  type Details,
  type DetailsDraft,
  detailsFields,
  type Faults,
  faultsOf,
  toDetails,
} from '../../shared/details.ts'

// Long enough for whatever a person types, so that the rules can say what is wrong with it.
const answer = z.string().check(z.maxLength(500))
const draftSchema = z.strictObject(
  Object.fromEntries(detailsFields.map((field) => [field, answer])) as Record<keyof DetailsDraft, typeof answer>,
)

/** Result of reading a body: `fine` answers, `faulty` ones, or `foreign` when the form could not have sent it. */
export type ReadDetails =
  | { readonly kind: 'fine'; readonly details: Details }
  | { readonly kind: 'faulty'; readonly faults: Faults; readonly draft: DetailsDraft }
  | { readonly kind: 'foreign' }

/** Reads the answers of a browser, which may send anything, by the rules that it should have run itself. */
export function readDetails(input: unknown, today = new Date()): ReadDetails {
  const parsed = draftSchema.safeParse(input)
  if (!parsed.success) return { kind: 'foreign' }
  const draft: DetailsDraft = parsed.data
  const faults = faultsOf(draft, today)
  return Object.keys(faults).length > 0
    ? { kind: 'faulty', faults, draft }
    : { kind: 'fine', details: toDetails(draft) }
}

/** Data that goes to Didit alone: the details it should expect, and the address it may write to. */
export function toExpectation(details: Details) {
  const { firstName, lastName, birthDate, email, street, postalCode, city, country } = details
  return {
    expected_details: {
      first_name: firstName,
      last_name: lastName,
      date_of_birth: birthDate,
      address: `${street}, ${postalCode} ${city}`,
      country,
    },
    contact_details: { email },
  }
}
