import * as z from 'zod/mini'
import { flag, listOf, number, objectOf, text, texts } from '../tolerant.ts'
import { coordinates } from './check.ts'

/** A map service's answer about an address. Its corners are in degrees, as `lat` and `lng`. */
const corner = objectOf({ lat: number, lng: number })

const rawResults = objectOf({
  place_id: text,
  types: texts,
  formatted_address: text,
  geometry: objectOf({
    location: corner,
    location_type: text,
    viewport: objectOf({ northeast: corner, southwest: corner }),
  }),
  navigation_points: listOf(z.looseObject({ location: coordinates })),
  address_components: listOf(z.looseObject({ types: texts, long_name: text, short_name: text })),
})

const addressFields = {
  address_type: text,
  street_1: text,
  street_2: text,
  city: text,
  region: text,
  /** Two letters (ISO alpha-2), where most other countries of a Decision have three. */
  country: text,
  postal_code: text,
  document_location: coordinates,
}

/** The address on an identity document, taken apart. */
export const documentAddress = objectOf({
  ...addressFields,
  label: text,
  category: text,
  formatted_address: text,
  /** True when the map service found the address. */
  is_verified: flag,
  raw_results: rawResults,
})

/** The address on a proof of address, taken apart. */
export const provenAddress = objectOf(addressFields)
