import type { DetailsDraft, Faults } from '../shared/details.ts'
import { type Person, type PersonId, personHeader } from '../shared/people.ts'

/** The signed-in person, and how far they are. */
export interface Me {
  readonly person: Person | null
  readonly people: readonly Person[]
  readonly hasDetails: boolean
  readonly canControlEmulator: boolean
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

interface Question {
  readonly method?: string
  readonly body?: unknown
  /** The person for whom the page was made. Default: the signed-in person. */
  readonly person?: PersonId
}

async function ask<Answer>(path: string, { method = 'GET', body, person }: Question = {}): Promise<Answer> {
  const answer = await fetch(`/bank${path}`, {
    method,
    headers: {
      ...(person === undefined ? {} : { [personHeader]: person }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => null)
  const value: unknown = await answer?.json().catch(() => null)
  if (!answer?.ok) throw new BankError(answer?.status ?? 0, value)
  return value as Answer
}

export const getMe = () => ask<Me>('/me')
export const signIn = (person: PersonId) => ask<Me>('/me', { method: 'PUT', body: { person } })
export const signOut = () => ask<Me>('/me', { method: 'DELETE' })
export const forgetMe = (person: PersonId) => ask<Me>('/me?forget=yes', { method: 'DELETE', person })
export const getAccount = (person: PersonId) => ask<Account>('/account', { person })

/** Saves the answers; what the bank finds wrong with them comes back by name. */
export async function saveDetails(person: PersonId, draft: DetailsDraft): Promise<{ me: Me } | { faults: Faults }> {
  try {
    return { me: await ask<Me>('/details', { method: 'PUT', body: draft, person }) }
  } catch (error) {
    if (error instanceof BankError && error.status === 422) return error.body as { faults: Faults }
    throw error
  }
}

/** An event in the server's storage, or a webhook that Didit sent. */
export interface DevtoolsEvent {
  readonly at: number | null
  readonly webhookType?: string
  readonly status: string | null
  readonly marks: readonly string[]
}

export interface DevtoolsData {
  readonly stored: readonly DevtoolsEvent[]
  readonly sent: readonly DevtoolsEvent[]
  readonly fault: string | null
}

export const getDevtools = (person: PersonId) => ask<DevtoolsData>('/devtools', { person })
export const review = (person: PersonId, status: string) =>
  ask<object>('/devtools/review', { method: 'POST', body: { status }, person })
export const breakSomething = (person: PersonId, fault: string) =>
  ask<object>('/devtools/fault', { method: 'POST', body: { fault }, person })
