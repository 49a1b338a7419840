/** The two who live in this harbour. Both are invented. */
export const people = [
  { id: 'mira', name: 'Mira Sample' },
  { id: 'tom', name: 'Tom Example' },
] as const

export type Person = (typeof people)[number]
export type PersonId = Person['id']

/**
 * Whom a page of the app was made for, sent with each of its requests. The cookie is one for all tabs: without this, a
 * tab that still shows one person would be answered for the one whom another tab has switched to.
 */
export const personHeader = 'x-harbour-person'
