import type { DirectSink, directSink } from '../relay/sink.ts'

/** The key under which a host tells from which address a request came. */
export const peerAddress: unique symbol = Symbol('didit-verify.peer-address')

/** What the hosts' `fetch` may bring along beside the request. */
export interface Bindings {
  [directSink]?: DirectSink
  [peerAddress]?: string | undefined
}
