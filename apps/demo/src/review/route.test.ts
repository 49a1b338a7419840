import { expect, test } from 'vitest'
import { hrefOf, parseRoute, type Route } from './route.ts'

const places: readonly (readonly [href: string, route: Route])[] = [
  ['#/harbour/sessions', { bank: 'harbour', page: 'sessions', filters: {}, offset: 0 }],
  [
    '#/lantern/sessions?status=In+Review%2CApproved&search=Varga-N%C3%B8rgaard&offset=20',
    {
      bank: 'lantern',
      page: 'sessions',
      filters: { status: 'In Review,Approved', search: 'Varga-Nørgaard' },
      offset: 20,
    },
  ],
  ['#/harbour/sessions/1f0a6f52', { bank: 'harbour', page: 'session', sessionId: '1f0a6f52' }],
  ['#/harbour/blocklist?kind=phone', { bank: 'harbour', page: 'blocklist', kind: 'phone', offset: 0 }],
  ['#/lantern/import', { bank: 'lantern', page: 'import' }],
]

test.for(places)('%s is an address of the desk, read and written', ([href, route]) => {
  expect(parseRoute(href)).toEqual(route)
  expect(hrefOf(route)).toBe(href)
})

test('what is no address of the desk leads to its list, and never fails', () => {
  const first: Route = { bank: 'harbour', page: 'sessions', filters: {}, offset: 0 }
  for (const hash of [
    '',
    '#',
    '#/',
    '#content',
    '#/toString/sessions',
    '#/harbour/sessions?status=+&offset=-3&nothing=1',
    '#/harbour/sessions?offset=many',
  ]) {
    expect(parseRoute(hash), hash).toEqual(first)
  }
  expect(parseRoute('#/harbour/blocklist?kind=toes')).toMatchObject({ page: 'blocklist', kind: null })
  expect(parseRoute('#/harbour/sessions/%E0%A4%A')).toMatchObject({ page: 'session', sessionId: '%E0%A4%A' })
})
