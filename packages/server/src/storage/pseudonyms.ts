import { createHmac, randomBytes } from 'node:crypto'

/**
 * Returns the keyed hash of an id: the storage can recognise the id again, but nobody can read it.
 *
 * The key is kept in the storage itself, so that erasures stay in force under a new `ticketSecret` or on another instance.
 * The same id has different hashes in two storages. A person who has the storage and already knows an id can still
 * recognise it. Session ids are random and cannot be guessed. User ids may be guessed, so their hashes are kept only as
 * long as they are needed.
 */
export type Pseudonyms = (kind: 'session' | 'user', ...id: readonly string[]) => string

/** Creates the hash function of one key. */
export function createPseudonyms(key: string): Pseudonyms {
  return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')
}

/** Returns a new random key. */
export const newPseudonymKey = (): string => randomBytes(32).toString('base64url')
