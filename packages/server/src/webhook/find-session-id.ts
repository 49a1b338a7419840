import { isGuid } from '../guid.ts'

const idPattern = /"session_id"\s*:\s*"([0-9a-f-]{36})"/gi

/**
 * Finds the Session that a body names which cannot be read as an event: it is cut off, holds a field of another type, or a
 * `NaN`, which Python writes by default and JSON does not have.
 *
 * @param body - The bytes as received. Their signature holds.
 * @returns The id in lower case; null when the body names none, or several.
 */
export function findSessionId(body: Uint8Array): string | null {
  const text = new TextDecoder().decode(body)
  const ids = new Set([...text.matchAll(idPattern)].map(([, id = '']) => id.toLowerCase()).filter(isGuid))
  const [id = null] = ids
  return ids.size === 1 ? id : (ownId(text) ?? null)
}

/** The id on the outermost level, where the text is JSON at all. */
function ownId(text: string): string | undefined {
  try {
    const id = Reflect.get(Object(JSON.parse(text)), 'session_id')
    return isGuid(id) ? id.toLowerCase() : undefined
  } catch {
    return undefined
  }
}
