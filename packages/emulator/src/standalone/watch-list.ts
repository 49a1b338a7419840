import type { JsonObject } from '../runtime/json.ts'

/** An entry of the invented watch list. A word in the screened name selects it. */
export interface Entry {
  readonly words: readonly string[]
  readonly risk: number
  readonly datasets: readonly [string, ...string[]]
  readonly kind: MatchKind
}

/** The four lists in a hit. Each entry is on one of them. */
export const matchKinds = ['pep_matches', 'sanction_matches', 'warning_matches', 'adverse_media_matches'] as const
export type MatchKind = (typeof matchKinds)[number]

export const entries: readonly Entry[] = [
  { words: ['decline', 'sanction'], risk: 97, datasets: ['Sanctions'], kind: 'sanction_matches' },
  { words: ['review', 'pep'], risk: 86, datasets: ['PEP', 'PEP Level 3'], kind: 'pep_matches' },
  { words: ['warning'], risk: 60, datasets: ['Warnings and Regulatory Enforcement'], kind: 'warning_matches' },
  { words: ['media'], risk: 84, datasets: ['Adverse Media'], kind: 'adverse_media_matches' },
]

/** Data shared by all entries of the list. */
export const listed = { birthday: '1970-01-31', country: 'ES', documentNumber: 'LISTED-42' }

/** Returns the details of a match. Each kind of list has its own fields. */
export function matchOf(kind: MatchKind, name: string, source: string): JsonObject {
  switch (kind) {
    case 'pep_matches':
      return {
        list_name: 'Council of Nowhere',
        publisher: 'Invented publisher',
        source_url: source,
        description: 'A council that does not meet.',
        matched_name: name,
        pep_position: 'Councillor',
        date_of_birth: listed.birthday,
        place_of_birth: '',
        aliases: [],
        education: [],
        other_sources: [],
      }
    case 'sanction_matches':
      return {
        list_name: ['Invented sanctions list'],
        sanction_list: ['Invented sanctions list'],
        sanction_program: ['NOWHERE'],
        sanctioning_authority: ['Assembly of Utopia'],
        source_url: source,
        description: 'An entry made up for tests.',
        matched_name: name,
        reason: 'Smuggling of imaginary goods.',
        listed_on: ['2025-01-12'],
        updated_on: ['2026-09-30'],
        details: [],
        legal_basis: [],
        other_sources: [],
        additional_data: {},
      }
    case 'warning_matches':
      return {
        list_name: 'Invented warnings',
        publisher: 'Invented publisher',
        source_url: source,
        description: 'A warning made up for tests.',
        matched_name: name,
        countries: [listed.country],
        created_at: null,
        updated_at: null,
        other_sources: [],
        additional_data: {},
      }
    case 'adverse_media_matches':
      return {
        country: listed.country,
        headline: 'Nothing happened',
        summary: 'An article made up for tests.',
        sentiment: 'Negative',
        sentiment_score: -2,
        source_url: source,
        thumbnail: `${source}/thumbnail`,
        author_name: null,
        other_sources: [],
        adverse_keywords: ['fraud'],
        publication_date: '2026-09-30T00:00:00Z',
      }
  }
}

/** Returns the summary of press reports. Null for entries without adverse media. */
export const mediaDetailsOf = (kind: MatchKind, entity: string): JsonObject | null =>
  kind === 'adverse_media_matches'
    ? { sentiment: 'Negative', sentiment_score: -2, entity_type: entity, adverse_keywords: { fraud: 1 } }
    : null
