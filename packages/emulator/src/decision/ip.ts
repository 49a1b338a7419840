import { isObject } from '../runtime/json.ts'
import { type Block, checkOf, type Subject } from './check.ts'

interface Place {
  readonly latitude: number
  readonly longitude: number
}

const earthKm = 6371

/** Returns the great-circle distance in kilometres, rounded to one decimal. */
function distanceKm(one: Place, other: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const [dLat, dLng] = [radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)]
  const half =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) * Math.sin(dLng / 2) ** 2
  return Math.round(earthKm * 2 * Math.asin(Math.sqrt(half)) * 10) / 10
}

/** Returns the block that compares the location of the IP address with the addresses in the documents. */
export function ipAnalysis(subject: Subject): Block {
  const { session, person } = subject
  const { features } = subject.workflow
  const check = checkOf(subject, 'IP_ANALYSIS')
  const network: Place = { latitude: 0.5, longitude: 0.25 }
  const home: Place = { latitude: person.latitude, longitude: person.longitude }
  const byDocument = features.includes('ID_VERIFICATION') ? home : null
  const byProof = features.includes('POA') ? home : null
  const place = (at: Place | null): Block | null => (at === null ? null : { ...at })
  const distance = (one: Place | null, other: Place | null) =>
    one === null || other === null ? null : distanceKm(one, other)
  const { expectedDetails: expected } = session.request
  const named = isObject(expected) ? expected.ip_address : undefined
  return {
    node_id: check.nodeId,
    status: check.status,
    device_brand: 'Example',
    device_model: 'Phone X',
    browser_family: 'Example Browser',
    os_family: 'Example OS',
    platform: 'mobile',
    device_fingerprint: 'fp-00000000000000000042',
    ip_country: 'Utopia',
    ip_country_code: 'XU',
    ip_state: person.region,
    ip_city: 'Sampleton',
    ...network,
    ip_address: typeof named === 'string' ? named : '203.0.113.42',
    isp: 'Example Network',
    organization: null,
    is_vpn_or_tor: false,
    is_data_center: false,
    time_zone: 'UTC',
    time_zone_offset: '+0000',
    ip: {
      location: place(network),
      distance_from_id_document: distance(network, byDocument),
      distance_from_poa_document: distance(network, byProof),
    },
    id_document: {
      location: place(byDocument),
      distance_from_ip: distance(byDocument, network),
      distance_from_poa_document: distance(byDocument, byProof),
    },
    poa_document: {
      location: place(byProof),
      distance_from_ip: distance(byProof, network),
      distance_from_id_document: distance(byProof, byDocument),
    },
    warnings: check.warnings,
    matches: [],
  }
}
