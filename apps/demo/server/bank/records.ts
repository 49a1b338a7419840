import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import type { Details } from '../../shared/details.ts'

/** A person's answers, as the bank keeps them. */
export interface BankRecord {
  readonly details: Details
  /** Epoch milliseconds. */
  readonly savedAt: number
}

/** The bank's own books, apart from what didit-verify stores: that holds no personal data. */
export interface BankRecords {
  get(userId: string): BankRecord | null
  put(userId: string, details: Details): Promise<void>
  remove(userId: string): Promise<void>
}

/**
 * Opens the books: one JSON file, written anew and put in place at once, so that a crash leaves the old or the new one.
 *
 * Enough for a demonstration on one machine; a real bank has a database and encrypts it.
 *
 * @param path - Where the file is or shall be. Only its owner may read it.
 */
export function openBankRecords(path: string, now: () => number = Date.now): BankRecords {
  const records = new Map<string, BankRecord>(Object.entries(read(path)))
  // One write at a time, or an older one could land on a newer.
  let writing = Promise.resolve()

  function save(): Promise<void> {
    const done = writing.then(async () => {
      await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(records)), { mode: 0o600 })
      await rename(`${path}.new`, path)
    })
    writing = done.catch(() => {})
    return done
  }

  return {
    get: (userId) => records.get(userId) ?? null,
    async put(userId, details) {
      const before = records.get(userId)
      records.set(userId, { details, savedAt: now() })
      await save().catch((error: unknown) => {
        // Without the file the answer is refused, so it must not stay in memory either.
        if (before) records.set(userId, before)
        else records.delete(userId)
        throw error
      })
    },
    async remove(userId) {
      if (records.delete(userId)) await save()
    },
  }
}

function read(path: string): Record<string, BankRecord> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, BankRecord>
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return {}
    throw error
  }
}
