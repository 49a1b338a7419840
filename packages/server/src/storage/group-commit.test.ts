import { expect, test } from 'vitest'
import { createGroupCommit } from './group-commit.ts'

/** A database that holds a list, can be told to fail, and writes down what it was asked. */
function makeDatabase(options: { now?: () => number } = {}) {
  const log: string[] = []
  const failing = new Map<string, Error>()
  const rows: number[] = []
  let pending: number[] = []
  const step = (name: string) => () => {
    log.push(name)
    const fault = failing.get(name)
    if (fault) throw fault
    if (name === 'commit') rows.push(...pending)
    pending = []
  }
  const commits = createGroupCommit(
    {
      begin: step('begin'),
      commit: step('commit'),
      rollback: step('rollback'),
      isBusy: (fault) => (fault as Error).message === 'busy',
      explain: (fault) => new Error(`explained: ${(fault as Error).message}`),
    },
    { lockTimeoutMs: 1_000, ...options },
  )
  const insert = (row: number) => commits.run(() => ({ result: row, write: () => void pending.push(row) }))
  return { log, failing, rows, commits, insert }
}

test('work of one turn shares a transaction, in the order it came', async () => {
  const { insert, log, rows } = makeDatabase()
  expect(await Promise.all([insert(1), insert(2), insert(3)])).toEqual([1, 2, 3])
  expect(log).toEqual(['begin', 'commit'])
  expect(rows).toEqual([1, 2, 3])
  await insert(4)
  expect(log).toEqual(['begin', 'commit', 'begin', 'commit'])
})

test('a flood is cut into several transactions, so that the event loop breathes between them', async () => {
  const { insert, log, rows } = makeDatabase()
  const all = Promise.all(Array.from({ length: 1_000 }, (_, row) => insert(row)))
  let turns = 0
  const breathe = () => {
    turns++
    if (rows.length < 1_000) setImmediate(breathe)
  }
  setImmediate(breathe)
  await all
  expect(rows).toHaveLength(1_000)
  expect(log.filter((entry) => entry === 'commit').length).toBeGreaterThan(2)
  expect(turns).toBeGreaterThan(2)
})

test('work that throws while it decides is refused alone, with its own fault', async () => {
  const { insert, commits, rows } = makeDatabase()
  const fault = new Error('no')
  const refused = commits.run(() => {
    throw fault
  })
  const settled = await Promise.allSettled([insert(1), refused, insert(2)])
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect((settled[1] as PromiseRejectedResult).reason).toBe(fault)
  expect(rows).toEqual([1, 2])
})

test('a write that fails takes back the batch; each of it is then tried alone', async () => {
  const { insert, commits, rows, log } = makeDatabase()
  const insertPoison = () =>
    commits.run(() => ({
      result: 0,
      write() {
        throw new Error('constraint')
      },
    }))
  const settled = await Promise.allSettled([insert(1), insertPoison(), insert(2)])
  expect(settled).toMatchObject([{ value: 1 }, { reason: { message: 'explained: constraint' } }, { value: 2 }])
  expect(rows).toEqual([1, 2])
  expect(log).toEqual(['begin', 'rollback', 'begin', 'commit', 'begin', 'rollback', 'begin', 'commit'])
})

test('a COMMIT that fails refuses the whole batch, and nothing of it is tried again', async () => {
  const { insert, failing, rows, log } = makeDatabase()
  failing.set('commit', new Error('disk'))
  const settled = await Promise.allSettled([insert(1), insert(2)])
  for (const outcome of settled) expect(outcome).toMatchObject({ reason: { message: 'explained: disk' } })
  expect(log).toEqual(['begin', 'commit', 'rollback'])
  expect(rows).toEqual([])
  failing.clear()
  expect(await insert(3)).toBe(3)
  expect(rows).toEqual([3])
})

test('a rollback that fails as well does not hide the first fault', async () => {
  const { insert, failing } = makeDatabase()
  failing.set('commit', new Error('disk')).set('rollback', new Error('no transaction'))
  await expect(insert(1)).rejects.toThrow('explained: disk')
})

test('waits while another process has the lock, then goes on in order', async () => {
  let clock = 0
  const { insert, failing, rows, log } = makeDatabase({ now: () => clock })
  failing.set('begin', new Error('busy'))
  const first = insert(1)
  await new Promise(setImmediate)
  clock = 900
  const second = insert(2)
  expect(log).toEqual(['begin'])
  failing.clear()
  expect(await Promise.all([first, second])).toEqual([1, 2])
  expect(rows).toEqual([1, 2])
})

test('gives up on a lock after its time, job by job', async () => {
  let clock = 0
  const { insert, failing, rows } = makeDatabase({ now: () => clock })
  failing.set('begin', new Error('busy'))
  const first = insert(1)
  await new Promise(setImmediate)
  clock = 900
  const second = insert(2)
  clock = 1_000
  await expect(first).rejects.toThrow('explained: busy')
  failing.clear()
  expect(await second).toBe(2)
  expect(rows).toEqual([2])
})

test('another fault of BEGIN is told at once', async () => {
  const { insert, failing, log } = makeDatabase()
  failing.set('begin', new Error('gone'))
  await expect(insert(1)).rejects.toThrow('explained: gone')
  expect(log).toEqual(['begin'])
})

test('drains what is queued, and at once when nothing is', async () => {
  const { insert, commits, rows } = makeDatabase()
  await commits.drain()
  const inserts = Promise.all(Array.from({ length: 600 }, (_, row) => insert(row)))
  await commits.drain()
  expect(rows).toHaveLength(600)
  await inserts
})
