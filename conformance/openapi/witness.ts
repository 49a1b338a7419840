import { createLedger, type Deviation } from './ledger.ts'
import type { Finding, Validator } from './validator.ts'

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>
type Handler = (request: Request) => Response | Promise<Response>

/** Stands between who asks and who answers, and judges what goes by. */
export interface Witness {
  /** A `fetch` for our client: its requests are judged, and the answers to them. */
  client(handler: Handler): Fetch
  /** A `fetch` for requests that are wrong on purpose: only the answers are judged. */
  stranger(handler: Handler): Fetch
  /** What was found since the last call and nothing excuses, each thing once. */
  take(): readonly string[]
  /** Which answers were judged: `GET /v3/sessions/ 200`. */
  readonly judged: ReadonlySet<string>
  stale(): readonly Deviation[]
}

const textOf = ({ operation, part, pointer, rule, detail }: Finding) =>
  `${[operation, part, pointer, rule].filter((it) => it !== '').join(' ')}: ${detail}`

/** Creates a witness that judges by a document, and excuses what is written down. */
export function createWitness(validator: Validator, deviations: readonly Deviation[]): Witness {
  const ledger = createLedger(deviations)
  const judged = new Set<string>()
  let found: Finding[] = []

  const pass =
    (handler: Handler, isOurs: boolean): Fetch =>
    async (input, init) => {
      const request = new Request(input, {
        ...init,
        ...(init?.body instanceof ReadableStream ? { duplex: 'half' } : {}),
      })
      if (isOurs) found.push(...ledger.judge(await validator.ofRequest(request.clone())))
      const answer = await handler(request.clone())
      judged.add(`${validator.operationOf(request)} ${answer.status}`)
      found.push(...ledger.judge(await validator.ofAnswer({ request, answer: answer.clone() })))
      return answer
    }

  return {
    client: (handler) => pass(handler, true),
    stranger: (handler) => pass(handler, false),
    take() {
      const taken = new Set(found.map(textOf))
      found = []
      return [...taken]
    },
    judged,
    stale: ledger.stale,
  }
}
