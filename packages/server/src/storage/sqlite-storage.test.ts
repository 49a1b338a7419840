import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '@didit-verify/core/schemas'
import Database from 'libsql'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { makeEvent, makeRecord } from '../../testing/records.ts'
import { storageConformance } from '../../testing/storage-conformance.ts'
import * as entry from '../sqlite.ts'
import { sqliteStorage } from '../sqlite.ts'
import { statements } from './sqlite-rows.ts'
import type { SessionRecord } from './storage.ts'

const folder = mkdtempSync(join(tmpdir(), 'didit-verify-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const freshPath = () => join(folder, `${++count}.db`)

storageConformance('sqliteStorage', () => sqliteStorage({ path: freshPath() }))
storageConformance("sqliteStorage on ':memory:'", () => sqliteStorage({ path: ':memory:' }))

async function openStorage(path: string, options: { lockTimeoutMs?: number } = {}) {
  const storage = sqliteStorage({ path, ...options })
  await storage.open()
  onTestFinished(() => storage.close())
  return { storage, application: storage.application('shop') }
}

/** A second connection to the same file, as another process has one. */
function openBeside(path: string) {
  const database = new Database(path)
  database.pragma('busy_timeout = 1000')
  onTestFinished(() => void database.close())
  return database
}

test('exports few names', () => {
  expect(Object.keys(entry)).toMatchInlineSnapshot(`
    [
      "sqliteStorage",
    ]
  `)
})

test('finds everything again after a restart', async () => {
  const path = freshPath()
  const first = await openStorage(path)
  const event = makeEvent({ key: 'e1', sessionId: 's1' })
  await first.application.commitEvent(event, () => makeRecord('s1', { status: 'Approved', userId: 'u1' }))
  await first.storage.close()

  const second = await openStorage(path)
  expect(await second.application.getSession('s1')).toMatchObject({ status: 'Approved', seq: 1 })
  expect(await second.application.listEvents('s1')).toEqual([event])
  expect((await second.application.commitEvent(event, () => null)).stored).toBe(false)
  // The same object can be opened again too.
  await first.storage.open()
  expect(await first.application.getSession('s1')).not.toBeNull()
})

test('creates the folder, and a file that only its owner can read', async () => {
  const path = join(folder, 'new', 'deep', 'didit.db')
  const { application } = await openStorage(path)
  await application.commitRead('s1', 0, () => makeRecord('s1'))
  for (const name of readdirSync(join(folder, 'new', 'deep'))) {
    expect(`${name} ${(statSync(join(folder, 'new', 'deep', name)).mode & 0o777).toString(8)}`).toBe(`${name} 600`)
  }
})

test('leaves the mode of a database that exists alone', async () => {
  const path = freshPath()
  writeFileSync(path, '')
  chmodSync(path, 0o640)
  await openStorage(path)
  expect(statSync(path).mode & 0o777).toBe(0o640)
})

test('writes through to the disk at each commit', async () => {
  const path = freshPath()
  const { application } = await openStorage(path)
  await application.commitRead('s1', 0, () => makeRecord('s1'))
  const beside = openBeside(path)
  expect(beside.pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }])
  expect(beside.prepare('select session_id from didit_session').all()).toEqual([{ session_id: 's1' }])
})

test.each([
  ['a folder', () => folder],
  ['a text', () => write(freshPath(), 'Dear diary, this is no database. '.repeat(200))],
  ['a short text', () => write(freshPath(), 'hello')],
  ['a broken header', () => write(freshPath(), `SQLite format 3\0${'x'.repeat(5000)}`)],
  ['a file below a file', () => join(write(freshPath(), 'hello'), 'didit.db')],
  ['a link to nowhere', () => link(join(folder, 'missing', 'x'), freshPath())],
  ['a device', () => '/dev/null'],
  ['a name with NUL', () => join(folder, 'a\0b')],
])('refuses %s as its path with a sentence', async (_, makePath) => {
  const fault = await sqliteStorage({ path: makePath() })
    .open()
    .catch((reason) => reason)
  expect(fault).toBeInstanceOf(ConfigError)
  expect(fault.message).toMatch(/^The .+\.$/s)
  expect(fault.message).not.toMatch(/SQLITE|errno|Error/)
  expect(fault.help).toMatch(/\.$/)
})

function write(path: string, text: string) {
  writeFileSync(path, text)
  return path
}
function link(target: string, path: string) {
  symlinkSync(target, path)
  return path
}

test('leaves no trace of deleted data', async () => {
  const path = freshPath()
  const { storage, application } = await openStorage(path)
  const ids = Array.from({ length: 60 }, (_, index) => `session-${index}`)
  const address = (id: string) => `https://verify.example.com/session/token-of-${id}.`
  const save = (changes: (id: string) => Partial<SessionRecord>) =>
    Promise.all(
      ids.map((id) => application.commitRead(id, 0, (known) => ({ ...(known ?? makeRecord(id)), ...changes(id) }))),
    )
  await save((id) => ({ url: address(id) }))
  await save(() => ({ url: null, status: 'Approved' }))
  await storage.close()
  const bytes = readFileSync(path, 'latin1')
  expect(bytes).toContain('session-59')
  expect(ids.filter((id) => bytes.includes(address(id)))).toEqual([])
})

test('leaves nothing behind of an erased user, in the log either, while it stays open', async () => {
  const path = freshPath()
  const { application } = await openStorage(path)
  const ids = Array.from({ length: 60 }, (_, index) => `session-${index}.`)
  const userId = 'ada@example.com'
  const record = (id: string) => makeRecord(id, { userId, workflow: 'default', environment: 'live' })
  await Promise.all(
    ids.map((id) => application.commitEvent(makeEvent({ key: `event-of-${id}`, sessionId: id }), () => record(id))),
  )
  const other = makeRecord('session-of-another', { userId: 'u2', environment: 'live' })
  await application.commitRead(other.sessionId, 0, () => other)
  const bytes = () => [path, `${path}-wal`].map((file) => readFileSync(file, 'latin1')).join()
  const found = () => [userId, ...ids].filter((text) => bytes().includes(text))
  expect(found()).toHaveLength(61)
  const { pending } = await application.erase({ userId, environment: 'live', now: 1 })
  expect(found()).toEqual(ids)
  expect(bytes()).not.toContain('event-of-')
  for (const { sessionId } of pending) await application.completeDelete(sessionId)
  expect(found()).toEqual([])
  expect(bytes()).toContain(other.sessionId)
  for (const id of ids) {
    expect(await application.commitEvent(makeEvent({ key: id, sessionId: id }), () => record(id))).toMatchObject({
      erased: true,
    })
  }
  expect(found()).toEqual([])
})

test('empties the log later where a reader or the end of the process came in between', async () => {
  const path = freshPath()
  const { application } = await openStorage(path)
  const userId = 'ada@example.com'
  await application.commitRead('s1', 0, () => makeRecord('s1', { userId, environment: 'live' }))
  const beside = openBeside(path)
  beside.exec('BEGIN')
  beside.prepare('select user_id from didit_session').all()
  await application.erase({ userId, environment: 'live', now: 1 })
  await application.completeDelete('s1')
  const found = (file = path) => ['', '-wal'].filter((end) => readFileSync(`${file}${end}`, 'latin1').includes(userId))
  expect(found()).not.toEqual([])
  // As a process leaves them that is killed now.
  const copy = freshPath()
  for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${copy}${end}`)
  const nothing = {
    environment: 'live',
    eventsBefore: 0,
    sessionsBefore: null,
    counted: [],
    deletesDueAt: null,
    erasuresBefore: 0,
    limit: 9,
  }
  await application.prune(nothing)
  expect(found()).not.toEqual([])
  beside.exec('COMMIT')
  expect(await application.prune(nothing)).toBe(false)
  expect(found()).toEqual([])

  const next = await openStorage(copy)
  await next.application.prune(nothing)
  expect(found(copy)).toEqual([])
})

test('knows erased Sessions again after a restart', async () => {
  const path = freshPath()
  const first = await openStorage(path)
  const record = makeRecord('s1', { userId: 'u1', environment: 'live' })
  await first.application.commitRead('s1', 0, () => record)
  await first.application.erase({ userId: 'u1', environment: 'live', now: 1 })
  await first.storage.close()
  const { application } = await openStorage(path)
  const event = makeEvent({ key: 'e1', sessionId: 's1' })
  expect(await application.commitEvent(event, () => record)).toMatchObject({ stored: false, erased: true })
  expect(await application.listPendingDeletes({ environment: 'live', now: 1, limit: 9 })).toHaveLength(1)
})

test('brings the tables of the first version up to date, with all that is in them', async () => {
  const path = freshPath()
  const { storage, application } = await openStorage(path)
  const record = makeRecord('s1', { userId: 'u1', environment: 'live', status: 'Declined' })
  await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), () => record)
  await storage.close()
  const beside = openBeside(path)
  for (const table of ['pseudonym_key', 'tombstone', 'owed_delete', 'erasure', 'spent_attempt']) {
    beside.exec(`drop table didit_${table}`)
  }
  beside.exec(`drop table didit_state; alter table didit_session drop column news;
    drop index didit_event_by_arrival; drop index didit_session_by_change;
    delete from didit_migration where name > '0001-z'`)
  const reopened = await openStorage(path)
  expect(await reopened.application.getSession('s1')).toEqual({ ...record, seq: 1 })
  expect(await reopened.application.erase({ userId: 'u1', environment: 'live', now: 1 })).toMatchObject({
    sessionIds: ['s1'],
  })
  expect(await reopened.application.listEvents('s1')).toEqual([])
})

test('finds what may go without a look at what stays', async () => {
  const path = freshPath()
  await openStorage(path)
  const beside = openBeside(path)
  const plan = (sql: string) =>
    (beside.prepare(`explain query plan ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail)
  expect(plan(statements.selectOldEvents)).toEqual([expect.stringMatching(/^SEARCH .* didit_event_by_arrival /)])
  expect(plan(statements.selectOldSessions)).toEqual([expect.stringMatching(/^SEARCH .* didit_session_by_change /)])
  expect(plan(statements.selectDueDeletes)).toEqual([expect.stringMatching(/^SEARCH .* didit_owed_delete_by_due /)])
})

test('lets webhooks have their turn while a large backlog is removed', async () => {
  const { application } = await openStorage(freshPath())
  const backlog = Array.from({ length: 2_000 }, (_, index) => makeEvent({ key: `old-${index}`, sessionId: null }))
  await Promise.all(backlog.map((event) => application.commitEvent(event, () => null)))
  const expiry = { environment: 'live', sessionsBefore: null, counted: [], deletesDueAt: null, erasuresBefore: 0 }
  const order: string[] = []
  const prune = async () => {
    while (await application.prune({ ...expiry, eventsBefore: 200_000, limit: 200 })) order.push('batch')
    order.push('done')
  }
  const pruning = prune()
  for (let index = 0; index < 3; index += 1) {
    await application.commitEvent(makeEvent({ key: `new-${index}`, sessionId: 's1', receivedAt: 300_000 }), () => null)
    order.push('webhook')
  }
  await pruning
  expect(order.filter((it) => it === 'batch').length).toBeGreaterThanOrEqual(9)
  expect(order.lastIndexOf('webhook')).toBeLessThan(6)
  expect(await application.listEvents('s1')).toHaveLength(3)
})

test.each([
  ['removed', (path: string) => rmSync(path)],
  [
    'replaced',
    (path: string) => {
      copyFileSync(path, `${path}.copy`)
      renameSync(`${path}.copy`, path)
    },
  ],
  ['moved away', (path: string) => renameSync(path, `${path}.old`)],
  ['left without its write-ahead log', (path: string) => rmSync(`${path}-wal`)],
])('acknowledges nothing once its file is %s', async (_, change) => {
  const path = freshPath()
  const { storage, application } = await openStorage(path)
  await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), () => makeRecord('s1'))
  change(path)
  const refusal = { code: 'storage-unavailable' }
  const event = makeEvent({ key: 'e2', sessionId: 's1' })
  await expect(application.commitEvent(event, (record) => record)).rejects.toMatchObject(refusal)
  await expect(application.commitRead('s1', 1, () => makeRecord('s1'))).rejects.toMatchObject(refusal)
  await expect(storage.check()).rejects.toMatchObject(refusal)
})

test('checks with a write that is larger than that of an event, each time', async () => {
  const path = freshPath()
  const { storage, application } = await openStorage(path)
  const grownBy = async (work: () => Promise<unknown>) => {
    const before = statSync(`${path}-wal`).size
    await work()
    return statSync(`${path}-wal`).size - before
  }
  const event = makeEvent({ key: 'e1', sessionId: 's1' })
  const byEvent = await grownBy(() => application.commitEvent(event, () => makeRecord('s1')))
  expect(await grownBy(() => storage.check())).toBeGreaterThanOrEqual(byEvent)
  expect(await grownBy(() => storage.check())).toBeGreaterThanOrEqual(byEvent)
})

test('wants a path', () => {
  expect(() => sqliteStorage({ path: '' })).toThrow(ConfigError)
  expect(() => sqliteStorage({} as { path: string })).toThrow(ConfigError)
})

test('can be opened after a refusal, once the path is right', async () => {
  const path = freshPath()
  mkdirSync(path)
  const storage = sqliteStorage({ path })
  await expect(storage.open()).rejects.toBeInstanceOf(ConfigError)
  rmSync(path, { recursive: true })
  await storage.open()
  await storage.check()
  await storage.close()
})

test('takes a name that looks like an address for a file', async () => {
  const path = join(folder, 'file:strange?mode=memory')
  const { storage } = await openStorage(path)
  await storage.check()
  expect(statSync(path).isFile()).toBe(true)
})

test('refuses a database that a newer version has changed, and changes nothing in it', async () => {
  const path = freshPath()
  await (await openStorage(path)).storage.close()
  const beside = openBeside(path)
  beside.exec("insert into didit_migration (name, timestamp) values ('0999-from-the-future', 'then')")
  const fault = await sqliteStorage({ path })
    .open()
    .catch((reason) => reason)
  expect(fault).toBeInstanceOf(ConfigError)
  expect(fault.message).toContain('newer version')
  expect(beside.prepare('select count(*) as n from didit_migration').all()).toEqual([{ n: 4 }])
})

test('leaves the tables of others in the same database alone', async () => {
  const path = freshPath()
  const beside = openBeside(path)
  beside.exec("create table notes (text); insert into notes values ('mine')")
  await openStorage(path)
  expect(beside.prepare('select text from notes').all()).toEqual([{ text: 'mine' }])
})

test('two that open a new database at once agree on its tables', async () => {
  const path = freshPath()
  const [first, second] = await Promise.all([openStorage(path), openStorage(path)])
  await first.application.commitRead('s1', 0, () => makeRecord('s1'))
  expect(await second.application.getSession('s1')).not.toBeNull()
})

test('two writers on one file lose nothing and count together', async () => {
  const path = freshPath()
  const writers = await Promise.all([openStorage(path), openStorage(path), openStorage(path)])
  const commits = Array.from({ length: 150 }, async (_, index) => {
    // Spread over many turns, so that the writers really alternate.
    for (let turn = 0; turn < index % 10; turn++) await new Promise(setImmediate)
    const { application } = writers[index % 3] as (typeof writers)[number]
    return application.commitEvent(makeEvent({ key: `e${index % 100}`, sessionId: 's1' }), (record) =>
      record ? { ...record, revision: record.revision + 1 } : makeRecord('s1', { revision: 1 }),
    )
  })
  expect((await Promise.all(commits)).filter((commit) => commit.stored)).toHaveLength(100)
  for (const { application } of writers) {
    expect(await application.getSession('s1')).toMatchObject({ seq: 100, revision: 100 })
  }
})

test('commits that arrive together share one transaction', async () => {
  const path = freshPath()
  const { application } = await openStorage(path)
  const beside = openBeside(path)
  const version = () => (beside.pragma('data_version') as { data_version: number }[])[0]?.data_version ?? 0
  const before = version()
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      application.commitEvent(makeEvent({ key: `e${index}`, sessionId: 's1' }), () => makeRecord('s1')),
    ),
  )
  expect(await application.listEvents('s1')).toHaveLength(100)
  // SQLite's own count of the commits that another connection made, as far as this one has looked.
  expect(version()).not.toBe(before)
  const pages = Math.ceil(statSync(`${path}-wal`).size / 4096)
  // A transaction of its own for each would log some six pages each time.
  expect(pages).toBeLessThan(100)
})

test('gives up when another process keeps the lock too long, and works again afterwards', async () => {
  const path = freshPath()
  const { storage, application } = await openStorage(path, { lockTimeoutMs: 0 })
  const beside = openBeside(path)
  beside.exec('BEGIN IMMEDIATE')
  const commit = () => application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), () => makeRecord('s1'))
  const faults = await Promise.all([commit(), storage.check()].map((call) => call.catch((fault: unknown) => fault)))
  for (const fault of faults) {
    expect(fault).toMatchObject({ code: 'storage-unavailable', cause: { code: 'SQLITE_BUSY' } })
  }
  expect(await application.getSession('s1')).toBeNull()
  beside.exec('COMMIT')
  expect((await commit()).stored).toBe(true)
  await storage.check()
})

test('waits for a lock that is held for a moment, without holding up anything else', async () => {
  const path = freshPath()
  const { application } = await openStorage(path)
  const beside = openBeside(path)
  beside.exec('BEGIN IMMEDIATE')
  const commit = application.commitRead('s1', 0, () => makeRecord('s1'))
  // Timers and readers go on while it waits: this one lets go of the lock.
  await new Promise((resolve) => setTimeout(resolve, 80))
  expect(await application.getSession('s1')).toBeNull()
  beside.exec('COMMIT')
  expect(await commit).not.toBeNull()
})

test('a write that the database refuses takes none of its neighbours with it', async () => {
  const path = freshPath()
  const { application } = await openStorage(path)
  const beside = openBeside(path)
  // The write itself fails, in the midst of the batch.
  beside.exec(
    "create trigger full before insert on didit_event when new.key = 'poison' begin select raise(abort, 'full'); end",
  )
  const commit = (key: string) => application.commitEvent(makeEvent({ key, sessionId: key }), () => makeRecord(key))
  const [before, poison, after] = await Promise.allSettled([commit('before'), commit('poison'), commit('after')])
  expect(poison).toMatchObject({ status: 'rejected', reason: { code: 'storage-unavailable' } })
  expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled'])
  expect(await application.getSession('poison')).toBeNull()
  expect(await application.getSession('before')).toMatchObject({ seq: 1 })
})

test('its check really writes', async () => {
  const path = freshPath()
  const { storage } = await openStorage(path)
  const beside = openBeside(path)
  await storage.check()
  expect(beside.prepare('select id from didit_check').all()).toEqual([{ id: 1 }])
  beside.exec("create trigger stop before update on didit_check begin select raise(abort, 'no'); end")
  await expect(storage.check()).rejects.toMatchObject({ code: 'storage-unavailable' })
})

test('its check notices that the file was deleted under it', async () => {
  const path = freshPath()
  const { storage } = await openStorage(path)
  rmSync(path)
  await expect(storage.check()).rejects.toMatchObject({ code: 'storage-unavailable' })
  writeFileSync(path, '')
  await expect(storage.check()).rejects.toMatchObject({ code: 'storage-unavailable' })
})

test('does not take half a character for the sign that replaces it', async () => {
  const { application } = await openStorage(freshPath())
  await application.commitRead('s1', 0, () => makeRecord('s1', { userId: 'u\ufffd' }))
  await expect(application.listSessions({ userId: 'u\ud800' })).rejects.toMatchObject({ code: 'request-invalid' })
  expect(await application.listSessions({ userId: 'u\ufffd' })).toHaveLength(1)
})

test('reads a damaged decision as none', async () => {
  const path = freshPath()
  const { application } = await openStorage(path)
  const decision = { sessionId: 's1', status: 'Declined', decidedAt: 1, checks: [], canRetry: false }
  await application.commitRead('s1', 0, () => makeRecord('s1', { decision, source: 'webhook' }))
  const beside = openBeside(path)
  for (const damage of ['{', 'null', '[]', '{"sessionId":"s1"}', '7']) {
    beside.prepare('update didit_session set decision = ?, source = ?').run([damage, damage])
    expect(await application.getSession('s1')).toMatchObject({ decision: null, source: 'api', status: 'Not Started' })
  }
})
