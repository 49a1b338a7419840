import { createHmac } from 'node:crypto'

/** The account that a verified person gets. */
export interface Account {
  readonly holder: string
  readonly iban: string
  /** Epoch milliseconds. */
  readonly openedAt: number
}

// Utopia's: no country has it, so nobody can send money there.
const countryCode = 'UT'
const bankCode = 'HARB'

const toNumber = (text: string) => [...text].map((character) => Number.parseInt(character, 36)).join('')

/** The two check digits of ISO 13616: the whole number, read anew, leaves 1 when divided by 97. */
function checkDigits(account: string): string {
  const number = BigInt(toNumber(`${account}${countryCode}00`))
  return String(98n - (number % 97n)).padStart(2, '0')
}

/** The number of a user's account: always the same, and it does not tell who the user is. */
export function ibanOf(userId: string, key: string): string {
  const digest = createHmac('sha256', key).update(`harbour-bank account\n${userId}`).digest()
  const account = `${bankCode}${String(digest.readUInt32BE(0)).padStart(10, '0')}${String(digest.readUInt16BE(4) % 10_000).padStart(4, '0')}`
  return `${countryCode}${checkDigits(account)}${account}`.replaceAll(/(.{4})(?=.)/g, '$1 ')
}
