import { type DetailsDraft, detailsFields, emptyDraft } from '../../shared/details.ts'
import type { PersonId } from '../../shared/people.ts'

// The tab's own storage: it survives a reload, and ends with the tab.
const prefix = 'harbour-bank draft '

/** Returns the answers that this person has typed in this tab so far. */
export function readDraft(person: PersonId): DetailsDraft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(prefix + person) ?? '{}') as Record<string, unknown>
    const texts = detailsFields.flatMap((field) => (typeof kept[field] === 'string' ? [[field, kept[field]]] : []))
    return { ...emptyDraft, ...Object.fromEntries(texts) }
  } catch {
    return emptyDraft
  }
}

export function keepDraft(person: PersonId, draft: DetailsDraft): void {
  try {
    sessionStorage.setItem(prefix + person, JSON.stringify(draft))
  } catch {
    // A browser that keeps nothing: the draft lives as long as the page.
  }
}

/** Forgets what anybody has typed. */
export function clearDrafts(): void {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(prefix)) sessionStorage.removeItem(name)
  } catch {
    // Storage is not available, so no draft was kept.
  }
}
