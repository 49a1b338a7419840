import type { DiditApi } from '@didit-verify/server'
import type fc from 'fast-check'

export type Body = Record<string, unknown>
/** Generator of values for one field. */
export type Values = fc.Arbitrary<unknown>

/** A call of the client, with generators of valid bodies and of invalid values for each field. */
export interface Call {
  readonly name: string
  /** The name of the operation in Didit's document, or null if the document does not have it. */
  readonly operation: string | null
  /** Whether the path contains the id of a Session. */
  readonly takesId: boolean
  readonly send: (api: DiditApi, body: never, id: string) => PromiseLike<unknown>
  readonly right: fc.Arbitrary<Body>
  /** Values that are invalid whatever the other fields are, by the path of the field, such as `options.code_size`. */
  readonly wrong: Readonly<Record<string, Values>>
  /** Bodies whose fields are valid one by one but not together, each with the field that the error must name. */
  readonly wrongTogether: readonly (readonly [field: string, body: Body])[]
}
