import { type CreateSessionRequest, normalizeStatus, RequestError } from '@didit-verify/core/schemas'
import type { DiditCalls } from '../api/didit-api.ts'
import type { Config, DiditUser, WorkflowOptions } from '../config.ts'
import type { ApplicationStorage, SessionRecord } from '../storage/storage.ts'
import { applyCreation, type SessionCreation } from './apply.ts'
import { createCreationLimits } from './creation-limits.ts'
import { readHostedUrl } from './hosted-url.ts'
import { toDiditLanguage } from './language.ts'
import { creationInterval, readInterval } from './order.ts'
import type { PendingDeletes } from './pending-deletes.ts'
import { askForDetails } from './session-details.ts'
import type { Caller, Start, StartInput } from './start-request.ts'
import { readVendorData } from './workflow.ts'

/** The input of one creation: the user, the workflow and the request. */
export interface Creation {
  readonly user: DiditUser
  readonly input: StartInput
  readonly workflow: WorkflowOptions
  readonly caller: Caller
  /** The user's newest erasure when the start arrived; `bind` compares it. */
  readonly mark: string | null
}

export interface CreateSessionOptions {
  readonly config: Config
  readonly storage: ApplicationStorage
  readonly calls: DiditCalls
  readonly deletes: PendingDeletes
  /** Rejects when the storage cannot write now. A Session that could not be stored must not be created. */
  readonly checkStorage: () => Promise<void>
}

/** A new or returned Session, and the record's revision before: undefined when there was no record. */
export type Created = Start & { readonly url: string; readonly previousRevision: number | undefined }

/**
 * Creates `createSession`, which asks Didit for a Session and binds it to the user.
 *
 * Didit returns the unfinished Session of the same user and workflow instead of a second one. `isNew` is true only for a
 * Session that no browser has seen.
 */
export function createSessionCreator(options: CreateSessionOptions): (creation: Creation) => Promise<Created> {
  const { config, storage, calls, deletes, checkStorage } = options
  const { now, environment } = config
  const limits = createCreationLimits(config)

  return async ({ user, input, workflow, caller, mark }) => {
    const body = await prepare({ user, input, workflow, caller, mark })
    const owner = { userId: user.userId, workflow: input.workflow }
    await checkStorage()
    for (let isRepeated = false; ; isRepeated = true) {
      const creation = await callDidit(body, input)
      let previous: SessionRecord | null = null
      const record = await storage.bind(
        creation.sessionId,
        { ...owner, erasure: { environment, mark } },
        (known, history) => {
          previous = known
          return applyCreation(known, creation, { ...owner, ...history }, now())
        },
      )
      if (record !== null) return toCreated(record, previous, creation)
      await undo(creation.sessionId, user, mark)
      // Didit returned an erased Session until its delete was done. Now it has to make another one.
      if (isRepeated) throw erasedMeanwhile()
    }
  }

  async function prepare({ user, input, workflow, caller }: Creation): Promise<CreateSessionRequest> {
    const { request, address, callback } = caller
    const vendorData = readVendorData(config, user)
    limits.check(user.userId, address)
    const details = await askForDetails(config.session, { user, workflow: input.workflow, request })
    // The hook may have taken seconds.
    limits.check(user.userId, address)
    limits.take(user.userId, address)
    const language = toDiditLanguage(input.language)
    return {
      workflow_id: workflow.id,
      ...details,
      vendor_data: vendorData,
      ...(language ? { language } : {}),
      // Didit navigates to the callback, and in a frame that would navigate the frame away.
      ...(input.returnTo ? { callback, callback_method: 'both' as const } : {}),
    }
  }

  async function callDidit(body: CreateSessionRequest, input: StartInput): Promise<SessionCreation> {
    const { data, meta } = await calls.sessions.create(body)
    if (!data.url) {
      throw new RequestError('didit-answer-invalid', 'Didit created a Session but did not tell its address.', {
        status: 201,
        help: 'The API key may not write Sessions: give it that right in the console.',
      })
    }
    const url = readHostedUrl(config, data.url)
    if (url === null) {
      throw new RequestError('didit-answer-invalid', 'Didit named a hosted page that no person may be sent to.', {
        status: 201,
        help: 'It must be https and of Didit. For an own domain at Didit, name its origin in the option didit.hostedOrigins.',
      })
    }
    const interval = data.status === 'Not Started' ? creationInterval : readInterval
    return {
      kind: 'read' as const,
      status: normalizeStatus(data.status),
      ...interval(meta),
      at: meta.startedAt,
      sessionId: data.session_id.toLowerCase(),
      workflowId: body.workflow_id,
      environment,
      url,
      returnTo: input.returnTo ?? null,
    }
  }

  /**
   * Has Didit delete a Session that must not be bound. Its user was erased while the start was under way, or earlier and
   * Didit has not been told yet.
   *
   * @throws {RequestError} `session-not-found` in the first case; `didit-unavailable` when Didit does not delete it.
   */
  async function undo(sessionId: string, { userId }: DiditUser, mark: string | null): Promise<void> {
    const pendingDelete = await storage.addPendingDelete({ sessionId, userId, environment, now: now() })
    // A start that came after the erasure has bound it, or it belongs to somebody else: then it is not ours to delete.
    if (pendingDelete === null) throw erasedMeanwhile()
    const isDone = await deletes.run(pendingDelete)
    if ((await storage.getErasure({ userId, environment })) !== mark) throw erasedMeanwhile()
    if (isDone) return
    throw new RequestError('didit-unavailable', 'Didit has not deleted the erased Session of this user yet.', {
      status: 503,
      help: 'The server tries again by itself; the log has the reason.',
    })
  }
}

function toCreated(record: SessionRecord, previous: SessionRecord | null, { status, url }: SessionCreation): Created {
  const isNew = status === 'Not Started' && (previous === null || previous.userId === null)
  return { record, url, isNew, previousRevision: previous?.revision }
}

function erasedMeanwhile(): RequestError {
  return new RequestError('session-not-found', 'The verification was erased while it was being started.', {
    status: 404,
  })
}
