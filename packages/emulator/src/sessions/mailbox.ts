import type { Clock } from '../runtime/clock.ts'

/** A mail that Didit would have sent. */
export interface Mail {
  readonly sessionId: string
  readonly to: string
  /** Which occasion: the invitation, or the status a reviewer has set. */
  readonly about: string
  readonly language: string
  /** Epoch milliseconds on the emulator's clock. */
  readonly at: number
}

/** Mails, kept instead of sent. */
export interface Mailbox {
  send(mail: Omit<Mail, 'at'>): void
  list(): readonly Mail[]
  reset(): void
}

/** Creates the mailbox, empty. */
export function createMailbox(clock: Clock): Mailbox {
  const mails: Mail[] = []
  return {
    send: (mail) => void mails.push({ ...mail, at: clock.now() }),
    list: () => [...mails],
    reset: () => void mails.splice(0),
  }
}
