import {
  type CreatedSession,
  type CreateSessionRequest,
  createdSessionSchema,
  createSessionRequestSchema,
  type Decision,
  type DeleteSessionRequest,
  decisionSchema,
  deletedSessionSchema,
  deleteSessionRequestSchema,
  type ImportedSession,
  type ImportSharedRequest,
  importedSessionSchema,
  importSharedRequestSchema,
  type ListSessionsQuery,
  listSessionsQuerySchema,
  RequestError,
  type SessionPage,
  type SessionRow,
  type SharedSession,
  type ShareSessionRequest,
  sessionPageSchema,
  sharedSessionSchema,
  shareSessionRequestSchema,
  type UpdatedSession,
  type UpdateStatusRequest,
  updatedSessionSchema,
  updateStatusRequestSchema,
} from '@didit-verify/core/schemas'
import * as z from 'zod/mini'
import type { CallOptions } from './call-options.ts'
import { checkGuid, invalid, toJson, toQuery } from './check.ts'
import { badLink, createListing, type Listing } from './listing.ts'
import { type PdfReport, readPdf } from './pdf-report.ts'
import { badAnswer } from './refusal.ts'
import { type Answer, asJson, request, requestData, type Transport } from './request.ts'

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

/** The calls that have to be put in order with webhooks, each with the moment of its answer. */
export interface SessionCalls {
  create(body: CreateSessionRequest, options?: CallOptions): Promise<Answer<CreatedSession>>
  retrieveDecision(
    sessionId: string,
    options?: CallOptions & { readonly include?: 'events' },
  ): Promise<Answer<Decision>>
  delete(sessionId: string, body?: DeleteSessionRequest, options?: CallOptions): Promise<Answer<DeletedSession>>
}

// An answer without a body is as good as one that says what went with the Session.
const deleteAnswerSchema = z.nullable(deletedSessionSchema)

/** Creates the calls with the moments of their answers. */
export function createSessionCalls(transport: Transport): SessionCalls {
  return {
    create: async (body, { signal } = {}) => {
      const payload = toJson(createSessionRequestSchema, body)
      return request(transport, {
        method: 'POST',
        path: '/v3/session/',
        budget: 'create',
        payload,
        // Without it a second try could make a second Session.
        repeatable: body.vendor_data !== undefined && body.vendor_data !== '',
        signal,
        read: asJson(createdSessionSchema),
      })
    },
    retrieveDecision: async (sessionId, { signal, include } = {}) => {
      const id = checkGuid(sessionId, 'sessionId')
      if (include !== undefined && include !== 'events') {
        throw invalid([{ path: 'include', message: 'Expected events, or nothing.' }])
      }
      return request(transport, {
        method: 'GET',
        path: `/v3/session/${id}/decision/`,
        query: include === undefined ? '' : '?include=events',
        budget: 'get',
        repeatable: true,
        signal,
        read: asJson(decisionSchema),
      })
    },
    delete: async (sessionId, body, { signal } = {}) => {
      const id = checkGuid(sessionId, 'sessionId')
      const { data, meta } = await request(transport, {
        method: 'DELETE',
        path: `/v3/session/${id}/delete/`,
        budget: 'write',
        payload: body === undefined ? undefined : toJson(deleteSessionRequestSchema, body),
        repeatable: true,
        signal,
        read: asJson(deleteAnswerSchema),
      })
      return { data: toDeleted(id, data), meta }
    },
  }
}

/** Creates the Session endpoints over the calls. */
export function createSessionsApi(transport: Transport, calls: SessionCalls): SessionsApi {
  return {
    create: async (...call) => (await calls.create(...call)).data,
    retrieveDecision: async (...call) => (await calls.retrieveDecision(...call)).data,
    delete: async (...call) => (await calls.delete(...call)).data,
    list: (query = {}, { signal } = {}) => {
      const read = async (at: ListSessionsQuery) => {
        return requestData(transport, {
          method: 'GET',
          path: '/v3/sessions/',
          query: toQuery(listSessionsQuerySchema, at),
          budget: 'get',
          repeatable: true,
          signal,
          read: asJson(sessionPageSchema),
        })
      }
      return createListing<SessionPage, SessionRow, ListSessionsQuery>({
        query,
        // The links of `all` lead along the user rows and leave business rows out that are on no page of theirs.
        parts:
          query?.session_kind === 'all'
            ? [
                { ...query, session_kind: 'user' },
                { ...query, session_kind: 'business' },
              ]
            : [query],
        read,
        keyOf: (row) => row.session_id,
        invalid: () => badAnswer('GET /v3/sessions/', { status: 200, issues: badLink }),
      })
    },
    updateStatus: async (sessionId, body, { signal } = {}) => {
      const id = checkGuid(sessionId, 'sessionId')
      const payload = toJson(updateStatusRequestSchema, body)
      const isFinal = body.new_status !== 'Resubmitted'
      try {
        return await requestData(transport, {
          method: 'PATCH',
          path: `/v3/session/${id}/update-status/`,
          budget: 'write',
          payload,
          repeatable: isFinal,
          signal,
          read: asJson(updatedSessionSchema),
        })
      } catch (error) {
        if (isFinal && isSameStatus(error)) return { session_id: id }
        throw error
      }
    },
    generatePdf: async (sessionId, { signal } = {}) => {
      const id = checkGuid(sessionId, 'sessionId')
      return requestData(transport, {
        method: 'GET',
        path: `/v3/session/${id}/generate-pdf/`,
        budget: 'pdf',
        accept: 'application/pdf, application/json',
        isSlow: true,
        repeatable: true,
        signal,
        read: readPdf(`session_${id}.pdf`),
      })
    },
    share: async (sessionId, body, { signal } = {}) => {
      const id = checkGuid(sessionId, 'sessionId')
      return requestData(transport, {
        method: 'POST',
        path: `/v3/session/${id}/share/`,
        budget: 'write',
        payload: toJson(shareSessionRequestSchema, body),
        repeatable: true,
        signal,
        read: asJson(sharedSessionSchema),
      })
    },
    importShared: async (body, { signal } = {}) => {
      return requestData(transport, {
        method: 'POST',
        path: '/v3/session/import-shared/',
        budget: 'write',
        payload: toJson(importSharedRequestSchema, body),
        repeatable: false,
        signal,
        read: asJson(importedSessionSchema),
      })
    },
  }
}

/** True for the older of Didit's two answers to a decision that was made before: a bare list. The newer is a success. */
function isSameStatus(error: unknown): boolean {
  return error instanceof RequestError && error.status === 400 && Array.isArray(error.raw)
}

/** One form for both of Didit's answers. What a newer one adds is kept. */
function toDeleted(sessionId: string, answer: z.infer<typeof deleteAnswerSchema>): DeletedSession {
  return {
    ...answer,
    session_id: answer?.session_id ?? sessionId,
    session_number: answer?.session_number ?? null,
    face_retention_outcome: answer?.face_retention_outcome ?? null,
    biometric_template_uuid: answer?.biometric_template_uuid ?? null,
    biometric_template_expires_at: answer?.biometric_template_expires_at ?? null,
    deleted_child_verifications: answer?.deleted_child_verifications ?? null,
  }
}
