import type { DiditClient } from '@didit-verify/core'
import { createDiditClient } from '@didit-verify/core/live-client'
import type { WalkHost } from './walk.ts'

/** Creates the client of an element that was given none. */
export const createOwnClient = (host: WalkHost): DiditClient =>
  createDiditClient({
    endpoint: host.endpoint || undefined,
    // Headers and fetch are read at each call, so that a page may replace them and keep the Session on screen.
    fetch: (...request) => (host.fetch ?? fetch)(...request),
    headers: () => (typeof host.headers === 'function' ? host.headers() : (host.headers as HeadersInit)),
  })
