import * as z from 'zod/mini'
import { flag, listOf, number, objectOf, text } from '../tolerant.ts'
import { checkFields, coordinates } from './check.ts'

/**
 * Location and type of the person's device, and other people who used it.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */

const deviceFields = {
  device_brand: text,
  device_model: text,
  browser_family: text,
  os_family: text,
  platform: text,
  device_fingerprint: text,
}

const placeFields = {
  ip_address: text,
  ip_country: text,
  /** Two letters (ISO alpha-2). */
  ip_country_code: text,
  ip_state: text,
  ip_city: text,
  is_vpn_or_tor: flag,
  is_data_center: flag,
}

/** Another Session from the same address or device. */
const match = z.looseObject({
  session_id: text,
  session_number: number,
  vendor_data: text,
  verification_date: text,
  status: text,
  is_blocklisted: flag,
  api_service: text,
  source: text,
  /** `ip_address` or `device_fingerprint`. */
  match_type: text,
  /** `ip_address`, `persistent_id`, `legacy_fp` or `recovered_high`. */
  match_source: text,
  /** `deterministic`, `probabilistic` or `co_occurrence`. */
  match_mode: text,
  matched_value: text,
  confidence: number,
  device_info: objectOf(deviceFields),
  location_info: objectOf(placeFields),
  // These three only with a `match_source` of `recovered_high`.
  recovery_similarity: number,
  tls_ja4_corroborated: flag,
  recovery_gate_reason: text,
})

const ipAnalysis = z.looseObject({
  ...checkFields,
  ...deviceFields,
  ...placeFields,
  /** In degrees. */
  latitude: number,
  longitude: number,
  isp: text,
  organization: text,
  time_zone: text,
  /** Such as `+0200`. */
  time_zone_offset: text,
  ip: objectOf({ location: coordinates, distance_from_id_document: number, distance_from_poa_document: number }),
  id_document: objectOf({ location: coordinates, distance_from_ip: number, distance_from_poa_document: number }),
  poa_document: objectOf({ location: coordinates, distance_from_ip: number, distance_from_id_document: number }),
  matches: listOf(match),
})

/** One look at address and device. */
export interface IpAnalysis extends z.infer<typeof ipAnalysis> {}

/** All distances are in kilometres, and null where one of the two places is unknown. */
export const ipAnalysisSchema: z.ZodMiniType<IpAnalysis> = ipAnalysis
