import type Database from 'libsql'

/** SQLite's log. It holds pages as they were before: what was removed is gone only once it is emptied. */
export interface Log {
  /** Moves everything into the database and leaves the log empty. Where that cannot be, it stays owed. */
  empty(): void
  /** The same, if it is owed. */
  emptyIfNeeded(): void
}

/** The log of an open database. */
export function createLog(database: Database.Database): Log {
  // An earlier process may have been killed after it removed data, but before it emptied the log.
  let needsEmptying = true

  function empty(): void {
    needsEmptying = true
    try {
      // One that still reads is no error here, but a word in the answer.
      const [outcome] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
      needsEmptying = outcome?.busy !== 0
    } catch {
      // The disk is full, or another process empties it just now. The log is as durable as the file meanwhile.
    }
  }

  return {
    empty,
    emptyIfNeeded() {
      if (needsEmptying) empty()
    },
  }
}
