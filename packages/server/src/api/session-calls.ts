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
   * Retried after a failure only with `vendor_data`: without it a second attempt could create a second Session.
   *
   * @throws {RequestError} `request-invalid` for an invalid argument, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Create session": https://docs.didit.me/reference/create-session-verification-sessions
   */
  create(body: CreateSessionRequest, options?: CallOptions): Promise<CreatedSession>
  /**
   * Reads all data of a Session, in any status. Its media links expire within an hour.
   *
   * @param options.include - `events` adds the events of the Session, and turns `features` into objects. It has no effect
   *   on business Sessions.
   * @throws {RequestError} `request-invalid` for a malformed id, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
   */
  retrieveDecision(sessionId: string, options?: CallOptions & { readonly include?: 'events' }): Promise<Decision>
  /**
   * Lists Sessions, newest first. Awaited, it gives one page; iterated, it gives every row from there on.
   *
   * `limit` is the number of rows per page (Didit's default is 50), `offset` the first row. When new Sessions arrive during
   * an iteration, none is given twice. A Session that is deleted during an iteration can hide another one.
   *
   * @throws {RequestError} `request-invalid` for an invalid filter, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "List sessions": https://docs.didit.me/sessions-api/list-sessions
   */
  list(query?: ListSessionsQuery, options?: CallOptions): Listing<SessionPage, SessionRow>
  /**
   * Deletes a Session for good, with its Decision and media. No webhook tells of it.
   *
   * Retried after a failure, which is safe: a second delete finds nothing. So `didit-not-found` may also mean that an
   * earlier attempt deleted the Session and its answer was lost.
   *
   * @param body - Whether Didit keeps the stored face. Default: it is deleted too. Only Didit's newer API reads this.
   * @returns The deleted data. A field that Didit did not send is null. Didit's older API sends none.
   * @throws {RequestError} `request-invalid` for a malformed id, else one of the `didit-…` codes or `aborted`.
   *   `didit-rejected` with the status 409 means that the Session is part of a filed report, which must be kept by law.
   * @see Didit docs, "Delete session": https://docs.didit.me/reference/delete-session-verification-sessions
   */
  delete(sessionId: string, body?: DeleteSessionRequest, options?: CallOptions): Promise<DeletedSession>
  /**
   * Approves or declines a Session, or asks the person to repeat steps. The person continues at the same URL.
   *
   * When the Session already has the status Approved or Declined, the same status succeeds without an effect, and comment
   * and e-mail are ignored. These two are retried after a failure. Resubmitted is not retried, since it deletes the results
   * of the chosen steps. Didit sends a webhook about the change.
   *
   * @throws {RequestError} `request-invalid` for an invalid argument, `didit-rejected` when the status does
   *   not allow it (Not Started, In Progress, Expired, Awaiting User) or no step can be repeated, else one of the
   *   `didit-…` codes or `aborted`.
   * @see Didit docs, "Update status": https://docs.didit.me/sessions-api/update-status
   */
  updateStatus(sessionId: string, body: UpdateStatusRequest, options?: CallOptions): Promise<UpdatedSession>
  /**
   * Creates the PDF report of an Approved, Declined, In Review or Kyc Expired Session, in English. It takes seconds.
   *
   * Resolves when the head of the answer has arrived, while the report still arrives. `slowTimeoutMs` applies until the
   * head arrives, and then to each chunk. `signal` works until the end. A download that breaks off is not retried.
   *
   * @throws {RequestError} `request-invalid` for a malformed id, `didit-rejected` with the status 403 for a Session without
   *   a report, `didit-answer-invalid` when the answer is not a PDF, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Generate PDF": https://docs.didit.me/sessions-api/generate-pdf
   */
  generatePdf(sessionId: string, options?: CallOptions): Promise<PdfReport>
  /**
   * Creates a token with which another application can import an Approved, Declined or In Review Session.
   *
   * @param body.ttl_in_seconds - Lifetime of the token in seconds, 60 to 86400. Didit's default is 3600.
   * @returns The token. With it and the key of that application, the Session can be read.
   * @throws {RequestError} `request-invalid` for an invalid argument, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Share session": https://docs.didit.me/sessions-api/share-session
   */
  share(sessionId: string, body: ShareSessionRequest, options?: CallOptions): Promise<SharedSession>
  /**
   * Copies a Session that another application shared, once: a second import is refused with the status 403.
   *
   * Not retried after a failure, since the lost answer may have been a success.
   *
   * @param body.trust_review - Whether the copy keeps the status. Otherwise it is In Review.
   * @returns The copy as a Decision, always in the current form, even if Didit answers in an older one.
   * @throws {RequestError} `request-invalid` for an invalid argument, `didit-rejected` for an invalid token,
   *   `didit-not-found` for a Workflow of another application, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Import shared session": https://docs.didit.me/sessions-api/import-shared-session
   */
  importShared(body: ImportSharedRequest, options?: CallOptions): Promise<ImportedSession>
}

/** Data about a deleted Session. A field that Didit did not send is null. */
export interface DeletedSession {
  readonly session_id: string
  readonly session_number: number | null
  /** `retained_with_user`, `deleted`, `none` or `ineligible_no_vendor_user`; an open list. */
  readonly face_retention_outcome: string | null
  readonly biometric_template_uuid: string | null
  readonly biometric_template_expires_at: string | null
  readonly deleted_child_verifications: number | null
}

/** The calls whose answers the server orders together with webhooks. Each returns the time of its answer. */
export interface SessionCalls {
  create(body: CreateSessionRequest, options?: CallOptions): Promise<Answer<CreatedSession>>
  retrieveDecision(
    sessionId: string,
    options?: CallOptions & { readonly include?: 'events' },
  ): Promise<Answer<Decision>>
  delete(sessionId: string, body?: DeleteSessionRequest, options?: CallOptions): Promise<Answer<DeletedSession>>
}

// Didit's older API answers without a body, which is also a success.
const deleteAnswerSchema = z.nullable(deletedSessionSchema)

/** Creates the calls that return the time of their answers. */
export function createSessionCalls(transport: Transport): SessionCalls {
  return {
    create: async (body, { signal } = {}) => {
      const payload = toJson(createSessionRequestSchema, body)
      return request(transport, {
        method: 'POST',
        path: '/v3/session/',
        budget: 'create',
        payload,
        // Without `vendor_data` a second attempt could create a second Session.
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

/** Creates the Session endpoints on top of the calls. */
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
        // With `all`, Didit's links follow the user rows and skip some business rows. So each kind is listed separately.
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

/** Returns true for Didit's older answer to a repeated decision: a bare list. Its newer answer is a success. */
function isSameStatus(error: unknown): boolean {
  return error instanceof RequestError && error.status === 400 && Array.isArray(error.raw)
}

/** Returns the same form for both of Didit's answers. Additional fields are kept. */
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
