import { RequestError } from '@didit-verify/core/schemas'
import { Hono } from 'hono'
import { WebhookError } from '../errors.ts'
import { type Bindings, peerAddress } from '../http/bindings.ts'
import { createIntake, type IntakeOptions } from '../webhook/intake.ts'
import { readWebhook } from '../webhook/receiver.ts'

/**
 * The route that Didit posts to. Each answer follows from one question: should Didit send the event again?
 *
 * Didit repeats a delivery only after 5xx, 404 and timeouts, twice, and then drops it. So 200 means that the event is on
 * disk, 503 asks for it again, and 4xx is for deliveries that would be just as bad the next time.
 */

// Didit gives up after 5 s. The 503 that asks for the event again has to arrive before that.
const deadlineMs = 3_000

/** Returns the route under `/webhook`. */
export function webhookRoutes(options: IntakeOptions): Hono<{ Bindings: Bindings }> {
  const routes = new Hono<{ Bindings: Bindings }>({ strict: false })
  const intake = createIntake(options)

  routes.post('/', async (c) => {
    const deadline = performance.now() + deadlineMs
    const request = c.req.raw
    const body = await readWebhook(request, { timeoutMs: deadlineMs })
    if (body === null) throw new WebhookError('webhook-too-large', 'The webhook is larger than 1 MiB.')
    const result = await intake.take({ body, headers: request.headers, peer: c.env?.[peerAddress], deadline })
    switch (result.outcome) {
      case 'stored':
      case 'duplicate':
      case 'quarantined':
      case 'dropped':
        return c.json({ received: result.outcome })
      case 'forged':
        throw new WebhookError('webhook-forged', 'No secret fits a signature.')
      case 'unreadable':
        throw new WebhookError('webhook-unreadable', 'The body is not JSON, and not signed.')
      case 'over-budget': {
        const message = 'Too many forged webhooks came from the same address.'
        throw new WebhookError('webhook-unreadable', message, { status: 503 })
      }
      case 'not-stored': {
        const { cause } = result
        throw new RequestError('storage-unavailable', 'The webhook could not be stored.', { status: 503, cause })
      }
    }
  })

  return routes
}
