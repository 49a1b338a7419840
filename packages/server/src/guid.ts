import * as z from 'zod/mini'

// Any 8-4-4-4-12 hex digits, because the examples in Didit's docs are not valid RFC UUIDs.
const guid = z.guid()

/** Returns true for an id in Didit's form. */
export const isGuid = (value: unknown): value is string => guid.safeParse(value).success
