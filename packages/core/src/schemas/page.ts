import * as z from 'zod/mini'
import { text } from './tolerant.ts'

/** Paging of Didit's lists. `next` and `previous` are absolute addresses, null at the ends. */
export const pageFields = {
  /** Number of rows on all pages. Didit counts businesses only up to 100. */
  count: z.number(),
  next: text,
  previous: text,
}
