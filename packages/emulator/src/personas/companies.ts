import { isObject } from '../runtime/json.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { type Country, countries } from './countries.ts'
import { firstOf, type Person, personFor, personOf, pickFrom } from './people.ts'

/** A company that nobody registered. */
export interface Company {
  readonly name: string
  readonly registrationNumber: string
  readonly country: Country
  readonly business: string
  readonly incorporatedOn: string
  /** Who runs it; the person whom the Session's user stands for. */
  readonly director: Person
  /** Who owns most of it. */
  readonly owner: Person
}

type Invented = Pick<Company, 'name' | 'business' | 'incorporatedOn'>

const companies: readonly [Invented, ...Invented[]] = [
  { name: 'Nowhere Lanterns Ltd', business: 'Wholesale of lamp oil', incorporatedOn: '2012-05-04' },
  { name: 'Mockhaven Kites Ltd', business: 'Making of kites', incorporatedOn: '2018-09-17' },
  { name: 'Figment Freight Ltd', business: 'Carriage of imaginary goods', incorporatedOn: '2021-02-26' },
]

/** The country by the two letters that registries use, region or not; one that is not known goes by its letters. */
function registryCountry(code: string): Country {
  const [alpha2 = ''] = code.toUpperCase().split('-')
  return countries.find((country) => country.alpha2 === alpha2) ?? { alpha2, alpha3: alpha2, name: alpha2 }
}

/** The company that a Session is about: what was typed, else what was expected, else one of the invented ones. */
export function companyOf(session: StoredSession): Company {
  const { request, run = {} } = firstOf(session)
  const vendorData = request.vendorData ?? ''
  const invented = pickFrom(companies, vendorData)
  const expected = isObject(request.expectedDetails) ? request.expectedDetails : {}
  const named = (field: string, otherwise: string) => {
    const value = expected[field]
    return typeof value === 'string' && value !== '' ? value : otherwise
  }
  const director = personOf(session)
  return {
    ...invented,
    name: run.companyName ?? named('company_name', invented.name),
    registrationNumber:
      run.registrationNumber ?? named('registration_number', `UT${director.personalNumber.slice(-4)}`),
    country: registryCountry(named('registry_country', 'XU')),
    director,
    owner: personFor(`owner of ${vendorData}`),
  }
}
