import { ConfigError } from '@didit-verify/core/schemas'
import { Kysely, type Migration, Migrator, SqliteDialect, sql } from 'kysely'
import type Database from 'libsql'
import { newPseudonymKey } from './pseudonyms.ts'

// Each change of the tables is one entry, named by its place in the order. Never edit one that has been released.
const migrations: Readonly<Record<string, Migration>> = {
  '0001-sessions-and-events': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('didit_session')
        .addColumn('application', 'text', (column) => column.notNull())
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text')
        .addColumn('workflow', 'text')
        .addColumn('workflow_id', 'text')
        .addColumn('environment', 'text')
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('from_second', 'integer', (column) => column.notNull())
        .addColumn('to_second', 'integer', (column) => column.notNull())
        .addColumn('owes_read', 'integer', (column) => column.notNull())
        .addColumn('read_due_at', 'integer')
        .addColumn('read_failures', 'integer', (column) => column.notNull())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('revision', 'integer', (column) => column.notNull())
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('created_at', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'integer', (column) => column.notNull())
        .addColumn('decided_at', 'integer')
        .addColumn('expires_at', 'integer')
        .addColumn('attempt', 'integer', (column) => column.notNull())
        .addColumn('url', 'text')
        .addColumn('return_to', 'text')
        .addColumn('decision', 'text')
        .addPrimaryKeyConstraint('didit_session_key', ['application', 'session_id'])
        .execute()
      await db.schema
        .createIndex('didit_session_by_owner')
        .on('didit_session')
        .columns(['application', 'user_id', 'workflow', 'created_at'])
        .execute()
      // Few Sessions have a pending read at a time. The index holds only those.
      await sql`create index didit_session_by_due on didit_session (application, read_due_at)
        where read_due_at is not null`.execute(db)

      // `arrival` and not the implicit rowid: VACUUM may renumber that one, and the order of arrival with it.
      await db.schema
        .createTable('didit_event')
        .addColumn('arrival', 'integer', (column) => column.primaryKey())
        .addColumn('application', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('session_id', 'text')
        .addColumn('webhook_type', 'text', (column) => column.notNull())
        .addColumn('status', 'text')
        .addColumn('environment', 'text')
        .addColumn('from_second', 'integer', (column) => column.notNull())
        .addColumn('to_second', 'integer', (column) => column.notNull())
        .addColumn('received_at', 'integer', (column) => column.notNull())
        .addColumn('late', 'integer', (column) => column.notNull())
        .addColumn('test', 'integer', (column) => column.notNull())
        .addColumn('quarantined', 'text')
        .addUniqueConstraint('didit_event_key', ['application', 'key'])
        .execute()
      await db.schema
        .createIndex('didit_event_by_session')
        .on('didit_event')
        .columns(['application', 'session_id'])
        .execute()

      // One row that `check` writes, since only a write proves that writing works.
      await db.schema
        .createTable('didit_check')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('checked_at', 'integer', (column) => column.notNull())
        .execute()
    },
  },
  '0002-erasure-and-retention': {
    async up(db: Kysely<unknown>) {
      // The key of all hashes below: one row, made here once.
      await db.schema
        .createTable('didit_pseudonym_key')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('key', 'text', (column) => column.notNull())
        .execute()
      await sql`insert into didit_pseudonym_key (id, key) values (1, ${newPseudonymKey()})`.execute(db)

      await db.schema
        .createTable('didit_tombstone')
        .addColumn('application', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('didit_tombstone_key', ['application', 'hash'])
        .execute()
      await db.schema
        .createTable('didit_owed_delete')
        .addColumn('application', 'text', (column) => column.notNull())
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('environment', 'text', (column) => column.notNull())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('due_at', 'integer', (column) => column.notNull())
        .addColumn('failures', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('didit_owed_delete_key', ['application', 'session_id'])
        .execute()
      await db.schema
        .createIndex('didit_owed_delete_by_due')
        .on('didit_owed_delete')
        .columns(['application', 'environment', 'due_at'])
        .execute()
      await db.schema
        .createTable('didit_erasure')
        .addColumn('application', 'text', (column) => column.notNull())
        .addColumn('environment', 'text', (column) => column.notNull())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('mark', 'text', (column) => column.notNull())
        .addColumn('erased_at', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('didit_erasure_key', ['application', 'environment', 'owner'])
        .execute()
      await db.schema
        .createTable('didit_spent_attempt')
        .addColumn('application', 'text', (column) => column.notNull())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('workflow', 'text', (column) => column.notNull())
        .addColumn('environment', 'text', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('didit_spent_attempt_key', ['application', 'owner', 'workflow', 'environment'])
        .execute()

      // `prune` must find its rows without reading the others. The second index holds only Sessions that are over.
      await db.schema
        .createIndex('didit_event_by_arrival')
        .on('didit_event')
        .columns(['application', 'received_at'])
        .execute()
      await sql`create index didit_session_by_change on didit_session (application, environment, updated_at)
        where status in ('Approved', 'Declined', 'Abandoned', 'Expired', 'Kyc Expired') and owes_read = 0`.execute(db)
    },
  },
  '0003-reconciler': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('didit_session').addColumn('news', 'text').execute()
      await db.schema
        .createTable('didit_state')
        .addColumn('application', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('didit_state_key', ['application', 'name'])
        .execute()
      // Sessions from before the reconciler: the budget for looks spreads them.
      await sql`update didit_session set read_due_at = updated_at + 300000 where read_due_at is null and user_id is not null
        and status not in ('Approved', 'Declined', 'Abandoned', 'Expired', 'Kyc Expired')`.execute(db)
    },
  },
}

const migrationTableName = 'didit_migration'

/**
 * Brings the tables up to date, all in one transaction that other processes wait for.
 *
 * @throws {ConfigError} when a newer version of this package has been at the database.
 */
export async function migrateSqlite(database: Database.Database): Promise<void> {
  // Not destroyed afterwards: that would close the handle, which is not ours.
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) })
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName,
    migrationLockTableName: 'didit_migration_lock',
  })
  // SQLite can roll back changes of tables, but kysely does not make use of it, and its lock has no effect on SQLite.
  database.exec('BEGIN IMMEDIATE')
  try {
    await refuseNewer(db)
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error
    database.exec('COMMIT')
  } catch (fault) {
    if (database.inTransaction) database.exec('ROLLBACK')
    throw fault
  }
}

async function refuseNewer(db: Kysely<unknown>): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === migrationTableName)) return
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(migrationTableName)}`.execute(db)
  const unknown = rows.find(({ name }) => !Object.hasOwn(migrations, name))
  if (unknown) {
    throw new ConfigError(`The database was changed by a newer version of this package (${unknown.name}).`, {
      help: 'Use that version or a later one, or give this one a database of its own.',
    })
  }
}
