import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStorage } from '../src/storage/memory-storage.ts'
import { sqliteStorage } from '../src/storage/sqlite-storage.ts'
import type { ApplicationStorage } from '../src/storage/storage.ts'
import { type HistoryOptions, makeHistory, runHistory, shrink } from './order-model.ts'

/** Counts of a run of many histories. */
export interface ModelCounts {
  readonly histories: number
  readonly commits: number
  readonly wrong: number
  /** The most calls of Didit that any history needed to settle once Didit worked again. */
  readonly mostLastReads: number
  /** The first wrong histories, shrunk and with their steps. */
  readonly reports: readonly string[]
}

/** Options of a run of many histories. */
export interface ModelSoak {
  readonly from: number
  readonly histories: number
  readonly storage: 'memory' | 'sqlite'
  readonly compare?: HistoryOptions['compare']
  /** How many wrong histories are shrunk and reported. Default 3. */
  readonly mostReports?: number
  readonly onProgress?: (counts: ModelCounts) => void
}

// On SQLite, histories that run at the same time share their transactions.
const lanesOf = { memory: 1, sqlite: 64 }
const progressEvery = 250

/** Runs the histories of the seeds `from`, `from + 1` and so on. */
export async function soakModel({ mostReports = 3, ...soak }: ModelSoak): Promise<ModelCounts> {
  const { from, histories, storage, compare, onProgress } = soak
  let counts: ModelCounts = { histories: 0, commits: 0, wrong: 0, mostLastReads: 0, reports: [] }
  const database = storage === 'memory' ? null : await openFile()
  let opened = 0
  const openStorage = async (): Promise<ApplicationStorage> => {
    opened += 1
    if (database) return database.storage.application(`history-${opened}`)
    const memory = memoryStorage()
    await memory.open()
    return memory.application('default')
  }
  const options: HistoryOptions = { openStorage, ...(compare ? { compare } : {}) }
  let next = from

  async function lane(): Promise<void> {
    while (next < from + histories) {
      const history = makeHistory(next)
      next += 1
      const { wrong, lastReads, commits } = await runHistory(history, options)
      const isReported = wrong !== null && counts.reports.length < mostReports
      counts = {
        histories: counts.histories + 1,
        commits: counts.commits + commits,
        wrong: counts.wrong + (wrong === null ? 0 : 1),
        mostLastReads: Math.max(counts.mostLastReads, lastReads),
        reports: isReported ? [...counts.reports, await report(history, options)] : counts.reports,
      }
      if (counts.histories % progressEvery > 0) continue
      onProgress?.(counts)
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  try {
    await Promise.all(Array.from({ length: lanesOf[storage] }, lane))
  } finally {
    await database?.close()
  }
  return counts
}

async function openFile() {
  const folder = mkdtempSync(join(tmpdir(), 'didit-verify-model-'))
  const storage = sqliteStorage({ path: join(folder, 'model.db') })
  await storage.open()
  return {
    storage,
    async close() {
      await storage.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function report(wrong: Parameters<typeof shrink>[0], options: HistoryOptions): Promise<string> {
  const { history, result } = await shrink(wrong, options)
  const { seed, ownOffset, webhookOffset, changes } = history
  const facts = changes.map(({ at, status }) => `${status} at ${at / 1000} s`).join(', ')
  return [
    `seed ${seed}: ${result.wrong}`,
    `  our clock ${ownOffset} ms, clock of webhooks ${webhookOffset} ms from that of Date`,
    `  at Didit: ${facts}`,
    ...result.lines.map((line) => `  ${line}`),
  ].join('\n')
}
