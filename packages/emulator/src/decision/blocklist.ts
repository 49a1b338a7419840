import { isObject, type JsonObject } from '../runtime/json.ts'
import type { Finding, StoredSession } from '../sessions/sessions.ts'
import type { Application } from '../sessions/workflows.ts'
import { itemsOf, viewOf } from './view.ts'

/**
 * What an application wants to meet no second time: faces, documents, numbers and addresses taken from Sessions.
 *
 * @see Didit docs, "Blocklist": https://docs.didit.me/console/blocklist
 */

export const blocklistTypes = ['face', 'document', 'phone', 'email'] as const
export type BlocklistType = (typeof blocklistTypes)[number]

/** One entry. It outlives its Session. */
export interface BlocklistEntry {
  readonly type: BlocklistType
  readonly session: StoredSession
  /** What a later Session is compared by: the number or address itself, save for a face. */
  readonly value: string
  /** The same, with all else that gives a face away: one of them is enough. */
  readonly values: readonly string[]
  /** Epoch milliseconds on the emulator's clock. */
  readonly at: number
}

export interface Blocklist {
  /** Whether the Session has a face, document, number or address of its own to add. */
  has(session: StoredSession, type: BlocklistType): boolean
  /** Adds the Session's own face, document, number or address; false when it has none. Twice is once. */
  add(session: StoredSession, type: BlocklistType): boolean
  /** Takes off what came from this Session; false when nothing of it was there. */
  remove(session: StoredSession, type: BlocklistType): boolean
  /** The entries of an application, newest first. */
  list(application: Application): readonly BlocklistEntry[]
  /** What of a Session is on the list of its application, taken from another Session. */
  findingsOf(session: StoredSession): readonly Finding[]
  reset(): void
}

const findingOf: Readonly<Record<BlocklistType, Finding>> = {
  face: 'FACE_IN_BLOCKLIST',
  document: 'ID_DOCUMENT_IN_BLOCKLIST',
  phone: 'PHONE_NUMBER_IN_BLOCKLIST',
  email: 'EMAIL_IN_BLOCKLIST',
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

/** Nobody looks at pictures here: a face is known by the person on the document, and by whose user it is. */
function facesOf(session: StoredSession, decision: JsonObject): readonly string[] {
  if (itemsOf(decision, 'liveness_checks').length === 0) return []
  const [document] = itemsOf(decision, 'id_verifications')
  const name = textOf(document?.full_name)
  const { vendorData } = session.request
  const known = [
    ...(name === null ? [] : [`person ${name} ${textOf(document?.date_of_birth) ?? ''}`]),
    ...(vendorData === null ? [] : [`user ${vendorData}`]),
  ]
  return known.length > 0 ? known : [`session ${session.sessionId}`]
}

/** The number or address that was verified, else the one the Session was created with. */
function contactOf(decision: JsonObject, block: string, field: string, given: string): string | null {
  const [verified] = itemsOf(decision, block)
  const contact = isObject(decision.contact_details) ? decision.contact_details[given] : undefined
  return textOf(verified?.[field]) ?? textOf(contact)
}

/** What a Session is compared by; empty when it has nothing of the kind. */
function comparedBy(session: StoredSession, decision: JsonObject, type: BlocklistType): readonly string[] {
  const list = (value: string | null) => (value === null ? [] : [value])
  switch (type) {
    case 'face':
      return facesOf(session, decision)
    case 'document':
      return list(textOf(itemsOf(decision, 'id_verifications')[0]?.document_number))
    case 'phone':
      return list(contactOf(decision, 'phone_verifications', 'full_number', 'phone'))
    case 'email':
      return list(contactOf(decision, 'email_verifications', 'email', 'email')?.toLowerCase() ?? null)
  }
}

/** Creates the blocklists of all applications, empty. */
export function createBlocklist(environment: string, now: () => number): Blocklist {
  let entries: BlocklistEntry[] = []
  const view = (session: StoredSession) => viewOf(session, environment, now())
  const isOf = (entry: BlocklistEntry, session: StoredSession, type: BlocklistType) =>
    entry.session === session && entry.type === type

  return {
    has: (session, type) => comparedBy(session, view(session), type).length > 0,
    add(session, type) {
      const values = comparedBy(session, view(session), type)
      const [value] = values
      if (value === undefined) return false
      const isKnown = entries.some((entry) => isOf(entry, session, type) && entry.value === value)
      if (!isKnown) entries.push({ type, session, value, values, at: now() })
      return true
    },
    remove(session, type) {
      const before = entries.length
      entries = entries.filter((entry) => !isOf(entry, session, type))
      return entries.length < before
    },
    list: (application) => entries.filter(({ session }) => session.application === application).reverse(),
    findingsOf(session) {
      const listed = entries.filter((entry) => entry.session.application === session.application)
      if (listed.length === 0) return []
      const decision = view(session)
      return blocklistTypes
        .filter((type) => {
          const values = comparedBy(session, decision, type)
          const others = listed.filter((entry) => entry.type === type && entry.session !== session)
          return others.some((entry) => entry.values.some((value) => values.includes(value)))
        })
        .map((type) => findingOf[type])
    },
    reset() {
      entries = []
    },
  }
}
