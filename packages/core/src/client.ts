import { createClient, type DiditClient, type DiditClientOptions } from './create-client.ts'

/**
 * Creates the browser's client of a companion server.
 *
 * It sends no request until a method is called, so it can be created during server rendering too. One client belongs to
 * one signed-in user: close it and create another one when the user changes.
 *
 * @param options.endpoint - Base address of the companion server. Default `/api/didit`.
 * @param options.headers - For applications that sign in with a bearer token instead of a cookie.
 * @param options.timeoutMs - Time limit of one request, in milliseconds. Default 15000.
 * @throws {ConfigError} `config-invalid` for an `endpoint` that is not an address, or a `timeoutMs` that is not positive.
 * @example
 * ```ts
 * import { createDiditClient } from '@didit-verify/core'
 *
 * const client = createDiditClient({ endpoint: '/api/didit' })
 * const session = await client.getSession()
 * console.log(session?.status ?? 'no Session yet')
 * ```
 */
export const createDiditClient = (options: DiditClientOptions = {}): DiditClient =>
  createClient(options, () => import('./live-updates-connection.ts'))
