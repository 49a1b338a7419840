import type { DirectSink, directSink } from '../relay/sink.ts'

/** Key of the binding that holds the address of the peer. */
export const peerAddress: unique symbol = Symbol('didit-verify.peer-address')

/** Values that a host may pass to `fetch` besides the request. */
export interface Bindings {
  [directSink]?: DirectSink
  [peerAddress]?: string | undefined
}
