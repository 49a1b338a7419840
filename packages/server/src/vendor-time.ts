/**
 * Reads the moments that Didit writes as text. `Date.parse` alone is not enough: it reads a time without a zone in the
 * zone of this machine, and finds a year in almost anything.
 */

const isoTime =
  /^(\d{4})-?(\d\d)-?(\d\d)[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,12}))?)? ?(?:[Zz]|([+-]\d\d):?(\d\d)?)?$/

/**
 * Returns the epoch milliseconds of an ISO 8601 time, or NaN for any other text. A time without a zone is UTC, since
 * Didit's servers write UTC. A date without a time is no moment.
 */
export function parseIsoTime(text: string): number {
  const parts = isoTime.exec(text.trim())
  if (parts === null) return Number.NaN
  const [, year, month, day, hour, minute, second = '00', fraction = '', zoneHours, zoneMinutes = '00'] = parts
  const zone = zoneHours === undefined ? 'Z' : `${zoneHours}:${zoneMinutes}`
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0')
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${zone}`)
}

/** Returns the epoch milliseconds of an HTTP date such as the header `Date`, or NaN. All three of its forms mean GMT. */
export function parseHttpDate(text: string): number {
  const isDate = /^[A-Za-z]{3,9},? .*\d\d:\d\d:\d\d/.test(text)
  // The oldest form (asctime) names no zone.
  return isDate ? Date.parse(/ (GMT|UTC|[+-]\d{4})$/i.test(text) ? text : `${text} GMT`) : Number.NaN
}
