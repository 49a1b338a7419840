/** The machine-readable zone (MRZ) of a travel document, in the format of ICAO document 9303. */
export interface Mrz {
  readonly type: 'TD1' | 'TD3'
  readonly lines: readonly string[]
  readonly surname: string
  readonly names: string
  readonly number: string
  readonly birthDate: string
  readonly expiryDate: string
  readonly numberDigit: string
  readonly birthDigit: string
  readonly expiryDigit: string
  readonly finalDigit: string
  /** Number, date of birth and date of expiry with their check digits. This key gives access to the chip. */
  readonly key: string
}

/** Input of `mrzOf`. */
export interface MrzFields {
  readonly type: 'TD1' | 'TD3'
  readonly code: string
  readonly issuer: string
  readonly nationality: string
  readonly surname: string
  readonly names: string
  readonly number: string
  /** `YYYY-MM-DD`. */
  readonly dateOfBirth: string
  readonly expiresOn: string
  readonly sex: string
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const weights = [7, 3, 1]

/** Returns the check digit of a field: the sum of its characters with the repeated weights 7, 3, 1, modulo ten. */
export function checkDigit(field: string): string {
  let sum = 0
  for (const [index, character] of [...field].entries()) {
    sum += Math.max(0, alphabet.indexOf(character)) * (weights[index % 3] ?? 0)
  }
  return String(sum % 10)
}

/** Converts a name to the letters of the MRZ. Every other character becomes a space, and later a filler. */
const transliterate = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/Ø|Ö/g, 'OE')
    .replace(/Å/g, 'AA')
    .replace(/Æ/g, 'AE')
    .replace(/ß|ẞ/g, 'SS')
    .replace(/['’]/g, '')
    .replace(/[^A-Z0-9]+/g, ' ')
    .trim()

const fill = (text: string, length: number) => text.replaceAll(' ', '<').slice(0, length).padEnd(length, '<')
const shortDate = (date: string) => date.slice(2).replaceAll('-', '')

/** Creates the MRZ of a passport (`TD3`) or of a card (`TD1`). */
export function mrzOf(fields: MrzFields): Mrz {
  const surname = transliterate(fields.surname)
  const names = transliterate(fields.names)
  const sex = ['F', 'M'].includes(fields.sex) ? fields.sex : '<'
  const number = fill(transliterate(fields.number), 9)
  const [birthDate, expiryDate] = [shortDate(fields.dateOfBirth), shortDate(fields.expiresOn)]
  const [numberDigit, birthDigit, expiryDigit] = [checkDigit(number), checkDigit(birthDate), checkDigit(expiryDate)]
  const issuer = fill(fields.issuer, 3)
  const nationality = fill(fields.nationality, 3)
  const optional = fill('', fields.type === 'TD3' ? 14 : 15)
  const dates = `${birthDate}${birthDigit}${sex}${expiryDate}${expiryDigit}`
  const common = {
    surname,
    names,
    number: number.replace(/<+$/, ''),
    birthDate,
    expiryDate,
    numberDigit,
    birthDigit,
    expiryDigit,
    key: `${number}${numberDigit}${birthDate}${birthDigit}${expiryDate}${expiryDigit}`,
  }
  if (fields.type === 'TD3') {
    // The check digit of an empty optional field may be a filler.
    const finalDigit = checkDigit(
      `${number}${numberDigit}${birthDate}${birthDigit}${expiryDate}${expiryDigit}${optional}<`,
    )
    const lines = [
      `${fill(fields.code, 2)}${issuer}${fill(`${surname}  ${names}`, 39)}`,
      `${number}${numberDigit}${nationality}${dates}${optional}<${finalDigit}`,
    ]
    return { ...common, type: 'TD3', lines, finalDigit }
  }
  const finalDigit = checkDigit(
    `${number}${numberDigit}${optional}${birthDate}${birthDigit}${expiryDate}${expiryDigit}${fill('', 11)}`,
  )
  const lines = [
    `${fill(fields.code, 2)}${issuer}${number}${numberDigit}${optional}`,
    `${dates}${nationality}${fill('', 11)}${finalDigit}`,
    fill(`${surname}  ${names}`, 30),
  ]
  return { ...common, type: 'TD1', lines, finalDigit }
}
