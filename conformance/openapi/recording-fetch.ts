import { createLedger, type Deviation } from './deviation-counts.ts'
import type { Finding } from './finding.ts'
import type { Validator } from './validator.ts'

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>
type Handler = (request: Request) => Response | Promise<Response>

/** Stands between who asks and who answers, and judges what goes by. */
export interface Witness {
  /** A `fetch` for our client: its requests are judged, and the answers to them. */
  client(handler: Handler): Fetch
  /** A `fetch` for our client that stands alone: only its requests are judged, whatever the handler answers. */
  sender(handler: Handler): Fetch
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
    (handler: Handler, judges: { readonly requests: boolean; readonly answers: boolean }): Fetch =>
    async (input, init) => {
      const request = new Request(input, {
        ...init,
        ...(init?.body instanceof ReadableStream ? { duplex: 'half' } : {}),
      })
      if (judges.requests) found.push(...ledger.judge(await validator.ofRequest(request.clone())))
      const answer = await handler(request.clone())
      if (!judges.answers) return answer
      judged.add(`${validator.operationOf({ request, answer })} ${answer.status}`)
      found.push(...ledger.judge(await validator.ofAnswer({ request, answer: answer.clone() })))
      return answer
    }

  return {
    client: (handler) => pass(handler, { requests: true, answers: true }),
    sender: (handler) => pass(handler, { requests: true, answers: false }),
    stranger: (handler) => pass(handler, { requests: false, answers: true }),
    take() {
      const taken = new Set(found.map(textOf))
      found = []
      return [...taken]
    },
    judged,
    stale: ledger.stale,
  }
}
