import { countries } from './details.ts'

/** The countries the bank serves, named and sorted as the language does. */
export function countryNames(locale: string): { code: string; name: string }[] {
  const display = new Intl.DisplayNames([locale], { type: 'region' })
  return Object.keys(countries)
    .map((code) => ({ code, name: display.of(code) ?? code }))
    .sort((one, other) => one.name.localeCompare(other.name, locale))
}
