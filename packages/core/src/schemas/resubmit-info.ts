import * as z from 'zod/mini'
import { anyJson, listOf, objectOf, text } from './tolerant.ts'

/** Which steps to repeat, and why, by the `node_id` of each. Items are objects or, by an older type, plain names. */
export const resubmitInfo = objectOf({
  nodes_to_resubmit: listOf(z.union([z.string(), z.looseObject({ node_id: text, feature: text })])),
  reasons: anyJson,
})
