import type Database from 'libsql'

/** SQLite's write-ahead log. It holds older versions of pages, so deleted data is gone only after the log is emptied. */
export interface Log {
  /** Moves everything into the database and empties the log. If that fails, `emptyIfNeeded` tries again. */
  empty(): void
  /** Empties the log if an earlier attempt did not succeed. */
  emptyIfNeeded(): void
}

/** Creates the log of an open database. */
export function createLog(database: Database.Database): Log {
  // An earlier process may have been killed after it removed data, but before it emptied the log.
  let needsEmptying = true

  function empty(): void {
    needsEmptying = true
    try {
      // A connection that still reads does not cause an error. It is only reported in the result.
      const [outcome] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
      needsEmptying = outcome?.busy !== 0
    } catch {
      // The disk is full, or another process is emptying it. Until then the log is as durable as the file.
    }
  }

  return {
    empty,
    emptyIfNeeded() {
      if (needsEmptying) empty()
    },
  }
}
