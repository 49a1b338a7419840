import { Hono } from 'hono'
import { mountBlocklistRoutes } from './blocklist-routes.ts'
import type { ApiContext } from './context.ts'
import { mountDeleteRoutes } from './delete-routes.ts'
import { mountListRoutes } from './list-routes.ts'
import { mountPdfRoutes } from './pdf-routes.ts'
import { htmlNotFound } from './responses.ts'
import { mountReviewRoutes } from './review-routes.ts'
import { mountSandboxRoutes } from './sandbox-routes.ts'
import { mountSessionRoutes } from './session-routes.ts'
import { mountShareRoutes } from './share-routes.ts'
import { mountStandaloneRoutes } from './standalone-routes.ts'
import { mountUpdateStatusRoutes } from './update-status-routes.ts'
import { mountWebhookRoutes } from './webhook-routes.ts'

/**
 * Creates the emulated part of Didit's REST API. Each file has one group of routes.
 *
 * @see Didit docs, "Sessions API": https://docs.didit.me/sessions-api/create-session
 */
export function createApi(context: ApiContext): Hono {
  const api = new Hono()
  context.rateLimiter.mount(api)
  api.use('/v3/*', async (_context, next) => (await context.failOrWait()) ?? next())
  mountSessionRoutes(api, context)
  mountDeleteRoutes(api, context)
  mountListRoutes(api, context)
  mountUpdateStatusRoutes(api, context)
  mountPdfRoutes(api, context)
  mountShareRoutes(api, context)
  mountReviewRoutes(api, context)
  mountBlocklistRoutes(api, context)
  mountSandboxRoutes(api, context)
  mountStandaloneRoutes(api, context)
  mountWebhookRoutes(api, context)
  api.all('/v3/*', htmlNotFound)
  return api
}
