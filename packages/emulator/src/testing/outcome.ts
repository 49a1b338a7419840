import type { KnownSessionStatus } from '@didit-verify/core/schemas'
import type { Emulator } from '../emulator.ts'

/** Outcome that has a button on the hosted page. */
export type Outcome = Extract<KnownSessionStatus, 'Approved' | 'Declined' | 'In Review' | 'Abandoned' | 'Expired'>

/** The part of Playwright's `Frame` that is used here. */
export interface OutcomeFrame {
  url(): string
  getByRole(
    role: 'button',
    options: { name: string; exact: boolean },
  ): { click(options: { timeout: number }): Promise<void> }
}

/** The part of Playwright's `Page` that is used here. It avoids an import of Playwright, and fits any version. */
export interface OutcomePage {
  frames(): readonly OutcomeFrame[]
  context(): { pages(): readonly { frames(): readonly OutcomeFrame[] }[] }
}

const pollMs = 50
const pause = () => new Promise((resolve) => setTimeout(resolve, pollMs))

/** Polls until `look` returns a value. */
async function until<Value>(look: () => Value | undefined, deadline: number, missing: () => string): Promise<Value> {
  for (;;) {
    const value = look()
    if (value !== undefined) return value
    if (Date.now() >= deadline) throw new TypeError(missing())
    await pause()
  }
}

/**
 * Chooses an outcome on a hosted page: in the page itself, in a frame, or in a popup.
 *
 * @returns The Session, after its status has changed and its webhooks are delivered.
 * @throws {TypeError} If no hosted page is open, or if the status does not change in time.
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
      // The newest frame comes first, because a page may keep an old one.
      for (const candidate of [...frames()].reverse()) {
        const found = tokenOf(candidate.url())
        if (found !== undefined) return { frame: candidate, token: found }
      }
      return undefined
    },
    deadline,
    () => `No hosted page of ${emulator.url} is open in this page, in a frame or in a popup.`,
  )
  const stored = () => emulator.control.sessions().find(({ url }) => url.endsWith(`/session/${token}`))
  const button = frame.getByRole('button', { name: status, exact: true })
  await button.click({ timeout: Math.max(1, deadline - Date.now()) })
  const session = await until(
    () => (stored()?.status === status ? stored() : undefined),
    deadline,
    () => `The Session is ${stored()?.status ?? 'deleted'}, not ${status}, although the button was pressed.`,
  )
  await emulator.control.idle()
  return { sessionId: session.session_id, status }
}
