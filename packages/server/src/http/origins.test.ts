import { describe, expect, test } from 'vitest'
import { originOf, originProblem } from './origins.ts'

describe('an origin', () => {
  test.each([
    'https://app.example.com',
    'https://app.example.com:8443',
    'http://localhost:4000',
    'http://[::1]:4000',
    'http://192.168.0.7:4000',
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://obsidian.md',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://0b1c2d3e-0000-4000-8000-000000000000',
  ])('may be %s', (origin) => {
    expect(originProblem(origin)).toBeNull()
  })

  test.each([
    ['https://*.vercel.app', /patterns/],
    ['*', /patterns/],
    ['https://app.example.com:*', /patterns/],
    ['null', /sandboxed/],
    ['NULL', /sandboxed/],
    ['https://app.example.com/', /without a path/],
    ['https://app.example.com/path', /without a path/],
    ['https://app.example.com?x', /without a path/],
    ['https://user@app.example.com', /an origin such as/],
    ['capacitor://localhost/', /without a path/],
    ['capacitor://user@localhost', /an origin such as/],
    ['HTTPS://app.example.com', /lower case/],
    ['https://App.Example.com', /lower case/],
    ['Capacitor://localhost', /lower case/],
    ['https://app.example.com:443', /default port/],
    ['http://app.example.com:80', /default port/],
    ['https://bücher.example', /an origin such as/],
    [' https://app.example.com', /an origin such as/],
    ['app.example.com', /an origin such as/],
    ['localhost:4000', /an origin such as/],
    ['javascript://localhost', /an origin such as/],
    ['data:text/html,x', /an origin such as/],
    ['file://', /an origin such as/],
    ['blob:https://app.example.com/x', /an origin such as/],
    ['ws://app.example.com', /an origin such as/],
    ['', /an origin such as/],
  ])('may not be %j', (origin, problem) => {
    expect(originProblem(origin)).toMatch(problem)
  })
})

test('of an address is that of its page, and that of an app where its scheme is one', () => {
  expect(originOf(new URL('https://app.example.com:443/a?b#c'))).toBe('https://app.example.com')
  expect(originOf(new URL('capacitor://localhost/a'))).toBe('capacitor://localhost')
  for (const none of [
    'javascript:alert(1)',
    'javascript://localhost/%0aalert(1)',
    'data:text/html,x',
    'mailto:a@b.c',
  ]) {
    expect(originOf(new URL(none))).toBeNull()
  }
})
