import { createHmac, randomBytes } from 'node:crypto'

/**
 * What is left of an id that must be recognised, and must not be read: a keyed hash.
 *
 * The key belongs to the storage and lies in it, so that a new `ticketSecret` or another instance forgets nobody's
 * erasure. So the hash hides an id from whoever reads the storage, and makes the same id look different in two of them.
 * It cannot keep somebody who holds the storage and already knows an id from recognising it. Ids of Sessions are random
 * and cannot be guessed; those of users may be, so hashes of them are kept no longer than they are needed.
 */
export type Pseudonyms = (kind: 'session' | 'user', ...id: readonly string[]) => string

/** Creates the hashes of one key. */
export function createPseudonyms(key: string): Pseudonyms {
  return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')
}

/** A new key. */
export const newPseudonymKey = (): string => randomBytes(32).toString('base64url')
