import { isObject } from '../runtime/json.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { type Country, countries } from './countries.ts'
import { firstOf, type Person, personFor, personOf, pickFrom } from './people.ts'

/** An invented company. */
export interface Company {
  readonly name: string
  readonly registrationNumber: string
  readonly country: Country
  readonly business: string
  readonly incorporatedOn: string
  /** The director: the person derived from `vendor_data`. */
  readonly director: Person
  /** The majority owner. */
  readonly owner: Person
}

type Invented = Pick<Company, 'name' | 'business' | 'incorporatedOn'>

const companies: readonly [Invented, ...Invented[]] = [
  { name: 'Nowhere Lanterns Ltd', business: 'Wholesale of lamp oil', incorporatedOn: '2012-05-04' },
  { name: 'Mockhaven Kites Ltd', business: 'Making of kites', incorporatedOn: '2018-09-17' },
  { name: 'Figment Freight Ltd', business: 'Carriage of imaginary goods', incorporatedOn: '2021-02-26' },
]

/** Returns the country for a registry code such as `ES` or `US-CA`. An unknown country has its code as its name. */
function registryCountry(code: string): Country {
  const [alpha2 = ''] = code.toUpperCase().split('-')
  return countries.find((country) => country.alpha2 === alpha2) ?? { alpha2, alpha3: alpha2, name: alpha2 }
}

/** Returns the company of a Session: the one typed in, or else the expected one, or else an invented one. */
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
