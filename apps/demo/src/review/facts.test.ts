import { expect, test } from 'vitest'
import business from '../../../../packages/core/fixtures/decision.business.json' with { type: 'json' }
import full from '../../../../packages/core/fixtures/decision.full.json' with { type: 'json' }
import notStarted from '../../../../packages/core/fixtures/decision.not-started.json' with { type: 'json' }
import { blockable, type Facts, factsOf, isSafeUrl, nameOf, warningsOf } from './facts.ts'
import { blockNames } from './rules.ts'

/** Every value somewhere in an object, as text. */
function leaves(value: unknown): string[] {
  if (value === null || value === '') return []
  return typeof value === 'object' ? Object.values(value as object).flatMap(leaves) : [String(value)]
}

function shown({ media, values, groups, lists }: Facts): string[] {
  return [
    ...media.map(({ url }) => url),
    ...values.flatMap(({ value }) => (Array.isArray(value) ? value.map(String) : [String(value)])),
    ...groups.flatMap(({ facts }) => shown(facts)),
    ...lists.flatMap(({ items }) => items.flatMap(shown)),
  ]
}

test.for([
  ['full', full],
  ['business', business],
  ['not started', notStarted],
] as const)('nothing of a %s decision is left out', ([, decision]) => {
  expect(shown(factsOf(decision)).toSorted()).toEqual(leaves(decision).toSorted())
})

test('pictures, films and files are told apart, and other links stay links', () => {
  const link = (name: string) => `https://media.example.com/${name}?X-Amz-Expires=3600`
  const { media, values } = factsOf({
    front_image: link('front'),
    front_video: link('front'),
    document_file: link('bill.pdf'),
    file_url: link('photo.JPG'),
    extra_files: [link('one.png'), link('two')],
    source_url: 'https://list.example.org/p/1',
  })
  expect(media.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'front_image image',
    'front_video video',
    'document_file file',
    'file_url image',
    'extra_files image',
    'extra_files file',
  ])
  expect(values).toEqual([{ name: 'source_url', value: 'https://list.example.org/p/1' }])
})

test('a link that runs a script, or goes to a foreign machine in the clear, is none', () => {
  expect(['https://x.example/a', 'http://localhost:4100/a', 'http://127.0.0.1/a'].map(isSafeUrl)).toEqual([
    true,
    true,
    true,
  ])
  for (const link of ['javascript:alert(1)', 'data:text/html,x', 'http://x.example/a', '/a', '', null]) {
    expect(isSafeUrl(link), String(link)).toBe(false)
  }
  expect(factsOf({ front_image: 'javascript:alert(1)' }).media).toEqual([])
})

test('the fields that matter come first, those shown elsewhere not at all, and empty ones by name alone', () => {
  const facts = factsOf(
    { odd: 1, status: 'Approved', name: 'Ada', gender: null, tags: [], nested: { inner: null }, new_at_didit: true },
    ['name', 'absent'],
    ['status'],
  )
  expect(facts.values.map(({ name }) => name)).toEqual(['name', 'odd', 'new_at_didit'])
  expect(facts.missing).toEqual(['gender', 'tags', 'nested'])
})

test('warnings come gravest first, with an unknown level among those to be looked at', () => {
  const warning = (risk: string, log_type?: string) => ({ risk, log_type, short_description: risk })
  const found = warningsOf(
    {
      id_verifications: [
        { warnings: [warning('A', 'information'), warning('B', 'shout'), null] },
        null,
        { warnings: 'x' },
      ],
      aml_screenings: [{ warnings: [warning('C', 'error')] }],
      face_matches: null,
    },
    blockNames,
  )
  expect(found.map(({ risk, level, block }) => `${risk} ${level} ${block}`)).toEqual([
    'C error aml_screenings',
    'B warning id_verifications',
    'A information id_verifications',
  ])
  expect(warningsOf(full, blockNames).map(({ risk }) => risk)).toEqual([
    'NAME_MISMATCH_WITH_PROVIDED',
    'QR_NOT_DETECTED',
    'DUPLICATED_FACE',
    'BREACHED_EMAIL_DETECTED',
  ])
})

test('a Session is called by its document, else by what the bank knew', () => {
  expect(nameOf(full)).toBe('Ilse Varga-Nørgaard')
  expect(nameOf({ id_verifications: null, expected_details: { first_name: 'Ada', last_name: 'Exemplar' } })).toBe(
    'Ada Exemplar',
  )
  expect(nameOf({ id_verifications: [{ full_name: null }], expected_details: null })).toBeNull()
})

test('what can be blocked is what was verified last, else what the bank gave', () => {
  expect(blockable(full)).toEqual({
    face: '',
    document: '000000042',
    phone: '+447700900142',
    email: 'ilse.varga@example.com',
  })
  expect(blockable({ ...full, phone_verifications: null, liveness_checks: null, id_verifications: [] })).toEqual({
    face: null,
    document: null,
    phone: '+447700900142',
    email: 'ilse.varga@example.com',
  })
  expect(blockable({})).toEqual({ face: null, document: null, phone: null, email: null })
})
