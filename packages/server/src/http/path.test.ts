import { expect, test } from 'vitest'
import { toRoutePath } from './path.ts'

const base = '/api/didit'

test.each([
  ['/api/didit', '/api/didit'],
  ['/api/didit/', '/api/didit'],
  ['/api/didit/health/live', '/api/didit/health/live'],
  ['/api/didit/staff/sessions/?search=a%2Fb/../c', '/api/didit/staff/sessions'],
  [
    '/api/didit/sessions/11111111-2222-4333-8444-555555555555',
    '/api/didit/sessions/11111111-2222-4333-8444-555555555555',
  ],
])('%s has a plain path', (address, path) => {
  expect(toRoutePath(`https://app.example.com${address}`, base)).toBe(path)
  expect(toRoutePath(address, base)).toBe(path)
})

test.each([
  '/',
  '/health/live',
  '/api/diditto',
  '/api/didit%2fstaff/sessions',
  '/%61pi/didit/staff/sessions',
  '/api/didit/%73taff/sessions',
  '/api/didit/%2573taff/sessions',
  '/api/didit/staff%2Fsessions',
  '/api/didit/staff%5csessions',
  '/api/didit/%2e/staff/sessions',
  '/api/didit/x/%2E%2e/staff/sessions',
  '/api/didit//staff/sessions',
  '/api/didit/staff//sessions',
  '/api/didit/staff/sessions//',
  '/api/didit/staff/sessions;a=b',
  '/api/didit/staff;/sessions',
  '/api/didit/staff/sessions%20',
  '/api/didit/staff/sessions%00',
  '/api/didit/staff/sessions.',
  '/api/didit/staff/sessions/.',
  '/api/didit/ſtaff/sessions',
])('%s has none', (address) => {
  expect(toRoutePath(`https://app.example.com${address}`, base)).toBe('/api/didit/%')
})

test.each(['', '/'])('a server at the root (%j) has the same rules', (basePath) => {
  const root = basePath.replace(/\/$/, '')
  expect(toRoutePath('http://a.example/staff/sessions/', root)).toBe('/staff/sessions')
  expect(toRoutePath('http://a.example/', root)).toBe('/')
  expect(toRoutePath('http://a.example', root)).toBe('/')
  expect(toRoutePath('http://a.example//staff/sessions', root)).toBe('/%')
  expect(toRoutePath('http://a.example/%73taff/sessions', root)).toBe('/%')
})
