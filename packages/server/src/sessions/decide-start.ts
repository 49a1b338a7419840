import { originOf } from '../http/origins.ts'
import type { SessionRecord } from '../storage/storage.ts'
import { isValidApproval } from './apply.ts'
import { isAwaited, isOpen } from './select-current.ts'

/** The facts that decide what a start does. */
export interface StartFacts {
  /** The Session that stands for the user; null when there is none. */
  readonly current: SessionRecord | null
  /** Attempts that the user has used, removed Sessions included. */
  readonly attempts: number
  readonly maxAttempts?: number | undefined
  readonly maxAgeDays?: number | undefined
  /** The page that the person wants to return to; undefined in a frame. */
  readonly returnTo: string | undefined
  /** True when Didit has just answered that it does not know the current Session. */
  readonly isGone: boolean
  /** Epoch milliseconds. */
  readonly now: number
}

/** The outcome of a decision: nothing to do, resume a Session, ask Didit for one, or refuse. */
export type StartDecision =
  | { readonly kind: 'nothing-to-do'; readonly record: SessionRecord }
  | { readonly kind: 'resume'; readonly record: SessionRecord; readonly url: string }
  | { readonly kind: 'create' }
  | { readonly kind: 'exhausted'; readonly maxAttempts: number }

/**
 * Decides what a start does. A Session costs money, so one is created only where nothing else helps.
 *
 * @returns The decision. `create` may give back an unfinished Session: Didit keeps one per user and workflow.
 */
export function decideStart(facts: StartFacts): StartDecision {
  const { current, attempts, maxAttempts = Number.POSITIVE_INFINITY, maxAgeDays, returnTo, isGone, now } = facts
  if (current !== null && (isValidApproval(current, maxAgeDays, now) || isAwaited(current))) {
    return { kind: 'nothing-to-do', record: current }
  }
  const isExhausted = attempts >= maxAttempts
  if (current === null || !isOpen(current) || isGone) {
    return isExhausted ? { kind: 'exhausted', maxAttempts } : { kind: 'create' }
  }
  // Didit keeps one callback per Session: our own page, on the site of the way back. Another site, or none, has to be
  // told to Didit by asking for the Session again. The page within the site is stored here.
  const isTold = siteOf(current.returnTo) === siteOf(returnTo)
  if (current.url !== null && (isTold || isExhausted)) return { kind: 'resume', record: current, url: current.url }
  return { kind: 'create' }
}

const siteOf = (address: string | null | undefined): string | null => (address ? originOf(new URL(address)) : null)
