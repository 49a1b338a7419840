import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { apiKey, fixture, json, scripted, sessionId } from '../../testing/scripted-fetch.ts'
import { createDiditApi, type DiditApiOptions } from './didit-api.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

test('README example of the client alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'didit-verify-readme-'))
  writeFileSync(join(folder, 'bill.pdf'), '%PDF-1.7 a bill')
  const section = readme.slice(readme.indexOf('\n## `createDiditApi`'))
  const code = /```js\n(?:import .+\n)+([\s\S]+?)```/.exec(section)?.[1]?.replace("'./bill.pdf'", 'bill')
  expect(code).toBeDefined()
  const row = { session_id: sessionId, session_kind: 'user', status: 'In Review' }
  const page = () => json({ count: 1, next: null, previous: null, results: [row] })
  const { fetch, calls } = scripted(
    json(fixture('create-session.response.kyc.json'), { status: 201 }),
    json(fixture('decision.approved.json')),
    page(),
    page(),
    json({ session_id: sessionId }),
    new Response('%PDF-1.7 a report'),
    json(fixture('standalone.poa.approved.json')),
  )
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const run = new AsyncFunction(
    'createDiditApi',
    'createWriteStream',
    'pipeline',
    'process',
    'bill',
    `'use strict'\n${code}\nreturn { url, status, id_verifications, page, poa }`,
  )
  const result = await run(
    (options: DiditApiOptions) => createDiditApi({ ...options, fetch }),
    (name: string) => createWriteStream(join(folder, name)),
    pipeline,
    { env: { DIDIT_API_KEY: apiKey, DIDIT_WORKFLOW_ID: sessionId } },
    join(folder, 'bill.pdf'),
  )
  expect(result).toMatchObject({
    url: expect.stringMatching(/^https:/),
    status: 'Approved',
    id_verifications: [{ status: 'Approved' }],
    page: { count: 1 },
    poa: { status: 'Approved' },
  })
  expect(calls).toHaveLength(7)
  expect(
    readFileSync(join(folder, `session_${fixture('create-session.response.kyc.json').session_id}.pdf`), 'utf8'),
  ).toBe('%PDF-1.7 a report')
  rmSync(folder, { recursive: true })
})

test('the README names every option and method of the client', () => {
  for (const option of ['apiKey', 'baseUrl', 'timeoutMs', 'slowTimeoutMs', 'budgets', 'longestWaitMs', 'onRequest']) {
    expect(readme).toContain(`\`${option}\``)
  }
  const { sessions, blocklist, phone, ...checks } = createDiditApi({ apiKey })
  const names = [sessions, blocklist, checks].flatMap((part) => Object.keys(part))
  for (const name of [...names, ...Object.keys(phone).map((name) => `phone.${name}`)]) {
    expect(readme).toContain(`\`${name}\``)
  }
})
