import type { Feature, Workflow } from './workflows.ts'

/** Planned outcome of a sandbox Session. */
interface Scenario {
  readonly slug: string
  readonly title: string
  readonly status: 'Approved' | 'Declined' | 'In Review'
  /** Risk codes by check. The first check that the Workflow has is used. */
  readonly finds: readonly (readonly [Feature, string])[]
}

/**
 * The catalogue of the vendor's sandbox.
 *
 * @see Didit docs, "Sandbox testing": https://docs.didit.me/integration/sandbox-testing
 */
const scenarios: readonly Scenario[] = [
  { slug: 'approve', title: 'Everything passes', status: 'Approved', finds: [] },
  {
    slug: 'decline_document_expired',
    title: 'The document is out of date',
    status: 'Declined',
    finds: [['ID_VERIFICATION', 'DOCUMENT_EXPIRED']],
  },
  {
    slug: 'decline_could_not_recognize_document',
    title: 'The document is not recognised',
    status: 'Declined',
    finds: [['ID_VERIFICATION', 'COULD_NOT_RECOGNIZE_DOCUMENT']],
  },
  {
    slug: 'decline_mrz_validation',
    title: 'The machine readable lines do not add up',
    status: 'Declined',
    finds: [['ID_VERIFICATION', 'MRZ_VALIDATION_FAILED']],
  },
  {
    slug: 'decline_minimum_age',
    title: 'The person is too young',
    status: 'Declined',
    finds: [
      ['AGE_ESTIMATION', 'AGE_BELOW_MINIMUM'],
      ['ID_VERIFICATION', 'MINIMUM_AGE_NOT_MET'],
    ],
  },
  {
    slug: 'decline_face_match_low_similarity',
    title: 'The face is somebody else',
    status: 'Declined',
    finds: [['FACE_MATCH', 'LOW_FACE_MATCH_SIMILARITY']],
  },
  {
    slug: 'decline_liveness_attack',
    title: 'The face is a picture of a picture',
    status: 'Declined',
    finds: [
      ['LIVENESS', 'LIVENESS_FACE_ATTACK'],
      ['AGE_ESTIMATION', 'LIVENESS_FACE_ATTACK'],
    ],
  },
  {
    slug: 'decline_aml_hit',
    title: 'A watch list has the person',
    status: 'Declined',
    finds: [['AML', 'POSSIBLE_MATCH_FOUND']],
  },
  {
    slug: 'decline_ip_blocklist',
    title: 'The address of the network is on the blocklist',
    status: 'Declined',
    finds: [['IP_ANALYSIS', 'IP_ADDRESS_IN_BLOCKLIST']],
  },
  {
    slug: 'decline_poa_address_mismatch',
    title: 'The proof shows another address',
    status: 'Declined',
    finds: [['POA', 'ADDRESS_MISMATCH_WITH_PROVIDED']],
  },
  {
    slug: 'decline_nfc_chip_not_verified',
    title: 'The chip cannot be trusted',
    status: 'Declined',
    finds: [['NFC', 'DATA_INCONSISTENT']],
  },
  {
    slug: 'decline_database_no_match',
    title: 'The registry does not know the person',
    status: 'Declined',
    finds: [['DATABASE_VALIDATION', 'DATABASE_VALIDATION_NO_MATCH']],
  },
  {
    slug: 'decline_kyb_registry_mismatch',
    title: 'The registry says something else of the company',
    status: 'Declined',
    finds: [['KYB_REGISTRY', 'DATA_INCONSISTENT']],
  },
  {
    slug: 'review_aml_possible_match',
    title: 'A watch list may have the person',
    status: 'In Review',
    finds: [['AML', 'POSSIBLE_MATCH_FOUND']],
  },
  {
    slug: 'review_face_match_borderline',
    title: 'The face resembles the portrait only so much',
    status: 'In Review',
    finds: [['FACE_MATCH', 'LOW_FACE_MATCH_SIMILARITY']],
  },
  {
    slug: 'review_poa_partial_match',
    title: 'The proof names the person in part',
    status: 'In Review',
    finds: [['POA', 'NAME_MISMATCH_WITH_PROVIDED']],
  },
]

/** Outcome of a scenario in one Workflow. */
export interface PlannedOutcome {
  readonly slug: string
  readonly status: Scenario['status']
  readonly risk: { readonly feature: Feature; readonly code: string } | null
}

/**
 * Returns the outcome of a scenario in a Workflow, or null for an unknown scenario. If the Workflow has none of the
 * scenario's checks, everything passes.
 */
export function planOutcome(slug: string | null, { features }: Workflow): PlannedOutcome | null {
  const scenario = scenarios.find((it) => it.slug === slug)
  if (scenario === undefined) return null
  const { status, finds } = scenario
  const found = finds.find(([feature]) => features.includes(feature))
  if (status === 'Approved' || found === undefined) return { slug: scenario.slug, status: 'Approved', risk: null }
  const [feature, code] = found
  return { slug: scenario.slug, status, risk: { feature, code } }
}

/** All slugs of the catalogue. */
export const scenarioSlugs: readonly string[] = scenarios.map(({ slug }) => slug)

/** Returns the catalogue in the shape of its endpoint. The vendor does not document it, so these names are our own. */
export const scenarioCatalogue = () =>
  scenarios.map(({ slug, title, status, finds }) => ({
    slug,
    title,
    expected_status: status,
    features: finds.map(([feature]) => feature),
  }))
