import type { BudgetOptions } from '../api/budgets.ts'

/**
 * Shares of Didit's rate limits, for the people who verify and for staff.
 *
 * Each side has its own client and its own queue. A call for a person never waits behind the calls of a busy desk. A desk
 * that exceeds its share waits, or gets a 429, without an effect on others. Starts use a separate limit of Didit's that
 * staff routes do not use. The share of people is for the reads of starts and screens, and for erasures. Both shares
 * together equal Didit's limits, so that neither side exceeds them because of the other.
 */
export const peopleBudgets: BudgetOptions = { get: 400, write: 200 }
export const staffBudgets: BudgetOptions = { get: 200, write: 100 }
