import { isObject, type Json } from '../runtime/json.ts'
import type { StoredSession } from '../sessions/sessions.ts'

/**
 * The invented people of the decisions.
 *
 * All come from Utopia (`UTO`, the specimen country of travel documents) and live in invented towns around latitude 0,
 * longitude 0, which is open sea.
 */

/** Colours and hairstyle for the drawing of a person. */
export interface Appearance {
  readonly skin: string
  readonly hair: string
  readonly hairstyle: 'bob' | 'short' | 'bun' | 'curls' | 'bald' | 'long'
  readonly shirt: string
  readonly ground: string
  readonly hasGlasses?: true
  readonly hasBeard?: true
}

/** An invented person. */
export interface Person {
  readonly firstName: string
  readonly lastName: string
  readonly gender: 'F' | 'M'
  readonly dateOfBirth: string
  readonly documentNumber: string
  readonly personalNumber: string
  readonly nationality: string
  readonly street: string
  readonly city: string
  readonly postalCode: string
  readonly region: string
  readonly latitude: number
  readonly longitude: number
  readonly phone: string
  readonly email: string
  readonly appearance: Appearance
}

const utopian = { nationality: 'UTO', region: 'Nowhere Coast' }

/** Phone numbers are from a range reserved for fiction, e-mail addresses from a domain reserved for examples. */
const people: readonly [Person, ...Person[]] = [
  {
    ...utopian,
    firstName: 'Ada',
    lastName: 'Exemplar',
    gender: 'F',
    dateOfBirth: '1990-01-01',
    documentNumber: 'UTO000042',
    personalNumber: 'UTOPIA0042',
    street: '1 Nowhere Lane',
    city: 'Sampleton',
    postalCode: '00042',
    latitude: 0.512,
    longitude: 0.254,
    phone: '+447700900042',
    email: 'ada.exemplar@example.com',
    appearance: { skin: '#f1c9a5', hair: '#5b3a29', hairstyle: 'bob', shirt: '#2f6f73', ground: '#d7e6ee' },
  },
  {
    ...utopian,
    firstName: 'Bruno',
    lastName: 'Fabelmann',
    gender: 'M',
    dateOfBirth: '1978-06-17',
    documentNumber: 'UTO000057',
    personalNumber: 'UTOPIA0057',
    street: '57 Invention Road',
    city: 'Mockhaven',
    postalCode: '00057',
    latitude: 0.481,
    longitude: 0.307,
    phone: '+447700900057',
    email: 'bruno.fabelmann@example.com',
    appearance: {
      skin: '#8d5a3b',
      hair: '#1f1a17',
      hairstyle: 'short',
      shirt: '#b5562f',
      ground: '#efe3cf',
      hasBeard: true,
    },
  },
  {
    ...utopian,
    firstName: 'Cleo',
    lastName: 'Phantasma',
    gender: 'F',
    dateOfBirth: '1996-11-30',
    documentNumber: 'UTO000063',
    personalNumber: 'UTOPIA0063',
    street: '63 Storybook Street',
    city: 'Fabelby',
    postalCode: '00063',
    latitude: 0.533,
    longitude: 0.221,
    phone: '+447700900063',
    email: 'cleo.phantasma@example.com',
    appearance: { skin: '#c98d63', hair: '#2a1a12', hairstyle: 'curls', shirt: '#7a4fa3', ground: '#e6def0' },
  },
  {
    ...utopian,
    firstName: 'Dorian',
    lastName: 'Pretendson',
    gender: 'M',
    dateOfBirth: '1961-03-09',
    documentNumber: 'UTO000071',
    personalNumber: 'UTOPIA0071',
    street: '71 Makebelieve Quay',
    city: 'Sampleton',
    postalCode: '00042',
    latitude: 0.509,
    longitude: 0.261,
    phone: '+447700900071',
    email: 'dorian.pretendson@example.com',
    appearance: {
      skin: '#f3d3b8',
      hair: '#b9bcc1',
      hairstyle: 'bald',
      shirt: '#31496b',
      ground: '#dde3ea',
      hasGlasses: true,
    },
  },
  {
    ...utopian,
    firstName: 'Edda',
    lastName: 'Imaginova',
    gender: 'F',
    dateOfBirth: '2001-08-22',
    documentNumber: 'UTO000088',
    personalNumber: 'UTOPIA0088',
    street: '88 Figment Square',
    city: 'Mockhaven',
    postalCode: '00057',
    latitude: 0.476,
    longitude: 0.312,
    phone: '+447700900088',
    email: 'edda.imaginova@example.com',
    appearance: {
      skin: '#e8b48c',
      hair: '#c58a3a',
      hairstyle: 'long',
      shirt: '#a3405c',
      ground: '#f2dfe0',
      hasGlasses: true,
    },
  },
  {
    ...utopian,
    firstName: 'Faruk',
    lastName: 'Nonesuch',
    gender: 'M',
    dateOfBirth: '1985-12-05',
    documentNumber: 'UTO000095',
    personalNumber: 'UTOPIA0095',
    street: '95 Mirage Avenue',
    city: 'Fabelby',
    postalCode: '00063',
    latitude: 0.529,
    longitude: 0.218,
    phone: '+447700900095',
    email: 'faruk.nonesuch@example.com',
    appearance: {
      skin: '#d9a47a',
      hair: '#33241c',
      hairstyle: 'curls',
      shirt: '#4a7d3f',
      ground: '#e0ead8',
      hasBeard: true,
    },
  },
]

/** Returns the Session that the person went through: the first original of an import, or the Session itself. */
export function firstOf(session: StoredSession): StoredSession {
  let first = session
  while (first.sharedFrom !== null) first = first.sharedFrom
  return first
}

/** Returns a hash of a text as a number. */
function digest(text: string): number {
  let sum = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0
  return sum
}

const digits = (number: number, length: number) => String(number % 10 ** length).padStart(length, '0')

/** Picks one item of a list. The same text always picks the same item. */
export const pickFrom = <Item>(items: readonly [Item, ...Item[]], text: string): Item =>
  items[digest(text) % items.length] ?? items[0]

/**
 * Returns the person for a `vendor_data`: always the same one for the same text, and the first one for null.
 *
 * Many users share one invented person, so the numbers and contacts are changed for each user. Otherwise an entry on the
 * blocklist would match a sixth of all users.
 */
export function personFor(vendorData: string | null): Person {
  if (vendorData === null) return people[0]
  const number = digest(vendorData)
  const base = pickFrom(people, vendorData)
  const [year = ''] = base.dateOfBirth.split('-')
  const day = Math.floor(number / people.length) % 336
  return {
    ...base,
    dateOfBirth: `${year}-${digits(1 + Math.floor(day / 28), 2)}-${digits(1 + (day % 28), 2)}`,
    documentNumber: `UTO${digits(number, 6)}`,
    personalNumber: `UTOPIA${digits(number, 8)}`,
    phone: `+447700900${digits(number, 3)}`,
    email: base.email.replace('@', `.${digits(number, 6)}@`),
  }
}

/** Returns the person of a Session: chosen by `vendor_data`, with the name from `expected_details` if it is given. */
export function personOf(session: StoredSession): Person {
  const { request } = firstOf(session)
  const base = personFor(request.vendorData)
  const textOr = (from: Json, field: string, otherwise: string) => {
    const value = isObject(from) ? from[field] : undefined
    return typeof value === 'string' && value !== '' ? value : otherwise
  }
  const { expectedDetails: expected, contactDetails: contact } = request
  return {
    ...base,
    firstName: textOr(expected, 'first_name', base.firstName),
    lastName: textOr(expected, 'last_name', base.lastName),
    gender: textOr(expected, 'gender', base.gender) === 'M' ? 'M' : 'F',
    dateOfBirth: textOr(expected, 'date_of_birth', base.dateOfBirth),
    documentNumber: textOr(expected, 'identification_number', base.documentNumber),
    nationality: textOr(expected, 'nationality', base.nationality),
    phone: firstOf(session).run?.phone ?? textOr(contact, 'phone', base.phone),
    email: firstOf(session).run?.email ?? textOr(contact, 'email', base.email),
  }
}

/** Returns the first name and the last name, in this order. */
export const fullNameOf = ({ firstName, lastName }: Person) => `${firstName} ${lastName}`

/** Returns the age in whole years at a time. */
export function ageOn(dateOfBirth: string, epochMs: number): number {
  const [year = 0, month = 1, day = 1] = dateOfBirth.split('-').map(Number)
  const today = new Date(epochMs)
  const hadBirthday =
    today.getUTCMonth() + 1 > month || (today.getUTCMonth() + 1 === month && today.getUTCDate() >= day)
  return today.getUTCFullYear() - year - (hadBirthday ? 0 : 1)
}
