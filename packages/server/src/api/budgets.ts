import { ConfigError } from '@didit-verify/core/schemas'
import { type Budget, type BudgetWorld, createBudget, type Heard, type Turn, type TurnRequest } from './budget.ts'

/**
 * How many requests of each kind may go out in a minute. Didit counts per key.
 *
 * @see Didit docs, "Rate limiting": https://docs.didit.me/integration/rate-limiting
 */
export interface BudgetOptions {
  /** Creations of Sessions. Default 600. */
  readonly create?: number | undefined
  /** All reads. Default 600. */
  readonly get?: number | undefined
  /** All that changes something, but creations. Default 300. */
  readonly write?: number | undefined
  /** Reports as PDF, which are reads, too. Default 50. */
  readonly pdf?: number | undefined
}

/** The budget that a call takes a turn of. */
export type BudgetName = 'create' | 'get' | 'write' | 'pdf'

/** All budgets of one key. */
export interface Budgets {
  /** Waits for a turn, as `Budget.take` does. */
  take(name: BudgetName, input: TurnRequest): Promise<Turn>
}

// Creations do not count as writes: Didit lists them with a limit of their own, twice that of "all POST, PATCH and
// DELETE together", which would else be beyond reach. Should Didit count them all the same, its headers slow us down.
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

/** True for a limit of one Session or phone number, of which other writes need not know: Didit names no size of it. */
function isOfOneThing({ status, headers }: Heard): boolean {
  return status === 429 && !headers.has('x-ratelimit-limit')
}

/** A report counts twice. The rarer turn first: who waits for it should not keep a read waiting, too. */
async function takeBoth(pdf: Budget, get: Budget, input: TurnRequest): Promise<Turn> {
  const rare = await pdf.take(input)
  try {
    const timeoutMs = Math.max(0, input.timeoutMs - rare.waitedMs)
    const common = await get.take({ ...input, timeoutMs, hasWaited: input.hasWaited || rare.waitedMs > 0 })
    return {
      waitedMs: rare.waitedMs + common.waitedMs,
      settle(answer) {
        // The headers speak of one of the two, and only the size of the limit tells of which.
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

/** The answer without what it says of a limit. */
const unspoken = ({ status }: Heard): Heard => ({ status, headers: new Headers() })

function checkLimit(limit: number, name: string): number {
  if (Number.isInteger(limit) && limit > 0) return limit
  throw new ConfigError(`The budget ${name} of calls to Didit is no number of calls a minute.`, {
    help: `Set budgets.${name} to a whole number above 0, or leave it out.`,
  })
}
