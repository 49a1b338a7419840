import type { Clock } from '../runtime/clock.ts'
import type { Identity } from '../runtime/identity.ts'
import type { Delivery, DeliveryAttempt } from './delivery.ts'

/** Dependencies of `attemptDelivery`. */
export interface AttemptOptions {
  readonly clock: Clock
  readonly identity: Identity
  readonly fetch: (request: Request) => Promise<Response>
}

const timeoutMs = 5_000

/** Returns the message of an error, with the code from its cause: Node's fetch says only "fetch failed" itself. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = (error.cause ?? {}) as { code?: unknown }
  return typeof code === 'string' ? `${error.message} (${code})` : error.message
}

/** Sends a webhook once, and returns the result. Gives up after five seconds on the emulator's clock. */
export async function attemptDelivery(
  delivery: Pick<Delivery, 'url' | 'headers' | 'body'>,
  { clock, identity, fetch }: AttemptOptions,
): Promise<DeliveryAttempt> {
  const abort = new AbortController()
  const at = clock.now()
  const uuid = identity.uuid()
  const cancel = clock.after(timeoutMs, () => abort.abort(new Error('No answer within 5 seconds.')))
  const aborted = new Promise<never>((_resolve, reject) => {
    abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true })
  })
  try {
    const request = new Request(delivery.url, {
      method: 'POST',
      // The time of this attempt. The signed timestamp in the body stays the time of the event.
      headers: { ...delivery.headers, Date: new Date(at).toUTCString() },
      body: delivery.body,
      redirect: 'manual',
      signal: abort.signal,
    })
    const answer = await Promise.race([fetch(request), aborted])
    // The body of the answer is not needed, but an unread body would keep the connection open.
    await answer.body?.cancel()
    return { uuid, at, tookMs: clock.now() - at, status: answer.status }
  } catch (cause) {
    return { uuid, at, tookMs: clock.now() - at, status: null, error: reasonOf(cause) }
  } finally {
    cancel()
  }
}
