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
