export { type SqliteStorageOptions, sqliteStorage } from './storage/sqlite-storage.ts'
