import { countryOf } from '../personas/countries.ts'
import { fullNameOf } from '../personas/people.ts'
import { type Block, checkOf, type Subject } from './check.ts'

const riskView = (score: number, weightage: number, scores: Block): Block => ({
  score,
  weightage,
  risk_level: score > 70 ? 'High' : score > 30 ? 'Medium' : 'Low',
  risk_scores: scores,
})

/** Returns an invented watch-list entry: a sanction for a declined Session, a political office for one in review. */
function hitOf({ person }: Subject, isSanctioned: boolean): Block {
  const fullName = fullNameOf(person)
  const year = person.dateOfBirth.slice(0, 4)
  const source = 'https://lists.example.org/invented/1'
  return {
    id: 'hit-invented-1',
    url: source,
    match: true,
    score: 0.96,
    target: null,
    caption: fullName,
    datasets: isSanctioned ? ['Sanctions'] : ['PEP', 'PEP Level 3'],
    features: null,
    rca_name: '',
    last_seen: '2026-09-30T00:00:00',
    first_seen: '2025-01-12T00:00:00',
    risk_view: {
      crimes: riskView(isSanctioned ? 90 : 0, 20, {}),
      countries: riskView(10, 30, { [countryOf(person.nationality).alpha2]: 10 }),
      categories: riskView(isSanctioned ? 100 : 80, 50, isSanctioned ? { Sanctions: 100 } : { PEP: 80 }),
      custom_list: {},
    },
    properties: {
      name: [fullName],
      alias: [],
      notes: ['Invented by the emulator'],
      title: null,
      gender: [person.gender === 'F' ? 'female' : 'male'],
      height: null,
      topics: null,
      weight: null,
      address: null,
      country: null,
      website: null,
      eyeColor: null,
      keywords: null,
      lastName: [person.lastName],
      position: isSanctioned ? null : 'Councillor',
      religion: null,
      birthDate: [year],
      education: [],
      ethnicity: null,
      firstName: [person.firstName],
      hairColor: null,
      weakAlias: null,
      birthPlace: [],
      modifiedAt: null,
      wikidataId: null,
      citizenship: null,
      nationality: null,
    },
    match_score: 96,
    risk_score: isSanctioned ? 100 : 88,
    review_status: 'Unreviewed',
    score_breakdown: {
      name_score: 100,
      name_weight: 60,
      name_weight_normalized: 60,
      name_contribution: 60,
      dob_score: 100,
      dob_weight: 25,
      dob_weight_normalized: 25,
      dob_contribution: 25,
      country_score: 73,
      country_weight: 15,
      country_weight_normalized: 15,
      country_contribution: 11,
      document_number_match_type: 'NEUTRAL',
      document_number_effect: 'No document number to compare',
      total_score: 96,
    },
    pep_matches: isSanctioned
      ? []
      : [
          {
            aliases: [],
            education: [],
            list_name: 'Council of Nowhere',
            publisher: 'Invented publisher',
            source_url: source,
            description: 'A council that does not meet.',
            matched_name: fullName,
            pep_position: 'Councillor',
            date_of_birth: year,
            other_sources: [],
            place_of_birth: '',
          },
        ],
    linked_entities: isSanctioned
      ? []
      : [{ name: ['Council of Nowhere'], active: [], status: [], details: [], relation: [] }],
    warning_matches: [],
    sanction_matches: isSanctioned
      ? [
          {
            list_name: ['Invented sanctions list'],
            matched_name: fullName,
            description: 'An entry made up for tests.',
            reason: 'Smuggling of imaginary goods.',
            source_url: source,
            other_sources: [],
            details: [],
            legal_basis: [],
            listed_on: ['2025-01-12'],
            sanction_list: ['Invented sanctions list'],
            sanction_program: ['NOWHERE'],
            sanctioning_authority: ['Assembly of Utopia'],
            updated_on: ['2026-09-30'],
            additional_data: {},
          },
        ]
      : [],
    adverse_media_details: { sentiment: 'Neutral', entity_type: 'person', sentiment_score: 0, adverse_keywords: {} },
    adverse_media_matches: [],
    additional_information: {},
  }
}

/** Returns the block of the AML screening. */
export function amlScreening(subject: Subject): Block {
  const { person } = subject
  const check = checkOf(subject, 'AML')
  const isSanctioned = check.status === 'Declined'
  const hits = check.has('POSSIBLE_MATCH_FOUND') ? [hitOf(subject, isSanctioned)] : []
  return {
    node_id: check.nodeId,
    status: check.status,
    total_hits: hits.length,
    entity_type: 'person',
    hits,
    score: hits.length === 0 ? 0 : isSanctioned ? 100 : 88,
    screened_data: {
      full_name: fullNameOf(person),
      nationality: countryOf(person.nationality).alpha2,
      date_of_birth: person.dateOfBirth,
      document_number: null,
    },
    is_ongoing_monitoring_enabled: false,
    next_ongoing_monitoring_bill_date: null,
    warnings: check.warnings,
  }
}
