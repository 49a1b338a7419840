import * as z from 'zod/mini'

// The vendor's own examples are no RFC UUIDs, hence any 8-4-4-4-12 hex digits.
const guid = z.guid()

/** True for an id in Didit's form. */
export const isGuid = (value: unknown): value is string => guid.safeParse(value).success
