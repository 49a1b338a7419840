import * as z from 'zod/mini'

/**
 * A field that may be missing, null, or of a type nobody expected: then it reads as null.
 *
 * Didit changes its API in place. An odd field should cost us that field, not the verdict it came with.
 */
export function lenient<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.catch(z.nullish(schema), null)
}
