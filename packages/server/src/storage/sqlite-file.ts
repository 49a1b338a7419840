import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigError } from '@didit-verify/core/schemas'

/**
 * Makes sure that a database can be at this path before the driver sees it, whose own faults are numbers.
 *
 * Creates the folder and an empty file that only its owner can read: it will hold the ids of people.
 *
 * @returns The absolute path, so that nothing in it can be taken for a URL.
 * @throws {ConfigError} when it is a folder, another kind of file, or cannot be created.
 */
export function prepareSqliteFile(path: string): string {
  if (path === ':memory:') return path
  const file = resolve(path)
  try {
    mkdirSync(dirname(file), { recursive: true })
  } catch (cause) {
    throw new ConfigError(`The folder of the database ${file} cannot be created.`, {
      help: 'Create it, or let this process write to the folder above it.',
      cause,
    })
  }
  createOwnersOnly(file)
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isDirectory()) {
    throw new ConfigError(`The path of the database, ${file}, is a folder.`, {
      help: `Name a file in it, such as ${resolve(file, 'didit-verify.db')}.`,
    })
  }
  // A pipe must not even be opened: that waits for its other end, for ever.
  if (!found?.isFile()) throw notADatabase(file)
  if (!isSqlite(file)) throw notADatabase(file)
  return file
}

/** The error for a file that holds something else. */
export function notADatabase(file: string, cause?: unknown): ConfigError {
  return new ConfigError(`The file ${file} is not an SQLite database.`, {
    help: 'Name another file, or move this one away: a new database is created where none is.',
    cause,
  })
}

function createOwnersOnly(file: string): void {
  try {
    // SQLite gives its -wal and -shm files the mode of the database.
    closeSync(openSync(file, 'wx', 0o600))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return
    throw new ConfigError(`The database ${file} cannot be created.`, {
      help: 'Let this process write to its folder, or name another path.',
      cause,
    })
  }
}

function isSqlite(file: string): boolean {
  const magic = Buffer.alloc(16)
  let length: number
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    length = readSync(descriptor, magic)
  } catch (cause) {
    throw new ConfigError(`The database ${file} cannot be read.`, {
      help: 'Let this process read and write it.',
      cause,
    })
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
  return length === 0 || magic.toString('latin1') === 'SQLite format 3\0'
}
