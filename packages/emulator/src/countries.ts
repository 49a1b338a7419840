/** A country as the vendor's fields need it. */
export interface Country {
  readonly alpha3: string
  readonly alpha2: string
  readonly name: string
}

/** The countries that the hosted page offers, the invented one first. */
export const countries: readonly [Country, ...Country[]] = [
  { alpha3: 'UTO', alpha2: 'XU', name: 'Utopia' },
  { alpha3: 'BRA', alpha2: 'BR', name: 'Brazil' },
  { alpha3: 'DEU', alpha2: 'DE', name: 'Germany' },
  { alpha3: 'DNK', alpha2: 'DK', name: 'Denmark' },
  { alpha3: 'ESP', alpha2: 'ES', name: 'Spain' },
  { alpha3: 'FRA', alpha2: 'FR', name: 'France' },
  { alpha3: 'GBR', alpha2: 'GB', name: 'United Kingdom' },
  { alpha3: 'IND', alpha2: 'IN', name: 'India' },
  { alpha3: 'ITA', alpha2: 'IT', name: 'Italy' },
  { alpha3: 'PRT', alpha2: 'PT', name: 'Portugal' },
  { alpha3: 'USA', alpha2: 'US', name: 'United States' },
]

/** A country by its three letters; one that is not in the list goes by its letters alone. */
export const countryOf = (alpha3: string): Country =>
  countries.find((country) => country.alpha3 === alpha3) ?? { alpha3, alpha2: alpha3.slice(0, 2), name: alpha3 }
