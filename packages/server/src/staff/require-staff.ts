import { RequestError } from '@didit-verify/core/schemas'
import type { Config } from '../config.ts'
import { requireUser } from '../http/access.ts'
import { toHookRequest } from '../http/hook-request.ts'
import type { AuthorizeStaff, StaffMember, StaffRequest } from './authorize-staff.ts'

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
