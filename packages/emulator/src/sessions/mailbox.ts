import type { Clock } from '../runtime/clock.ts'

/** An e-mail that Didit would have sent. */
export interface Mail {
  readonly sessionId: string
  readonly to: string
  /** Reason for the e-mail: `Invitation`, or the status that a reviewer has set. */
  readonly about: string
  readonly language: string
  /** Epoch milliseconds on the emulator's clock. */
  readonly at: number
}

/** E-mails, which are kept instead of sent. */
export interface Mailbox {
  send(mail: Omit<Mail, 'at'>): void
  list(): readonly Mail[]
  reset(): void
}

/** Creates an empty mailbox. */
export function createMailbox(clock: Clock): Mailbox {
  const mails: Mail[] = []
  return {
    send: (mail) => void mails.push({ ...mail, at: clock.now() }),
    list: () => [...mails],
    reset: () => void mails.splice(0),
  }
}
