export { createDiditClient } from './client.ts'
export type { DiditClient, DiditClientOptions } from './create-client.ts'
export {
  ConfigError,
  ContractError,
  DiditError,
  type DiditErrorCode,
  type DiditErrorOptions,
  type Issue,
  isDiditError,
  RelayError,
  RequestError,
  type RequestErrorOptions,
} from './error.ts'
export type { CallOptions } from './http.ts'
export type { Connection } from './live-updates.ts'
export {
  type Flow,
  idleState,
  type SessionState,
  type SessionStore,
  type StartOptions,
  type StartResult,
  type Step,
  type Target,
} from './session-state.ts'
// The table of transitions stays behind: a screen shows where a Session is, never where it might go.
export {
  isDecided,
  isKnownStatus,
  isUnfinished,
  type KnownSessionStatus,
  needsNewSession,
  type Phase,
  phaseOf,
  type SessionStatus,
} from './status.ts'
export type { Timers } from './timers.ts'
export type { ProofAnswer, RedactedCheck, RedactedDecision, Snapshot, SnapshotSource } from './wire.ts'
