import { expect, test } from 'vitest'
import { checkDigit, mrzOf } from './mrz.ts'

const anna = {
  issuer: 'UTO',
  nationality: 'UTO',
  surname: 'Eriksson',
  names: 'Anna Maria',
  dateOfBirth: '1974-08-12',
  expiresOn: '2012-04-15',
  sex: 'F',
}

test.each([
  ['L898902C3', '6'],
  ['740812', '2'],
  ['120415', '9'],
  ['D23145890', '7'],
])('the check digit of %s is %s, as in the specimens of document 9303', (field, digit) => {
  expect(checkDigit(field)).toBe(digit)
})

test('a passport has two lines of 44 characters, and a final digit over the second line', () => {
  const { lines, key, finalDigit } = mrzOf({ ...anna, type: 'TD3', code: 'P', number: 'L898902C3' })
  expect(lines).toEqual([
    'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
    'L898902C36UTO7408122F1204159<<<<<<<<<<<<<<<8',
  ])
  expect([key, finalDigit]).toEqual(['L898902C3674081221204159', '8'])
})

test('a card has three lines of 30 characters', () => {
  const { lines } = mrzOf({ ...anna, type: 'TD1', code: 'I', number: 'D23145890' })
  expect(lines).toEqual([
    'I<UTOD231458907<<<<<<<<<<<<<<<',
    '7408122F1204159UTO<<<<<<<<<<<6',
    'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
  ])
})

test('transliterates letters as travel documents do, and cuts long names', () => {
  const { lines } = mrzOf({
    ...anna,
    type: 'TD3',
    code: 'P',
    surname: "Varga-Nørgaard d'Öst",
    names: '李 X Æ',
    number: 'A-1',
    sex: 'X',
  })
  expect(lines[0]).toBe('P<UTOVARGA<NOERGAARD<DOST<<X<AE<<<<<<<<<<<<<')
  expect(lines[1]).toMatch(/^A<1<<<<<</)
  expect(
    mrzOf({ ...anna, type: 'TD1', code: 'I', number: '1', surname: 'x'.repeat(99) }).lines.map((line) => line.length),
  ).toEqual([30, 30, 30])
})
