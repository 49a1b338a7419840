import { expect, test } from 'vitest'
import { type DetailsDraft, type Fault, faultsOf, toDetails } from './details.ts'

const today = new Date('2026-06-15T12:00:00Z')
const good: DetailsDraft = {
  firstName: 'Zoë ',
  lastName: "O'Hara-Ngô",
  birthDay: '7',
  birthMonth: '3',
  birthYear: '1985',
  email: 'zoe@post.example.org',
  street: 'Kai 7',
  postalCode: '20457',
  city: 'Hamburg',
  country: 'DE',
}
const faults = (change: Partial<DetailsDraft>) => faultsOf({ ...good, ...change }, today)
const born = (...[birthDay, birthMonth, birthYear]: readonly [string, string, string]) =>
  faults({ birthDay, birthMonth, birthYear })

test('takes answers as people give them, and keeps them in one form', () => {
  expect(faults({})).toEqual({})
  expect(toDetails(good)).toMatchObject({ firstName: 'Zoë', birthDate: '1985-03-07', country: 'DEU' })
})

test('names every answer that is missing', () => {
  const empty = Object.fromEntries(Object.keys(good).map((field) => [field, ' '])) as unknown as DetailsDraft
  expect(Object.values(faultsOf(empty, today))).toEqual(Array(8).fill('missing'))
})

test.each<[string, readonly [string, string, string], Fault]>([
  ['a day the calendar has not', ['30', '2', '1990'], 'noDate'],
  ['the 29th of February in a year without one', ['29', '2', '1990'], 'noDate'],
  ['a year of two digits', ['1', '1', '90'], 'noDate'],
  ['a part that is missing', ['1', '', '1990'], 'noDate'],
  ['words', ['one', 'May', '1990'], 'noDate'],
  ['a day to come', ['1', '1', '2027'], 'future'],
  ['the day before the 18th birthday', ['16', '6', '2008'], 'tooYoung'],
  ['the year 1885', ['1', '1', '1885'], 'tooOld'],
])('%s is no date of birth', (_name, parts, fault) => {
  expect(born(...parts)).toEqual({ birthDate: fault })
})

test('takes the 18th birthday itself, and a leap day', () => {
  expect(born('15', '6', '2008')).toEqual({})
  expect(born('29', '2', '1992')).toEqual({})
})

test.each([
  [{ firstName: 'R2D2' }, { firstName: 'letters' }],
  [{ lastName: '–' }, { lastName: 'letters' }],
  [{ email: 'zoe@post' }, { email: 'noAddress' }],
  [{ email: 'zoe at post.example' }, { email: 'noAddress' }],
  [{ city: 'x'.repeat(101) }, { city: 'tooLong' }],
  [{ country: 'XX' }, { country: 'notOffered' }],
  [{ country: 'toString' }, { country: 'notOffered' }],
])('%o is refused by name', (change, expected) => {
  expect(faults(change)).toEqual(expected)
})
