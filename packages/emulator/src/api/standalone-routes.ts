import type { Hono } from 'hono'
import type { ApiContext } from './context.ts'

/** Checks without a Session: address, watch lists, age, liveness, phone. Nothing of it answers yet. */
export function mountStandaloneRoutes(_app: Hono, _context: ApiContext): void {}
