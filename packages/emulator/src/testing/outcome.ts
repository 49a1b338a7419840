import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Emulator } from '../emulator.ts'

/** An outcome the hosted page has a button for. */
export type Outcome = Extract<KnownSessionStatus, 'Approved' | 'Declined' | 'In Review' | 'Abandoned' | 'Expired'>

/** What of a Playwright `Frame` is needed. */
export interface OutcomeFrame {
  url(): string
  getByRole(
    role: 'button',
    options: { name: string; exact: boolean },
  ): { click(options: { timeout: number }): Promise<void> }
}

/** What of a Playwright `Page` is needed: any version's will do, and nothing of Playwright is imported. */
export interface OutcomePage {
  frames(): readonly OutcomeFrame[]
  context(): { pages(): readonly { frames(): readonly OutcomeFrame[] }[] }
}

const pollMs = 50
const pause = () => new Promise((resolve) => setTimeout(resolve, pollMs))

/** Asks until there is an answer. */
async function until<Value>(look: () => Value | undefined, deadline: number, missing: () => string): Promise<Value> {
  for (;;) {
    const value = look()
    if (value !== undefined) return value
    if (Date.now() >= deadline) throw new TypeError(missing())
    await pause()
  }
}

/**
 * Chooses an outcome on a hosted page: the page itself, a frame in it, or a popup it has opened.
 *
 * @returns The Session, once its status has changed and its webhooks are delivered.
 * @throws {TypeError} When there is no hosted page, or the status does not change in time.
 */
export async function chooseOutcome(
  emulator: Emulator,
  page: OutcomePage,
  status: Outcome,
  timeoutMs: number,
): Promise<{ sessionId: string; status: Outcome }> {
  const deadline = Date.now() + timeoutMs
  const tokenOf = (address: string) => {
    const isOurs = URL.canParse(address) && new URL(address).origin === new URL(emulator.url).origin
    return isOurs ? /^(?:\/[^/]+)?\/session\/([^/]+)$/.exec(new URL(address).pathname)?.[1] : undefined
  }
  const frames = () =>
    [
      page,
      ...page
        .context()
        .pages()
        .filter((other) => other !== page),
    ].flatMap((one) => one.frames())
  const { frame, token } = await until(
    () => {
      // The newest first: a page may keep an old frame beside the one that counts.
      for (const candidate of [...frames()].reverse()) {
        const found = tokenOf(candidate.url())
        if (found !== undefined) return { frame: candidate, token: found }
      }
      return undefined
    },
    deadline,
    () => `No hosted page of ${emulator.url} is open: neither this page, a frame in it, nor a popup.`,
  )
  const stored = () => emulator.control.sessions().find(({ url }) => url.endsWith(`/session/${token}`))
  const button = frame.getByRole('button', { name: status, exact: true })
  await button.click({ timeout: Math.max(1, deadline - Date.now()) })
  const session = await until(
    () => (stored()?.status === status ? stored() : undefined),
    deadline,
    () => `The Session is ${stored()?.status ?? 'gone'}, not ${status}, after its button was pressed.`,
  )
  await emulator.control.idle()
  return { sessionId: session.session_id, status }
}
