import { createClient, type DiditClient, type DiditClientOptions } from './create-client.ts'
import * as connection from './live-updates-connection.ts'

export { DiditError, isDiditError } from './error.ts'
export { idleState } from './session-state.ts'
export { isDecided } from './status.ts'

/**
 * Creates the same client as the main entry, with the code of the live updates included.
 *
 * For code that always follows a Session, such as `<didit-verify>`: it saves one request. This entry also exports the
 * names that the element uses, because the main entry would load the code of the live updates as a chunk of its own.
 *
 * @throws {ConfigError} `config-invalid`, as `createDiditClient` of the main entry.
 * @example
 * ```ts
 * import { createDiditClient } from '@didit-verify/core/live-client'
 *
 * const client = createDiditClient({ endpoint: '/api/didit' })
 * ```
 */
export const createDiditClient = (options: DiditClientOptions = {}): DiditClient =>
  createClient(options, async () => connection)
