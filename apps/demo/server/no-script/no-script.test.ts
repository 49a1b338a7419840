import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDecided, phaseOf, RequestError } from '@didit-verify/core/schemas'
import { memoryStorage, type SessionRecord, type Storage } from '@didit-verify/server'
import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { en } from '../../shared/texts/en.ts'
import { openBankRecords } from '../bank/records.ts'
import { createSignIn } from '../bank/sign-in.ts'
import { sameOrigin } from '../same-origin.ts'
import { basicRoutes } from './routes.ts'

const origin = 'http://bank.test'
const sessionId = '12345678-1234-4234-8234-123456789abc'
const signIn = createSignIn({ key: 'a key of this test alone', isSecure: false })
const answers = {
  firstName: 'Adalind',
  lastName: 'Probestein',
  birthDay: '27',
  birthMonth: '3',
  birthYear: '1985',
  email: 'adalind@example.org',
  street: 'Kai 7',
  postalCode: '20457',
  city: 'Hamburg',
  country: 'DE',
}

let folder: string
let storage: Storage
let app: Hono
let current: SessionRecord | null
let failure: Error | null

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'harbour-bank-'))
  const shellPath = join(folder, 'basic.html')
  writeFileSync(shellPath, '<html lang="en" dir="ltr"><!--refresh--><title>{title}</title><!--page--></html>')
  storage = memoryStorage()
  await storage.open()
  current = null
  failure = null
  const didit = {
    getStatus: async () => {
      if (failure) throw failure
      const settled = current?.isReadPending === false
      return {
        verified: current?.status === 'Approved' && settled,
        phase: phaseOf(current?.status),
        settled,
        sessionId: current?.sessionId ?? null,
        decidedAt: current?.decidedAt ?? null,
      }
    },
  }
  const records = openBankRecords(join(folder, 'bank.json'))
  app = new Hono()
  app.use(sameOrigin(origin))
  app.route(
    '/basic',
    basicRoutes({ didit, storage, signIn, records, key: 'key', maxAttempts: 2, forget: async () => {}, shellPath }),
  )
})
afterEach(async () => {
  await storage.close()
  rmSync(folder, { recursive: true, force: true })
})

const cookie = signIn.write(new Request(origin), 'mira').split(';')[0] ?? ''

const open = (path: string, headers: Record<string, string> = { cookie }) =>
  app.request(`${origin}/basic${path}`, { headers })

function send(path: string, form: Record<string, string>, from = origin) {
  const body = new URLSearchParams(form).toString()
  return app.request(`${origin}/basic${path}`, {
    method: 'POST',
    headers: {
      cookie,
      origin: from,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    },
    body,
  })
}

/** Puts a Session into the storage, as webhooks would have. */
async function hold(status: string, more: Partial<SessionRecord> = {}): Promise<void> {
  current = await storage.application('default').bind(sessionId, { userId: 'u', workflow: 'default' }, () => ({
    sessionId,
    userId: 'u',
    workflow: 'default',
    workflowId: null,
    environment: 'live',
    status,
    from: 1,
    to: 1,
    isReadPending: false,
    news: null,
    readDueAt: null,
    readFailures: 0,
    seq: 0,
    revision: 1,
    source: 'webhook',
    createdAt: 1,
    updatedAt: 1,
    decidedAt: isDecided(status) ? 1_790_000_000_000 : null,
    expiresAt: null,
    attempt: 1,
    url: null,
    returnTo: null,
    decision: null,
    ...more,
  }))
}

async function identity(query = ''): Promise<string> {
  expect((await send('/details', answers)).headers.get('location')).toBe('/basic/identity')
  return (await open(`/identity${query}`)).text()
}

test('leads whoever is not signed in to the question who they are', async () => {
  for (const path of ['/details', '/identity']) {
    expect((await open(path, {})).headers.get('location'), path).toBe('/basic')
  }
  expect(await (await open('', {})).text()).toContain('Continue as Mira Sample')
})

test('signs in by a form of its own pages, and by no other', async () => {
  expect((await send('/sign-in', { person: 'tom' })).headers.get('set-cookie')).toContain('.tom.')
  for (const from of ['https://elsewhere.example', 'null']) {
    const answer = await send('/sign-in', { person: 'tom' }, from)
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null])
  }
})

test('keeps what was typed when something in it is wrong, and lets nothing of it become markup', async () => {
  const answer = await send('/details', { ...answers, firstName: '"><script>alert(1)</script>', email: 'a&b' })
  const page = await answer.text()
  expect(answer.status).toBe(422)
  expect(page).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
  expect(page).not.toContain('<script>')
  expect(page).toContain('value="Probestein"')
  expect(page).toContain(en.details.faults.noAddress)
  expect(page.match(/autofocus/g)).toHaveLength(1)
  // The styles go by these words: a cell with a fault is marked, and a street has a row of its own.
  expect(page).toMatch(/data-wide="false" data-faulty="true">\s*<label for="firstName"/)
  expect(page).toMatch(/data-wide="true" data-faulty="false">\s*<label for="street"/)
})

test('the way to Didit is a form that needs no script', async () => {
  const page = await identity()
  expect(page).toContain(en.screenStates.ready.title)
  expect(page).toMatch(/<didit-verify[^>]*><form method="post" action="\/api\/didit\/start">/)
  // The bank has the answers now, and does not send them back.
  expect(page).not.toContain('Probestein')
})

test.each([
  ['In Progress', en.screenStates.unfinished.title],
  ['In Review', en.screenStates.review.title],
  ['Approved', en.screenStates.approved.title],
  ['Declined', en.screenStates.declined.title],
  ['Resubmitted', en.screenStates.resubmit.title],
  ['Abandoned', en.screenStates.abandoned.title],
  ['Expired', en.screenStates.expired.title],
  ['Kyc Expired', en.screenStates.lapsed.title],
])('%s has a page', async (status, title) => {
  await hold(status)
  const page = await identity()
  expect(page).toContain(`<title>${title} · Harbour Bank</title>`)
  expect(page.includes('http-equiv="refresh"')).toBe(status === 'In Review')
  expect(page.includes('class="iban"')).toBe(status === 'Approved')
})

test('tells reasons and wanted steps in words, and nothing that belongs to an earlier status', async () => {
  const decision = (status: string, check: { kind: string; status: string; reasons: string[] }) => ({
    decision: { sessionId, status, decidedAt: null, canRetry: true, checks: [check] },
  })
  await hold('Declined', decision('Declined', { kind: 'document', status: 'Declined', reasons: ['document-expired'] }))
  expect(await identity()).toContain(en.checks.reasons['document-expired'])
  await hold('Resubmitted', decision('Resubmitted', { kind: 'face', status: 'Resub Requested', reasons: [] }))
  expect(await identity()).toContain(en.checks.wanted.face)
  await hold('Declined', decision('In Review', { kind: 'document', status: 'In Review', reasons: [] }))
  expect(await identity()).toContain(en.checks.noReason)
})

test('shows no verdict and no account before the server is sure, and asks again by itself', async () => {
  await hold('Approved', { isReadPending: true })
  const page = await identity()
  expect(page).toContain(en.screenStates.unsure.title)
  expect(page).not.toContain('class="iban"')
  expect(page).toContain('http-equiv="refresh"')
})

test('who comes back from Didit waits for the verdict, whatever the address says of it', async () => {
  await hold('In Progress')
  const page = await identity('?back=yes&status=Approved')
  expect(page).toContain(en.screenStates.checking.title)
  expect(page).not.toContain(en.screenStates.approved.title)
})

test('offers no other try after the last one', async () => {
  await hold('Declined', { attempt: 2 })
  const page = await identity()
  expect(page).toContain(en.actions.contact)
  expect(page).not.toContain('/api/didit/start')
})

test('says so when the server cannot look, and looks again', async () => {
  await send('/details', answers)
  failure = new RequestError('storage-unavailable', 'The storage is closed.', { status: 503 })
  const answer = await open('/identity')
  expect(answer.status).toBe(503)
  const page = await answer.text()
  expect(page).toContain(en.screenStates.down.title)
  expect(page).toContain('http-equiv="refresh"')
})

test('speaks the language of the link, then of the cookie, then of the browser', async () => {
  const chosen = await open('?lang=es', {})
  expect(chosen.headers.get('set-cookie')).toContain('harbour_language=es')
  const language = async (path: string, headers: Record<string, string>) =>
    /<html lang="([\w-]+)" dir="(\w+)"/
      .exec(await (await open(path, headers)).text())
      ?.slice(1)
      .join(' ')
  expect(await language('?lang=es', { cookie: 'harbour_language=en' })).toBe('es ltr')
  expect(await language('', { cookie: 'harbour_language=es', 'accept-language': 'en' })).toBe('es ltr')
  expect(await language('', { 'accept-language': 'tlh, es-MX;q=0.9' })).toBe('es ltr')
  expect(await language('?lang=ar-XB', {})).toBe('ar-XB rtl')
})
