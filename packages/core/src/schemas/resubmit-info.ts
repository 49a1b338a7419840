import * as z from 'zod/mini'
import { anyJson, listOf, objectOf, text } from './tolerant.ts'

/** Steps to repeat, each with its reason, by `node_id`. Items are objects or, in an older type, plain names. */
export const resubmitInfo = objectOf({
  nodes_to_resubmit: listOf(z.union([z.string(), z.looseObject({ node_id: text, feature: text })])),
  reasons: anyJson,
})
