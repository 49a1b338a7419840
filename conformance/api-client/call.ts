import type { DiditApi } from '@didit-verify/server'
import type fc from 'fast-check'

export type Body = Record<string, unknown>
/** What a field may be given. */
export type Values = fc.Arbitrary<unknown>

/** A call of the client: bodies that are right, and for each field values that are wrong whatever else is sent. */
export interface Call {
  readonly name: string
  /** The operation as Didit's document names it; null where it has none. */
  readonly operation: string | null
  /** Whether a Session's id stands in the path. */
  readonly takesId: boolean
  readonly send: (api: DiditApi, body: never, id: string) => PromiseLike<unknown>
  readonly right: fc.Arbitrary<Body>
  /** By the path of the field, `options.code_size`. */
  readonly wrong: Readonly<Record<string, Values>>
  /** Bodies whose fields are right one by one and wrong together, with the field to blame. */
  readonly wrongTogether: readonly (readonly [field: string, body: Body])[]
}
