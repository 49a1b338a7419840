import { ConfigError } from '@didit-verify/core/schemas'
import { type Budget, type BudgetWorld, createBudget, type Heard, type Turn, type TurnRequest } from './budget.ts'

/**
 * Requests of each kind that may be sent in a minute. Didit counts them for each key.
 *
 * @see Didit docs, "Rate limiting": https://docs.didit.me/integration/rate-limiting
 */
export interface BudgetOptions {
  /** Creations of Sessions. Default 600. */
  readonly create?: number | undefined
  /** All reads. Default 600. */
  readonly get?: number | undefined
  /** All calls that change something, except creations. Default 300. */
  readonly write?: number | undefined
  /** PDF reports, which also count as reads. Default 50. */
  readonly pdf?: number | undefined
}

/** Name of the budget that a call uses. */
export type BudgetName = 'create' | 'get' | 'write' | 'pdf'

/** All budgets of one key. */
export interface Budgets {
  /** Waits for a turn, as `Budget.take` does. */
  take(name: BudgetName, input: TurnRequest): Promise<Turn>
}

// Creations do not count as writes: Didit lists a separate limit for them, twice that of "all POST, PATCH and DELETE
// together". If Didit counts them as writes anyway, its headers slow us down.
const perMinute = { create: 600, get: 600, write: 300, pdf: 50 }

/** Creates the budgets of one key. */
export function createBudgets(options: BudgetOptions, world: BudgetWorld): Budgets {
  const budget = (name: BudgetName) =>
    createBudget({ name, perMinute: checkLimit(options[name] ?? perMinute[name], name), ...world })
  const { create, get, write, pdf } = {
    create: budget('create'),
    get: budget('get'),
    write: budget('write'),
    pdf: budget('pdf'),
  }
  return {
    async take(name, input) {
      if (name === 'pdf') return takeBoth(pdf, get, input)
      if (name !== 'write') return (name === 'create' ? create : get).take(input)
      const turn = await write.take(input)
      return { ...turn, settle: (answer) => turn.settle(answer && isOfOneThing(answer) ? unspoken(answer) : answer) }
    },
  }
}

/** Returns true for a 429 that concerns one Session or phone number: Didit sends no limit then. Other writes go on. */
function isOfOneThing({ status, headers }: Heard): boolean {
  return status === 429 && !headers.has('x-ratelimit-limit')
}

/** Takes a turn of both budgets for a report. The scarcer one first, so that its wait does not block a read. */
async function takeBoth(pdf: Budget, get: Budget, input: TurnRequest): Promise<Turn> {
  const rare = await pdf.take(input)
  try {
    const timeoutMs = Math.max(0, input.timeoutMs - rare.waitedMs)
    const common = await get.take({ ...input, timeoutMs, hasWaited: input.hasWaited || rare.waitedMs > 0 })
    return {
      waitedMs: rare.waitedMs + common.waitedMs,
      settle(answer) {
        // The headers are about one of the two budgets. The size of the limit shows which one.
        const isOfReads = Number(answer?.headers.get('x-ratelimit-limit') ?? 0) >= perMinute.write
        rare.settle(answer && isOfReads ? unspoken(answer) : answer)
        common.settle(answer && !isOfReads ? unspoken(answer) : answer)
      },
      giveBack() {
        rare.giveBack()
        common.giveBack()
      },
    }
  } catch (error) {
    rare.giveBack()
    throw error
  }
}

/** Returns the answer without its headers, and so without any rate limit. */
const unspoken = ({ status }: Heard): Heard => ({ status, headers: new Headers() })

function checkLimit(limit: number, name: string): number {
  if (Number.isInteger(limit) && limit > 0) return limit
  throw new ConfigError(`The budget ${name} for calls to Didit is not a valid number of calls a minute.`, {
    help: `Set budgets.${name} to a whole number above 0, or leave it out.`,
  })
}
