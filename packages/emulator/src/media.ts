import type { Hono } from 'hono'
import type { ApiContext } from './api/context.ts'

/** The pictures that decisions link to. None yet. */
export function mountMedia(_app: Hono, _context: ApiContext): void {}
