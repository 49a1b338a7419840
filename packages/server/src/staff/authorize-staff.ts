import { RequestError } from '@didit-verify/core/schemas'
import type { Config } from '../config.ts'
import { requireUser } from '../http/access.ts'

/** What a member of the staff wants to do: one name for each route under `/staff`. */
export type StaffAction =
  | 'list'
  | 'decision'
  | 'update-status'
  | 'pdf'
  | 'share'
  | 'import'
  | 'blocklist-list'
  | 'blocklist-add'
  | 'blocklist-remove'
  | 'delete'
  | 'events'

/** What `authorizeStaff` is asked about. */
export interface StaffRequest {
  readonly action: StaffAction
  /** The Session it is about, in lower case; null where there is none, or where what was sent cannot be the id of one. */
  readonly sessionId: string | null
}

/** A member of the staff, as the host's own sign-in knows them. */
export interface StaffMember {
  /** Names the person in the log beside each change they made; so an id, and no name. */
  readonly staffId: string
}

/**
 * The host's word on who may do what under `/staff`: the member of the staff who sends this request, or null.
 *
 * @param request - The request. Its body may have been read.
 * @param wish - What it is about, so that some may look and others decide.
 */
export type AuthorizeStaff = (
  request: Request,
  input: StaffRequest,
) => Promise<StaffMember | null | undefined> | StaffMember | null | undefined

/**
 * Asks the host whether this request may do this. It goes before everything else, so that nobody else learns from the
 * answer whether a Session exists, or what is wrong with a body.
 *
 * @throws {RequestError} `staff-only` for a signed-in user, else `unauthenticated`.
 */
export async function requireStaff(
  config: Config,
  authorizeStaff: AuthorizeStaff,
  request: Request,
  input: StaffRequest,
): Promise<StaffMember> {
  const member = await authorizeStaff(request, input)
  if (member === null || member === undefined) {
    await requireUser(config, request)
    throw new RequestError('staff-only', 'The option authorizeStaff returned null for this request.', { status: 403 })
  }
  if (typeof member.staffId !== 'string' || ['', 'undefined', 'null'].includes(member.staffId.trim())) {
    throw new TypeError('The option authorizeStaff must return { staffId } with a string that is not empty, or null.')
  }
  return member
}
