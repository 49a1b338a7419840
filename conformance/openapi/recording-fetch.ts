import { createDeviationTracker, type Deviation } from './deviation-tracker.ts'
import type { Finding } from './finding.ts'
import type { Validator } from './validator.ts'

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>
type Handler = (request: Request) => Response | Promise<Response>

/** Makes `fetch` functions that check the traffic against the document, and records what they find. */
export interface RecordingFetch {
  /** Returns a `fetch` for our client that checks its requests and the answers to them. */
  checkBoth(handler: Handler): Fetch
  /** Returns a `fetch` for our client that checks its requests only: the handler may answer anything. */
  checkRequests(handler: Handler): Fetch
  /** Returns a `fetch` for deliberately wrong requests that checks the answers only. */
  checkAnswers(handler: Handler): Fetch
  /** Returns the unexpected findings since the last call, without duplicates. */
  takeFindings(): readonly string[]
  /** The kinds of answers that were checked, such as `GET /v3/sessions/ 200`. */
  readonly checkedAnswers: ReadonlySet<string>
  /** Returns the deviations that no finding needed so far. */
  unusedDeviations(): readonly Deviation[]
}

const textOf = ({ operation, part, pointer, rule, detail }: Finding) =>
  `${[operation, part, pointer, rule].filter((it) => it !== '').join(' ')}: ${detail}`

/** Creates a recorder for one document and one list of deviations. */
export function createRecordingFetch(validator: Validator, deviations: readonly Deviation[]): RecordingFetch {
  const tracker = createDeviationTracker(deviations)
  const checkedAnswers = new Set<string>()
  let found: Finding[] = []

  const record =
    (handler: Handler, checks: { readonly requests: boolean; readonly answers: boolean }): Fetch =>
    async (input, init) => {
      const request = new Request(input, {
        ...init,
        ...(init?.body instanceof ReadableStream ? { duplex: 'half' } : {}),
      })
      if (checks.requests) found.push(...tracker.removeExpected(await validator.checkRequest(request.clone())))
      const answer = await handler(request.clone())
      if (!checks.answers) return answer
      checkedAnswers.add(`${validator.operationOf({ request, answer })} ${answer.status}`)
      found.push(...tracker.removeExpected(await validator.checkAnswer({ request, answer: answer.clone() })))
      return answer
    }

  return {
    checkBoth: (handler) => record(handler, { requests: true, answers: true }),
    checkRequests: (handler) => record(handler, { requests: true, answers: false }),
    checkAnswers: (handler) => record(handler, { requests: false, answers: true }),
    takeFindings() {
      const taken = new Set(found.map(textOf))
      found = []
      return [...taken]
    },
    checkedAnswers,
    unusedDeviations: tracker.unused,
  }
}
