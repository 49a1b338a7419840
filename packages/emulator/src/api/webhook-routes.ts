import type { Hono } from 'hono'
import type { ApiContext } from './context.ts'

/** Where webhooks go and what became of them: `/v3/webhook/…`. Nothing of it answers yet. */
export function mountWebhookRoutes(_app: Hono, _context: ApiContext): void {}
