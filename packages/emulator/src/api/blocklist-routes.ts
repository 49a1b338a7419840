import type { Hono } from 'hono'
import type { ApiContext } from './context.ts'

/** The blocklist: `/v3/blocklist/…`. Nothing of it answers yet. */
export function mountBlocklistRoutes(_app: Hono, _context: ApiContext): void {}
