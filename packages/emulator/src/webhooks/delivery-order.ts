import type { Clock } from '../runtime/clock.ts'
import type { Delivery } from './delivery.ts'

/** Decides when the first attempt of each delivery is made. */
export interface DeliveryOrder<Item> {
  /** Makes the first attempt after the earlier ones of the same Session and receiver. Resolves after the attempt. */
  enqueue(delivery: Item): Promise<void>
  /** Sends everything that the fault `reorder` holds back. */
  release(): void
  /** Forgets everything that is waiting. */
  reset(): void
}

/** Dependencies of `createDeliveryOrder`. */
export interface DeliveryOrderOptions<Item> {
  readonly clock: Clock
  /** Tells whether the fault `reorder` is on. */
  readonly isReordered: () => boolean
  /** Makes the first attempt. */
  readonly deliver: (delivery: Item) => Promise<void>
  /** Makes the first attempt in the background, as work that `idle()` waits for. */
  readonly deliverInBackground: (delivery: Item) => void
}

/** A swap needs a second webhook. If none comes within this time, the first one goes alone. */
const holdMs = 5_000

/** Creates the order of one sender's deliveries. */
export function createDeliveryOrder<Item extends Delivery>(options: DeliveryOrderOptions<Item>): DeliveryOrder<Item> {
  const { clock, isReordered, deliver, deliverInBackground } = options
  const lastOf = new Map<string, Promise<void>>()
  const held = new Map<string, { send: () => void }>()
  let generation = 0

  /** Delivers now, or holds back the first of two deliveries that are to be swapped. */
  async function deliverOrHold(delivery: Item): Promise<void> {
    if (!isReordered()) return deliver(delivery)
    const { destinationId } = delivery
    const first = held.get(destinationId)
    if (first === undefined) {
      const send = () => {
        cancel()
        deliverInBackground(delivery)
      }
      const cancel = clock.after(holdMs, () => {
        held.delete(destinationId)
        send()
      })
      held.set(destinationId, { send })
      return
    }
    held.delete(destinationId)
    await deliver(delivery)
    first.send()
  }

  return {
    // Didit promises no order. A fixed order makes tests repeatable.
    enqueue(delivery) {
      const startedIn = generation
      const key = `${delivery.destinationId} ${delivery.sessionId}`
      const turn = (lastOf.get(key) ?? Promise.resolve()).then(async () => {
        if (startedIn === generation) await deliverOrHold(delivery)
      })
      lastOf.set(key, turn)
      return turn
    },
    release() {
      const waiting = [...held.values()]
      held.clear()
      for (const { send } of waiting) send()
    },
    reset() {
      generation += 1
      held.clear()
      lastOf.clear()
    },
  }
}
