import { isObject, type JsonObject } from '../runtime/json.ts'
import type { Finding, StoredSession } from '../sessions/sessions.ts'
import type { Application } from '../sessions/workflows.ts'
import { itemsOf, viewOf } from './view.ts'

/**
 * The blocklist of an application: faces, documents, phone numbers and e-mail addresses taken from Sessions.
 *
 * @see Didit docs, "Blocklist": https://docs.didit.me/console/blocklist
 */

export const blocklistTypes = ['face', 'document', 'phone', 'email'] as const
export type BlocklistType = (typeof blocklistTypes)[number]

/** One entry. It stays when its Session is deleted. */
export interface BlocklistEntry {
  readonly type: BlocklistType
  readonly session: StoredSession
  /** The value that later Sessions are compared with: the number or the address, or for a face an internal key. */
  readonly value: string
  /** All values that identify the entry. One match is enough. */
  readonly values: readonly string[]
  /** Epoch milliseconds on the emulator's clock. */
  readonly at: number
}

export interface Blocklist {
  /** Tells whether the Session has a face, document, number or address to add. */
  has(session: StoredSession, type: BlocklistType): boolean
  /** Adds the face, document, number or address of the Session, once. Returns false when it has none. */
  add(session: StoredSession, type: BlocklistType): boolean
  /** Removes the entry that came from this Session. Returns false when there was no such entry. */
  remove(session: StoredSession, type: BlocklistType): boolean
  /** Returns the entries of an application, newest first. */
  list(application: Application): readonly BlocklistEntry[]
  /** Returns the matches of a Session with entries that came from other Sessions of its application. */
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

/** Pictures are not compared. The document's person and the user (`vendor_data`) identify a face. */
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

/** Returns the verified number or address, or else the one that the Session was created with. */
function contactOf(decision: JsonObject, block: string, field: string, given: string): string | null {
  const [verified] = itemsOf(decision, block)
  const contact = isObject(decision.contact_details) ? decision.contact_details[given] : undefined
  return textOf(verified?.[field]) ?? textOf(contact)
}

/** Returns the values that identify a Session for one type. Empty when it has none of that type. */
function identifyingValues(session: StoredSession, decision: JsonObject, type: BlocklistType): readonly string[] {
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

/** Creates an empty blocklist for each application. */
export function createBlocklist(environment: string, now: () => number): Blocklist {
  let entries: BlocklistEntry[] = []
  const view = (session: StoredSession) => viewOf(session, environment, now())
  const isOf = (entry: BlocklistEntry, session: StoredSession, type: BlocklistType) =>
    entry.session === session && entry.type === type

  return {
    has: (session, type) => identifyingValues(session, view(session), type).length > 0,
    add(session, type) {
      const values = identifyingValues(session, view(session), type)
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
          const values = identifyingValues(session, decision, type)
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
