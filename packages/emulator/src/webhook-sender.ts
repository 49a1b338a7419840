import type { Clock } from './clock.ts'
import type { FaultBox } from './faults.ts'
import { isObject, type Json } from './json.ts'
import type { Logger } from './logger.ts'
import { type SignedBody, signWebhook } from './webhook-signature.ts'

/** One try to deliver. */
export interface DeliveryAttempt {
  /** Epoch milliseconds on the emulator's clock. */
  readonly at: number
  /** The HTTP status of the answer, or null when none came. */
  readonly status: number | null
  /** Why there was no answer. */
  readonly error?: string
}

/** A webhook and what became of it. */
export interface Delivery {
  readonly eventId: string
  readonly sessionId: string
  readonly webhookType: string
  readonly status: string
  readonly url: string
  /** What was sent, without the secret that signed it. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** True when it was signed with a secret the receiver does not know. */
  readonly forged: boolean
  /** `held`: waits for its turn, or because of a fault. `retrying`: waits for its next try. `failed`: given up. `dropped`: never sent. */
  readonly state: 'held' | 'sending' | 'retrying' | 'delivered' | 'failed' | 'dropped'
  readonly attempts: readonly DeliveryAttempt[]
}

/** Delivers webhooks, as reliably as the faults let it. */
export interface WebhookSender {
  /** Signs and sends, in the background. */
  send(payload: Json): void
  deliveries(): readonly Delivery[]
  /** Calls back after each change of a delivery. Returns the way out. */
  subscribe(listener: () => void): () => void
  /** Resolves when nothing is on its way any more. Does not wait for retries or for what `reorder` holds back. */
  idle(): Promise<void>
  /** The same, but gives up after a moment: a receiver that hangs must not stop the clock that would time it out. */
  settle(): Promise<void>
  /** Lets go of what `reorder` holds back. */
  release(): void
  /** Drops what has not been delivered yet of a Session, retries included. */
  forget(sessionId: string): void
  reset(): void
}

export interface WebhookSenderOptions {
  readonly url: string
  readonly secret: string
  readonly clock: Clock
  readonly faults: FaultBox
  readonly fetch: (request: Request) => Promise<Response>
  readonly logger: Logger
}

const timeoutMs = 5_000
/** Didit names "about" one and four minutes. */
const retryDelaysMs = [60_000, 240_000]
/** A swap needs a second webhook. When none comes, the first one goes alone. */
const holdMs = 5_000
/** How long a jump in time waits for what is really on the network. */
const graceMs = 200
/** What a forged delivery is signed with. */
const strangersSecret = 'the-secret-of-somebody-else'

type Mutable = { -readonly [Key in keyof Delivery]: Delivery[Key] } & { attempts: DeliveryAttempt[] }

const isWorthRepeating = (status: number | null) => status === null || status === 404 || status >= 500
// A function, since the compiler does not see that the state may change while a try is awaited.
const isDropped = ({ state }: Delivery) => state === 'dropped'
const isTaken = (status: number | null) => status !== null && status >= 200 && status < 300

/** Node's fetch hides what happened one level down. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = (error.cause ?? {}) as { code?: unknown }
  return typeof code === 'string' ? `${error.message} (${code})` : error.message
}

/** Creates the sender of one destination. */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { url, clock, faults, logger } = options
  const log: Mutable[] = []
  const listeners = new Set<() => void>()
  const underway = new Set<Promise<void>>()
  const lastOf = new Map<string, Promise<void>>()
  let held: { letGo: () => void } | null = null
  let generation = 0

  function changed(delivery: Mutable, state: Delivery['state']): void {
    delivery.state = state
    for (const listener of [...listeners]) listener()
  }

  function track(work: Promise<void>): Promise<void> {
    const done = work.finally(() => underway.delete(done))
    underway.add(done)
    return done
  }

  async function attempt(delivery: Mutable): Promise<number | null> {
    const abort = new AbortController()
    const at = clock.now()
    const cancel = clock.after(timeoutMs, () => abort.abort(new Error('No answer within 5 seconds.')))
    const stopped = new Promise<never>((_resolve, reject) => {
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true })
    })
    try {
      const request = new Request(url, {
        method: 'POST',
        // The time of this attempt: the signed time in the body stays that of the event.
        headers: { ...delivery.headers, Date: new Date(at).toUTCString() },
        body: delivery.body,
        redirect: 'manual',
        signal: abort.signal,
      })
      const answer = await Promise.race([options.fetch(request), stopped])
      // The answer's body is of no interest, but left unread it would hold the connection.
      await answer.body?.cancel()
      delivery.attempts.push({ at, status: answer.status })
      return answer.status
    } catch (cause) {
      delivery.attempts.push({ at, status: null, error: reasonOf(cause) })
      return null
    } finally {
      cancel()
    }
  }

  async function deliver(delivery: Mutable): Promise<void> {
    const born = generation
    if (isDropped(delivery)) return
    changed(delivery, 'sending')
    const status = await attempt(delivery)
    if (born !== generation) return
    if (isTaken(status)) {
      changed(delivery, 'delivered')
      return
    }
    if (isDropped(delivery)) return
    const delayMs = isWorthRepeating(status) ? retryDelaysMs[delivery.attempts.length - 1] : undefined
    logger.warn(
      `Webhook ${delivery.status} of session ${delivery.sessionId} was not taken (${status ?? 'no answer'}); ${
        delayMs === undefined ? 'given up' : `next try in ${delayMs / 60_000} min`
      }.`,
    )
    if (delayMs === undefined) {
      changed(delivery, 'failed')
      return
    }
    changed(delivery, 'retrying')
    clock.after(delayMs, () => void track(deliver(delivery)))
  }

  function record(payload: Json, signed: SignedBody, isForged: boolean): Mutable {
    const text = (name: string) => (isObject(payload) ? String(payload[name] ?? '') : '')
    const delivery: Mutable = {
      eventId: text('event_id'),
      sessionId: text('session_id'),
      webhookType: text('webhook_type'),
      status: text('status'),
      url,
      headers: { ...signed.headers, 'User-Agent': 'DiditWebhook/2.0 +https://didit.me' },
      body: signed.body,
      forged: isForged,
      state: 'held',
      attempts: [],
    }
    log.push(delivery)
    return delivery
  }

  function release(): void {
    held?.letGo()
    held = null
  }

  /** The one to send now; holds back the first of two when they are to be swapped. */
  async function inTurn(delivery: Mutable): Promise<void> {
    if (!faults.current().reorder) return deliver(delivery)
    if (held === null) {
      const letGo = () => {
        cancel()
        void track(deliver(delivery))
      }
      const cancel = clock.after(holdMs, release)
      held = { letGo }
      return
    }
    const { letGo } = held
    held = null
    await deliver(delivery)
    letGo()
  }

  /** The first tries of one Session go one after another: the vendor promises no order, but tests like one. */
  function queue(sessionId: string, work: () => Promise<void>): Promise<void> {
    const turn = (lastOf.get(sessionId) ?? Promise.resolve()).then(work)
    lastOf.set(sessionId, turn)
    return turn
  }

  async function sendAll(payload: Json): Promise<void> {
    const born = generation
    const isForged = faults.take('forge')
    const signed = signWebhook(payload, isForged ? strangersSecret : options.secret)
    if (faults.take('drop')) {
      changed(record(payload, signed, isForged), 'dropped')
      return
    }
    const { duplicate = false, delayMs = 0 } = faults.current()
    const batch = Array.from({ length: 1 + Number(duplicate) }, () => record(payload, signed, isForged))
    if (delayMs > 0) await clock.wait(delayMs)
    const turns = batch.map((delivery) =>
      queue(delivery.sessionId, async () => {
        if (born === generation) await inTurn(delivery)
      }),
    )
    await Promise.all(turns)
  }

  async function idle(): Promise<void> {
    while (underway.size > 0) await Promise.all(underway)
  }

  return {
    send: (payload) => void track(sendAll(payload)),
    deliveries: () => log.map((delivery) => ({ ...delivery, attempts: [...delivery.attempts] })),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    idle,
    async settle() {
      let timer: ReturnType<typeof setTimeout> | undefined
      // Real time on purpose: this is about the patience of the caller, not about the emulator's clock.
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs)
      })
      await Promise.race([idle(), grace])
      clearTimeout(timer)
    },
    release,
    forget(sessionId) {
      for (const delivery of log) {
        const isPending = ['held', 'sending', 'retrying'].includes(delivery.state)
        if (delivery.sessionId === sessionId && isPending) changed(delivery, 'dropped')
      }
    },
    reset() {
      generation += 1
      held = null
      underway.clear()
      lastOf.clear()
      log.length = 0
    },
  }
}
