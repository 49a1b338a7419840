export * from '../error.ts'
export * from '../status.ts'
export * from '../wire.ts'
