import type { SessionState } from '@didit-verify/core'

/** What a store says that knows nothing yet. */
export const idle: SessionState = {
  session: null,
  phase: 'none',
  flow: 'idle',
  url: null,
  error: null,
  connection: 'off',
  loaded: false,
}
