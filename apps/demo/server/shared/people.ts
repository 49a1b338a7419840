/** The two who live in this harbour. Both are invented. */
export const people = [
  { id: 'mira', name: 'Mira Sample' },
  { id: 'tom', name: 'Tom Example' },
] as const

export type Person = (typeof people)[number]
export type PersonId = Person['id']
