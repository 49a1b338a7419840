import { readFileSync } from 'node:fs'
import * as schemas from '@didit-verify/core/schemas'
import { describe, expect, test } from 'vitest'
import { createTestEmulator } from '../../testing/test-emulator.ts'

const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])
const pdf = (text = '') => new TextEncoder().encode(`%PDF-1.7\n${text}`)
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const isId = expect.stringMatching(uuid)
const minutes = (count: number) => ({ advanceSeconds: count * 60 })

function setUp(options: Parameters<typeof createTestEmulator>[0] = {}) {
  const testEmulator = createTestEmulator({ environment: 'live', ...options })
  const { emulator, call } = testEmulator
  /** Sends a form with a file and text fields. */
  async function form(path: string, field: string, file: File | null, fields: Record<string, string> = {}, key = 'k') {
    const body = new FormData()
    if (file !== null) body.set(field, file)
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    const response = await emulator.fetch(
      new Request(`${emulator.url}/v3/${path}/`, { method: 'POST', headers: { 'x-api-key': key }, body }),
    )
    return { status: response.status, body: await response.json() }
  }
  const named = (name: string, bytes: Uint8Array<ArrayBuffer> = jpeg) => new File([bytes], name)
  return {
    ...testEmulator,
    form,
    poa: (name: string, fields?: Record<string, string>, bytes = pdf()) =>
      form('poa', 'document', named(name, bytes), fields),
    age: (name: string, fields?: Record<string, string>) => form('age-estimation', 'user_image', named(name), fields),
    liveness: (name: string, fields?: Record<string, string>) =>
      form('passive-liveness', 'user_image', named(name), fields),
    aml: (body: unknown) => call('POST', '/v3/aml/', { body }),
    send: (body: unknown) => call('POST', '/v3/phone/send/', { body }),
    check: (body: unknown) => call('POST', '/v3/phone/check/', { body }),
  }
}

const risksOf = ({ warnings }: { warnings: { risk: string; log_type: string }[] }) =>
  warnings.map(({ risk, log_type }) => `${risk} ${log_type}`)

describe('every check', () => {
  const calls = [
    ['poa', 'document', 'bill.pdf'],
    ['age-estimation', 'user_image', 'age-30.jpg'],
    ['passive-liveness', 'user_image', 'me.jpg'],
  ] as const

  test('is stored as a session of type API, with a decision and one webhook', async () => {
    const { form, aml, call, control, events, decision } = setUp()
    const fields = { vendor_data: 'customer-7', metadata: '{"flow":"demo"}' }
    const answers = [
      ...(await Promise.all(
        calls.map(([path, field, name]) => form(path, field, new File([path === 'poa' ? pdf() : jpeg], name), fields)),
      )),
      await aml({ full_name: 'Ada Review', vendor_data: 'customer-7', metadata: { flow: 'demo' } }),
    ]
    await control.idle()
    const blocks = ['poa_verifications', 'liveness_checks', 'liveness_checks', 'aml_screenings']
    const features = ['POA', 'AGE_ESTIMATION', 'LIVENESS', 'AML']
    for (const [index, { status, body }] of answers.entries()) {
      expect(status).toBe(200)
      expect(body).toMatchObject({
        request_id: isId,
        vendor_data: 'customer-7',
        metadata: { flow: 'demo' },
        created_at: '2026-10-26T08:00:00.000000+00:00',
      })
      const verdict = index === 3 ? 'In Review' : 'Approved'
      expect(await decision(body.request_id)).toMatchObject({
        session_id: body.request_id,
        session_url: null,
        workflow_id: null,
        status: verdict,
        features: [features[index]],
        vendor_data: 'customer-7',
        metadata: { flow: 'demo' },
        [blocks[index] as string]: [{ node_id: expect.stringMatching(/^feature_/), status: verdict }],
        id_verifications: null,
      })
      const [item] = (await decision(body.request_id))[blocks[index] as string]
      expect(item).not.toHaveProperty('user_image')
      expect(item.warnings).toEqual(index === 3 ? [expect.objectContaining({ node_id: 'feature_aml_1' })] : [])
      expect(events.filter(({ session_id }) => session_id === body.request_id)).toMatchObject([
        { webhook_type: 'status.updated', status: verdict },
      ])
    }
    const listed = (await call('GET', '/v3/sessions/?session_type=API')).body
    expect(listed.count).toBe(4)
    expect((await call('GET', '/v3/sessions/?api_service=AML')).body.results).toMatchObject([
      { full_name: 'Ada Review', session_url: null },
    ])
  })

  test('has links to drawings in its decision, which expire after an hour', async () => {
    const { poa, liveness, decision, emulator, control } = setUp()
    const bill = (await poa('bill.pdf')).body.request_id
    const face = (await liveness('me.jpg')).body.request_id
    const see = async (link: string) => {
      const response = await emulator.fetch(new Request(link))
      return [response.status, response.headers.get('content-type')?.split(';')[0]]
    }
    const links = async () => [
      (await decision(bill)).poa_verifications[0].document_file,
      (await decision(face)).liveness_checks[0].reference_image,
    ]
    const before = await links()
    for (const link of before) expect(await see(link)).toEqual([200, 'image/svg+xml'])
    await control.clock(minutes(61))
    for (const link of before) expect(await see(link)).toEqual([403, 'application/xml'])
    for (const link of await links()) expect(await see(link)).toEqual([200, 'image/svg+xml'])
  })

  test('stores nothing if it is not to be saved', async () => {
    const { form, aml, call, control, events } = setUp()
    const answers = [
      ...(await Promise.all(
        calls.map(([path, field, name]) =>
          form(path, field, new File([path === 'poa' ? pdf() : jpeg], name), { save_api_request: 'false' }),
        ),
      )),
      await aml({ full_name: 'Ada Review', save_api_request: false }),
    ]
    await control.idle()
    for (const { status, body } of answers) {
      expect([status, body.vendor_data, body.metadata]).toEqual([200, null, null])
      expect((await call('GET', `/v3/session/${body.request_id}/decision/`)).status).toBe(404)
    }
    expect(events).toEqual([])
    expect(control.sessions()).toEqual([])
  })

  test('is approved in a sandbox if its input is valid, and not stored', async () => {
    const { poa, liveness, age, aml, send, check, control } = setUp({ environment: 'sandbox' })
    expect((await poa('expired.pdf')).body.poa.status).toBe('Approved')
    expect((await liveness('spoof.jpg')).body.liveness.status).toBe('Approved')
    expect((await age('age-3.jpg')).body.age_estimation.status).toBe('Approved')
    expect((await aml({ full_name: 'Ada Sanction' })).body.aml).toMatchObject({ status: 'Approved', total_hits: 0 })
    const phone_number = '+447700900142'
    expect((await send({ phone_number })).body).toMatchObject({ status: 'Success', request_id: isId })
    expect((await check({ phone_number, code: '123456' })).body).toMatchObject({
      status: 'Approved',
      phone: { phone_number, line_type: 'mobile' },
    })
    expect((await check({ phone_number, code: '000000' })).body).toMatchObject({ status: 'Failed', phone: null })
    expect((await poa('bill.txt')).status).toBe(400)
    expect((await send({ phone_number: '7' })).status).toBe(400)
    expect(control.sessions()).toEqual([])
  })

  test('requires a key, credits and the right content type', async () => {
    const { form, call, control } = setUp()
    for (const path of ['poa', 'aml', 'age-estimation', 'passive-liveness', 'phone/send', 'phone/check']) {
      const at = `/v3/${path}/`
      expect((await call('POST', at, { key: null, body: {} })).body).toEqual({
        detail: 'You do not have permission to perform this action.',
      })
      expect((await call('POST', at, { key: 'nope', body: {} })).status).toBe(401)
      expect((await call('GET', at)).status).toBe(405)
      expect((await call('POST', at.slice(0, -1), { body: {} })).status).toBe(301)
    }
    expect((await call('POST', '/v3/poa/', { body: {} })).status).toBe(415)
    expect((await call('POST', '/v3/aml/', { body: [] })).body).toEqual({
      non_field_errors: ['Invalid data. Expected a dictionary.'],
    })
    control.faults({ noCredits: true })
    expect(await form('poa', 'document', new File([pdf()], 'bill.pdf'))).toEqual({
      status: 403,
      body: { error: 'Not enough credits for this request.' },
    })
  })

  test.each([
    ['no file at all', null, {}, { document: ['No file was submitted.'] }],
    ['an empty file', new File([], 'bill.pdf'), {}, { document: ['The submitted file is empty.'] }],
    [
      'a file of another kind',
      new File([pdf()], 'bill.txt'),
      {},
      {
        document: ['File extension “txt” is not allowed. Allowed extensions are: tiff, jpg, jpeg, png, pdf, webp.'],
      },
    ],
    [
      'a file beyond the limit',
      new File([pdf(), new Uint8Array(15 * 1024 * 1024)], 'bill.pdf'),
      {},
      { document: ['The file is larger than 15 MB.'] },
    ],
    [
      'a file far beyond the limit',
      new File([new Uint8Array(20 * 1024 * 1024)], 'bill.pdf'),
      {},
      { document: ['The file is larger than 15 MB.'] },
    ],
    [
      'fields that are no such things',
      new File([pdf()], 'bill.pdf'),
      {
        save_api_request: 'perhaps',
        metadata: '{',
        poa_languages_allowed: 'en,xx',
        poa_document_age_months: 'utility_bill:999',
        poa_address_mismatch_action: 'IGNORE',
      },
      {
        save_api_request: ['Must be a valid boolean.'],
        metadata: ['Value must be valid JSON.'],
        poa_languages_allowed: [expect.stringMatching(/^"xx" is no language that is supported\. There are: ar, /)],
        poa_document_age_months: ['Give utility_bill -1, or 1 to 120 months, not "999".'],
        poa_address_mismatch_action: ['"IGNORE" is not a valid choice.'],
      },
    ],
  ])('refuses %s and names the field', async (_what, file, fields, errors) => {
    const { form } = setUp()
    expect(await form('poa', 'document', file, fields)).toEqual({ status: 400, body: errors })
  })

  test('refuses a truncated form', async () => {
    const { emulator } = setUp()
    const response = await emulator.fetch(
      new Request(`${emulator.url}/v3/poa/`, {
        method: 'POST',
        headers: { 'x-api-key': 'k', 'content-type': 'multipart/form-data; boundary=x' },
        body: '--x\r\nContent-Disposition: form-data; name="docu',
      }),
    )
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ detail: 'Multipart form parse error' })
  })
})

describe('an answer', () => {
  const sample = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../../core/fixtures/standalone.${name}.json`, import.meta.url), 'utf8'))

  /** Returns the paths of all fields. Of a list, it follows the first item. */
  function fieldsOf(value: unknown, path = ''): string[] {
    if (Array.isArray(value)) return value.length === 0 ? [path] : fieldsOf(value[0], `${path}[]`)
    if (typeof value !== 'object' || value === null) return [path]
    return Object.entries(value).flatMap(([name, member]) => fieldsOf(member, `${path}.${name}`))
  }

  test('has the fields of its sample, and its schema keeps all of them', async () => {
    const { poa, age, liveness, aml, send, check } = setUp()
    const phone_number = '+447700900142'
    const answers: [name: string, body: unknown, schema: { parse(value: unknown): unknown }][] = [
      ['poa.approved', (await poa('bill.pdf')).body, schemas.poaResultSchema],
      ['poa.declined', (await poa('declined.pdf')).body, schemas.poaResultSchema],
      ['age-estimation.approved', (await age('me.jpg')).body, schemas.ageEstimationResultSchema],
      ['age-estimation.declined', (await age('age-16.4.jpg')).body, schemas.ageEstimationResultSchema],
      ['passive-liveness.approved', (await liveness('me.jpg')).body, schemas.passiveLivenessResultSchema],
      ['passive-liveness.declined', (await liveness('spoof.jpg')).body, schemas.passiveLivenessResultSchema],
      ['aml.approved', (await aml({ full_name: 'Ada Exemplar' })).body, schemas.amlResultSchema],
      ['aml.in-review', (await aml({ full_name: 'Ada Review' })).body, schemas.amlResultSchema],
      ['phone-check.expired', (await check({ phone_number, code: '1234' })).body, schemas.phoneCheckResultSchema],
      ['phone-send.success', (await send({ phone_number })).body, schemas.phoneSendResultSchema],
      ['phone-send.retry', (await send({ phone_number })).body, schemas.phoneSendResultSchema],
      ['phone-check.failed', (await check({ phone_number, code: '1234' })).body, schemas.phoneCheckResultSchema],
      ['phone-check.approved', (await check({ phone_number, code: '123456' })).body, schemas.phoneCheckResultSchema],
      ['phone-send.blocked', (await send({ phone_number: '+15005550000' })).body, schemas.phoneSendResultSchema],
    ]
    // The sample has more personal data of a listed person than a client needs, and office data that our persons lack.
    const without = (path: string) => !/\.(properties|linked_entities|metadata|risk_scores)\b/.test(path)
    for (const [name, body, schema] of answers) {
      const fields = fieldsOf(body)
      expect(fields, name).toEqual(expect.arrayContaining(fieldsOf(sample(name)).filter(without)))
      expect(schema.parse(body), name).toEqual(body)
    }
  })
})

describe('proof of address', () => {
  test.each([
    ['bill.pdf', {}, 'Approved', []],
    ['issued-2026-08-01.pdf', {}, 'Approved', []],
    ['issued-2026-07-01.pdf', {}, 'Declined', ['POA_DOCUMENT_EXPIRED error']],
    ['issued-2026-07-01-bank.pdf', { poa_document_age_months: 'bank_statement:6' }, 'Approved', []],
    ['issued-2020-01-01-bank.pdf', { poa_document_age_months: 'bank_statement:-1' }, 'Approved', []],
    [
      'issued-2020-01-01.pdf',
      { poa_document_age_months: 'bank_statement:6' },
      'Approved',
      ['POA_DOCUMENT_NOT_SUPPORTED_FOR_APPLICATION information'],
    ],
    ['government-issued-2025-12-01.pdf', {}, 'Approved', []],
    ['declined.pdf', {}, 'Declined', ['POA_DOCUMENT_EXPIRED error']],
    ['unknown.pdf', {}, 'Declined', ['INVALID_DOCUMENT_TYPE error']],
    ['no-address.pdf', {}, 'Declined', ['MISSING_ADDRESS_INFORMATION error']],
    ['no-date.pdf', {}, 'Declined', ['UNABLE_TO_EXTRACT_ISSUE_DATE error']],
    ['no-name.pdf', {}, 'Declined', ['POA_NAME_NOT_DETECTED error']],
    ['no-issuer.pdf', {}, 'Declined', ['ISSUER_NOT_IDENTIFIED error']],
    [
      'no-issuer.pdf',
      { poa_issuer_not_identified_action: 'NO_ACTION' },
      'Approved',
      ['ISSUER_NOT_IDENTIFIED information'],
    ],
    ['tampered.pdf', {}, 'Declined', ['SUSPECTED_DOCUMENT_MANIPULATION error']],
    ['metadata.pdf', {}, 'Declined', ['DOCUMENT_METADATA_MISMATCH error']],
    ['lang-fr.pdf', { poa_languages_allowed: 'en, es' }, 'Declined', ['UNSUPPORTED_DOCUMENT_LANGUAGE error']],
    ['lang-fr.pdf', {}, 'Approved', []],
    ['other-name.pdf', { expected_first_name: 'Ilse' }, 'Declined', ['NAME_MISMATCH_WITH_PROVIDED error']],
    ['other-name.pdf', {}, 'Approved', []],
    [
      'other-address-other-country.pdf',
      { expected_address: 'Somewhere 1', expected_country: 'ESP', poa_address_mismatch_action: 'NO_ACTION' },
      'Approved',
      ['ADDRESS_MISMATCH_WITH_PROVIDED information', 'POA_COUNTRY_MISMATCH_WITH_PROVIDED information'],
    ],
  ])('%s with %j is %s', async (name, fields, status, risks) => {
    const { poa } = setUp()
    const { body } = await poa(name, fields)
    expect([body.poa.status, risksOf(body.poa)]).toEqual([status, risks])
  })

  test('shows the expected data, and explains why a document is too old', async () => {
    const { poa, decision } = setUp()
    const expected = { expected_first_name: 'Ilse', expected_last_name: 'Varga', expected_address: 'Somewhere 1' }
    const { body } = await poa('issued-2026-01-31.pdf', expected)
    expect(body.poa).toMatchObject({
      name_on_document: 'Ilse Varga',
      poa_address: 'Somewhere 1',
      expected_details_address: 'Somewhere 1',
      document_type: 'UTILITY_BILL',
      issue_date: '2026-01-31',
      warnings: [
        {
          feature: 'PROOF_OF_ADDRESS',
          additional_data: {
            max_age_months: 3,
            document_type: 'UTILITY_BILL',
            document_subtype: 'ELECTRICITY_BILL',
            issue_date: '2026-01-31',
          },
        },
      ],
    })
    expect(body.poa).not.toHaveProperty('document_metadata')
    const [kept] = (await decision(body.request_id)).poa_verifications
    expect(kept).toMatchObject({
      status: 'Declined',
      name_match_score_expected_details: 100,
      document_metadata: { content_type: 'application/pdf', file_size: 9 },
      warnings: [{ node_id: 'feature_poa_1' }],
    })
  })

  test('opens an encrypted file only with its password, and refuses a file of another format', async () => {
    const { poa } = setUp()
    const encrypted = pdf('trailer << /Encrypt 5 0 R >>')
    const refused = { status: 400, body: { detail: expect.stringContaining('encrypted') } }
    expect(await poa('bill.pdf', {}, encrypted)).toEqual(refused)
    expect((await poa('bill.pdf', { document_password: 'x' }, encrypted)).body).toEqual({
      detail: 'The password does not open the PDF.',
    })
    expect((await poa('bill.pdf', { document_password: 'emulator' }, encrypted)).status).toBe(200)
    const unread = { status: 400, body: { error: ['Nothing can be read from the document.'] } }
    expect(await poa('bill.pdf', {}, new TextEncoder().encode('text'))).toEqual(unread)
    expect(await poa('unreadable.pdf')).toEqual(unread)
  })
})

describe('screening', () => {
  test.each([
    [{ full_name: 'Ada Exemplar' }, 'Approved', 0, []],
    [{ full_name: 'Ada Warning' }, 'Approved', 60, []],
    [{ full_name: 'Ada Review' }, 'In Review', 86, ['POSSIBLE_MATCH_FOUND warning']],
    [{ full_name: 'Ada Decline' }, 'In Review', 97, ['POSSIBLE_MATCH_FOUND warning']],
    [{ full_name: 'Ada Decline', aml_score_review_threshold: 90 }, 'Declined', 97, ['POSSIBLE_MATCH_FOUND error']],
    [
      { full_name: 'Ada Review', aml_score_approve_threshold: 86 },
      'Approved',
      86,
      ['POSSIBLE_MATCH_FOUND information'],
    ],
    // A different date of birth counts with its weight: (60 · 100 + 25 · 0) / 85 = 71, below the threshold of 93.
    [{ full_name: 'Ada Review', date_of_birth: '1991-03-27' }, 'Approved', 0, []],
    [
      { full_name: 'Ada Review', date_of_birth: '1991-03-27', aml_match_score_threshold: 70 },
      'In Review',
      86,
      ['POSSIBLE_MATCH_FOUND warning'],
    ],
    [
      { full_name: 'Ada Review', date_of_birth: '1970-01-31', nationality: 'ES' },
      'In Review',
      86,
      ['POSSIBLE_MATCH_FOUND warning'],
    ],
    [
      {
        full_name: 'Ada Review',
        date_of_birth: '1991-03-27',
        aml_name_weight: 100,
        aml_dob_weight: 0,
        aml_country_weight: 0,
      },
      'In Review',
      86,
      ['POSSIBLE_MATCH_FOUND warning'],
    ],
    [
      { full_name: 'Ada Review', date_of_birth: '1991-03-27', document_number: 'LISTED-42' },
      'In Review',
      86,
      ['POSSIBLE_MATCH_FOUND warning'],
    ],
    [{ full_name: 'Ada Review', document_number: 'X-1' }, 'Approved', 0, []],
    [{ full_name: 'Ada Media' }, 'Approved', 0, []],
    [{ full_name: 'Ada Media', include_adverse_media: true }, 'In Review', 84, ['POSSIBLE_MATCH_FOUND warning']],
    [{ full_name: 'Sanction Trading Ltd', entity_type: 'company' }, 'In Review', 97, ['POSSIBLE_MATCH_FOUND warning']],
  ])('%j is %s with a score of %i', async (request, status, score, risks) => {
    const { aml } = setUp()
    const { body } = await aml(request)
    expect([body.aml.status, body.aml.score, risksOf(body.aml)]).toEqual([status, score, risks])
  })

  test('separates possible matches from false positives, with the weights of the score', async () => {
    const { aml } = setUp()
    const request = { full_name: 'Ada Review', date_of_birth: '1970-12-01', nationality: 'DK' }
    const { body } = await aml(request)
    expect(body.aml).toMatchObject({
      total_hits: 1,
      entity_type: 'person',
      hits: [
        {
          caption: 'Ada Review',
          match_score: 73,
          risk_score: 86,
          review_status: 'False Positive',
          datasets: ['PEP', 'PEP Level 3'],
          pep_matches: [{ matched_name: 'Ada Review' }],
          score_breakdown: { name_contribution: 60, dob_contribution: 12.5, country_contribution: 0, total_score: 73 },
        },
      ],
      screened_data: {
        full_name: 'Ada Review',
        date_of_birth: '1970-12-01',
        nationality: 'DK',
        document_number: null,
      },
    })
  })

  test.each([
    [{}, { full_name: ['This field is required.'] }],
    [{ full_name: 'A', entity_type: 'dog' }, { entity_type: ['"dog" is not a valid choice.'] }],
    [{ full_name: 'A', nationality: 'DNK' }, { nationality: ['Use an ISO 3166-1 alpha-2 country code.'] }],
    [
      { full_name: 'A', date_of_birth: '1.2.1990' },
      { date_of_birth: ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.'] },
    ],
    [{ full_name: 'A', aml_name_weight: 50 }, { error: ['Weights must add up to 100, not 90.'] }],
    [{ full_name: 'A', aml_name_weight: 60.5 }, { aml_name_weight: ['A valid integer is required.'] }],
    [
      { full_name: 'A', aml_score_approve_threshold: 101 },
      { aml_score_approve_threshold: ['Ensure this value is less than or equal to 100.'] },
    ],
    [
      { full_name: 'A', aml_score_approve_threshold: 90, aml_score_review_threshold: 80 },
      { error: ['The approve threshold (90) is above the review threshold (80).'] },
    ],
    [
      { full_name: 'A', include_ongoing_monitoring: true, save_api_request: false },
      { error: ['Only what is saved can be monitored.'] },
    ],
    [{ full_name: 5 }, { full_name: ['Not a valid string.'] }],
  ])('refuses %j', async (request, errors) => {
    const { aml } = setUp()
    expect(await aml(request)).toMatchObject({ status: 400, body: errors })
  })
})

describe('a face', () => {
  test.each([
    ['me.jpg', {}, 'Approved', []],
    ['age-18.jpg', {}, 'Approved', []],
    ['age-17.9.jpg', {}, 'Declined', ['AGE_BELOW_MINIMUM error']],
    ['age-17.9.jpg', { age_estimation_decline_threshold: '0' }, 'Approved', []],
    ['age-20.jpg', { age_estimation_decline_threshold: '21' }, 'Declined', ['AGE_BELOW_MINIMUM error']],
    ['age-30-score-30.jpg', {}, 'Declined', ['LOW_LIVENESS_SCORE error']],
    ['age-30-score-31.jpg', {}, 'Approved', []],
    ['age-30-spoof.jpg', {}, 'Declined', ['LOW_LIVENESS_SCORE error', 'LIVENESS_FACE_ATTACK error']],
    ['no-face.jpg', {}, 'Declined', ['NO_FACE_DETECTED error', 'AGE_NOT_DETECTED error']],
  ])('named %s with %j has an age that is %s', async (name, fields, status, risks) => {
    const { age } = setUp()
    const { age_estimation: block } = (await age(name, fields)).body
    expect([block.status, risksOf(block)]).toEqual([status, risks])
    const [, named] = /age-([\d.]+\d)/.exec(name) ?? []
    if (named !== undefined) expect(block.age_estimation).toBe(Number(named))
  })

  test.each([
    ['me.jpg', {}, 'Approved', []],
    ['score-90.jpg', { face_liveness_score_decline_threshold: '90' }, 'Declined', ['LOW_LIVENESS_SCORE error']],
    ['score-90.jpg', { face_liveness_score_decline_threshold: '89.9' }, 'Approved', []],
    ['declined.jpg', {}, 'Declined', ['LOW_LIVENESS_SCORE error', 'LIVENESS_FACE_ATTACK error']],
    ['no-face.jpg', {}, 'Declined', ['NO_FACE_DETECTED error']],
    ['two-faces.jpg', {}, 'Approved', ['MULTIPLE_FACES_DETECTED warning']],
    ['duplicate.jpg', {}, 'Approved', ['DUPLICATED_FACE information']],
    ['blocklist.jpg', {}, 'Declined', ['FACE_IN_BLOCKLIST error']],
  ])('named %s with %j is alive: %s', async (name, fields, status, risks) => {
    const { liveness } = setUp()
    const { liveness: block } = (await liveness(name, fields)).body
    expect([block.status, risksOf(block)]).toEqual([status, risks])
  })

  test('on the blocklist points to the session it came from', async () => {
    const { create, call, liveness } = setUp()
    const session_id = await create({ vendor_data: 'somebody' }, 'Declined')
    await call('POST', '/v3/blocklist/add/', { body: { session_id, blocklist_face: true } })
    const { warnings } = (await liveness('blocklist.jpg')).body.liveness
    expect(warnings).toMatchObject([{ additional_data: { blocklisted_session_id: session_id } }])
  })

  test('has the same age each time, and is rotated only on request', async () => {
    const { age } = setUp()
    const [one, other] = [await age('turned.jpg'), await age('turned.jpg', { rotate_image: '1' })]
    expect(one.body.age_estimation.age_estimation).toBe(other.body.age_estimation.age_estimation)
    expect(one.body.age_estimation.age_estimation).toBeGreaterThanOrEqual(20)
    expect(one.body.age_estimation.user_image.best_angle).toBe(0)
    expect(other.body.age_estimation.user_image.best_angle).toBe(90)
  })

  test.each([
    ['age-estimation', 'me.pdf', {}, { user_image: [expect.stringContaining('“pdf” is not allowed')] }],
    ['passive-liveness', 'me.txt', {}, { user_image: [expect.stringContaining('“txt” is not allowed')] }],
    [
      'passive-liveness',
      'me.jpg',
      { face_liveness_score_decline_threshold: '101' },
      { face_liveness_score_decline_threshold: ['Ensure this value is less than or equal to 100.'] },
    ],
    [
      'age-estimation',
      'me.jpg',
      { age_estimation_decline_threshold: '17.5' },
      { age_estimation_decline_threshold: ['A valid integer is required.'] },
    ],
    ['age-estimation', 'me.jpg', { rotate_image: 'yes' }, { rotate_image: ['Must be a valid boolean.'] }],
  ])('is refused by %s for %s with %j', async (path, name, fields, errors) => {
    const { form } = setUp()
    expect(await form(path, 'user_image', new File([jpeg], name), fields)).toEqual({ status: 400, body: errors })
  })

  test('must be a picture', async () => {
    const { form } = setUp()
    for (const path of ['age-estimation', 'passive-liveness']) {
      expect(await form(path, 'user_image', new File(['text'], 'me.jpg'))).toEqual({
        status: 400,
        body: { error: 'The image cannot be read.' },
      })
    }
    expect(await form('passive-liveness', 'user_image', new File([jpeg, new Uint8Array(5_300_000)], 'me.jpg'))).toEqual(
      {
        status: 400,
        body: { user_image: ['The file is larger than 5 MB.'] },
      },
    )
  })
})

describe('a phone', () => {
  const phone_number = '+447700900142'

  test('is verified with the code that was sent', async () => {
    const { send, check, decision, control, events } = setUp()
    const sent = await send({
      phone_number: '+44 7700 900142',
      options: { preferred_channel: 'sms', locale: 'es-ES' },
      signals: { ip: '203.0.113.24', device_platform: 'web' },
      vendor_data: 'customer-1',
      metadata: { step: 2 },
    })
    const echoed = { vendor_data: 'customer-1', metadata: { step: 2 } }
    expect(sent.body).toEqual({ request_id: isId, status: 'Success', reason: null, ...echoed })
    const { request_id } = sent.body
    expect(await decision(request_id)).toMatchObject({
      status: 'In Progress',
      phone_verifications: [{ status: 'Not Finished', full_number: phone_number }],
    })
    await control.clock({ advanceSeconds: 41 })
    const { body } = await check({ phone_number, code: '123456' })
    expect(body).toEqual({
      request_id,
      status: 'Approved',
      message: 'Code accepted.',
      phone: {
        status: 'Approved',
        phone_number_prefix: '+44',
        phone_number: '7700900142',
        full_number: phone_number,
        country_code: 'GB',
        country_name: 'United Kingdom',
        carrier: { name: 'Example Mobile', type: 'mobile' },
        is_disposable: false,
        is_virtual: false,
        verification_method: 'sms',
        verification_attempts: 1,
        verified_at: '2026-10-26T08:00:41.000000Z',
        warnings: [],
        lifecycle: [
          {
            type: 'PHONE_VERIFICATION_MESSAGE_SENT',
            timestamp: '2026-10-26T08:00:00.000000+00:00',
            details: { status: 'Success', reason: null, channel: 'sms', actual_channel: 'sms' },
            fee: 0.08,
          },
          {
            type: 'VALID_CODE_ENTERED',
            timestamp: '2026-10-26T08:00:41.000000+00:00',
            details: { code_tried: '123456', status: 'Approved' },
            fee: 0,
          },
          {
            type: 'PHONE_VERIFICATION_APPROVED',
            timestamp: '2026-10-26T08:00:41.000000+00:00',
            details: null,
            fee: 0,
          },
        ],
        matches: [],
      },
      ...echoed,
      created_at: '2026-10-26T08:00:41.000000+00:00',
    })
    await control.idle()
    expect(events.map(({ status }) => status)).toEqual(['In Progress', 'Approved'])
    expect(await decision(request_id)).toMatchObject({
      status: 'Approved',
      phone_verifications: [{ node_id: 'feature_phone_1', status: 'Approved' }],
    })
    expect((await check({ phone_number, code: '123456' })).body.status).toBe('Expired or Not Found')
  })

  test('has three attempts, and a malformed code does not count', async () => {
    const { send, check, decision } = setUp()
    const { request_id } = (await send({ phone_number, options: { code_size: 4 } })).body
    expect((await check({ phone_number, code: '12345x' })).status).toBe(400)
    const answers = []
    for (const code of ['9999', '123456', '0000']) answers.push((await check({ phone_number, code })).body)
    expect(answers).toMatchObject([
      { status: 'Failed', message: 'Wrong code. Attempts remaining: 2', phone: null },
      { status: 'Failed', message: 'Wrong code. Attempts remaining: 1', phone: null },
      { status: 'Declined', phone: { status: 'Declined', verified_at: null } },
    ])
    expect(answers[0].request_id).not.toBe(request_id)
    expect(answers[2].request_id).toBe(request_id)
    expect(risksOf(answers[2].phone)).toEqual(['VERIFICATION_CODE_ATTEMPTS_EXCEEDED error'])
    expect((await check({ phone_number, code: '1234' })).body).toEqual({
      request_id: isId,
      status: 'Expired or Not Found',
      message: 'Nothing pending in the last 5 minutes.',
      vendor_data: null,
      metadata: null,
      created_at: expect.any(String),
    })
    expect((await decision(request_id)).status).toBe('Declined')
  })

  test('gets a second code within five minutes of the first, with no more time', async () => {
    const { send, check, control, decision } = setUp()
    const first = (await send({ phone_number })).body
    await control.clock(minutes(4))
    expect((await send({ phone_number })).body).toEqual({ ...first, status: 'Retry' })
    const third = (await send({ phone_number })).body
    expect(third.status).toBe('Success')
    expect(third.request_id).not.toBe(first.request_id)
    await control.clock(minutes(1))
    expect(await decision(first.request_id)).toMatchObject({
      status: 'Expired',
      phone_verifications: [{ status: 'Expired', verification_attempts: 2 }],
    })
    expect((await check({ phone_number, code: '123456' })).body).toMatchObject({
      status: 'Approved',
      request_id: third.request_id,
    })
  })

  test('gets four codes an hour', async () => {
    const { send, control } = setUp()
    for (let index = 0; index < 4; index += 1) {
      expect((await send({ phone_number })).status).toBe(200)
      await control.clock(minutes(10))
    }
    const capped = await send({ phone_number })
    expect([capped.status, capped.body]).toEqual([429, { detail: 'At most 4 attempts per number and hour.' }])
    expect([...capped.headers.keys()].filter((name) => /ratelimit|retry/.test(name))).toEqual([])
    expect((await send({ phone_number: '+34600000142' })).status).toBe(200)
    await control.clock(minutes(21))
    expect((await send({ phone_number })).status).toBe(200)
  })

  test('can be of a kind that is refused, reported or declined', async () => {
    const { send, check, decision } = setUp()
    const blocked = (await send({ phone_number: '+15005550000' })).body
    expect(blocked).toMatchObject({ status: 'Blocked', reason: 'suspicious' })
    expect(await decision(blocked.request_id)).toMatchObject({
      status: 'Declined',
      phone_verifications: [{ warnings: [{ risk: 'HIGH_RISK_PHONE_NUMBER' }] }],
    })
    expect((await check({ phone_number: '+15005550000', code: '123456' })).body.status).toBe('Expired or Not Found')
    expect((await send({ phone_number: '+15005550002' })).body).toEqual({
      detail: 'This number cannot receive a code.',
    })
    expect((await send({ phone_number: '+15005550003' })).body).toEqual({
      detail: 'A line of this type cannot receive a code.',
    })
    expect((await send({ phone_number: '+15005550005' })).status).toBe(500)

    const verdict = async (number: string, more: Record<string, string> = {}) => {
      await send({ phone_number: number })
      const { status, phone } = (await check({ phone_number: number, code: '123456', ...more })).body
      return [status, ...risksOf(phone)]
    }
    expect(await verdict('+15005550006')).toEqual(['Approved', 'VOIP_NUMBER_DETECTED information'])
    expect(await verdict('+15005550006', { voip_number_action: 'DECLINE' })).toEqual([
      'Declined',
      'VOIP_NUMBER_DETECTED error',
    ])
    expect(await verdict('+15005550007', { disposable_number_action: 'DECLINE' })).toEqual([
      'Declined',
      'DISPOSABLE_NUMBER_DETECTED error',
    ])
  })

  test('that another user has verified, or that is on the blocklist, has a warning', async () => {
    const { send, check, call } = setUp()
    const verify = async (vendor_data: string, more: Record<string, string> = {}) => {
      await send({ phone_number, vendor_data })
      return (await check({ phone_number, code: '123456', ...more })).body
    }
    const first = await verify('customer-1')
    expect((await verify('customer-1')).phone.warnings).toEqual([])
    const other = await verify('customer-2', { duplicated_phone_number_action: 'DECLINE' })
    expect([other.status, risksOf(other.phone)]).toEqual(['Declined', ['DUPLICATED_PHONE_NUMBER error']])
    expect(other.phone.matches).toContainEqual(
      expect.objectContaining({
        session_id: first.request_id,
        vendor_data: 'customer-1',
        source: 'session',
        is_blocklisted: false,
      }),
    )
    await call('POST', '/v3/blocklist/add/', { body: { session_id: first.request_id, blocklist_phone: true } })
    const listed = await verify('customer-1')
    expect([listed.status, risksOf(listed.phone)[0]]).toEqual(['Declined', 'PHONE_NUMBER_IN_BLOCKLIST error'])
  })

  test('of the partner is unknown to the main application', async () => {
    const { send, call } = setUp()
    await send({ phone_number })
    const body = { phone_number, code: '123456' }
    const response = await call('POST', '/v3/phone/check/', { body, key: 'k-partner' })
    expect(response.body.status).toBe('Expired or Not Found')
  })

  test.each([
    [{}, { phone_number: ['This field is required.'] }],
    [{ phone_number: '7700900142' }, { phone_number: ['Enter a valid phone number.'] }],
    [{ phone_number: `+${'1'.repeat(20)}` }, { phone_number: ['Ensure this field has no more than 20 characters.'] }],
    [
      { phone_number, options: { code_size: 9, locale: 'english', preferred_channel: 'pigeon' } },
      {
        options: {
          code_size: ['Ensure this value is less than or equal to 8.'],
          locale: ['Ensure this field has no more than 5 characters.'],
          preferred_channel: ['"pigeon" is not a valid choice.'],
        },
      },
    ],
    [{ phone_number, options: 5 }, { options: { non_field_errors: ['Invalid data. Expected a dictionary.'] } }],
    [
      { phone_number, signals: { ip: 'here', device_platform: 'toaster', os_version: 'x'.repeat(65) } },
      {
        signals: {
          ip: ['Enter a valid IPv4 or IPv6 address.'],
          device_platform: ['"toaster" is not a valid choice.'],
          os_version: ['Ensure this field has no more than 64 characters.'],
        },
      },
    ],
  ])('gets no code for %j', async (request, errors) => {
    const { send } = setUp()
    expect(await send(request)).toMatchObject({ status: 400, body: errors })
  })

  test.each([
    [{ phone_number }, { code: ['This field is required.'] }],
    [{ phone_number, code: '12' }, { code: ['Enter 4 to 8 digits.'] }],
    [
      { phone_number, code: '1234', voip_number_action: 'REVIEW' },
      { voip_number_action: ['"REVIEW" is not a valid choice.'] },
    ],
  ])('is not checked for %j', async (request, errors) => {
    const { check } = setUp()
    expect(await check(request)).toMatchObject({ status: 400, body: errors })
  })
})
