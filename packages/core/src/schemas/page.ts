import * as z from 'zod/mini'
import { text } from './tolerant.ts'

/** How every list of Didit is cut into pages. `next` and `previous` are absolute addresses, null at the ends. */
export const pageFields = {
  /** Of all pages together. Of businesses Didit counts no further than 100. */
  count: z.number(),
  next: text,
  previous: text,
}
