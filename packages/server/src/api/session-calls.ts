import type {
  CreatedSession,
  CreateSessionRequest,
  Decision,
  DeleteSessionRequest,
  ImportSharedRequest,
  ListSessionsQuery,
  ShareSessionRequest,
  UpdateStatusRequest,
} from '@didit-verify/core/schemas'
import type { CallOptions } from './call-options.ts'
import type { Listing } from './listing.ts'
import type { PdfReport } from './pdf-report.ts'
import type { ImportedSession, SessionPage, SessionRow, SharedSession, UpdatedSession } from './vendor-answers.ts'

/** Didit's Session endpoints. */
export interface SessionsApi {
  /**
   * Creates a Session, or returns the unfinished one of the same `vendor_data` and workflow.
   *
   * Sent again after a fault only when `vendor_data` is given: without it a second try could make a second Session.
   *
   * @throws {RequestError} `request-invalid` for what cannot be right, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Create session": https://docs.didit.me/reference/create-session-verification-sessions
   */
  create(body: CreateSessionRequest, options?: CallOptions): Promise<CreatedSession>
  /**
   * Reads all that is known of a Session, at any time of its life. Its media links expire within the hour.
   *
   * @param options.include - `events` adds what happened in the Session, and turns `features` into objects. It changes
   *   nothing about business Sessions.
   * @throws {RequestError} `request-invalid` for a malformed id, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
   */
  retrieveDecision(sessionId: string, options?: CallOptions & { readonly include?: 'events' }): Promise<Decision>
  /**
   * Lists Sessions, newest first: awaited it is one page, iterated it is every row from there on.
   *
   * `limit` is rows per page (50 at Didit), `offset` where the first page begins. An iteration gives no Session twice when
   * new ones arrive meanwhile. One that is deleted meanwhile can hide another.
   *
   * @throws {RequestError} `request-invalid` for a filter that cannot be right, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "List sessions": https://docs.didit.me/sessions-api/list-sessions
   */
  list(query?: ListSessionsQuery, options?: CallOptions): Listing<SessionPage, SessionRow>
  /**
   * Deletes a Session for good, with its Decision and media. No webhook tells of it.
   *
   * Sent again after a fault, which is safe: a second delete finds nothing. So `didit-not-found` may also mean that a
   * try whose answer was lost did it.
   *
   * @param body - What becomes of the stored face. Default: it goes, too. Only the newer of Didit's API reads this.
   * @returns What went, with null for whatever Didit did not say: its older API says nothing at all.
   * @throws {RequestError} `request-invalid` for a malformed id, else one of the `didit-…` codes or `aborted`.
   *   `didit-rejected` with the status 409 says that the Session is part of a filed report, which the law keeps.
   * @see Didit docs, "Delete session": https://docs.didit.me/reference/delete-session-verification-sessions
   */
  delete(sessionId: string, body?: DeleteSessionRequest, options?: CallOptions): Promise<DeletedSession>
  /**
   * Approves or declines a Session, or sends steps back to the person, who can then go on at the same URL.
   *
   * A Session that is Approved or Declined already stays so, whether Didit calls that a success or a fault; comment and
   * mail are then without effect. These two are sent again after a fault, Resubmitted is not: it deletes what the chosen
   * steps had found. A webhook tells of the change.
   *
   * @throws {RequestError} `request-invalid` for what cannot be right, `didit-rejected` for a Session whose status does
   *   not allow it (Not Started, In Progress, Expired, Awaiting User) and for nothing to resubmit, else one of the
   *   `didit-…` codes or `aborted`.
   * @see Didit docs, "Update status": https://docs.didit.me/sessions-api/update-status
   */
  updateStatus(sessionId: string, body: UpdateStatusRequest, options?: CallOptions): Promise<UpdatedSession>
  /**
   * Has Didit draw the report of an Approved, Declined, In Review or Kyc Expired Session, in English; it takes seconds.
   *
   * Resolves with the head of the answer, while the report still arrives. `slowTimeoutMs` is for the head, then for each
   * pause; `signal` works until the end. A report that breaks off is not asked for again.
   *
   * @throws {RequestError} `request-invalid` for a malformed id, `didit-rejected` with the status 403 for a Session without
   *   a report, `didit-answer-invalid` for what is no PDF, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Generate PDF": https://docs.didit.me/sessions-api/generate-pdf
   */
  generatePdf(sessionId: string, options?: CallOptions): Promise<PdfReport>
  /**
   * Makes a token with which another application can import an Approved, Declined or In Review Session.
   *
   * @param body.ttl_in_seconds - Life of the token in seconds, 60 to 86400. Didit's default is 3600.
   * @returns The token: whoever has it and the key of that application can read the Session.
   * @throws {RequestError} `request-invalid` for what cannot be right, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Share session": https://docs.didit.me/sessions-api/share-session
   */
  share(sessionId: string, body: ShareSessionRequest, options?: CallOptions): Promise<SharedSession>
  /**
   * Copies a Session that another application shared, once: a second import is refused with the status 403.
   *
   * Not sent again after a fault, since a lost answer may have been a success.
   *
   * @param body.trust_review - Whether the copy keeps the status; else it is In Review.
   * @returns The copy as a Decision, in the form of today whichever Didit chose.
   * @throws {RequestError} `request-invalid` for what cannot be right, `didit-rejected` for a token that is no good,
   *   `didit-not-found` for a Workflow of somebody else, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Import shared session": https://docs.didit.me/sessions-api/import-shared-session
   */
  importShared(body: ImportSharedRequest, options?: CallOptions): Promise<ImportedSession>
}

/** What Didit says of a Session that it has deleted; null is what it did not say. */
export interface DeletedSession {
  readonly session_id: string
  readonly session_number: number | null
  /** `retained_with_user`, `deleted`, `none` or `ineligible_no_vendor_user`; an open list. */
  readonly face_retention_outcome: string | null
  readonly biometric_template_uuid: string | null
  readonly biometric_template_expires_at: string | null
  readonly deleted_child_verifications: number | null
}
