import { describe, expect, test } from 'vitest'
import { createDeviationTracker } from './deviation-tracker.ts'
import type { OpenApiDocument } from './document.ts'
import type { Finding } from './finding.ts'
import { createValidator, type StandIn } from './validator.ts'

/** An invented document: the API of a library. */
const document: OpenApiDocument = {
  openapi: '3.0.0',
  paths: {
    '/books/': {
      get: {
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1 } },
          { name: 'lent', in: 'query', schema: { type: 'boolean' } },
          { name: 'shelf', in: 'query', required: true, schema: { type: 'string', enum: ['A', 'B'] } },
        ],
        security: [{ Key: [] }],
        responses: {
          200: {
            headers: { 'X-Left': { schema: { type: 'integer' } } },
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['books'],
                  properties: { books: { type: 'array', items: { $ref: '#/components/schemas/Book' } } },
                },
              },
            },
          },
        },
      },
      post: {
        requestBody: {
          required: true,
          content: {
            'application/json': { schema: { $ref: '#/components/schemas/Book' } },
            'multipart/form-data': {
              schema: {
                type: 'object',
                required: ['cover'],
                properties: { cover: { type: 'string', format: 'binary' }, pages: { type: 'integer' } },
              },
            },
          },
        },
        responses: {
          201: { content: { 'application/json': { examples: { one: { value: { id: 7, due: null } } } } } },
          400: {
            content: {
              'application/json': {
                examples: { field: { value: { title: ['Missing.'] } }, other: { value: { detail: 'No.' } } },
              },
            },
          },
          404: { $ref: '#/components/responses/NotFound' },
        },
      },
    },
    '/books/{id}/': {
      delete: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        responses: { 204: {} },
      },
      get: { responses: { 200: { content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } } } } },
    },
    '/books/lost/': { delete: { responses: { 200: {} } } },
  },
  components: {
    securitySchemes: { Key: { type: 'apiKey', in: 'header', name: 'x-key' } },
    responses: { NotFound: { content: { 'application/json': { schema: { type: 'object' } } } } },
    schemas: {
      Book: {
        type: 'object',
        required: ['title'],
        properties: {
          title: { type: 'string', example: 'Emma' },
          state: { type: 'string', nullable: true, enum: ['lent', 'here'] },
          pages: { type: 'integer', nullable: true },
          printed: { type: 'string', format: 'date' },
          price: { type: 'string', format: 'decimal' },
          author: { type: 'object', nullable: true, properties: { name: { type: 'string' } } },
          anything: { type: 'object' },
        },
      },
    },
  },
}

const validator = createValidator(document)
const id = '11111111-2222-3333-4444-555555555555'

const short = (findings: readonly Finding[]) => findings.map(({ pointer, rule }) => `${pointer} ${rule}`.trim())

const ask = async (path: string, init: RequestInit = {}) =>
  short(await validator.checkRequest(new Request(`http://library.test${path}`, init)))

async function answer(method: string, path: string, response: Response): Promise<string[]> {
  return short(
    await validator.checkAnswer({ request: new Request(`http://library.test${path}`, { method }), answer: response }),
  )
}

const json = (value: unknown, status = 200, headers = {}) => Response.json(value, { status, headers })
const books = (...list: unknown[]) => answer('GET', '/books/', json({ books: list }, 200, { 'x-left': '3' }))

describe('an answer', () => {
  test('passes when it matches the document, with null in nullable fields', async () => {
    expect(
      await books(
        { title: 'Emma', state: 'here', pages: 500, printed: '1815-12-23', price: '4.50', author: { name: 'Austen' } },
        { title: 'Lost', state: null, pages: null, author: null, anything: { goes: 1 } },
      ),
    ).toEqual([])
  })

  test.each([
    ['a null in a field that is not nullable', { title: null }, '/books/*/title null'],
    ['a number as a string', { title: 'Emma', pages: '500' }, '/books/*/pages type'],
    ['a value outside the enum', { title: 'Emma', state: 'Here' }, '/books/*/state enum'],
    ['a missing field', { pages: 1 }, '/books/*/title required'],
    ['a misspelt field', { title: 'Emma', page: 1 }, '/books/*/page additionalProperties'],
    [
      'a misspelt nested field',
      { title: 'Emma', author: { nmae: 'Austen' } },
      '/books/*/author/nmae additionalProperties',
    ],
    ['an invalid date', { title: 'Emma', printed: '1815-13-01' }, '/books/*/printed format'],
    ['an invalid decimal', { title: 'Emma', price: 'four' }, '/books/*/price format'],
  ])('fails with %s', async (_, book, found) => {
    expect(await books({ title: 'First' }, book)).toEqual([found])
  })

  test.each([
    ['an undocumented status', answer('GET', '/books/', json({}, 418)), ['status']],
    ['a missing header', answer('GET', '/books/', json({ books: [] })), ['header/X-Left header']],
    [
      'a header of the wrong type',
      answer('GET', '/books/', json({ books: [] }, 200, { 'x-left': 'few' })),
      ['header/X-Left type'],
    ],
    ['HTML instead of JSON', answer('POST', '/books/', new Response('<p>', { status: 404 })), ['content']],
    [
      'invalid JSON',
      answer('POST', '/books/', new Response('{', { status: 404, headers: { 'content-type': 'application/json' } })),
      ['content'],
    ],
    ['an undocumented body', answer('DELETE', '/books/lost/', json({})), ['content']],
    [
      'an empty body instead of a file',
      answer('GET', `/books/${id}/`, new Response('', { headers: { 'content-type': 'application/pdf' } })),
      ['content'],
    ],
    ['an undocumented path', answer('GET', '/shelves/', json({})), ['path']],
  ])('fails with %s', async (_, found, expected) => {
    expect(await found).toEqual(expected)
  })

  test('without a schema must have the fields and types of the examples', async () => {
    expect(await answer('POST', '/books/', json({ id: 8, due: 'anything' }, 201))).toEqual([])
    expect(await answer('POST', '/books/', json({ id: '8' }, 201))).toEqual(['/id type'])
    expect(await answer('POST', '/books/', json({ id: 8, extra: 1 }, 201))).toEqual(['/extra additionalProperties'])
  })

  test('that is an error without a schema must have the form of an example', async () => {
    expect(await answer('POST', '/books/', json({ pages: ['Too many.', 'And odd.'] }, 400))).toEqual([])
    expect(await answer('POST', '/books/', json({ detail: 'Never.' }, 400))).toEqual([])
    expect(await answer('POST', '/books/', json({ pages: 'Too many.' }, 400))).toEqual(['form'])
    expect(await answer('POST', '/books/', json({ detail: ['Never.'] }, 400))).toEqual(['form'])
    expect(await answer('POST', '/books/', json(['Never.'], 400))).toEqual(['form'])
  })

  test('may be described by a reference', async () => {
    expect(await answer('POST', '/books/', json({ any: 1 }, 404))).toEqual([])
    expect(await answer('POST', '/books/', json('text', 404))).toEqual(['type'])
  })
})

describe('a request', () => {
  const headers = { 'x-key': 'k' }

  test('passes when it matches the document', async () => {
    expect(await ask('/books/?shelf=A&limit=2&lent=true', { headers })).toEqual([])
    expect(await ask(`/books/${id}/`, { method: 'DELETE' })).toEqual([])
    // A literal path is not taken for one with an id.
    expect(await ask('/books/lost/', { method: 'DELETE' })).toEqual([])
  })

  test.each([
    ['an undocumented query parameter', '/books/?shelf=A&colour=red', 'query/colour additionalProperties'],
    ['a query parameter of the wrong type', '/books/?shelf=A&limit=many', 'query/limit type'],
    ['a query parameter out of range', '/books/?shelf=A&limit=0', 'query/limit minimum'],
    ['a value outside the enum', '/books/?shelf=C', 'query/shelf enum'],
    ['a missing query parameter', '/books/', 'query/shelf required'],
  ])('fails with %s', async (_, path, found) => {
    expect(await ask(path, { headers })).toEqual([found])
  })

  test('fails with a missing key, an invalid id or a missing slash', async () => {
    expect(await ask('/books/?shelf=A')).toEqual(['security'])
    expect(await ask('/books/7/', { method: 'DELETE' })).toEqual(['path/id format'])
    expect(await ask('/books?shelf=A')).toEqual(['path'])
  })

  test('fails with a wrong body', async () => {
    const post = (body: BodyInit | null, type?: string) =>
      ask('/books/', { method: 'POST', body, headers: type === undefined ? {} : { 'content-type': type } })
    expect(await post(JSON.stringify({ title: 'Emma', pages: null }), 'application/json')).toEqual([])
    expect(await post(JSON.stringify({ pages: 1 }), 'application/json')).toEqual(['/title required'])
    expect(await post('{', 'application/json')).toEqual(['content'])
    expect(await post('title=Emma', 'application/x-www-form-urlencoded')).toEqual(['content'])
    expect(await post(null)).toEqual(['required'])

    const form = new FormData()
    form.append('cover', new Blob(['x']), 'cover.png')
    form.append('pages', '12')
    expect(await post(form)).toEqual([])
    form.append('colour', 'red')
    form.set('pages', 'twelve')
    expect((await post(form)).sort()).toEqual(['/colour additionalProperties', '/pages type'])
    form.delete('cover')
    expect(await post(form)).toContain('/cover required')
  })
})

test.each([
  ['a keyword that would not be checked', { type: 'object', dependentRequired: {} }, /dependentRequired/],
  ['a format that would not be checked', { type: 'string', format: 'isbn' }, /isbn/],
  ['"nullable" without a type', { nullable: true }, /nullable/],
])('a document with %s is refused', async (_, schema, message) => {
  const strict = () =>
    createValidator({
      ...document,
      paths: { '/x/': { get: { responses: { 200: { content: { 'application/json': { schema } } } } } } },
    }).checkAnswer({ request: new Request('http://library.test/x/'), answer: json({}) })
  await expect(async () => strict()).rejects.toThrow(message)
})

test('reports the closest branch of a oneOf, separately for each item', async () => {
  const schema = {
    type: 'array',
    items: {
      oneOf: [
        { type: 'object', required: ['kind'], properties: { kind: { enum: ['book'] }, pages: { type: 'integer' } } },
        { type: 'object', required: ['kind'], properties: { kind: { enum: ['map'] }, scale: { type: 'integer' } } },
      ],
    },
  }
  const own = createValidator({
    ...document,
    paths: { '/things/': { get: { responses: { 200: { content: { 'application/json': { schema } } } } } } },
  })
  const check = async (...value: unknown[]) =>
    short(await own.checkAnswer({ request: new Request('http://library.test/things/'), answer: json(value) }))
  expect(await check({ kind: 'book', pages: 1 }, { kind: 'map', scale: 2 })).toEqual([])
  expect(await check({ kind: 'book', pages: 'many' }, { kind: 'map', scale: 'large' })).toEqual([
    '/*/pages type',
    '/*/scale type',
  ])
})

test('a stand-in replaces the schema of an answer', async () => {
  const standIn: StandIn = {
    operation: 'GET /books/',
    status: 200,
    when: (url) => url.searchParams.has('short'),
    schema: ({ components }) => ({ type: 'array', items: components?.schemas?.Book ?? {} }),
    reason: 'Described in words only.',
  }
  const own = createValidator(document, [standIn])
  const check = async (path: string, value: unknown) =>
    short(
      await own.checkAnswer({
        request: new Request(`http://library.test${path}`),
        answer: json(value, 200, { 'x-left': '1' }),
      }),
    )
  expect(own.unusedStandIns()).toEqual([standIn])
  expect(await check('/books/?short=1', [{ title: 'Emma' }])).toEqual([])
  expect(own.unusedStandIns()).toEqual([])
  expect(await check('/books/?short=1', [{ titel: 'Emma' }])).toContain('/*/titel additionalProperties')
  expect(await check('/books/', [{ title: 'Emma' }])).toEqual(['type'])
})

test('a redirect to the trailing slash belongs to the operation of the path with the slash', async () => {
  expect(await answer('GET', '/books', new Response(null, { status: 301 }))).toEqual(['status'])
  expect(await answer('GET', '/shelves', new Response(null, { status: 301 }))).toEqual(['path'])
})

describe('a deviation', () => {
  const finding: Finding = {
    operation: 'GET /books/',
    part: '200',
    pointer: '/books/*/title',
    rule: 'type',
    detail: '',
  }
  const deviation = { ...finding, reason: 'Some books have none.', source: 'The librarian' }

  test('removes the finding that it names and no other', () => {
    const tracker = createDeviationTracker([deviation])
    const others: Finding[] = [
      { ...finding, part: '201' },
      { ...finding, pointer: '/books/*/pages' },
      { ...finding, rule: 'enum' },
      { ...finding, operation: 'POST /books/' },
    ]
    expect(tracker.removeExpected([finding, ...others])).toEqual(others)
  })

  test('can match any operation and part, and a field at any depth', () => {
    const tracker = createDeviationTracker([{ ...deviation, operation: '*', part: '*', pointer: '**/title' }])
    const elsewhere: Finding = { ...finding, operation: 'GET /shelves/', part: '201', pointer: '/title' }
    const other: Finding = { ...finding, pointer: '/books/*/subtitle' }
    expect(tracker.removeExpected([finding, elsewhere, other])).toEqual([other])
  })

  test('is unused until a finding needs it', () => {
    const tracker = createDeviationTracker([deviation, { ...deviation, operation: '*', part: '401' }])
    expect(tracker.unused()).toHaveLength(2)
    tracker.removeExpected([finding])
    expect(tracker.unused().map(({ part }) => part)).toEqual(['401'])
    tracker.removeExpected([{ ...finding, part: '401' }])
    expect(tracker.unused()).toEqual([])
  })
})
