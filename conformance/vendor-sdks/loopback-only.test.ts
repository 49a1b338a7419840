import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const run = (code: string) =>
  spawnSync(
    process.execPath,
    ['--import', fileURLToPath(import.meta.resolve('./loopback-only.mjs')), '--input-type=module', '--eval', code],
    { encoding: 'utf8' },
  )

test.each([
  ['fetch', "await fetch('http://didit.example/')"],
  ['a socket', "import net from 'node:net'; net.connect({ host: '192.0.2.1', port: 80 })"],
  ['a DNS lookup', "import dns from 'node:dns'; dns.lookup('didit.example', () => {})"],
])('blocks a connection to another machine by %s, and reports it', (_, code) => {
  const { status, stderr } = run(code)
  expect(status).not.toBe(0)
  expect(stderr).toMatch(/^left the machine: (didit\.example|192\.0\.2\.1)$/m)
})

test('allows connections to this machine', () => {
  const { status, stdout, stderr } = run(`
    import http from 'node:http'
    const server = http.createServer((_, answer) => answer.end('here')).listen(0, '127.0.0.1', async () => {
      console.log(await (await fetch('http://localhost:' + server.address().port)).text())
      server.close()
    })`)
  expect({ status, stdout: stdout.trim(), stderr }).toEqual({ status: 0, stdout: 'here', stderr: '' })
})
