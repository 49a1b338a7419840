export { type DiditErrorCode, isDiditError } from '@didit-verify/core/schemas'
export type { BlocklistApi } from './api/blocklist-calls.ts'
export type { BudgetOptions } from './api/budgets.ts'
export type { CallOptions, RequestNote, ResponseNote } from './api/call-options.ts'
export { createDiditApi, type DiditApi, type DiditApiOptions } from './api/didit-api.ts'
export type { Listing } from './api/listing.ts'
export type { PdfReport } from './api/pdf-report.ts'
export type { DeletedSession, SessionsApi } from './api/session-calls.ts'
export type { StandaloneApi } from './api/standalone-calls.ts'
export type { Upload, UploadContent } from './api/upload.ts'
export type { Authenticate, DiditServerOptions, DiditUser, RetentionOptions, WorkflowOptions } from './config.ts'
export { WebhookError, type WebhookErrorCode } from './errors.ts'
export { problemResponse } from './http/problem.ts'
export type { Logger } from './logger.ts'
export {
  createDiditServer,
  type DiditServer,
  type ErasedUser,
  type VerifiedUser,
} from './server.ts'
export type {
  ContactDetails,
  ExpectedDetails,
  SessionDetails,
  SessionHook,
  SessionQuestion,
} from './sessions/session-details.ts'
export type { VerificationStatus } from './sessions/verification-status.ts'
export type { AuthorizeStaff, StaffAction, StaffMember, StaffRequest } from './staff/authorize-staff.ts'
export { memoryStorage } from './storage/memory-storage.ts'
export type {
  ApplicationStorage,
  Erasure,
  EventCommit,
  EventRecord,
  Expiry,
  PendingDelete,
  RecordUpdate,
  SessionRecord,
  Storage,
} from './storage/storage.ts'
export { type VerifiedProof, type VerifyProofOptions, verifyProof } from './tokens/proof.ts'
export { type VerifiedWebhook, type VerifyWebhookOptions, verifyWebhook } from './webhook/verify-webhook.ts'
