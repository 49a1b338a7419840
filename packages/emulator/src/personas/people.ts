import { isObject, type Json } from '../runtime/json.ts'
import type { StoredSession } from '../sessions/sessions.ts'

/**
 * The people whom decisions are about. None of them exists.
 *
 * All come from Utopia (`UTO`, the specimen country of travel documents) and live in towns that no map has, around the
 * point where the equator meets the meridian of Greenwich: open sea.
 */

/** How somebody is drawn. */
export interface Appearance {
  readonly skin: string
  readonly hair: string
  readonly hairstyle: 'bob' | 'short' | 'bun' | 'curls' | 'bald' | 'long'
  readonly shirt: string
  readonly ground: string
  readonly hasGlasses?: true
  readonly hasBeard?: true
}

/** Somebody invented. */
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

/** Phone numbers from the range that is kept free for drama, addresses from the domain that is kept free for examples. */
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

/** The Session in which the person really was: of an imported one, the one that it came from. */
export function firstOf(session: StoredSession): StoredSession {
  let first = session
  while (first.sharedFrom !== null) first = first.sharedFrom
  return first
}

/** A number for a text, the same each time, and rarely the same for two. */
function digest(text: string): number {
  let sum = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0
  return sum
}

const digits = (number: number, length: number) => String(number % 10 ** length).padStart(length, '0')

/** The same one of a list for the same text. */
export const pickFrom = <Item>(items: readonly [Item, ...Item[]], text: string): Item =>
  items[digest(text) % items.length] ?? items[0]

/**
 * The same text always finds the same person; no text finds the first.
 *
 * There are more users than inventions, so what tells two people of one name apart differs from user to user: otherwise
 * one on the blocklist would take a sixth of all others along.
 */
export function personFor(vendorData: string | null): Person {
  if (vendorData === null) return people[0]
  const number = digest(vendorData)
  const somebody = pickFrom(people, vendorData)
  const [year = ''] = somebody.dateOfBirth.split('-')
  const day = Math.floor(number / people.length) % 336
  return {
    ...somebody,
    dateOfBirth: `${year}-${digits(1 + Math.floor(day / 28), 2)}-${digits(1 + (day % 28), 2)}`,
    documentNumber: `UTO${digits(number, 6)}`,
    personalNumber: `UTOPIA${digits(number, 8)}`,
    phone: `+447700900${digits(number, 3)}`,
    email: somebody.email.replace('@', `.${digits(number, 6)}@`),
  }
}

/** Who a Session is about: somebody that `vendor_data` stands for, under whatever name `expected_details` gives. */
export function personOf(session: StoredSession): Person {
  const { request } = firstOf(session)
  const somebody = personFor(request.vendorData)
  const named = (from: Json, field: string, otherwise: string) => {
    const value = isObject(from) ? from[field] : undefined
    return typeof value === 'string' && value !== '' ? value : otherwise
  }
  const { expectedDetails: expected, contactDetails: contact } = request
  return {
    ...somebody,
    firstName: named(expected, 'first_name', somebody.firstName),
    lastName: named(expected, 'last_name', somebody.lastName),
    gender: named(expected, 'gender', somebody.gender) === 'M' ? 'M' : 'F',
    dateOfBirth: named(expected, 'date_of_birth', somebody.dateOfBirth),
    documentNumber: named(expected, 'identification_number', somebody.documentNumber),
    nationality: named(expected, 'nationality', somebody.nationality),
    phone: firstOf(session).run?.phone ?? named(contact, 'phone', somebody.phone),
    email: firstOf(session).run?.email ?? named(contact, 'email', somebody.email),
  }
}

/** First names before last names, as documents of most countries print them. */
export const fullNameOf = ({ firstName, lastName }: Person) => `${firstName} ${lastName}`

/** Whole years on a day. */
export function ageOn(dateOfBirth: string, epochMs: number): number {
  const [year = 0, month = 1, day = 1] = dateOfBirth.split('-').map(Number)
  const today = new Date(epochMs)
  const hadBirthday =
    today.getUTCMonth() + 1 > month || (today.getUTCMonth() + 1 === month && today.getUTCDate() >= day)
  return today.getUTCFullYear() - year - (hadBirthday ? 0 : 1)
}
