import type { Clock } from '../runtime/clock.ts'
import type { FaultBox } from '../runtime/faults.ts'
import type { Identity } from '../runtime/identity.ts'
import { isObject, type Json, readJson } from '../runtime/json.ts'
import type { Logger } from '../runtime/logger.ts'
import type { WebhookDestinations, WebhookTarget } from './destinations.ts'
import { type SignedBody, signWebhook } from './signature.ts'
import { eventIn } from './versions.ts'

/** One try to deliver. */
export interface DeliveryAttempt {
  readonly uuid: string
  /** Epoch milliseconds on the emulator's clock. */
  readonly at: number
  /** How long the receiver took, in milliseconds on that clock. */
  readonly tookMs: number
  /** The HTTP status of the answer, or null when none came. */
  readonly status: number | null
  /** Why there was no answer. */
  readonly error?: string
}

/** A webhook to one receiver, and what became of it. */
export interface Delivery {
  readonly eventId: string
  readonly applicationId: string
  /** The receiver: the `uuid` of a destination. */
  readonly destinationId: string
  readonly sessionId: string
  readonly webhookType: string
  readonly status: string
  readonly url: string
  /** What was sent, without the secret that signed it. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** True when it was signed with a secret the receiver does not know. */
  readonly forged: boolean
  /** True for a sample that somebody asked for: nothing has happened. */
  readonly test: boolean
  /** True when it was sent again by hand, signed anew. */
  readonly resent: boolean
  /** `held`: waits for its turn, or because of a fault. `retrying`: waits for its next try. `failed`: given up. `dropped`: never sent. */
  readonly state: 'held' | 'sending' | 'retrying' | 'delivered' | 'failed' | 'dropped'
  readonly attempts: readonly DeliveryAttempt[]
}

export interface SendOptions {
  /** Marks it as a sample. */
  readonly test?: boolean
  /** Sends it there alone, whether or not that receiver wants such events. */
  readonly to?: WebhookTarget
}

/** Delivers webhooks, as reliably as the faults let it. */
export interface WebhookSender {
  /** Signs an event and sends it, in the background, to whoever wants it. Returns to how many. */
  send(event: Json, options?: SendOptions): number
  /**
   * Sends a delivery again: with the time of now, signed with the secret of now, to the address it went to. Never
   * repeated by itself.
   *
   * @param attemptId - Any attempt of the delivery.
   * @returns The new delivery with its one attempt; undefined for an attempt that is not known, or whose Session is gone.
   */
  resend(attemptId: string): Promise<Delivery | undefined>
  deliveries(): readonly Delivery[]
  /** Those whose Session still exists, or that never had one. */
  known(): readonly Delivery[]
  /** Calls back after each change of a delivery. Returns the way out. */
  subscribe(listener: () => void): () => void
  /** Resolves when nothing is on its way any more. Does not wait for retries or for what `reorder` holds back. */
  idle(): Promise<void>
  /** The same, but gives up after a moment: a receiver that hangs must not stop the clock that would time it out. */
  settle(): Promise<void>
  /** Lets go of what `reorder` holds back. */
  release(): void
  /** Drops what has not been delivered yet of a Session, retries included, and lets nobody resend the rest. */
  forget(sessionId: string): void
  reset(): void
}

export interface WebhookSenderOptions {
  readonly destinations: WebhookDestinations
  readonly clock: Clock
  readonly identity: Identity
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
const userAgent = 'DiditWebhook/2.0 +https://didit.me'

type Mutable = { -readonly [Key in keyof Delivery]: Delivery[Key] } & { attempts: DeliveryAttempt[] }

const isWorthRepeating = (status: number | null) => status === null || status === 404 || status >= 500
// A function, since the compiler does not see that the state may change while a try is awaited.
const isDropped = ({ state }: Delivery) => state === 'dropped'
const isTaken = (status: number | null) => status !== null && status >= 200 && status < 300
const copyOf = (delivery: Mutable): Delivery => ({ ...delivery, attempts: [...delivery.attempts] })

/** Node's fetch hides what happened one level down. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = (error.cause ?? {}) as { code?: unknown }
  return typeof code === 'string' ? `${error.message} (${code})` : error.message
}

/** The event with the time of now; the first version of bodies has no `timestamp`. */
function broughtUpToDate(event: Json, seconds: number): Json {
  if (!isObject(event)) return event
  return event.timestamp === undefined ? { ...event, created_at: seconds } : { ...event, timestamp: seconds }
}

/** Creates the sender of one emulator. */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { destinations, clock, identity, faults, logger } = options
  const log: Mutable[] = []
  const listeners = new Set<() => void>()
  const underway = new Set<Promise<void>>()
  const lastOf = new Map<string, Promise<void>>()
  const held = new Map<string, { letGo: () => void }>()
  const forgotten = new Set<string>()
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
    const uuid = identity.uuid()
    const cancel = clock.after(timeoutMs, () => abort.abort(new Error('No answer within 5 seconds.')))
    const stopped = new Promise<never>((_resolve, reject) => {
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true })
    })
    try {
      const request = new Request(delivery.url, {
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
      delivery.attempts.push({ uuid, at, tookMs: clock.now() - at, status: answer.status })
      return answer.status
    } catch (cause) {
      delivery.attempts.push({ uuid, at, tookMs: clock.now() - at, status: null, error: reasonOf(cause) })
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
    const isRepeated = isWorthRepeating(status) && !delivery.resent
    const delayMs = isRepeated ? retryDelaysMs[delivery.attempts.length - 1] : undefined
    const what =
      delivery.sessionId === '' ? delivery.webhookType : `${delivery.status} of session ${delivery.sessionId}`
    logger.warn(
      `Webhook ${what} was not taken (${status ?? 'no answer'}); ${
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

  function release(): void {
    const waiting = [...held.values()]
    held.clear()
    for (const { letGo } of waiting) letGo()
  }

  /** The one to send now; holds back the first of two when they are to be swapped. */
  async function inTurn(delivery: Mutable): Promise<void> {
    if (!faults.current().reorder) return deliver(delivery)
    const { destinationId } = delivery
    const first = held.get(destinationId)
    if (first === undefined) {
      const letGo = () => {
        cancel()
        void track(deliver(delivery))
      }
      const cancel = clock.after(holdMs, () => {
        held.delete(destinationId)
        letGo()
      })
      held.set(destinationId, { letGo })
      return
    }
    held.delete(destinationId)
    await deliver(delivery)
    first.letGo()
  }

  /** The first tries of one Session go one after another: the vendor promises no order, but tests like one. */
  function queue({ destinationId, sessionId }: Delivery, work: () => Promise<void>): Promise<void> {
    const line = `${destinationId} ${sessionId}`
    const turn = (lastOf.get(line) ?? Promise.resolve()).then(work)
    lastOf.set(line, turn)
    return turn
  }

  function record(event: Json, target: WebhookTarget, signed: SignedBody, isForged: boolean, isTest: boolean): Mutable {
    const text = (name: string) => (isObject(event) ? String(event[name] ?? '') : '')
    const delivery: Mutable = {
      eventId: text('event_id'),
      applicationId: text('application_id'),
      destinationId: target.uuid,
      sessionId: text('session_id'),
      webhookType: text('webhook_type'),
      status: text('status'),
      url: target.url,
      headers: {
        ...signed.headers,
        'User-Agent': userAgent,
        ...(isTest ? { 'X-Didit-Test-Webhook': 'true' } : {}),
      },
      body: signed.body,
      forged: isForged,
      test: isTest,
      resent: false,
      state: 'held',
      attempts: [],
    }
    log.push(delivery)
    return delivery
  }

  async function sendTo(targets: readonly WebhookTarget[], event: Json, isTest: boolean): Promise<void> {
    const born = generation
    const isForged = faults.take('forge')
    const isLost = faults.take('drop')
    const { duplicate = false, delayMs = 0 } = faults.current()
    const batch = targets.flatMap((target) => {
      const signed = signWebhook(eventIn(target.version, event), isForged ? strangersSecret : target.secret)
      const times = isLost ? 1 : 1 + Number(duplicate)
      return Array.from({ length: times }, () => record(event, target, signed, isForged, isTest))
    })
    if (isLost) {
      for (const delivery of batch) changed(delivery, 'dropped')
      return
    }
    if (delayMs > 0) await clock.wait(delayMs)
    const turns = batch.map((delivery) =>
      queue(delivery, async () => {
        if (born === generation) await inTurn(delivery)
      }),
    )
    await Promise.all(turns)
  }

  const known = () => log.filter(({ sessionId }) => !forgotten.has(sessionId))

  async function idle(): Promise<void> {
    while (underway.size > 0) await Promise.all(underway)
  }

  return {
    send(event, { test = false, to } = {}) {
      const text = (name: string) => (isObject(event) ? String(event[name] ?? '') : '')
      const targets = to ? [to] : destinations.targetsOf(text('application_id'), text('webhook_type'))
      // A fault that counts is not used up by an event that nobody gets.
      if (targets.length > 0) void track(sendTo(targets, event, test))
      return targets.length
    },
    async resend(attemptId) {
      const former = known().find(({ attempts }) => attempts.some(({ uuid }) => uuid === attemptId))
      const secret = former && destinations.secretOf(former.destinationId)
      if (former === undefined || secret === undefined) return undefined
      const signed = signWebhook(broughtUpToDate(readJson(former.body), clock.seconds()), secret)
      const again: Mutable = {
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
      // Real time on purpose: this is about the patience of the caller, not about the emulator's clock.
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs)
      })
      await Promise.race([idle(), grace])
      clearTimeout(timer)
    },
    release,
    forget(sessionId) {
      forgotten.add(sessionId)
      for (const delivery of log) {
        const isPending = ['held', 'sending', 'retrying'].includes(delivery.state)
        if (delivery.sessionId === sessionId && isPending) changed(delivery, 'dropped')
      }
    },
    reset() {
      generation += 1
      held.clear()
      underway.clear()
      lastOf.clear()
      forgotten.clear()
      log.length = 0
      destinations.reset()
    },
  }
}
