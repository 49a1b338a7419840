import { describe, expect, test } from 'vitest'
import { apiKey, failure, fixture, json, sessionId, setUp } from '../../testing/scripted-fetch.ts'

const base = 'https://verification.didit.me'
const session = `${base}/v3/session/${sessionId}`
const upper = sessionId.toUpperCase()
const sent = (call: { init: RequestInit } | undefined) => JSON.parse(call?.init.body as string)
const broken = () => json({ detail: 'Server error.' }, { status: 502 })

describe('retrieveDecision', () => {
  test('asks for what happened, where that is wanted', async () => {
    const decision = { ...fixture('decision.approved.json'), events: [{ any: 'shape' }] }
    const { api, calls } = setUp([json(decision)])
    await expect(api.sessions.retrieveDecision(upper, { include: 'events' })).resolves.toMatchObject({
      events: [{ any: 'shape' }],
    })
    expect(calls[0]?.url).toBe(`${session}/decision/?include=events`)
  })

  test('knows no other word', async () => {
    const { api, calls } = setUp([])
    await expect(api.sessions.retrieveDecision(sessionId, { include: 'all' as 'events' })).rejects.toMatchObject({
      code: 'request-invalid',
      issues: [{ path: 'include' }],
    })
    expect(calls).toEqual([])
  })
})

describe('create', () => {
  test.each(['minimal', 'kyc', 'kyb', 'biometric', 'sandbox', 'metadata-as-string'])(
    'sends the example %s exactly as it is',
    async (name) => {
      const body = fixture(`create-session.request.${name}.json`)
      const { api, calls } = setUp([json(fixture('create-session.response.kyc.json'), { status: 201 })])
      await api.sessions.create(body)
      expect(calls[0]?.init.body).toBe(JSON.stringify(body))
    },
  )

  test.each([
    ['no body', undefined, ''],
    ['a text', 'workflow', ''],
    ['no Workflow', {}, 'workflow_id'],
    ['a callback without a scheme', { callback: '/done' }, 'callback'],
    ['another device', { callback_method: 'phone' }, 'callback_method'],
    ['a language in words', { language: 'Spanish' }, 'language'],
    ['no e-mail address', { contact_details: { email: 'ilse' } }, 'contact_details.email'],
    ['a day that is none', { expected_details: { date_of_birth: '2026-02-31' } }, 'expected_details.date_of_birth'],
    ['a country of two letters', { expected_details: { nationality: 'DK' } }, 'expected_details.nationality'],
    ['an address and no country', { expected_details: { address: 'Somewhere 1' } }, 'expected_details.address'],
    ['no address of a network', { expected_details: { ip_address: '1.2.3' } }, 'expected_details.ip_address'],
    [
      'an unknown document',
      { expected_details: { expected_document_types: ['P', 'LIBRARY'] } },
      'expected_details.expected_document_types.1',
    ],
    ['a data URL', { portrait_image: 'data:image/png;base64,AAAA' }, 'portrait_image'],
    ['a portrait of more than 2 MB', { portrait_image: 'A'.repeat(2_800_000) }, 'portrait_image'],
  ])('sends nothing for %s', async (_, change, path) => {
    const { api, calls } = setUp([])
    const whole = typeof change === 'object' && path !== 'workflow_id'
    const body = whole ? { workflow_id: sessionId, ...change } : change
    const error = await failure(api.sessions.create(body as never))
    expect(error).toMatchObject({ name: 'RequestError', code: 'request-invalid', status: 0, issues: [{ path }] })
    expect((error.issues as { message: string }[])[0]?.message).toMatch(/^Expected /)
    expect(error.message).toContain(path)
    expect(calls).toEqual([])
  })

  test('repeats nothing of what was wrong', async () => {
    const { api } = setUp([])
    const body = { workflow_id: sessionId, contact_details: { email: 'Ilse Varga' }, language: 'Ilse' }
    const error = await failure(api.sessions.create(body))
    expect(JSON.stringify([error, error.message, error.issues])).not.toContain('Ilse')
  })
})

describe('updateStatus', () => {
  test.each(['approve', 'decline', 'resubmit', 'resubmit-auto'])('sends the example %s', async (name) => {
    const body = fixture(`update-status.request.${name}.json`)
    const { api, calls } = setUp([json(fixture('update-status.response.json'))])
    await expect(api.sessions.updateStatus(upper, body)).resolves.toEqual(fixture('update-status.response.json'))
    expect(calls[0]?.url).toBe(`${session}/update-status/`)
    expect(calls[0]?.init).toMatchObject({
      method: 'PATCH',
      redirect: 'manual',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json', accept: 'application/json' },
    })
    expect(sent(calls[0])).toEqual(body)
  })

  const same = () => json(fixture('error.400.update-status.same-status.json').body, { status: 400 })

  test('takes the older answer to a repeated decision for the success that the newer one is', async () => {
    for (const new_status of ['Approved', 'Declined'] as const) {
      const { api } = setUp([same()])
      await expect(api.sessions.updateStatus(upper, { new_status })).resolves.toEqual({ session_id: sessionId })
    }
  })

  test('says so when nothing was sent back, since the steps were not', async () => {
    const { api } = setUp([same()])
    await expect(api.sessions.updateStatus(sessionId, { new_status: 'Resubmitted' })).rejects.toMatchObject({
      code: 'didit-rejected',
      status: 400,
    })
  })

  test.each(['email-missing', 'nested', 'nothing-to-resubmit', 'target', 'wrong-current'])(
    'fails with what Didit said: %s',
    async (name) => {
      const { body } = fixture(`error.400.update-status.${name}.json`)
      const { api } = setUp([json(body, { status: 400 })])
      await expect(api.sessions.updateStatus(sessionId, { new_status: 'Approved' })).rejects.toMatchObject({
        code: 'didit-rejected',
        issues: [{ message: expect.any(String) }],
        raw: body,
      })
    },
  )

  test('is made again after a fault for a decision, and not for a resubmission, which deletes', async () => {
    const decision = setUp([broken(), json({ session_id: sessionId })])
    await decision.api.sessions.updateStatus(sessionId, { new_status: 'Declined' })
    expect(decision.calls).toHaveLength(2)
    const resubmission = setUp([broken()])
    await expect(
      resubmission.api.sessions.updateStatus(sessionId, { new_status: 'Resubmitted' }),
    ).rejects.toMatchObject({ code: 'didit-unavailable' })
    expect(resubmission.calls).toHaveLength(1)
  })

  test.each([
    [{}, 'new_status'],
    [{ new_status: 'In Review' }, 'new_status'],
    [{ new_status: 'approved' }, 'new_status'],
    [{ new_status: 'Approved', comment: 7 }, 'comment'],
    [{ new_status: 'Resubmitted', nodes_to_resubmit: [] }, 'nodes_to_resubmit'],
    [{ new_status: 'Resubmitted', nodes_to_resubmit: [{ feature: 'OCR' }] }, 'nodes_to_resubmit.0.node_id'],
    [
      { new_status: 'Resubmitted', nodes_to_resubmit: [{ node_id: 'n', feature: 'BOGUS' }] },
      'nodes_to_resubmit.0.feature',
    ],
    [
      { new_status: 'Resubmitted', nodes_to_resubmit: [{ node_id: 'n', feature: 'KYB_REGISTRY' }] },
      'nodes_to_resubmit.0.feature',
    ],
    [{ new_status: 'Declined', send_email: true }, 'email_address'],
    [{ new_status: 'Declined', send_email: true, email_address: 'nobody' }, 'email_address'],
  ])('sends nothing for %j', async (body, path) => {
    const { api, calls } = setUp([])
    await expect(api.sessions.updateStatus(sessionId, body as never)).rejects.toMatchObject({
      code: 'request-invalid',
      issues: [{ path }],
    })
    expect(calls).toEqual([])
  })
})

describe('share and importShared', () => {
  const share = fixture('share.request.json')
  const imported = fixture('import-shared.request.json')

  test('share a Session with another application', async () => {
    const { api, calls } = setUp([broken(), json(fixture('share.response.json'))])
    await expect(api.sessions.share(upper, share)).resolves.toEqual(fixture('share.response.json'))
    expect(calls.map((call) => call.url)).toEqual([`${session}/share/`, `${session}/share/`])
    expect(calls[0]?.init.method).toBe('POST')
    expect(sent(calls[0])).toEqual(share)
  })

  test.each([
    [{}, 'for_application_id'],
    [{ for_application_id: 'partner' }, 'for_application_id'],
    [{ ...share, ttl_in_seconds: 59 }, 'ttl_in_seconds'],
    [{ ...share, ttl_in_seconds: 86_401 }, 'ttl_in_seconds'],
    [{ ...share, ttl_in_seconds: 60.5 }, 'ttl_in_seconds'],
  ])('send nothing for a share of %j', async (body, path) => {
    const { api, calls } = setUp([])
    await expect(api.sessions.share(sessionId, body as never)).rejects.toMatchObject({
      code: 'request-invalid',
      issues: [{ path }],
    })
    expect(calls).toEqual([])
  })

  test('import it, in the form of today whichever Didit chose', async () => {
    const newer = fixture('import-shared.response.v3-shape.json')
    const older = fixture('import-shared.response.v2-shape.json')
    const { api, calls } = setUp([json(newer, { status: 201 }), json(older, { status: 201 })])
    await expect(api.sessions.importShared(imported)).resolves.toEqual(newer)
    const normalised = await api.sessions.importShared(imported)
    expect(normalised).toMatchObject({
      session_id: older.session_id,
      status: 'In Review',
      id_verifications: [{ status: older.id_verification.status, last_name: older.id_verification.last_name }],
      liveness_checks: [{ score: older.liveness.score }],
    })
    expect(calls[0]?.url).toBe(`${base}/v3/session/import-shared/`)
    expect(sent(calls[0])).toEqual(imported)
  })

  test('import nothing a second time after a fault, since the first may have worked', async () => {
    const { api, calls } = setUp([broken()])
    await expect(api.sessions.importShared(imported)).rejects.toMatchObject({ code: 'didit-unavailable' })
    expect(calls).toHaveLength(1)
  })

  test.each([
    [{ ...imported, share_token: '' }, 'share_token'],
    [{ ...imported, workflow_id: 'kyc' }, 'workflow_id'],
    [{ ...imported, trust_review: undefined }, 'trust_review'],
    [{ ...imported, trust_review: 'yes' }, 'trust_review'],
  ])('import nothing for %j', async (body, path) => {
    const { api, calls } = setUp([])
    await expect(api.sessions.importShared(body as never)).rejects.toMatchObject({
      code: 'request-invalid',
      issues: [{ path }],
    })
    expect(calls).toEqual([])
  })
})

describe('list', () => {
  test.each(['list-sessions.response', 'list-sessions.response.all', 'list-sessions.response.empty'])(
    'gives a page as it came: %s',
    async (name) => {
      const page = fixture(`${name}.json`)
      const { api, calls } = setUp([json(page)])
      await expect(api.sessions.list()).resolves.toEqual(page)
      expect(calls[0]?.url).toBe(`${base}/v3/sessions/`)
      expect(calls[0]?.init).toMatchObject({ method: 'GET', headers: { 'x-api-key': apiKey } })
    },
  )

  test('sends every filter, lists with commas', async () => {
    const { api, calls } = setUp([json({ count: 0, next: null, previous: null, results: [] })])
    await api.sessions.list({
      session_kind: 'all',
      limit: 20,
      offset: 40,
      status: ['Approved', 'In Review'],
      vendor_data: 'customer & co',
      search: 'Ilse',
      workflow_id: `${sessionId},${sessionId}`,
      date_from: '2026-11-01',
      date_to: '2026-11-24',
      country: ['ESP', 'DNK'],
      document_type: 'P,ID',
      warning: ['POSSIBLE_FRAUD'],
      is_kyc_to_be_reviewed: false,
      region: undefined,
    })
    expect(Object.fromEntries(new URL(calls[0]?.url ?? '').searchParams)).toEqual({
      session_kind: 'all',
      limit: '20',
      offset: '40',
      status: 'Approved,In Review',
      vendor_data: 'customer & co',
      search: 'Ilse',
      workflow_id: `${sessionId},${sessionId}`,
      date_from: '2026-11-01',
      date_to: '2026-11-24',
      country: 'ESP,DNK',
      document_type: 'P,ID',
      warning: 'POSSIBLE_FRAUD',
      is_kyc_to_be_reviewed: 'false',
    })
  })

  test.each([
    [{ session_kind: 'person' }, 'session_kind'],
    [{ limit: 0 }, 'limit'],
    [{ limit: 1.5 }, 'limit'],
    [{ limit: '20' }, 'limit'],
    [{ offset: -1 }, 'offset'],
    [{ status: 'approved' }, 'status'],
    [{ status: ['Approved', 'KYC Expired'] }, 'status'],
    [{ status: '' }, 'status'],
    [{ vendor_data: '' }, 'vendor_data'],
    [{ workflow_id: 'kyc' }, 'workflow_id'],
    [{ date_from: '24.11.2026' }, 'date_from'],
    [{ date_from: '2026-11-24', date_to: '2026-11-23' }, 'date_to'],
    [{ document_type: 'passport' }, 'document_type'],
    [{ api_service: 'OCR' }, 'api_service'],
    [{ euuid: '1' }, 'euuid'],
    [{ is_kyc_to_be_reviewed: 'true' }, 'is_kyc_to_be_reviewed'],
    [{ tomorrow: {} }, 'tomorrow'],
  ])('sends nothing for %j', async (query, path) => {
    const { api, calls } = setUp([])
    const listing = api.sessions.list(query as never)
    await expect(listing).rejects.toMatchObject({ code: 'request-invalid', issues: [{ path }] })
    await expect(listing[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'request-invalid' })
    expect(calls).toEqual([])
  })

  test('takes a status that is not known yet', async () => {
    const { api } = setUp([json({ count: 0, next: null, previous: null, results: [] })])
    await expect(api.sessions.list({ status: 'Paused' })).resolves.toMatchObject({ count: 0 })
  })

  test('of all kinds is iterated as one kind after the other, since its links leave businesses out', async () => {
    const row = (kind: string, digit: number) => ({
      session_id: `${digit}f0a6f52-6a8d-4f57-9a8b-2c4e7d9b0a31`,
      session_kind: kind,
      status: 'Approved',
    })
    const page = (next: string | null, ...results: unknown[]) => json({ count: 9, next, previous: null, results })
    const { api, calls } = setUp([
      page(`${base}/v3/sessions/?limit=1&offset=1&session_kind=user`, row('user', 1)),
      page(null, row('user', 2)),
      page(`${base}/v3/sessions/?limit=1&offset=1&session_kind=business`, row('business', 3)),
      page(null, row('business', 4)),
    ])
    const kinds = []
    for await (const { session_kind } of api.sessions.list({ session_kind: 'all', limit: 1 })) kinds.push(session_kind)
    expect(kinds).toEqual(['user', 'user', 'business', 'business'])
    expect(calls.map(({ url }) => new URL(url).search)).toEqual([
      '?session_kind=user&limit=1',
      '?session_kind=user&limit=1&offset=1',
      '?session_kind=business&limit=1',
      '?session_kind=business&limit=1&offset=1',
    ])
  })
})

test('no id but one in Didit’s form is sent', async () => {
  for (const id of ['', 'undefined', '../sessions', `${sessionId}/`]) {
    const { api, calls } = setUp([])
    for (const call of [
      () => api.sessions.updateStatus(id, { new_status: 'Approved' }),
      () => api.sessions.generatePdf(id),
      () => api.sessions.share(id, { for_application_id: sessionId }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'request-invalid', issues: [{ path: 'sessionId' }] })
    }
    expect(calls).toEqual([])
  }
})
