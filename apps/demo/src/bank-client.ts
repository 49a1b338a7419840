import type { DetailsDraft, Faults } from '../server/shared/details.ts'
import type { Person, PersonId } from '../server/shared/people.ts'

/** Who the bank says is here, and how far they are. */
export interface Me {
  readonly person: Person | null
  readonly people: readonly Person[]
  readonly hasDetails: boolean
  readonly canDirect: boolean
}

export interface Account {
  readonly holder: string
  readonly iban: string
  readonly openedAt: number
}

/** An answer of the bank that was not the wanted one. 0: none came. */
export class BankError extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    super(`The bank answered ${status}.`)
    this.status = status
    this.body = body
  }
}

async function ask<Answer>(path: string, method = 'GET', body?: unknown): Promise<Answer> {
  const answer = await fetch(`/bank${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => null)
  const value: unknown = await answer?.json().catch(() => null)
  if (!answer?.ok) throw new BankError(answer?.status ?? 0, value)
  return value as Answer
}

export const getMe = () => ask<Me>('/me')
export const signIn = (person: PersonId) => ask<Me>('/me', 'PUT', { person })
export const signOut = () => ask<Me>('/me', 'DELETE')
export const forgetMe = () => ask<Me>('/me?forget=yes', 'DELETE')
export const getAccount = () => ask<Account>('/account')

/** Saves the answers; what the bank finds wrong with them comes back by name. */
export async function saveDetails(draft: DetailsDraft): Promise<{ me: Me } | { faults: Faults }> {
  try {
    return { me: await ask<Me>('/details', 'PUT', draft) }
  } catch (error) {
    if (error instanceof BankError && error.status === 422) return error.body as { faults: Faults }
    throw error
  }
}

/** One thing the server's storage or Didit's post knows. */
export interface BackstageEvent {
  readonly at: number | null
  readonly webhookType?: string
  readonly status: string | null
  readonly marks: readonly string[]
}

export interface Backstage {
  readonly stored: readonly BackstageEvent[]
  readonly sent: readonly BackstageEvent[]
  readonly fault: string | null
}

export const getBackstage = () => ask<Backstage>('/backstage')
export const review = (status: string) => ask<object>('/backstage/review', 'POST', { status })
export const breakSomething = (fault: string) => ask<object>('/backstage/fault', 'POST', { fault })
