import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { createLoopbackServers } from '../../testing/loopback-servers.ts'
import { apiKey, failure, fixture, json, setUp } from '../../testing/scripted-fetch.ts'
import { createDiditApi, type DiditApi } from './didit-api.ts'
import type { Upload } from './upload.ts'

const base = 'https://verification.didit.me/v3'
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 73, 72, 68, 82])
const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1])
const tiff = new Uint8Array([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 0, 0, 0, 0])
const webp = new TextEncoder().encode('RIFF\x10\0\0\0WEBPVP8 ')
const pdf = new TextEncoder().encode('%PDF-1.7\nA bill.\n%%EOF')
const streamOf = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })

const folder = mkdtempSync(join(tmpdir(), 'didit-verify-upload-'))
afterAll(() => rmSync(folder, { recursive: true }))
function file(name: string, content: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** A `fetch` that reads a form as a server does, whatever way it was sent. */
function reading(answer: unknown) {
  const seen: { url: string; form: FormData; headers: Headers; init: RequestInit }[] = []
  const fetch = (async (input, init) => {
    const request = new Request(input as string, { ...init, duplex: 'half' } as RequestInit)
    seen.push({
      url: request.url,
      headers: request.headers,
      form: await request.formData(),
      init: init as RequestInit,
    })
    return json(answer)
  }) as typeof globalThis.fetch
  return { api: createDiditApi({ apiKey, fetch }), seen }
}

function fileOf(request: { readonly form: FormData } | undefined, field: string): File {
  const sent = request?.form.get(field)
  if (sent instanceof File) return sent
  throw new Error('No file came.')
}

const checks = {
  poa: ['poa', 'poa', 'document', 15],
  ageEstimation: ['age-estimation', 'age-estimation', 'user_image', 5],
  passiveLiveness: ['passive-liveness', 'passive-liveness', 'user_image', 5],
} as const
type Check = keyof typeof checks
const call = (api: DiditApi, check: Check, upload: unknown, fields: object = {}) =>
  api[check]({ ...fields, [checks[check][2]]: upload } as never) as Promise<unknown>

describe.each(Object.entries(checks))('%s', (name, [path, sample, field, mostMegabytes]) => {
  const check = name as Check

  test.each(['approved', 'declined'])('gives an answer of the form %s as it came', async (outcome) => {
    const answer = fixture(`standalone.${sample}.${outcome}.json`)
    const { api, seen } = reading(answer)
    await expect(call(api, check, png)).resolves.toEqual(answer)
    expect(seen[0]?.url).toBe(`${base}/${path}/`)
    expect(seen[0]?.init).toMatchObject({ method: 'POST', redirect: 'manual', headers: { 'x-api-key': apiKey } })
    expect(seen[0]?.headers.get('content-type')).toMatch(/^multipart\/form-data; boundary=/)
  })

  const uploads: [string, () => Upload, string, string][] = [
    ['bytes', () => png, `${field}.png`, 'image/png'],
    ['a Buffer', () => Buffer.from(jpeg), `${field}.jpg`, 'image/jpeg'],
    ['a Blob', () => new Blob([tiff]), `${field}.tiff`, 'image/tiff'],
    ['a Blob with a type alone', () => new Blob(['?'], { type: 'image/webp' }), `${field}.webp`, 'image/webp'],
    ['a File', () => new File([webp], 'Ilse Nørgaard.webp'), 'Ilse Nørgaard.webp', 'image/webp'],
    ['a path', () => ({ path: file('selfie.PNG', png) }), 'selfie.PNG', 'image/png'],
    ['a path and a name', () => ({ path: file('upload-7', png), filename: 'a.png' }), 'a.png', 'image/png'],
    ['a path without an ending', () => ({ path: file('upload-8', png) }), 'upload-8.png', 'image/png'],
    ['bytes and a name', () => ({ content: jpeg, filename: '../x/a".jpeg' }), 'a_.jpeg', 'image/jpeg'],
    ['a stream', () => streamOf(png.subarray(0, 3), png.subarray(3)), `${field}.png`, 'image/png'],
    ['a stream and a name', () => ({ content: streamOf(jpeg), filename: 'b.jpg' }), 'b.jpg', 'image/jpeg'],
    ['a stream of Node', () => Readable.from([Buffer.from(png)]), `${field}.png`, 'image/png'],
  ]
  test.each(uploads)('sends %s under a fitting name and type', async (_, upload, filename, type) => {
    const { api, seen } = reading(fixture(`standalone.${sample}.approved.json`))
    await call(api, check, upload())
    const sent = fileOf(seen[0], field)
    expect([sent.name, sent.type]).toEqual([filename, type])
    expect(sent.size).toBeGreaterThan(0)
  })

  test('sends the bytes as they are, in both ways to send them', async () => {
    const { api, seen } = reading(fixture(`standalone.${sample}.approved.json`))
    const long = new Uint8Array(300_000).map((_, at) => (at < png.length ? (png[at] as number) : at % 251))
    for (const upload of [long, { path: file('long.png', long) }, streamOf(long.subarray(0, 7), long.subarray(7))]) {
      await call(api, check, upload)
      const sent = new Uint8Array(await fileOf(seen.at(-1), field).arrayBuffer())
      expect(Buffer.compare(sent, long)).toBe(0)
    }
  })

  test('writes the fields as Didit reads them', async () => {
    const fields = {
      rotate_image: true,
      save_api_request: false,
      vendor_data: 'customer-1042\r\n"quoted"',
      metadata: { plan: 'gold', é: [1] },
      field_of_tomorrow: 7,
      left_out: undefined,
    }
    for (const upload of [png, streamOf(png)]) {
      const { api, seen } = reading(fixture(`standalone.${sample}.approved.json`))
      await call(api, check, upload, fields)
      const form = Object.fromEntries([...(seen[0]?.form ?? [])].filter(([key]) => key !== field))
      expect(form).toEqual({
        rotate_image: 'true',
        save_api_request: 'false',
        vendor_data: 'customer-1042\r\n"quoted"',
        metadata: '{"plan":"gold","é":[1]}',
        field_of_tomorrow: '7',
      })
    }
  })

  const tooLarge = () => new Uint8Array(mostMegabytes * 1024 * 1024 + 1).fill(0xff)
  test.each<[string, () => unknown, RegExp]>([
    ['no file', () => undefined, /Blob/],
    ['null', () => null, /Blob/],
    ['text', () => 'selfie.png', /Blob/],
    ['an object of another kind', () => ({ url: 'https://example.com/a.png' }), /Blob/],
    ['a path that leads nowhere', () => ({ path: join(folder, 'nothing.png') }), /path of a file/],
    ['the path of a folder', () => ({ path: folder, filename: 'a.png' }), /can be read|not empty/],
    [
      'a stream that fails at once',
      () =>
        new ReadableStream({
          pull() {
            throw new Error('no')
          },
        }),
      /can be read/,
    ],
    ['an empty file', () => new Uint8Array(), /not empty/],
    ['an empty stream', () => streamOf(), /not empty/],
    ['bytes of no known kind', () => new Uint8Array(20), /filename/],
    ['another ending', () => ({ content: png, filename: 'selfie.gif' }), /one of tiff, jpg/],
    ['a file that is too large', () => new File([tooLarge()], 'a.jpg'), new RegExp(`${mostMegabytes} MB`)],
  ])('sends nothing for %s', async (_, upload, message) => {
    const { api, calls } = setUp([])
    const error = await failure(call(api, check, upload()))
    expect(error).toMatchObject({ name: 'RequestError', code: 'request-invalid', status: 0 })
    expect(error.issues).toEqual([{ path: field, message: expect.stringMatching(message) }])
    expect(calls).toEqual([])
  })

  test('costs money, so is not made again after a fault', async () => {
    const { api, calls } = setUp([json({}, { status: 502 })])
    await expect(call(api, check, png)).rejects.toMatchObject({ code: 'didit-unavailable' })
    expect(calls).toHaveLength(1)
  })

  test('that was turned away goes out again, unless its file was a stream', async () => {
    const usedUp = () => json({}, { status: 429, headers: { 'retry-after': '2', 'x-ratelimit-limit': '300' } })
    const again = setUp([usedUp(), json(fixture(`standalone.${sample}.approved.json`))])
    await call(again.api, check, png)
    expect(again.calls).toHaveLength(2)
    const once = setUp([usedUp()])
    await expect(call(once.api, check, streamOf(png))).rejects.toMatchObject({ status: 429, retryAfterSeconds: 2 })
    expect(once.calls).toHaveLength(1)
  })
})

test('a face may not be a PDF, but a proof of address may', async () => {
  const { api, seen } = reading(fixture('standalone.poa.approved.json'))
  await api.poa({ document: pdf })
  expect(fileOf(seen[0], 'document').name).toBe('document.pdf')
  for (const upload of [pdf, { content: pdf, filename: 'selfie.png' }]) {
    await expect(api.ageEstimation({ user_image: upload })).rejects.toMatchObject({
      code: 'request-invalid',
      issues: [{ path: 'user_image' }],
    })
  }
})

test.each<[string, (api: DiditApi) => Promise<unknown>, string]>([
  ['poa', (api) => api.poa({ document: pdf, expected_country: 'Spain' }), 'expected_country'],
  ['poa', (api) => api.poa({ document: pdf, poa_languages_allowed: ['es', 'spa'] }), 'poa_languages_allowed'],
  ['poa', (api) => api.poa({ document: pdf, poa_document_age_months: 'utility_bill:121' }), 'poa_document_age_months'],
  ['poa', (api) => api.poa({ document: pdf, poa_document_age_months: 'rent:3' }), 'poa_document_age_months'],
  [
    'poa',
    (api) => api.poa({ document: pdf, poa_issuer_not_identified_action: 'NO' as 'DECLINE' }),
    'poa_issuer_not_identified_action',
  ],
  ['poa', (api) => api.poa({ document: pdf, metadata: { at: 1n } }), 'metadata'],
  [
    'age',
    (api) => api.ageEstimation({ user_image: png, age_estimation_decline_threshold: 101 }),
    'age_estimation_decline_threshold',
  ],
  [
    'liveness',
    (api) => api.passiveLiveness({ user_image: png, face_liveness_score_decline_threshold: -1 }),
    'face_liveness_score_decline_threshold',
  ],
  ['liveness', (api) => api.passiveLiveness({ user_image: png, vendor_data: '' }), 'vendor_data'],
  ['nothing', (api) => api.poa(undefined as never), 'document'],
  ['aml', (api) => api.aml({ full_name: ' ' }), 'full_name'],
  ['aml', (api) => api.aml({ full_name: 'A', entity_type: 'ship' as 'person' }), 'entity_type'],
  ['aml', (api) => api.aml({ full_name: 'A', date_of_birth: '1991-13-01' }), 'date_of_birth'],
  ['aml', (api) => api.aml({ full_name: 'A', nationality: 'DNK' }), 'nationality'],
  ['aml', (api) => api.aml({ full_name: 'A', aml_name_weight: 70 }), 'aml_name_weight'],
  ['aml', (api) => api.aml({ full_name: 'A', aml_match_score_threshold: 93.5 }), 'aml_match_score_threshold'],
  ['aml', (api) => api.aml({ full_name: 'A', aml_score_review_threshold: 70 }), 'aml_score_approve_threshold'],
  [
    'aml',
    (api) => api.aml({ full_name: 'A', include_ongoing_monitoring: true, save_api_request: false }),
    'include_ongoing_monitoring',
  ],
  ['aml', (api) => api.aml({ full_name: 'A', metadata: 'x' as never }), 'metadata'],
  ['send', (api) => api.phone.send({ phone_number: '00447700900142' }), 'phone_number'],
  ['send', (api) => api.phone.send({ phone_number: '+447700900142', options: { code_size: 9 } }), 'options.code_size'],
  [
    'send',
    (api) => api.phone.send({ phone_number: '+447700900142', options: { locale: 'Spanish' } }),
    'options.locale',
  ],
  [
    'send',
    (api) => api.phone.send({ phone_number: '+447700900142', options: { preferred_channel: 'fax' as 'sms' } }),
    'options.preferred_channel',
  ],
  ['send', (api) => api.phone.send({ phone_number: '+447700900142', signals: { ip: 'home' } }), 'signals.ip'],
  ['check', (api) => api.phone.check({ phone_number: '+447700900142', code: '123' }), 'code'],
  ['check', (api) => api.phone.check({ phone_number: '+447700900142', code: 123456 as unknown as string }), 'code'],
  ['check', (api) => api.phone.check({ phone_number: '', code: '123456' }), 'phone_number'],
])('%s sends nothing when a field is wrong (%#)', async (_, run, path) => {
  const { api, calls } = setUp([])
  const error = await failure(run(api))
  expect(error).toMatchObject({ code: 'request-invalid', status: 0, issues: [{ path }] })
  expect(calls).toEqual([])
})

describe('aml', () => {
  test.each(['approved', 'in-review'])('gives an answer of the form %s as it came', async (outcome) => {
    const answer = fixture(`standalone.aml.${outcome}.json`)
    const { api, calls } = setUp([json(answer)])
    const body = { full_name: 'Ilse Varga', nationality: 'DK', aml_name_weight: 50, aml_dob_weight: 35, metadata: null }
    await expect(api.aml(body)).resolves.toEqual(answer)
    expect(calls[0]?.url).toBe(`${base}/aml/`)
    expect(calls[0]?.init).toMatchObject({ method: 'POST', body: JSON.stringify(body) })
  })

  test('fails with what Didit said', async () => {
    const { body } = fixture('error.400.aml.weights.json')
    const { api } = setUp([json(body, { status: 400 })])
    await expect(api.aml({ full_name: 'Ilse Varga' })).rejects.toMatchObject({
      code: 'didit-rejected',
      issues: [{ path: '', message: 'Weights must add up to 100, not 90.' }],
    })
  })
})

describe('phone', () => {
  test.each(['success', 'retry', 'blocked'])('sends a code, and gives the answer %s', async (outcome) => {
    const [body, answer] = [
      fixture('standalone.phone-send.request.json'),
      fixture(`standalone.phone-send.${outcome}.json`),
    ]
    const { api, calls } = setUp([json(answer)])
    await expect(api.phone.send(body)).resolves.toEqual(answer)
    expect(calls[0]?.url).toBe(`${base}/phone/send/`)
    expect(calls[0]?.init).toMatchObject({ method: 'POST', body: JSON.stringify(body) })
  })

  test.each(['approved', 'declined', 'failed', 'expired'])(
    'checks a code, and gives the answer %s',
    async (outcome) => {
      const [body, answer] = [
        fixture('standalone.phone-check.request.json'),
        fixture(`standalone.phone-check.${outcome}.json`),
      ]
      const { api, calls } = setUp([json(answer)])
      await expect(api.phone.check(body)).resolves.toEqual(answer)
      expect(calls[0]?.url).toBe(`${base}/phone/check/`)
      expect(calls[0]?.init).toMatchObject({ method: 'POST', body: JSON.stringify(body) })
    },
  )

  test('sends no second code after a fault, and none to a number that was tried too often', async () => {
    for (const name of ['error.500.phone.json', 'error.429.phone-number-cap.json']) {
      const { status, body } = fixture(name)
      const { api, calls } = setUp([json(body, { status })])
      await expect(api.phone.send({ phone_number: '+447700900142' })).rejects.toMatchObject({ status })
      expect(calls).toHaveLength(1)
    }
  })
})

describe('a file over the wire', () => {
  const servers = createLoopbackServers()
  afterEach(servers.close)
  const answer = JSON.stringify(fixture('standalone.poa.approved.json'))

  /** A server that takes a whole body, and notes how it came. */
  async function serve() {
    const seen = { length: '' as string | undefined, encoding: '' as string | undefined, bytes: 0, broken: 0 }
    const baseUrl = await servers.listen((request, response) => {
      seen.length = request.headers['content-length']
      seen.encoding = request.headers['transfer-encoding']
      request.on('data', (chunk) => {
        seen.bytes += chunk.length
      })
      request.on('error', () => {
        seen.broken += 1
      })
      request.on('end', () => response.end(answer))
    })
    return { api: createDiditApi({ apiKey, baseUrl }), baseUrl, seen }
  }

  test('of a known size comes with its length', async () => {
    const { api, seen } = await serve()
    await api.poa({ document: { path: file('bill.pdf', Buffer.concat([pdf, Buffer.alloc(2_000_000)])) } })
    expect(seen.encoding).toBeUndefined()
    expect(Number(seen.length)).toBe(seen.bytes)
    expect(seen.bytes).toBeGreaterThan(2_000_000)
  })

  test('of a stream comes piece by piece, no faster than it is taken', async () => {
    const { api, seen } = await serve()
    let made = 0
    const document = new ReadableStream<Uint8Array>({
      async pull(controller) {
        // The next piece only when the one before has arrived.
        await vi.waitFor(() => expect(seen.bytes).toBeGreaterThanOrEqual(made > 1 ? (made - 1) * 100_000 : 0))
        if (made === 20) return controller.close()
        made += 1
        controller.enqueue(made === 1 ? pdf : new Uint8Array(100_000))
      },
    })
    await expect(api.poa({ document })).resolves.toMatchObject({ poa: { status: 'Approved' } })
    expect([seen.encoding, seen.length]).toEqual(['chunked', undefined])
    expect(seen.bytes).toBeGreaterThan(1_900_000)
  })

  test.each<[string, () => ReadableStream<Uint8Array>, string]>([
    [
      'grows too large',
      () => {
        let made = 0
        return new ReadableStream({
          pull: (controller) => controller.enqueue(made++ === 0 ? pdf : new Uint8Array(1024 * 1024)),
        })
      },
      'Expected a file of at most 15 MB.',
    ],
    [
      'breaks off',
      () => {
        let made = 0
        return new ReadableStream({
          pull(controller) {
            if (made++ > 2) throw new Error('The disk is gone.')
            controller.enqueue(made === 1 ? pdf : new Uint8Array(1000))
          },
        })
      },
      'Expected a stream of bytes that ends.',
    ],
    [
      'is none of bytes',
      () => {
        let made = 0
        return new ReadableStream({ pull: (controller) => controller.enqueue(made++ ? ('text' as never) : pdf) })
      },
      'Expected a stream of bytes that ends.',
    ],
  ])('of a stream that %s is given up on both sides', async (_, document, message) => {
    const { api, seen } = await serve()
    expect(await failure(api.poa({ document: document() }))).toMatchObject({
      code: 'request-invalid',
      issues: [{ path: 'document', message }],
    })
    await vi.waitFor(() => expect(seen.broken).toBe(1))
  })

  test.each<[string, (path: string) => void]>([
    ['is removed', (path) => rmSync(path)],
    ['is written to', (path) => writeFileSync(path, pdf)],
  ])('that %s before it was sent is named, and no fault of Didit', async (_, change) => {
    const path = file('moving.pdf', Buffer.concat([pdf, Buffer.alloc(2_000_000)]))
    const { baseUrl } = await serve()
    const api = createDiditApi({ apiKey, baseUrl, onRequest: () => change(path) })
    const error = await failure(api.poa({ document: { path } }))
    expect(error).toMatchObject({
      code: 'request-invalid',
      status: 0,
      issues: [{ path: 'document', message: 'Expected a file that does not change until it is sent.' }],
    })
    expect(error.message).not.toContain('moving')
  })

  test('is given up when the caller aborts, and its stream with it', async () => {
    const { api, seen } = await serve()
    const controller = new AbortController()
    const cancelled = vi.fn()
    let made = 0
    const document = new ReadableStream<Uint8Array>({
      pull: (stream) => (made++ === 0 ? stream.enqueue(pdf) : new Promise(() => {})),
      cancel: cancelled,
    })
    const call = failure(api.poa({ document }, { signal: controller.signal }))
    await vi.waitFor(() => expect(seen.bytes).toBeGreaterThan(pdf.length))
    controller.abort()
    expect(await call).toMatchObject({ code: 'aborted', status: 0 })
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalled())
  })
})
