// Runs the built `didit-verify-server` behind nginx and HAProxy, with the emulator behind it, and measures what a proxy can
// break: health checks, webhooks, event streams, and the reuse of idle connections.
import { spawn } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { findProgram, haproxyConfig, missingPrograms, nginxConfig, readSnippets, timeScale } from './proxy-config.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const apiKey = 'key-of-the-proxy-check'
const webhookSecret = 'webhook-secret-of-the-proxy-check'
const workflowId = '11111111-2222-3333-4444-555555555555'
const basePath = '/api/didit'

const streamsPerProxy = 20
const burstSize = 16
/** Longest time to the first frame, and from a webhook to its frame, in milliseconds. */
const mostFrameMs = 100
/** A stream must not be silent for longer, or proxies and `Bun.serve` close it. */
const mostSilentMs = 8_500

/** Pauses around the moment at which the proxies close an idle connection (60 s), and the one at which the server does (65 s). */
const idleSeconds = [1, 30, 58, 59, 59.6, 60, 60.4, 61, 62, 63, 64, 64.6, 65, 65.4, 66, 70]

/** Ends the process with a sentence when a proxy is not installed: better before a build than after it. */
export function requireProxies() {
  const sentence = missingPrograms({ nginx: findProgram('nginx'), haproxy: findProgram('haproxy') })
  if (sentence === null) return
  console.error(sentence)
  process.exit(2)
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

/** Starts a program that runs until the end. Its output is shown only when it ends too soon. */
function startProgram(children, name, file, args, env = {}) {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk) => {
    output = `${output}${chunk}`.slice(-4_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.on('exit', (code) => {
    if (child.isWanted) console.error(`${name} ended with code ${code}:\n${output}`)
  })
  child.isWanted = true
  children.push(child)
}

async function stopPrograms(children) {
  for (const child of children.reverse()) {
    child.isWanted = false
    if (child.exitCode !== null) continue
    child.kill('SIGTERM')
    const isGone = await Promise.race([once(child, 'exit').then(() => true), sleep(12_000).then(() => false)])
    if (!isGone) child.kill('SIGKILL')
  }
}

/** Sends a request, and returns the status and body of the answer. */
async function send(port, path, { method = 'GET', headers = {}, body, agent } = {}) {
  const outgoing = request({ host: '127.0.0.1', port, path: `${basePath}${path}`, method, headers, agent })
  outgoing.end(body)
  const [incoming] = await once(outgoing, 'response')
  return { status: incoming.statusCode, body: await text(incoming) }
}

/** Delivers a signed webhook, as Didit does. */
function deliver(port, event, agent) {
  const seconds = Math.floor(Date.now() / 1000)
  const body = JSON.stringify({ event_id: randomUUID(), timestamp: seconds, created_at: seconds, ...event })
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-signature': createHmac('sha256', webhookSecret).update(body).digest('hex'),
    'x-timestamp': String(seconds),
  }
  return send(port, '/webhook', { method: 'POST', headers, body, agent })
}

async function waitUntil(what, holds) {
  for (let tries = 0; tries < 150; tries += 1) {
    if (await holds().catch(() => false)) return
    await sleep(100)
  }
  throw new Error(`Gave up waiting: ${what}`)
}

/** Opens the event stream of a Session, and notes when each frame arrives. */
async function openStream(port, { sessionId, ticket }) {
  const startedAt = performance.now()
  const path = `${basePath}/sessions/${sessionId}/events`
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path,
    agent: false,
    headers: { authorization: `Bearer ${ticket}` },
  })
  outgoing.end()
  const stream = { outgoing, startedAt, firstMs: null, frames: [], longestSilentMs: 0, isOpen: true, heartbeats: 0 }
  outgoing.on('error', () => {
    stream.isOpen = false
  })
  const [incoming] = await once(outgoing, 'response')
  let lastAt = performance.now()
  incoming.on('data', (chunk) => {
    const at = performance.now()
    stream.longestSilentMs = Math.max(stream.longestSilentMs, at - lastAt)
    lastAt = at
    for (const frame of String(chunk).split('\n\n')) {
      if (frame.startsWith(':')) stream.heartbeats += 1
      const status = /"status":"([^"]+)"/.exec(frame)?.[1]
      if (status === undefined) continue
      stream.firstMs ??= at - startedAt
      stream.frames.push({ status, at })
    }
  })
  incoming.on('close', () => {
    stream.isOpen = false
  })
  incoming.on('error', () => {})
  await waitUntil('the first frame', async () => stream.firstMs !== null)
  return stream
}

/** Creates a Session of a new user. */
async function startSession(port) {
  const headers = { 'content-type': 'application/json', 'x-user': randomUUID() }
  const { status, body } = await send(port, '/sessions', { method: 'POST', headers, body: '{}', agent: false })
  if (status !== 201) throw new Error(`A Session could not be created: ${status} ${body}`)
  const { session, ticket } = JSON.parse(body)
  return { sessionId: session.sessionId, ticket }
}

/** Opens streams, and then moves each Session by a webhook through the same proxy. */
async function checkStreams(port) {
  const sessions = []
  for (let index = 0; index < streamsPerProxy; index += 1) sessions.push(await startSession(port))
  // The first one loads code and opens connections.
  const streams = []
  for (const session of [await startSession(port), ...sessions]) streams.push(await openStream(port, session))
  const [warmUp, ...measured] = streams
  warmUp.outgoing.destroy()
  // A webhook has to be newer than the creation by Didit's clock, which ticks in seconds.
  await sleep(3_000)
  const pushMs = []
  for (const [index, stream] of measured.entries()) {
    const sentAt = performance.now()
    const { sessionId } = sessions[index]
    const event = {
      webhook_type: 'status.updated',
      session_id: sessionId,
      status: 'In Progress',
      workflow_id: workflowId,
    }
    await deliver(port, event, false)
    await waitUntil('the frame of a webhook', async () => stream.frames.some(({ status }) => status === 'In Progress'))
    pushMs.push(stream.frames.find(({ status }) => status === 'In Progress').at - sentAt)
  }
  return { streams: measured, firstMs: measured.map(({ firstMs }) => firstMs), pushMs }
}

/** Delivers bursts of webhooks with idle pauses between them, and counts what did not get its 200. */
async function checkIdleConnections(port) {
  const counts = { sent: 0, reset: 0, refused: 0 }
  const one = async (agent) => {
    counts.sent += 1
    try {
      const { status } = await deliver(port, { webhook_type: 'user.created' }, agent)
      if (status !== 200) counts.refused += 1
    } catch {
      counts.reset += 1
    }
  }
  const burst = async () => {
    // Callers of their own, so that an idle connection is never the caller's but always the proxy's.
    const callers = Array.from({ length: burstSize }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      await one(agent)
      await one(agent)
      agent.destroy()
    })
    await Promise.all(callers)
  }
  await burst()
  for (const seconds of idleSeconds) {
    await sleep((seconds * 1000) / timeScale)
    await burst()
  }
  return counts
}

/**
 * Counts connections to the server itself that still answer after an idle minute, as a load balancer expects that closes them
 * then. On loopback a proxy learns of a close so fast that hardly a request is lost; over a network it is not so fast.
 */
async function countLongIdle(port) {
  const answers = Array.from({ length: burstSize }, async () => {
    const socket = connect(port, '127.0.0.1')
    const ask = async () => {
      socket.write(`GET ${basePath}/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close')])
      return String(answer).startsWith('HTTP/1.1 200')
    }
    try {
      await ask()
      await sleep((62 * 1000) / timeScale)
      return !socket.destroyed && (await ask())
    } catch {
      return false
    } finally {
      socket.destroy()
    }
  })
  return (await Promise.all(answers)).filter(Boolean).length
}

/** Asks HAProxy what its health checks say of the server. */
async function readHealth(folder) {
  const socket = connect(join(folder, 'haproxy.sock'))
  socket.end('show stat\n')
  const [head = '', ...rows] = (await text(socket)).trim().split('\n')
  const names = head.replace(/^# /, '').split(',')
  const row = rows.map((line) => line.split(',')).find((cells) => cells[names.indexOf('svname')] === 'one') ?? []
  const of = (name) => row[names.indexOf(name)] ?? ''
  return { status: of('status'), check: `${of('check_status')} ${of('check_code')}`, failures: Number(of('chkfail')) }
}

const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN

/** Runs all checks, prints a table, and returns whether every figure was reached. */
export async function checkProxies() {
  const folder = mkdtempSync(join(tmpdir(), 'didit-verify-proxies-'))
  const children = []
  try {
    return await measure(folder, children)
  } finally {
    await stopPrograms(children)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(folder, children) {
  const [emulatorPort, serverPort] = [await freePort(), await freePort()]
  const ports = { nginx: await freePort(), haproxy: await freePort() }
  const emulator = ['--port', String(emulatorPort), '--api-key', apiKey, '--no-rate-limits']
  startProgram(children, 'the emulator', process.execPath, [
    join(root, 'packages/emulator/dist/cli.js'),
    ...emulator,
    // Nothing listens there: the webhooks of this check are its own.
    '--webhook-url',
    `http://127.0.0.1:${await freePort()}/`,
  ])
  startProgram(children, 'didit-verify-server', process.execPath, [join(root, 'packages/server/dist/cli/main.js')], {
    DIDIT_API_KEY: apiKey,
    DIDIT_WEBHOOK_SECRET: webhookSecret,
    DIDIT_WORKFLOW_ID: workflowId,
    DIDIT_TICKET_SECRET: 'ticket-secret-of-the-proxy-check-0123456789',
    DIDIT_BASE_URL: `http://127.0.0.1:${emulatorPort}`,
    DIDIT_AUTH: 'header:X-User',
    ALLOWED_ORIGINS: 'http://localhost:4000',
    DATABASE_URL: join(folder, 'didit-verify.db'),
    PORT: String(serverPort),
    TRUST_PROXY: '1',
    LOG_LEVEL: 'warn',
    // KEEP_ALIVE_SECONDS of the environment shows what a shorter time breaks.
    KEEP_ALIVE_SECONDS: process.env.KEEP_ALIVE_SECONDS ?? String(65 / timeScale),
  })
  await waitUntil('the server', async () => (await send(serverPort, '/health/ready')).status === 200)

  const snippets = readSnippets(readFileSync(join(root, 'packages/server/README.md'), 'utf8'))
  const isRoot = process.getuid?.() === 0
  const files = { nginx: join(folder, 'nginx.conf'), haproxy: join(folder, 'haproxy.cfg') }
  writeFileSync(files.nginx, nginxConfig(snippets.nginx, { port: ports.nginx, serverPort, folder, isRoot }))
  writeFileSync(files.haproxy, haproxyConfig(snippets.haproxy, { port: ports.haproxy, serverPort, folder }))
  startProgram(children, 'nginx', findProgram('nginx'), ['-p', folder, '-c', files.nginx])
  startProgram(children, 'haproxy', findProgram('haproxy'), ['-f', files.haproxy, '-db'])
  for (const [name, port] of Object.entries(ports)) {
    await waitUntil(name, async () => (await send(port, '/health/ready')).status === 200)
  }
  await waitUntil('the health check', async () => (await readHealth(folder)).status === 'UP')

  const rows = []
  const row = (proxy, figure, value, wanted, isReached) => rows.push({ proxy, figure, value, wanted, isReached })
  const streams = {}
  for (const [name, port] of Object.entries(ports)) {
    streams[name] = await checkStreams(port)
    for (const [figure, values, share] of [
      ['first frame of a stream, 95 %', streams[name].firstMs, 0.95],
      ['from a webhook to its frame, median', streams[name].pushMs, 0.5],
    ]) {
      const ms = percentile(values, share)
      const value = `${ms.toFixed(1)} ms (slowest of ${values.length}: ${percentile(values, 1).toFixed(1)})`
      row(name, figure, value, `under ${mostFrameMs} ms`, ms < mostFrameMs)
    }
  }
  console.error(`Idle pauses of up to ${idleSeconds.at(-1)} s, ${timeScale} times as fast …`)
  const longIdle = countLongIdle(serverPort)
  const idle = Object.fromEntries(
    await Promise.all(Object.entries(ports).map(async ([name, port]) => [name, await checkIdleConnections(port)])),
  )
  for (const [name, { sent, reset, refused }] of Object.entries(idle)) {
    row(name, 'webhooks with a 200', `${sent - reset - refused} of ${sent}`, 'all', refused === 0 && reset === 0)
    row(name, 'connections reset', String(reset), '0', reset === 0)
    const { streams: open } = streams[name]
    const alive = open.filter(({ isOpen }) => isOpen).length
    row(name, 'streams still open', `${alive} of ${open.length}`, 'all', alive === open.length)
    const silent = Math.max(...open.map(({ longestSilentMs }) => longestSilentMs))
    row(name, 'longest silence of a stream', `${(silent / 1000).toFixed(1)} s`, 'under 8.5 s', silent < mostSilentMs)
    for (const { outgoing } of open) outgoing.destroy()
  }
  const answered = await longIdle
  row('none', 'connections that answer after 62 idle s', `${answered} of ${burstSize}`, 'all', answered === burstSize)
  const health = await readHealth(folder)
  row(
    'haproxy',
    'health check',
    `${health.status}, ${health.check}`,
    'UP, L7OK 200',
    /^UP/.test(health.status) && health.check === 'L7OK 200',
  )
  row('haproxy', 'failed health checks', String(health.failures), '0', health.failures === 0)

  printTable(rows)
  return rows.every(({ isReached }) => isReached)
}

function printTable(rows) {
  const cells = rows.map(({ proxy, figure, value, wanted, isReached }) => [
    isReached ? 'ok' : 'MISSED',
    proxy,
    figure,
    value,
    wanted,
  ])
  const table = [['', 'proxy', 'figure', 'measured', 'wanted'], ...cells]
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)))
  for (const line of table)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
}
