export { DiditVerify } from './didit-verify.ts'
export type {
  CloseDetail,
  CloseReason,
  DiditVerifyEventMap,
  DiditVerifyEventName,
  ErrorAction,
  ErrorDetail,
  Mode,
  StatusDetail,
  StepDetail,
  WalkDetail,
} from './events.ts'
export type { Preflight } from './preflight.ts'
export type { Phrases } from './texts/phrases.ts'
export type { StartOutcome } from './walk.ts'
