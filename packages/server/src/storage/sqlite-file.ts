import { accessSync, closeSync, constants, mkdirSync, openSync, readSync, type Stats, statSync } from 'node:fs'
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
  const folder = dirname(file)
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw new ConfigError(`The folder ${folder} of the database cannot be created.`, {
      help: `Create it, and let ${thisProcess()} write to it.`,
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
  // Opening a pipe would wait for its other end for ever.
  if (!found?.isFile()) throw notADatabase(file)
  if (!isSqlite(file)) throw notADatabase(file)
  checkPermissions(file, found)
  return file
}

/**
 * SQLite opens a file that it cannot write, and fails at the first webhook. It also writes two files beside the database,
 * and needs the folder to create them.
 */
function checkPermissions(file: string, { mode }: Stats): void {
  // Root could write the file all the same, but its mode says that it must not be written.
  if ((mode & 0o222) === 0) {
    throw new ConfigError(`The database ${file} is read-only (mode ${toMode(mode)}).`, {
      help: `Make it writable: chmod u+w ${file}`,
    })
  }
  for (const name of [file, `${file}-wal`, `${file}-shm`]) {
    const found = statSync(name, { throwIfNoEntry: false })
    if (found === undefined || isAccessible(name, constants.R_OK | constants.W_OK)) continue
    throw new ConfigError(`The file ${name} cannot be read and written by ${thisProcess()}: ${permissionsOf(found)}.`, {
      help: 'Run the server as the account that created the database, or give that file to this account (chown).',
    })
  }
  const folder = dirname(file)
  if (isAccessible(folder, constants.W_OK | constants.X_OK)) return
  throw new ConfigError(
    `The folder ${folder} of the database cannot be written by ${thisProcess()}: ${permissionsOf(statSync(folder))}.`,
    { help: 'Let this account write to the folder: SQLite keeps its log in it, beside the database.' },
  )
}

function isAccessible(name: string, access: number): boolean {
  try {
    accessSync(name, access)
    return true
  } catch {
    return false
  }
}

const toMode = (mode: number) => (mode & 0o777).toString(8).padStart(4, '0')
const permissionsOf = ({ mode, uid }: Stats) => `it belongs to user ${uid} and has mode ${toMode(mode)}`
// On Windows accounts have no numbers.
const thisProcess = () => (process.getuid ? `this process (user ${process.getuid()})` : 'this process')

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
    const folder = statSync(dirname(file), { throwIfNoEntry: false })
    const why =
      folder && !isAccessible(dirname(file), constants.W_OK)
        ? `: its folder is not writable, for ${permissionsOf(folder)}`
        : ''
    throw new ConfigError(`The database ${file} cannot be created by ${thisProcess()}${why}.`, {
      help: `Let this account write to the folder ${dirname(file)}, or name another path.`,
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
    throw new ConfigError(`The database ${file} cannot be read by ${thisProcess()}.`, {
      help: 'Let this account read and write the file.',
      cause,
    })
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
  return length === 0 || magic.toString('latin1') === 'SQLite format 3\0'
}
