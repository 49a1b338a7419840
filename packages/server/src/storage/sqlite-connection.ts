import type Database from 'libsql'
import type { GroupCommit } from './group-commit.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import type { Log } from './sqlite-log.ts'
import type { statements } from './sqlite-rows.ts'

/** The prepared statements, by name. */
/** The only two ways in which a prepared statement runs. */
export type PreparedStatement = Pick<Database.Statement, 'all' | 'run'>
export type Statements = { readonly [Name in keyof typeof statements]: PreparedStatement }

/** An open database with everything that ends when it is closed. */
export interface Connection {
  readonly database: Database.Database
  readonly prepared: Statements
  readonly commits: GroupCommit
  readonly pseudonym: Pseudonyms
  readonly log: Log
}
