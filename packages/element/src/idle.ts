import type { SessionState } from '@didit-verify/core'

/** State of a store that knows nothing yet. */
export const idle: SessionState = {
  session: null,
  phase: 'none',
  flow: 'idle',
  url: null,
  error: null,
  connection: 'off',
  loaded: false,
}
