import { isDecided, type Snapshot } from '@didit-verify/core'

/** False while the server still makes sure of a verdict: no screen shows one before that. */
export const isSure = (session: Snapshot | null): boolean =>
  session === null || session.settled || !isDecided(session.status)
