import type { Hono } from 'hono'
import type { ApiContext } from './api/context.ts'

/** Pages for people who want to see what the emulator holds. None yet. */
export function mountConsole(_app: Hono, _context: ApiContext): void {}
