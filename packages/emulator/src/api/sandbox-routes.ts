import type { Hono } from 'hono'
import type { ApiContext } from './context.ts'

/** What only a sandbox has: arming a Session with a scenario. Nothing of it answers yet. */
export function mountSandboxRoutes(_app: Hono, _context: ApiContext): void {}
