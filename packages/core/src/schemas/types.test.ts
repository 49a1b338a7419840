import { expect, expectTypeOf, test } from 'vitest'
import { read } from '../../testing/sample-schemas.ts'
import {
  type AgeEstimationResult,
  type AmlResult,
  ageEstimationResultSchema,
  amlResultSchema,
  blocklistPageSchema,
  type Decision,
  decisionSchema,
  importedSessionSchema,
  sessionPageSchema,
  type WebhookEventOf,
  type WebhookType,
  webhookEventSchemas,
} from './index.ts'

type Text = string | null | undefined
type Figure = number | null | undefined

test('every field of a Decision has a type, and may be missing or null', () => {
  const decision = decisionSchema.parse(read('decision.full.json'))
  const document = decision.id_verifications?.[0]
  expectTypeOf(decision.session_id).toEqualTypeOf<string>()
  expectTypeOf(document?.first_name).toEqualTypeOf<Text>()
  expectTypeOf(document?.mrz?.mrz_type).toEqualTypeOf<Text>()
  expectTypeOf(document?.warnings?.[0]?.risk).toEqualTypeOf<Text>()
  expect([document?.first_name, document?.mrz?.mrz_type, document?.warnings?.[0]?.risk]).toEqual([
    'Ilse',
    'TD3',
    'QR_NOT_DETECTED',
  ])

  const score = decision.liveness_checks?.[0]?.score
  const aliases = decision.aml_screenings?.[0]?.hits?.[0]?.pep_matches?.[0]?.aliases
  expectTypeOf(score).toEqualTypeOf<Figure>()
  expectTypeOf(aliases).toEqualTypeOf<string[] | null | undefined>()
  expectTypeOf(decision.metadata).toBeUnknown()
  expectTypeOf(decision.field_of_tomorrow).toBeUnknown()
  expect([score, decision.field_of_tomorrow]).toEqual([97.18, undefined])
})

test('a business has its own blocks', () => {
  const decision = decisionSchema.parse(read('decision.business.json'))
  const party = decision.key_people_checks?.[0]?.submitted?.parties?.[0]
  const approved = decision.document_verifications?.[0]?.groups?.legal_presence?.approved
  expectTypeOf(party?.is_active).toEqualTypeOf<boolean | null | undefined>()
  expectTypeOf(approved).toEqualTypeOf<Figure>()
  expect([party?.name, approved]).toEqual(['Wren Hollis', 1])
})

test('pages and results have types', () => {
  const page = sessionPageSchema.parse(read('list-sessions.response.page.json'))
  expectTypeOf(page.count).toEqualTypeOf<number>()
  expectTypeOf(page.next).toEqualTypeOf<Text>()
  expectTypeOf(page.results[0]?.full_name).toEqualTypeOf<Text>()
  expect([page.count, page.results[0]?.full_name]).toEqual([137, 'Ilse Varga-Nørgaard'])

  const [item] = blocklistPageSchema.parse(read('blocklist-list.response.json')).results
  expectTypeOf(item?.document_number).toEqualTypeOf<Text>()
  expect(item?.type).toBe('email')

  const { aml }: AmlResult = amlResultSchema.parse(read('standalone.aml.in-review.json'))
  expectTypeOf(aml.status).toEqualTypeOf<string>()
  expectTypeOf(aml.hits?.[0]?.match_score).toEqualTypeOf<Figure>()
  expect([aml.status, aml.hits?.[0]?.match_score]).toEqual(['In Review', 94])
})

test('an age is where it belongs under the older name of its block too', () => {
  const { age_estimation, ...rest } = read('standalone.age-estimation.declined.json')
  const result: AgeEstimationResult = ageEstimationResultSchema.parse({ ...rest, liveness: age_estimation })
  expectTypeOf(result.age_estimation.age_estimation).toEqualTypeOf<Figure>()
  expect(result).toEqual(read('standalone.age-estimation.declined.json'))
})

test('an import tells its original', () => {
  const copy = importedSessionSchema.parse(read('import-shared.response.v3-shape.json'))
  expectTypeOf(copy).toEqualTypeOf<Decision>()
  expectTypeOf(copy.shared_from_session).toEqualTypeOf<Text>()
  expect(copy.shared_from_session).toBe('1f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31')
})

test('an event is told by its webhook_type', () => {
  const event = webhookEventSchemas['data.updated'].parse(read('webhook.data-updated.json'))
  expectTypeOf(event).toEqualTypeOf<WebhookEventOf<'data.updated'>>()
  expectTypeOf(event.webhook_type).toEqualTypeOf<'data.updated'>()
  expectTypeOf(event.decision).toEqualTypeOf<Decision | null | undefined>()
  expect([event.trigger, event.decision?.status]).toEqual(['console_edit', 'Approved'])
  expectTypeOf<Extract<WebhookType, `user.${string}`>>().toEqualTypeOf<'user.status.updated' | 'user.data.updated'>()
})

test.each(Object.entries(webhookEventSchemas))('an event of another kind is not read as %s', (kind, schema) => {
  const other = kind === 'activity.created' ? 'webhook.user-data-updated.json' : 'webhook.activity-created.json'
  expect(schema.safeParse(read(other)).error?.issues.map(({ path }) => path.join('.'))).toContain('webhook_type')
})
