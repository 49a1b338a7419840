import type { BudgetOptions } from '../api/budgets.ts'

/**
 * How what Didit admits a key in a minute is shared between the people who verify and the staff.
 *
 * Each side has a client of its own, and so a queue of its own: a call for a person never waits behind those of a busy
 * desk, and a desk that asks for more than its share waits, or hears 429, alone. Starts have a budget of Didit's that no
 * staff route touches; what starts and screens read, and what erasures delete, is what these shares keep free. Together
 * they are what Didit admits, so that neither side runs into its limit because of the other.
 */
export const peopleBudgets: BudgetOptions = { get: 400, write: 200 }
export const staffBudgets: BudgetOptions = { get: 200, write: 100 }
