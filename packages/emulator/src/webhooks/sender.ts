import type { Clock } from '../runtime/clock.ts'
import type { FaultBox } from '../runtime/faults.ts'
import type { Identity } from '../runtime/identity.ts'
import { isObject, type Json, readJson } from '../runtime/json.ts'
import type { Logger } from '../runtime/logger.ts'
import { attemptDelivery } from './attempt.ts'
import { createDelivery, type Delivery, type DeliveryRecord, eventText } from './delivery.ts'
import { createDeliveryOrder } from './delivery-order.ts'
import type { WebhookDestinations, WebhookTarget } from './destinations.ts'
import { signWebhook } from './signature.ts'
import { eventIn } from './versions.ts'

/** Options of `send`. */
export interface SendOptions {
  /** Marks the webhook as a sample. */
  readonly test?: boolean
  /** Sends the webhook to this receiver only, even if it is not subscribed to the event. */
  readonly to?: WebhookTarget
}

/** Delivers webhooks, with retries and with the faults that are on. */
export interface WebhookSender {
  /** Signs an event and sends it to its receivers in the background. Returns the number of receivers. */
  send(event: Json, options?: SendOptions): number
  /**
   * Sends a delivery again to the same address, with the current time and signed with the current secret. It is not
   * retried.
   *
   * @param attemptId - Any attempt of the delivery.
   * @returns The new delivery with its one attempt, or undefined if the attempt is unknown or its Session was deleted.
   */
  resend(attemptId: string): Promise<Delivery | undefined>
  /** Returns all deliveries, oldest first. */
  deliveries(): readonly Delivery[]
  /** Returns the deliveries without those of deleted Sessions. */
  known(): readonly Delivery[]
  /** Calls the listener after each change of a delivery. Returns a function that unsubscribes. */
  subscribe(listener: () => void): () => void
  /** Resolves when no webhook is being sent. Does not wait for retries or for webhooks that `reorder` holds back. */
  idle(): Promise<void>
  /** Like `idle`, but gives up after a moment: a receiver that hangs must not stop the clock that would time it out. */
  settle(): Promise<void>
  /** Sends the webhooks that `reorder` holds back. */
  release(): void
  /** Drops the undelivered webhooks of a Session, including retries. The others can no longer be resent. */
  forget(sessionId: string): void
  /** Forgets all deliveries and restores the first destination. */
  reset(): void
}

/** Dependencies of `createWebhookSender`. */
export interface WebhookSenderOptions {
  readonly destinations: WebhookDestinations
  readonly clock: Clock
  readonly identity: Identity
  readonly faults: FaultBox
  readonly fetch: (request: Request) => Promise<Response>
  readonly logger: Logger
}

/** Didit names "about" one and four minutes. */
const retryDelaysMs = [60_000, 240_000]
/** Time that a jump of the clock waits for real network traffic. */
const settleTimeoutMs = 200
/** The secret that signs forged deliveries. */
const wrongSecret = 'the-secret-of-somebody-else'

const isRetryable = (status: number | null) => status === null || status === 404 || status >= 500
// A function, because the compiler does not see that the state may change during an attempt.
const isDropped = ({ state }: Delivery) => state === 'dropped'
const isAccepted = (status: number | null) => status !== null && status >= 200 && status < 300
const copyOf = (delivery: DeliveryRecord): Delivery => ({ ...delivery, attempts: [...delivery.attempts] })

/** Returns the event with a new time. The first version of bodies has no `timestamp`, only `created_at`. */
function withTime(event: Json, seconds: number): Json {
  if (!isObject(event)) return event
  return event.timestamp === undefined ? { ...event, created_at: seconds } : { ...event, timestamp: seconds }
}

/** Returns the log line about an attempt that the receiver did not accept. */
function rejectionText({ sessionId, webhookType, status }: Delivery, answer: number | null, delayMs?: number): string {
  const webhook = sessionId === '' ? webhookType : `${status} of session ${sessionId}`
  const next = delayMs === undefined ? 'No more attempts' : `Next attempt in ${delayMs / 60_000} min`
  return `Webhook ${webhook} was not accepted (${answer ?? 'no answer'}). ${next}.`
}

/** Creates the sender of one emulator. */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { destinations, clock, faults, logger } = options
  const log: DeliveryRecord[] = []
  const listeners = new Set<() => void>()
  const running = new Set<Promise<void>>()
  const forgotten = new Set<string>()
  let generation = 0

  function setState(delivery: DeliveryRecord, state: Delivery['state']): void {
    delivery.state = state
    for (const listener of [...listeners]) listener()
  }

  function track(work: Promise<void>): Promise<void> {
    const done = work.finally(() => running.delete(done))
    running.add(done)
    return done
  }

  async function deliver(delivery: DeliveryRecord): Promise<void> {
    const startedIn = generation
    if (isDropped(delivery)) return
    setState(delivery, 'sending')
    const attempt = await attemptDelivery(delivery, options)
    delivery.attempts.push(attempt)
    if (startedIn !== generation) return
    if (isAccepted(attempt.status)) {
      setState(delivery, 'delivered')
      return
    }
    if (isDropped(delivery)) return
    const isRetried = isRetryable(attempt.status) && !delivery.resent
    const delayMs = isRetried ? retryDelaysMs[delivery.attempts.length - 1] : undefined
    logger.warn(rejectionText(delivery, attempt.status, delayMs))
    if (delayMs === undefined) {
      setState(delivery, 'failed')
      return
    }
    setState(delivery, 'retrying')
    clock.after(delayMs, () => void track(deliver(delivery)))
  }

  const order = createDeliveryOrder<DeliveryRecord>({
    clock,
    isReordered: () => faults.current().reorder ?? false,
    deliver,
    deliverInBackground: (delivery) => void track(deliver(delivery)),
  })

  async function sendTo(targets: readonly WebhookTarget[], event: Json, test: boolean): Promise<void> {
    const startedIn = generation
    const forged = faults.take('forge')
    const isLost = faults.take('drop')
    const { duplicate = false, delayMs = 0 } = faults.current()
    const batch = targets.flatMap((target) => {
      const signed = signWebhook(eventIn(target.version, event), forged ? wrongSecret : target.secret)
      const times = isLost ? 1 : 1 + Number(duplicate)
      return Array.from({ length: times }, () => createDelivery(event, target, signed, { forged, test }))
    })
    log.push(...batch)
    if (isLost) {
      for (const delivery of batch) setState(delivery, 'dropped')
      return
    }
    if (delayMs > 0) await clock.wait(delayMs)
    // A reset ends the wait early. The deliveries from before it are not sent.
    if (startedIn !== generation) return
    await Promise.all(batch.map((delivery) => order.enqueue(delivery)))
  }

  const known = () => log.filter(({ sessionId }) => !forgotten.has(sessionId))

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all(running)
  }

  return {
    send(event, { test = false, to } = {}) {
      const targets = to
        ? [to]
        : destinations.targetsOf(eventText(event, 'application_id'), eventText(event, 'webhook_type'))
      // An event without receivers must not use up a counted fault.
      if (targets.length > 0) void track(sendTo(targets, event, test))
      return targets.length
    },
    async resend(attemptId) {
      const former = known().find(({ attempts }) => attempts.some(({ uuid }) => uuid === attemptId))
      const secret = former && destinations.secretOf(former.destinationId)
      if (former === undefined || secret === undefined) return undefined
      const signed = signWebhook(withTime(readJson(former.body), clock.seconds()), secret)
      const again: DeliveryRecord = {
        ...former,
        headers: { ...former.headers, ...signed.headers },
        body: signed.body,
        forged: false,
        resent: true,
        state: 'held',
        attempts: [],
      }
      log.push(again)
      await track(deliver(again))
      return copyOf(again)
    },
    deliveries: () => log.map(copyOf),
    known: () => known().map(copyOf),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    idle,
    async settle() {
      let timer: ReturnType<typeof setTimeout> | undefined
      // Real time, not the emulator's clock: it limits how long the caller waits.
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, settleTimeoutMs)
      })
      await Promise.race([idle(), timeout])
      clearTimeout(timer)
    },
    release: order.release,
    forget(sessionId) {
      forgotten.add(sessionId)
      for (const delivery of log) {
        const isPending = ['held', 'sending', 'retrying'].includes(delivery.state)
        if (delivery.sessionId === sessionId && isPending) setState(delivery, 'dropped')
      }
    },
    reset() {
      generation += 1
      order.reset()
      running.clear()
      forgotten.clear()
      log.length = 0
      destinations.reset()
    },
  }
}
