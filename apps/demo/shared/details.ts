/**
 * The details that the bank asks for before Didit does, and the rules for each answer. The browser applies them while the
 * person types, and the server applies them again to each request.
 */

export const detailsFields = [
  'firstName',
  'lastName',
  'birthDay',
  'birthMonth',
  'birthYear',
  'email',
  'street',
  'postalCode',
  'city',
  'country',
] as const

export type DetailsField = (typeof detailsFields)[number]

/** The answers as typed. */
export type DetailsDraft = Readonly<Record<DetailsField, string>>

/** The answers as kept, once nothing is wrong with them. */
export interface Details {
  readonly firstName: string
  readonly lastName: string
  /** `YYYY-MM-DD`. */
  readonly birthDate: string
  readonly email: string
  readonly street: string
  readonly postalCode: string
  readonly city: string
  /** ISO 3166-1 alpha-3. */
  readonly country: string
}

export type DetailsName = keyof Details

/** The names of the answers, in the order they are asked. */
export const detailsNames: readonly DetailsName[] = [
  'firstName',
  'lastName',
  'birthDate',
  'email',
  'street',
  'postalCode',
  'city',
  'country',
]

export type Fault =
  | 'missing'
  | 'tooLong'
  | 'letters'
  | 'noDate'
  | 'future'
  | 'tooYoung'
  | 'tooOld'
  | 'noAddress'
  | 'notOffered'
export type Faults = Readonly<Partial<Record<DetailsName, Fault>>>

/** Countries in which the bank opens accounts, by ISO 3166-1 alpha-2, with the alpha-3 code that Didit expects. */
export const countries = {
  AT: 'AUT',
  BE: 'BEL',
  BG: 'BGR',
  CH: 'CHE',
  CY: 'CYP',
  CZ: 'CZE',
  DE: 'DEU',
  DK: 'DNK',
  EE: 'EST',
  ES: 'ESP',
  FI: 'FIN',
  FR: 'FRA',
  GB: 'GBR',
  GR: 'GRC',
  HR: 'HRV',
  HU: 'HUN',
  IE: 'IRL',
  IS: 'ISL',
  IT: 'ITA',
  LI: 'LIE',
  LT: 'LTU',
  LU: 'LUX',
  LV: 'LVA',
  MT: 'MLT',
  NL: 'NLD',
  NO: 'NOR',
  PL: 'POL',
  PT: 'PRT',
  RO: 'ROU',
  SE: 'SWE',
  SI: 'SVN',
  SK: 'SVK',
} as const

export const emptyDraft = Object.freeze(
  Object.fromEntries(detailsFields.map((field) => [field, ''])),
) as unknown as DetailsDraft

const longest = 100
const youngest = 18
const oldest = 120

/** True for a day the calendar has. */
function toDate(year: string, month: string, day: string): Date | null {
  if (!/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(month) || !/^\d{1,2}$/.test(day)) return null
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  return isReal ? date : null
}

/** Whole years from one day to another, as birthdays count them. */
function yearsBetween(from: Date, to: Date): number {
  const years = to.getUTCFullYear() - from.getUTCFullYear()
  const hadBirthday =
    to.getUTCMonth() > from.getUTCMonth() ||
    (to.getUTCMonth() === from.getUTCMonth() && to.getUTCDate() >= from.getUTCDate())
  return hadBirthday ? years : years - 1
}

function birthFault({ birthDay, birthMonth, birthYear }: DetailsDraft, today: Date): Fault | null {
  const parts = [birthYear.trim(), birthMonth.trim(), birthDay.trim()] as const
  if (parts.every((part) => part === '')) return 'missing'
  const date = toDate(...parts)
  if (date === null) return 'noDate'
  if (date > today) return 'future'
  const age = yearsBetween(date, today)
  return age < youngest ? 'tooYoung' : age > oldest ? 'tooOld' : null
}

function textFault(value: string): Fault | null {
  return value === '' ? 'missing' : value.length > longest ? 'tooLong' : null
}

// A name needs a letter and holds no digit; everything else about names is wrong for somebody.
const nameFault = (value: string): Fault | null =>
  textFault(value) ?? (/\p{L}/u.test(value) && !/[\d@<>{}]/.test(value) ? null : 'letters')

const emailFault = (value: string): Fault | null =>
  textFault(value) ?? (/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value) ? null : 'noAddress')

/** Returns the faults of the answers by name. Empty when all answers are fine. */
export function faultsOf(draft: DetailsDraft, today = new Date()): Faults {
  const value = (field: DetailsField) => draft[field].trim()
  const found: readonly (readonly [DetailsName, Fault | null])[] = [
    ['firstName', nameFault(value('firstName'))],
    ['lastName', nameFault(value('lastName'))],
    ['birthDate', birthFault(draft, today)],
    ['email', emailFault(value('email'))],
    ['street', textFault(value('street'))],
    ['postalCode', textFault(value('postalCode'))],
    ['city', textFault(value('city'))],
    ['country', value('country') === '' ? 'missing' : Object.hasOwn(countries, value('country')) ? null : 'notOffered'],
  ]
  return Object.fromEntries(found.filter(([, fault]) => fault !== null)) as Faults
}

/** The answers as the bank keeps them. Call it only where `faultsOf` found nothing. */
export function toDetails(draft: DetailsDraft): Details {
  const value = (field: DetailsField) => draft[field].trim()
  const two = (field: DetailsField) => value(field).padStart(2, '0')
  return {
    firstName: value('firstName'),
    lastName: value('lastName'),
    birthDate: `${value('birthYear')}-${two('birthMonth')}-${two('birthDay')}`,
    email: value('email'),
    street: value('street'),
    postalCode: value('postalCode'),
    city: value('city'),
    country: countries[value('country') as keyof typeof countries],
  }
}
