import { isGuid } from '../guid.ts'

const idPattern = /"session_id"\s*:\s*"([0-9a-f-]{36})"/gi
const maxIds = 10

/**
 * Finds the Sessions that a body names which cannot be read as an event: it is cut off, holds a field of another type, or a
 * `NaN`, which Python writes by default and JSON does not have.
 *
 * A Decision names other Sessions, too, such as those with the same face. A needless read of them does no harm.
 *
 * @param body - The bytes as received. Their signature holds.
 * @returns The ids in lower case, each once, ten at most.
 */
export function findSessionIds(body: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(body)
  const ids = [...text.matchAll(idPattern)].map(([, id = '']) => id.toLowerCase()).filter(isGuid)
  return [...new Set(ids)].slice(0, maxIds)
}
