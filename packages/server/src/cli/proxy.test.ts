import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createDiditApi } from '../api/didit-api.ts'
import { createProxyFetch, type ProxySettings, readProxy } from './proxy.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

test('reads the variables in either case', () => {
  expect(readProxy({})).toBeUndefined()
  expect(readProxy({ HTTPS_PROXY: ' ', NO_PROXY: 'x' })).toBeUndefined()
  expect(readProxy({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'localhost,.corp' })).toEqual({
    httpsProxy: 'http://proxy:3128',
    httpProxy: undefined,
    noProxy: 'localhost,.corp',
  })
  expect(readProxy({ https_proxy: 'proxy:3128', HTTPS_PROXY: 'http://other', no_proxy: '*' })).toEqual({
    httpsProxy: 'http://proxy:3128',
    httpProxy: undefined,
    noProxy: '*',
  })
})

test.each(['socks5://user:hunter2@proxy:1080', 'http://', 'http://user:hunter2@:x'])(
  'refuses %s in a sentence',
  (address) => {
    const sentence = readProxy({ HTTPS_PROXY: address })
    expect(sentence).toMatch(/^HTTPS_PROXY must be .*\.$/)
    expect(sentence).not.toContain('hunter2')
  },
)

test('calls Didit through the proxy, but for the hosts that are called directly', async () => {
  const asked: string[] = []
  const proxy = createServer()
  proxy.on('connect', (request, socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`)
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  undo.push(() => proxy.close())
  const address = `http://ada:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const call = async (variables: Record<string, string>) => {
    const fetch = await createProxyFetch(readProxy(variables) as ProxySettings)
    const api = createDiditApi({ apiKey: 'key', baseUrl: 'https://didit.invalid', fetch, sleep: async () => {} })
    await expect(
      api.sessions.updateStatus('11111111-2222-4333-8444-555555555555', { new_status: 'Resubmitted' }),
    ).rejects.toMatchObject({ code: 'didit-unavailable' })
  }
  await call({ HTTPS_PROXY: address })
  expect(asked).toEqual([`didit.invalid:443 Basic ${btoa('ada:secret')}`])
  await call({ HTTPS_PROXY: address, NO_PROXY: 'didit.invalid' })
  expect(asked).toHaveLength(1)
})
