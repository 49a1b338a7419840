import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findProgram, haproxyConfig, missingPrograms, nginxConfig, readSnippets } from './proxy-config.mjs'

const readme = readFileSync(new URL('../packages/server/README.md', import.meta.url), 'utf8')
const at = { port: 8081, serverPort: 4201, folder: '/run/x', isRoot: false }

test('the configurations are those of the README, with other ports and shorter times', () => {
  const snippets = readSnippets(readme)
  const nginx = nginxConfig(snippets.nginx, at)
  expect(nginx).toContain('server 127.0.0.1:4201;')
  expect(nginx).toContain('listen 127.0.0.1:8081;')
  expect(nginx).toMatch(/keepalive_timeout \d+ms;/)
  const haproxy = haproxyConfig(snippets.haproxy, at)
  expect(haproxy).toContain('option httpchk GET /api/didit/health/ready')
  expect(haproxy).toContain('server one 127.0.0.1:4201 check')
  expect(haproxy).toContain('bind 127.0.0.1:8081')
})

test('a README without what the script replaces is an error', () => {
  expect(() => readSnippets('## Behind a proxy\n\n## Errors\n')).toThrow('nginx')
  expect(() => nginxConfig('server {}', at)).toThrow('127.0.0.1:4200')
})

test('a missing program is named, with what to install', () => {
  expect(findProgram('node', `${process.execPath.replace(/\/node$/, '')}`)).toBe(process.execPath)
  expect(findProgram('no-such-program-of-this-test')).toBeNull()
  expect(missingPrograms({ nginx: '/usr/sbin/nginx', haproxy: '/usr/sbin/haproxy' })).toBeNull()
  expect(missingPrograms({ nginx: null, haproxy: '/usr/sbin/haproxy' })).toMatch(/: nginx\..*apt-get install nginx$/)
  expect(missingPrograms({ nginx: null, haproxy: null })).toMatch(/apt-get install nginx haproxy$/)
})
