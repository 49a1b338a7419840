import { RequestError } from '@didit-verify/core/schemas'
import type { Config } from '../config.ts'
import { requireUser } from '../http/access.ts'
import { toHookRequest } from '../http/hook-request.ts'

/** Action of a staff member: one name for each route under `/staff`. */
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

/** Request that `authorizeStaff` decides on. */
export interface StaffRequest {
  readonly action: StaffAction
  /** Id of the Session in lower case; null when the request names none, or an invalid id. */
  readonly sessionId: string | null
}

/** Staff member, as the host's own sign-in identifies them. */
export interface StaffMember {
  /** Written to the log with each change. Use an id, not the person's name. */
  readonly staffId: string
}

/**
 * Decides whether a request under `/staff` is allowed. It returns the staff member who sent the request, or null.
 *
 * @param request - The request, without its body.
 * @param input - The action and the Session, so that some staff may only read and others may decide.
 */
export type AuthorizeStaff = (
  request: Request,
  input: StaffRequest,
) => Promise<StaffMember | null | undefined> | StaffMember | null | undefined

/**
 * Asks the host whether this request is allowed, and returns the staff member. It runs before all other checks, so that
 * the answer does not tell other people whether a Session exists, or which field of a body is invalid.
 *
 * @throws {RequestError} `staff-only` for a signed-in user, else `unauthenticated`.
 */
export async function requireStaff(
  config: Config,
  authorizeStaff: AuthorizeStaff,
  request: Request,
  input: StaffRequest,
): Promise<StaffMember> {
  const member = await authorizeStaff(toHookRequest(request), input)
  if (member === null || member === undefined) {
    await requireUser(config, request)
    throw new RequestError('staff-only', 'The option authorizeStaff returned null for this request.', { status: 403 })
  }
  if (typeof member.staffId !== 'string' || ['', 'undefined', 'null'].includes(member.staffId.trim())) {
    throw new TypeError('The option authorizeStaff must return { staffId } with a string that is not empty, or null.')
  }
  return member
}
