import { createHmac } from 'node:crypto'
import { webhookEventSchema, webhookEventSchemas } from '@didit-verify/core/schemas'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createEmulator, type Emulator, type EmulatorOptions } from '../index.ts'
import { webhookTypes } from '../webhooks/destinations.ts'

const start = Date.UTC(2026, 9, 26, 8, 0, 0)
const first = '77777777-2222-4333-8444-555555555555'
const unknown = '00000000-0000-4000-8000-000000000000'
const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

interface Received {
  readonly url: string
  readonly headers: Headers
  readonly text: string
}

function setUp(options: EmulatorOptions = {}, answers: number[] = []) {
  const received: Received[] = []
  const emulator = createEmulator({
    apiKey: 'k',
    webhookSecret: 'first-secret',
    webhookUrl: 'http://receiver.test/hook',
    now: () => start,
    fetch: async (request) => {
      received.push({ url: request.url, headers: request.headers, text: await request.text() })
      return new Response(null, { status: answers.shift() ?? 200 })
    },
    ...options,
  })
  running.push(emulator)
  const call = async (method: string, path: string, body?: unknown, key = 'k') => {
    const response = await emulator.fetch(
      new Request(path.startsWith('http') ? path : `${emulator.url}/v3/webhook/${path}`, {
        method,
        headers: { ...(key === '' ? {} : { 'x-api-key': key }), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    const isJson = response.headers.get('content-type') === 'application/json'
    return { status: response.status, body: isJson ? JSON.parse(text) : text }
  }
  const createSession = async (key = 'k') => {
    const session = { workflow_id: '11111111-2222-3333-4444-555555555555', vendor_data: 'user-1' }
    return (await call('POST', `${emulator.url}/v3/session/`, session, key)).body.session_id as string
  }
  const finish = async (id: string, status: 'In Progress' | 'In Review' | 'Approved' | 'Declined' = 'Approved') => {
    emulator.control.finish(id, status)
    await emulator.control.idle()
  }
  return { emulator, control: emulator.control, received, call, createSession, finish }
}

const isSigned = ({ text, headers }: Received, secret: string) =>
  createHmac('sha256', secret).update(text).digest('hex') === headers.get('x-signature')

const staging = { label: 'Staging', url: 'https://staging.example.com/didit', subscribed_events: ['status.updated'] }

describe('destinations', () => {
  test('are created with their own secret, read, listed without it, changed and deleted', async () => {
    const { call } = setUp({ webhookUrl: undefined })
    const created = await call('POST', 'destinations/', { ...staging, webhook_version: 'v2', enabled: false })
    const whole = {
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...staging,
      enabled: false,
      webhook_version: 'v2',
      secret_shared_key: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      created_at: '2026-10-26T08:00:00Z',
      updated_at: '2026-10-26T08:00:00Z',
      summary: {
        total_deliveries: 0,
        failed_deliveries: 0,
        error_rate_percentage: 0,
        min_response_time_ms: null,
        avg_response_time_ms: null,
        max_response_time_ms: null,
        last_delivery_at: null,
      },
    }
    expect(created).toEqual({ status: 201, body: whole })
    const { uuid, secret_shared_key: secret } = created.body
    expect(await call('GET', `destinations/${uuid.toUpperCase()}/`)).toEqual({ status: 200, body: whole })

    const { summary: _summary, secret_shared_key: _secret, ...row } = whole
    expect(await call('GET', 'destinations/')).toEqual({
      status: 200,
      body: [
        {
          ...row,
          subscribed_events_count: 1,
          deliveries_count: 0,
          failed_deliveries_count: 0,
          average_response_time_ms: null,
          error_rate_percentage: 0,
          last_delivery_at: null,
        },
      ],
    })

    const changed = await call('PATCH', `destinations/${uuid}/`, { enabled: true, subscribed_events: ['data.updated'] })
    expect(changed.body).toMatchObject({ label: 'Staging', enabled: true, subscribed_events: ['data.updated'] })
    expect(changed.body.secret_shared_key).toBe(secret)

    expect(await call('DELETE', `destinations/${uuid}/`)).toEqual({ status: 204, body: '' })
    expect(await call('DELETE', `destinations/${uuid}/`)).toEqual({
      status: 404,
      body: { detail: 'Destination not found.' },
    })
  })

  test.each([
    [{}, { label: ['This field is required.'], url: ['This field is required.'] }],
    [{ ...staging, label: ' ' }, { label: ['This field may not be blank.'] }],
    [{ ...staging, label: 'x'.repeat(256) }, { label: ['Ensure this field has no more than 255 characters.'] }],
    [{ ...staging, label: 5 }, { label: ['Not a valid string.'] }],
    [{ ...staging, url: 'nowhere' }, { url: ['Enter a valid URL.'] }],
    [{ ...staging, url: 'http://example.com/' }, { url: ['Enter an HTTPS URL.'] }],
    [{ ...staging, url: 'http://receiver.test/hook' }, { url: ['Enter an HTTPS URL.'] }],
    [{ ...staging, enabled: 'yes' }, { enabled: ['Must be a valid boolean.'] }],
    [{ ...staging, webhook_version: 'v4' }, { webhook_version: ['"v4" is not a valid choice.'] }],
    [{ ...staging, subscribed_events: [] }, { subscribed_events: ['Name at least one event.'] }],
    [
      { ...staging, subscribed_events: ['status.updated', '*', 'foo.bar'] },
      { subscribed_events: ['No such events: *, foo.bar'] },
    ],
    [{ ...staging, subscribed_events: 'status.updated' }, { subscribed_events: ['Expected a list of items.'] }],
    [[], { non_field_errors: ['Invalid data. Expected a dictionary.'] }],
    ['{', { detail: 'JSON parse error' }],
  ])('refuse %j and name the field', async (body, errors) => {
    const { call } = setUp()
    expect(await call('POST', 'destinations/', body)).toEqual({ status: 400, body: errors })
    if (JSON.stringify(body) === '{}') return
    expect(await call('PATCH', `destinations/${first}/`, body)).toEqual({ status: 400, body: errors })
  })

  test('have a URL that no other destination of the application has', async () => {
    const { call } = setUp()
    const errors = { url: ['The application has a destination with this URL already.'] }
    const { body } = await call('POST', 'destinations/', staging)
    expect(await call('POST', 'destinations/', staging)).toEqual({ status: 400, body: errors })
    expect(await call('PATCH', `destinations/${first}/`, { url: staging.url })).toEqual({ status: 400, body: errors })
    expect((await call('PATCH', `destinations/${body.uuid}/`, { url: staging.url })).status).toBe(200)
    expect((await call('POST', 'destinations/', staging, 'k-partner')).status).toBe(201)
  })

  test('are visible only with a key of their application', async () => {
    const { call } = setUp()
    const { uuid } = (await call('POST', 'destinations/', staging, 'k-partner')).body
    expect((await call('GET', 'destinations/')).body).toMatchObject([{ uuid: first, label: expect.any(String) }])
    for (const [method, path] of [
      ['GET', `destinations/${uuid}/`],
      ['PATCH', `destinations/${uuid}/`],
      ['DELETE', `destinations/${uuid}/`],
      ['GET', `destinations/${uuid}/deliveries/`],
      ['POST', `destinations/${uuid}/deliveries/${unknown}/resend/`],
    ] as const) {
      expect((await call(method, path, method === 'PATCH' ? {} : undefined)).status).toBe(404)
      expect((await call(method, path, undefined, '')).status).toBe(403)
      expect((await call(method, path, undefined, 'nope')).status).toBe(401)
    }
    expect((await call('GET', 'destinations/nope/')).body).toContain('<h1>Not Found</h1>')
    expect((await call('GET', 'destinations')).status).toBe(301)
    expect((await call('PUT', 'destinations/', {})).status).toBe(405)
  })

  test('lose their changes when the emulator is reset', async () => {
    const { call, control } = setUp()
    await call('POST', 'destinations/', staging)
    await call('DELETE', `destinations/${first}/`)
    control.reset()
    expect((await call('GET', `destinations/${first}/`)).body).toMatchObject({
      url: 'http://receiver.test/hook',
      secret_shared_key: 'first-secret',
      subscribed_events: webhookTypes,
    })
  })
})

describe('an event', () => {
  test('goes to each enabled destination that subscribed to it, signed with its own secret', async () => {
    const { call, received, createSession, finish } = setUp()
    const { secret_shared_key: secret } = (await call('POST', 'destinations/', staging)).body
    await call('POST', 'destinations/', { ...staging, url: 'https://off.example.com/', enabled: false })
    await call('POST', 'destinations/', {
      ...staging,
      url: 'https://other.example.com/',
      subscribed_events: ['data.updated'],
    })
    await call('POST', 'destinations/', { label: 'Subscribed to nothing', url: 'https://silent.example.com/' })
    await finish(await createSession())
    expect(received.map(({ url }) => url)).toEqual(['http://receiver.test/hook', staging.url])
    const [one, other] = received as [Received, Received]
    expect([isSigned(one, 'first-secret'), isSigned(other, secret)]).toEqual([true, true])
    expect(one.text).toBe(other.text)
  })

  test('of the partner goes to the partner', async () => {
    const { call, received, createSession, finish } = setUp()
    await call('POST', 'destinations/', { ...staging, url: 'https://partner.example.com/' }, 'k-partner')
    await finish(await createSession('k-partner'))
    expect(received.map(({ url }) => url)).toEqual(['https://partner.example.com/'])
    expect(JSON.parse(received[0]?.text ?? '').application_id).toBe('99999999-2222-4333-8444-555555555555')
  })

  test('reaches a quick destination without waiting for a slow one', async () => {
    const { emulator, call, createSession } = setUp({
      fetch: (request) => (request.url === staging.url ? new Response() : new Promise<Response>(() => {})),
    })
    await call('POST', 'destinations/', staging)
    const id = await createSession()
    emulator.control.finish(id, 'In Progress')
    emulator.control.finish(id, 'Approved')
    const states = () => emulator.control.deliveries().map(({ url, status, state }) => `${url} ${status} ${state}`)
    await vi.waitFor(() => expect(states()).toContain(`${staging.url} Approved delivered`))
    expect(states()).toContain('http://receiver.test/hook In Progress sending')
  })

  test('has the version that the destination chose', async () => {
    const { call, received, createSession, finish } = setUp({ webhookUrl: undefined })
    for (const version of ['v1', 'v2', 'v3']) {
      await call('POST', 'destinations/', {
        ...staging,
        url: `https://${version}.example.com/`,
        webhook_version: version,
      })
    }
    const id = await createSession()
    await finish(id)
    const [v1, v2, v3] = received.map(({ text }) => JSON.parse(text))
    expect(Object.keys(v1)).toEqual(['created_at', 'decision', 'session_id', 'status', 'vendor_data'])
    expect(Object.keys(v1.decision).sort()).toEqual(
      'aml created_at face_match kyc liveness reviews session_id session_number session_url status vendor_data'.split(
        ' ',
      ),
    )
    expect(v1.decision.kyc).toMatchObject({ status: 'Approved', first_name: expect.any(String) })
    expect(Object.keys(v2)).toEqual(
      'created_at decision metadata session_id status timestamp vendor_data webhook_type workflow_id'.split(' '),
    )
    expect(v2.decision).toMatchObject({ status: 'Approved', id_verification: { status: 'Approved' }, poa: null })
    expect(v2.decision).not.toHaveProperty('id_verifications')
    expect(v2.decision.id_verification).not.toHaveProperty('node_id')
    expect(v3.decision).toMatchObject({ session_kind: 'user', id_verifications: [{ node_id: 'feature_ocr_1' }] })
    const list = (await call('GET', 'destinations/')).body as { uuid: string }[]
    for (const [index, { uuid }] of list.entries()) {
      const { secret_shared_key: secret } = (await call('GET', `destinations/${uuid}/`)).body
      expect(isSigned(received[index] as Received, secret)).toBe(true)
    }
  })

  test('goes to the legacy webhook only while no destination is enabled', async () => {
    const { call, control, received, createSession, finish } = setUp()
    const { body } = await call('PATCH', '', {
      webhook_url: 'https://legacy.example.com/',
      capture_method: 'mobile',
      data_retention_months: 6,
    })
    expect(body).toEqual({
      webhook_url: 'https://legacy.example.com/',
      webhook_version: 'v3',
      secret_shared_key: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      capture_method: 'mobile',
      data_retention_months: 6,
    })
    const id = await createSession()
    await finish(id, 'In Progress')
    await call('PATCH', `destinations/${first}/`, { enabled: false })
    await finish(id, 'Approved')
    control.sendEvent({ type: 'user.status.updated' })
    await control.idle()
    expect(received.map(({ url }) => url)).toEqual(['http://receiver.test/hook', 'https://legacy.example.com/'])
    expect(isSigned(received[1] as Received, body.secret_shared_key)).toBe(true)

    const rotated = await call('PATCH', '', { rotate_secret_key: true })
    expect(rotated.body.secret_shared_key).not.toBe(body.secret_shared_key)
    expect((await call('GET', '')).body).toEqual(rotated.body)
    expect((await call('PATCH', '', { data_retention_months: 0, capture_method: 'x', webhook_url: 1 })).body).toEqual({
      data_retention_months: ['Ensure this value is between 1 and 120.'],
      capture_method: ['"x" is not a valid choice.'],
      webhook_url: ['Enter a valid URL.'],
    })
  })
})

describe('deliveries', () => {
  test('are listed newest first with statistics, each attempt as its own entry', async () => {
    const { call, control, createSession, finish } = setUp({}, [503, 200])
    const id = await createSession()
    await finish(id)
    await control.clock({ advanceSeconds: 60 })
    const entry = {
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      session_id: id,
      request_url: 'http://receiver.test/hook',
      response_time_ms: 0,
      status: 'Approved',
      webhook_type: 'status.updated',
    }
    expect((await call('GET', `destinations/${first}/deliveries/`)).body).toEqual({
      count: 2,
      next: null,
      previous: null,
      results: [
        { ...entry, response_status: 200, created_at: '2026-10-26T08:01:00Z' },
        { ...entry, response_status: 503, created_at: '2026-10-26T08:00:00Z' },
      ],
    })
    expect((await call('GET', `destinations/${first}/`)).body.summary).toEqual({
      total_deliveries: 2,
      failed_deliveries: 1,
      error_rate_percentage: 50,
      min_response_time_ms: 0,
      avg_response_time_ms: 0,
      max_response_time_ms: 0,
      last_delivery_at: '2026-10-26T08:01:00Z',
    })
  })

  test('have pages and a filter by day', async () => {
    const { call, control, createSession, finish } = setUp()
    const id = await createSession()
    for (const status of ['In Progress', 'In Review', 'Approved'] as const) {
      await finish(id, status)
      await control.clock({ advanceSeconds: 86_400 })
    }
    const list = async (query: string) => (await call('GET', `destinations/${first}/deliveries/?${query}`)).body
    const page = await list('limit=1&offset=1')
    expect(page).toMatchObject({ count: 3, results: [{ status: 'In Review' }] })
    expect((await call('GET', page.next)).body.results).toMatchObject([{ status: 'In Progress' }])
    expect((await call('GET', page.previous)).body.results).toMatchObject([{ status: 'Approved' }])
    expect((await list('date_from=2026-10-27&date_to=2026-10-27')).results).toMatchObject([{ status: 'In Review' }])
    const wrong = { date_from: ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.'] }
    expect(await list('date_from=27.10.2026')).toEqual(wrong)
  })

  test('show the request, without the secret', async () => {
    const { call, received, createSession, finish } = setUp()
    await finish(await createSession())
    const { results } = (await call('GET', `destinations/${first}/deliveries/`)).body
    const { body } = await call('GET', `destinations/${first}/deliveries/${results[0].uuid}/`)
    expect(body).toEqual({ ...results[0], request_header: expect.any(String), request_body: received[0]?.text })
    expect(JSON.parse(body.request_header)).toEqual({
      'Content-Type': 'application/json',
      'User-Agent': 'DiditWebhook/2.0 +https://didit.me',
      'X-Signature': received[0]?.headers.get('x-signature'),
      'X-Signature-V2': received[0]?.headers.get('x-signature-v2'),
      'X-Signature-Simple': received[0]?.headers.get('x-signature-simple'),
      'X-Timestamp': String(start / 1000),
    })
    expect(JSON.stringify(body)).not.toContain('first-secret')
    expect(await call('GET', `destinations/${first}/deliveries/${unknown}/`)).toEqual({
      status: 404,
      body: { detail: 'Delivery not found.' },
    })
  })

  test('are resent to the same URL with a new time and signature, and not retried afterwards', async () => {
    const { call, control, received, createSession, finish } = setUp({}, [400, 503])
    await finish(await createSession())
    await call('PATCH', `destinations/${first}/`, { enabled: false, url: 'https://elsewhere.example.com/' })
    await control.clock({ advanceSeconds: 3600 })
    const { results } = (await call('GET', `destinations/${first}/deliveries/`)).body
    const resent = await call('POST', `destinations/${first}/deliveries/${results[0].uuid}/resend/`)
    expect(resent).toMatchObject({
      status: 200,
      body: { request_url: 'http://receiver.test/hook', response_status: 503, created_at: '2026-10-26T09:00:00Z' },
    })
    const [before, after] = received.map(({ text }) => JSON.parse(text))
    expect(after).toEqual({ ...before, timestamp: before.timestamp + 3600 })
    expect(isSigned(received[1] as Received, 'first-secret')).toBe(true)
    expect(received[1]?.headers.get('x-timestamp')).toBe(String(start / 1000 + 3600))
    await control.clock({ advanceSeconds: 3600 })
    expect(received).toHaveLength(2)
    expect(control.deliveries().map(({ resent: isResent, state }) => [isResent, state])).toEqual([
      [false, 'failed'],
      [true, 'failed'],
    ])
  })

  test('are deleted with their session', async () => {
    const { emulator, call, createSession, finish } = setUp()
    const id = await createSession()
    await finish(id)
    const { results } = (await call('GET', `destinations/${first}/deliveries/`)).body
    await call('DELETE', `${emulator.url}/v3/session/${id}/delete/`)
    expect((await call('GET', `destinations/${first}/deliveries/`)).body.results).toEqual([])
    expect((await call('POST', `destinations/${first}/deliveries/${results[0].uuid}/resend/`)).status).toBe(404)
  })
})

describe('the control of events', () => {
  test.each(webhookTypes)('sends %s in a shape that core reads', async (type) => {
    const { control, received, createSession } = setUp()
    const sessionId = await createSession()
    const isOfSession = type === 'status.updated' || type === 'data.updated'
    const sent = control.sendEvent({ type, ...(isOfSession ? { sessionId } : {}) })
    await control.idle()
    expect(sent).toEqual({ eventId: expect.any(String), sentTo: 1 })
    const event = JSON.parse(received[0]?.text ?? '')
    expect(webhookEventSchema.safeParse(event)).toMatchObject({ success: true })
    expect(webhookEventSchemas[type].parse(event)).toEqual(event)
    expect(event).toMatchObject({ webhook_type: type, event_id: sent.eventId, environment: 'live' })
    expect(isSigned(received[0] as Received, 'first-secret')).toBe(true)
    expect(received[0]?.headers.has('x-didit-test-webhook')).toBe(false)
    if (isOfSession) expect(event.session_id).toBe(sessionId)
  })

  test.each(webhookTypes)('sends a sample of %s, marked as one', async (type) => {
    const { call, control, received } = setUp()
    expect(control.sendEvent({ type, test: true })).toEqual({ eventId: null, sentTo: 1 })
    await control.idle()
    expect(received[0]?.headers.get('x-didit-test-webhook')).toBe('true')
    const event = JSON.parse(received[0]?.text ?? '')
    expect(event).toMatchObject({ metadata: { test_webhook: true }, vendor_data: 'test-vendor-data-123' })
    expect(event).not.toHaveProperty('event_id')
    if (type === 'status.updated') expect(event.decision).toMatchObject({ status: 'Approved' })
    expect(control.sessions()).toEqual([])
    const { results } = (await call('GET', `destinations/${first}/deliveries/`)).body
    expect(results).toMatchObject([{ webhook_type: type }])
  })

  test('sends to one destination regardless of its subscriptions, and changes fields', async () => {
    const { call, control, received } = setUp()
    const { uuid } = (await call('POST', 'destinations/', { ...staging, enabled: false })).body
    const fields = { status: 'FLAGGED', vendor_data: 'user-9' }
    expect(control.sendEvent({ type: 'user.status.updated', destinationId: uuid, fields }).sentTo).toBe(1)
    await control.idle()
    expect(received.map(({ url }) => url)).toEqual([staging.url])
    expect(JSON.parse(received[0]?.text ?? '')).toMatchObject(fields)
  })

  test.each([
    [{ type: 'nope' }, 400, 'type'],
    [{ type: 'status.updated' }, 400, 'sessionId'],
    [{ type: 'user.data.updated', applicationId: unknown }, 404, 'applicationId'],
    [{ type: 'user.data.updated', destinationId: unknown }, 404, 'destinationId'],
    [{ type: 'user.data.updated', fields: { webhook_type: 'x' } }, 400, 'fields.webhook_type'],
    [{ type: 'user.data.updated', surplus: 1 }, 400, 'surplus'],
  ])('answers %j by naming the field', async (order, status, path) => {
    const { emulator, call, received } = setUp()
    const response = await call('POST', `${emulator.url}/_emulator/events`, order)
    expect(response).toMatchObject({ status, body: { issues: [{ path }] } })
    expect(received).toEqual([])
  })

  test('does not find an unknown session, nor one of another application', async () => {
    const { emulator, call, createSession } = setUp()
    const send = (order: unknown) => call('POST', `${emulator.url}/_emulator/events`, order)
    expect((await send({ type: 'status.updated', sessionId: unknown })).status).toBe(404)
    const sessionId = await createSession('k-partner')
    const applicationId = '88888888-2222-4333-8444-555555555555'
    expect((await send({ type: 'data.updated', sessionId, applicationId })).status).toBe(400)
    expect((await send({ type: 'data.updated', sessionId })).body).toEqual({
      eventId: expect.any(String),
      sentTo: 0,
    })
  })
})
