import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createTestEmulator, kyc, mainId, partnerId, unknownId, workflowEnding } from '../../testing/test-emulator.ts'

/** Error responses that must match a sample of Didit's exactly. */

interface Sample {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const sampleOf = (name: string): Sample =>
  JSON.parse(readFileSync(new URL(`../../../core/fixtures/error.${name}.json`, import.meta.url), 'utf8'))

type TestEmulator = ReturnType<typeof createTestEmulator>
type Call = (testEmulator: TestEmulator) => Promise<{ status: number; headers: Headers; body: unknown }>

const post = (testEmulator: TestEmulator, path: string, body: unknown, key: string | null = 'k') =>
  testEmulator.call('POST', path, { body, key })
const created =
  (body: object, prepare: (testEmulator: TestEmulator) => void = () => {}): Call =>
  (testEmulator) => {
    prepare(testEmulator)
    return post(testEmulator, '/v3/session/', { workflow_id: kyc, ...body })
  }
const updated =
  (from: 'In Review' | 'In Progress' | 'Approved' | 'Resubmitted', body: object): Call =>
  async (testEmulator) =>
    testEmulator.call('PATCH', `/v3/session/${await testEmulator.create({}, from)}/update-status/`, { body })
const shared =
  (from: 'In Progress' | 'Approved', application = partnerId, key: string | null = 'k'): Call =>
  async (testEmulator) =>
    post(
      testEmulator,
      `/v3/session/${await testEmulator.create({}, from)}/share/`,
      { for_application_id: application },
      key,
    )
const imported =
  (between: (testEmulator: TestEmulator, take: () => Promise<unknown>) => Promise<unknown>, workflow = kyc): Call =>
  async (testEmulator) => {
    const { body } = await shared('Approved')(testEmulator)
    const { share_token } = body as { share_token: string }
    const take = () =>
      post(
        testEmulator,
        '/v3/session/import-shared/',
        { share_token, workflow_id: workflow, trust_review: true },
        'k-partner',
      )
    await between(testEmulator, take)
    return take()
  }
const read =
  (path: string, key: string | null = 'k'): Call =>
  (testEmulator) =>
    testEmulator.call('GET', path, { key })

const calls: readonly (readonly [name: string, call: Call])[] = [
  [
    '400.create.blocked-vendor-data',
    created({ vendor_data: 'm' }, ({ control }) => control.faults({ blockedUsers: ['m'] })),
  ],
  ['400.create.credits', created({}, ({ control }) => control.faults({ noCredits: true }))],
  ['400.create.missing-workflow', created({ workflow_id: undefined })],
  ['400.create.no-stored-face', created({ workflow_id: workflowEnding('557'), vendor_data: 'new' })],
  ['400.create.portrait-too-large', created({ portrait_image: 'A'.repeat(3_000_000) })],
  ['400.create.unknown-workflow', created({ workflow_id: unknownId })],
  ['400.import.expired-token', imported(({ control }) => control.clock({ advanceSeconds: 3600 }))],
  ['400.list.date', read('/v3/sessions/?date_from=26.10.2026')],
  ['400.list.session-kind', read('/v3/sessions/?session_kind=person')],
  ['400.share.not-finished', shared('In Progress')],
  ['400.share.same-application', shared('Approved', mainId)],
  ['400.update-status.email-missing', updated('In Review', { new_status: 'Approved', send_email: true })],
  [
    '400.update-status.nested',
    updated('In Review', { new_status: 'Approved', nodes_to_resubmit: [{ node_id: 'x', feature: 'BOGUS' }] }),
  ],
  ['400.update-status.nothing-to-resubmit', updated('Approved', { new_status: 'Resubmitted' })],
  ['400.update-status.same-status', updated('Resubmitted', { new_status: 'Resubmitted' })],
  ['400.update-status.target', updated('Approved', { new_status: 'In Review' })],
  ['400.update-status.wrong-current', updated('In Progress', { new_status: 'Approved' })],
  ['401.invalid-key.late-2026', read('/v3/sessions/', 'wrong')],
  ['401.share.no-credentials', shared('Approved', partnerId, null)],
  [
    '403.credentials',
    async (testEmulator) => read(`/v3/session/${await testEmulator.create()}/decision/`, null)(testEmulator),
  ],
  ['403.import.already', imported((_stage, take) => take())],
  ['403.no-key', read('/v3/sessions/', null)],
  [
    '403.pdf.not-finished',
    async (testEmulator) => read(`/v3/session/${await testEmulator.create()}/generate-pdf/`)(testEmulator),
  ],
  ['404.import.workflow', imported(async () => {}, unknownId)],
  [
    '404.session-not-retrievable',
    async (testEmulator) => read(`/v3/session/${await testEmulator.create()}/decision/`, 'k-partner')(testEmulator),
  ],
  ['404.session', read(`/v3/session/${unknownId}/decision/`)],
]

test.each(calls)('%s', async (name, call) => {
  const sample = sampleOf(name)
  const answer = await call(createTestEmulator())
  expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([
    sample.status,
    sample.headers['Content-Type'],
    sample.body,
  ])
})

const path = `/v3/session/${unknownId}`
test.each([
  ['429.create', 'create', 'POST', '/v3/session/'],
  ['429.get', 'read', 'GET', `${path}/decision/`],
  ['429.write', 'write', 'DELETE', `${path}/delete/`],
  ['429.pdf', 'pdf', 'GET', `${path}/generate-pdf/`],
] as const)('%s', async (name, limit, method, at) => {
  const sample = sampleOf(name)
  // The text contains the documented limit, so the test has to make that many calls.
  const calls = Number(sample.headers['X-RateLimit-Limit'])
  const testEmulator = createTestEmulator()
  const once = () => testEmulator.call(method, at, method === 'POST' ? { body: {} } : {})
  for (let i = 0; i < calls; i += 1) expect((await once()).status).not.toBe(429)
  await testEmulator.control.clock({ advanceSeconds: 18 })
  const answer = await once()
  expect([limit, answer.status, answer.body]).toEqual([limit, 429, sample.body])
  expect(Object.fromEntries(Object.keys(sample.headers).map((header) => [header, answer.headers.get(header)]))).toEqual(
    {
      ...sample.headers,
      'X-RateLimit-Reset': String(Date.UTC(2026, 9, 26, 8, 1) / 1000),
    },
  )
})
