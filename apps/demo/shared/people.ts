/** The two who live in this harbour. Both are invented. */
export const people = [
  { id: 'mira', name: 'Mira Sample' },
  { id: 'tom', name: 'Tom Example' },
] as const

export type Person = (typeof people)[number]
export type PersonId = Person['id']

/**
 * Header with the person for whom a page was made, sent with each of its requests. All tabs share one cookie: without the
 * header, a tab that still shows one person would get the data of the person to whom another tab has switched.
 */
export const personHeader = 'x-harbour-person'
