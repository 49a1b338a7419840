import { type Decision, isKnownStatus, RequestError, type SessionStatus } from '@didit-verify/core/schemas'
import { isListedTransition, sessionStatuses, transitions } from '../../core/src/status.ts'
import type { DiditCalls } from '../src/api/didit-api.ts'
import { type Config, readConfig } from '../src/config.ts'
import { applyCreation, applyEvent, isValidApproval, newsOf, withPendingRead } from '../src/sessions/apply.ts'
import { compareFacts, creationInterval, readInterval } from '../src/sessions/order.ts'
import { createPendingReads } from '../src/sessions/pending-reads.ts'
import { memoryStorage } from '../src/storage/memory-storage.ts'
import type { ApplicationStorage, EventRecord, SessionRecord } from '../src/storage/storage.ts'
import { makeEvent } from './records.ts'

/**
 * A model of one Session at a Didit that is as unkind as it may be: it drives the real order rules, the real reader and a
 * real storage by a virtual clock, and checks each stored record against what Didit has said.
 *
 * Events come permuted, twice, late, unreadable or never. The clock of webhooks, the `Date` header and our own clock
 * disagree. Replicas lag. The process dies between any two awaits, and a backup is restored.
 *
 * One thing a model must not ask: while replicas lag, a status is not held again within 11 s after it was left. Reviewers
 * do not do that, and no reader could tell the new time from the old one. Nor does Didit then go against a documented
 * one-way move, as from Approved to In Progress: the rules take such an event for an old one.
 *
 * Checked after each commit: a settled status is the newest one that was heard; no approval counts unless it is settled;
 * the revision never falls. At the end, when Didit works again: the last status, settled, after few reads.
 */

/** The outcome of one history. */
export interface HistoryResult {
  /** What was wrong; null when nothing was. */
  readonly wrong: string | null
  /** Calls of Didit that it took to settle once Didit worked again. */
  readonly lastReads: number
  readonly commits: number
  /** One line for each step, if asked for. */
  readonly lines: readonly string[]
}

/** Options of a history. */
export interface HistoryOptions {
  /** Makes a storage that is empty and open. A restored backup needs a second one. */
  readonly openStorage: () => Promise<ApplicationStorage> | ApplicationStorage
  /** The order rules. Default: the real ones. Tests plant faults here. */
  readonly compare?: typeof compareFacts
  /** True to keep a line for each step. */
  readonly isTraced?: boolean
}

/** Everything that happens in a history. Times are milliseconds since its start. */
export interface History {
  readonly seed: number
  /** How far our own clock and the clock of webhooks are from the clock of `Date`. */
  readonly ownOffset: number
  readonly webhookOffset: number
  readonly isStorageSlow: boolean
  readonly changes: readonly Change[]
  readonly deliveries: readonly Delivery[]
  readonly actions: readonly Action[]
  /** How Didit answers, in the order of the calls. Later calls are answered at once, and rightly. */
  readonly answers: readonly AnswerPlan[]
  /** The process dies at these awaits, counted over the whole history. */
  readonly crashes: readonly number[]
}

interface Change {
  readonly at: number
  readonly status: SessionStatus
}

interface Delivery {
  readonly at: number
  readonly key: string
  /** The change that the event tells. */
  readonly index: number
  /** Vendor seconds. */
  readonly from: number
  readonly to: number
  readonly isReadable: boolean
}

interface Action {
  readonly at: number
  readonly kind: 'tick' | 'refresh' | 'doubt' | 'start' | 'back up' | 'restore'
}

interface AnswerPlan {
  readonly thereMs: number
  readonly backMs: number
  readonly lagMs: number
  /** By how much the header is wrong, in seconds; null when it is missing. */
  readonly dateOffset: number | null
  readonly isFailure: boolean
}

const epoch = 1_800_000_000_000
const environment = 'live'
const workflowId = '11111111-2222-3333-4444-555555555555'
const owner = { userId: 'user-ada', workflow: 'default' }
const sessionId = '7d3f0c52-6a8d-4f57-9a8b-2c4e7d9b0a31'
const toleranceSeconds = 300
const goodAnswer: AnswerPlan = { thereMs: 40, backMs: 40, lagMs: 0, dateOffset: 0, isFailure: false }
const retryMs = [60_000, 240_000]
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** A generator of numbers in [0, 1) that a seed determines (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Makes the history of a seed. */
export function makeHistory(seed: number): History {
  const random = createRandom(seed)
  const chance = (share: number) => random() < share
  const between = (low: number, high: number) => Math.floor(low + random() * (high - low + 1))
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const has = {
    lag: chance(0.5),
    skew: chance(0.5),
    dates: chance(0.4),
    own: chance(0.3),
    crashes: chance(0.3),
    restore: chance(0.05),
    failures: chance(0.3),
  }
  const webhookOffset = has.skew ? between(-10_000, 10_000) : 0
  const changes: Change[] = [{ at: 0, status: 'Not Started' }]
  const count = between(1, 6)
  const gap = () => pick([() => between(20, 3_000), () => between(1_000, 20_000), () => between(20_000, 400_000)])()
  while (changes.length <= count) {
    const last = changes.at(-1) as Change
    const at = last.at + gap()
    const isRecent = (status: SessionStatus) =>
      changes.some((change, index) => change.status === status && at - (changes[index + 1]?.at ?? at) < 11_000)
    const isBackward = (from: SessionStatus, to: SessionStatus) =>
      isListedTransition(to, from) && !isListedTransition(from, to)
    const listed = isKnownStatus(last.status) ? transitions[last.status] : []
    const all: readonly SessionStatus[] =
      chance(0.85) && listed.length > 0 ? listed : [...sessionStatuses, 'Levitating']
    const possible = all.filter(
      (status) => status !== last.status && !(has.lag && (isRecent(status) || isBackward(last.status, status))),
    )
    if (possible.length > 0) changes.push({ at, status: pick(possible) })
    else if (listed.length === 0 || has.lag) break
  }
  const end = (changes.at(-1) as Change).at + 30_000
  const deliveries: Delivery[] = []
  const seconds = (at: number) => Math.floor((epoch + at + webhookOffset) / 1000)
  const tell = (key: string, index: number, madeAt: number) => {
    const share = random()
    if (share < 0.15) return
    const sentAt = madeAt + (chance(0.8) ? between(0, 300) : between(0, 3_000))
    const event = { key, index, from: seconds(madeAt), isReadable: !chance(0.05) }
    const delay = () =>
      pick([
        () => between(10, 800),
        () => between(10, 800),
        () => between(800, 20_000),
        () => between(20_000, 600_000),
      ])()
    const times = share < 0.3 ? 2 : 1
    for (let time = 0; time < times; time += 1) {
      const delayMs = delay()
      // Didit may sign a repetition again.
      const isSignedAgain = chance(0.2)
      deliveries.push({ ...event, at: sentAt + delayMs, to: seconds(sentAt + (isSignedAgain ? delayMs : 0)) })
    }
  }
  changes.forEach(({ at }, index) => {
    if (index > 0) tell(`change ${index}`, index, at + between(0, 50))
    // An event of another kind, which carries the status of its moment.
    const until = changes[index + 1]?.at ?? end
    if (chance(0.1)) tell(`data ${index}`, index, between(at, until - 1))
  })
  const actions: Action[] = []
  for (let at = between(0, 20_000); at < end; at += between(500, 1 + end / 6)) {
    actions.push({ at, kind: pick(['tick', 'tick', 'refresh', 'refresh', 'doubt', 'start']) })
  }
  if (has.restore) {
    const at = between(0, end)
    actions.push({ at, kind: 'back up' }, { at: at + between(0, 60_000), kind: 'restore' })
  }
  const answers = Array.from({ length: 40 }, () => ({
    thereMs: chance(0.8) ? between(5, 300) : between(5, 4_000),
    backMs: chance(0.8) ? between(5, 300) : between(5, 4_000),
    lagMs: has.lag && chance(0.6) ? between(0, 4_000) : 0,
    dateOffset: !has.dates || chance(0.4) ? 0 : chance(0.3) ? null : pick([-1, 1]) * between(120, 900),
    isFailure: has.failures && chance(0.3),
  }))
  const crashes = has.crashes ? Array.from({ length: between(1, 3) }, () => between(1, 80)) : []
  const ownOffset = has.own ? between(-250_000, 250_000) : 0
  return { seed, ownOffset, webhookOffset, isStorageSlow: chance(0.3), changes, deliveries, actions, answers, crashes }
}

let sharedConfig: Config | undefined
const baseConfig = (): Config => {
  sharedConfig ??= readConfig({
    apiKey: 'model-api-key-0001',
    webhookSecrets: ['model-webhook-secret-0001'],
    environment,
    workflows: { default: workflowId },
    authenticate: () => null,
    storage: memoryStorage(),
    ticketSecret: 'model-ticket-secret-0001-0123456789abcdef',
    allowedOrigins: ['https://app.example.com'],
  })
  return sharedConfig
}

/** One process: what it waits for is never resolved once it is dead. */
interface Instance {
  isAlive: boolean
  /** The change that the last answer has carried; -1 when its commit is done. */
  carried: number
  readonly storage: ApplicationStorage
  readonly reads: ReturnType<typeof createPendingReads>
}

/** Runs one history. */
export async function runHistory(history: History, options: HistoryOptions): Promise<HistoryResult> {
  const { changes, deliveries, actions, answers } = history
  const { compare = compareFacts, isTraced = false, openStorage } = options
  const random = createRandom(history.seed ^ 0x5bd1e995)
  const lines: string[] = []
  const queue: { at: number; order: number; run: () => void }[] = []
  let raw = await openStorage()
  let time = 0
  let order = 0
  let awaits = 0
  let busy = 0
  let calls = 0
  let commits = 0
  let heard = 0
  let wrong: string | null = null
  let isKind = false
  let highest = 0
  let restored: number | null = null
  let backup: { record: SessionRecord | null; heard: number } | null = null
  let instance: Instance | null = null

  const now = () => epoch + time + history.ownOffset
  const say = (text: string) => {
    if (isTraced) lines.push(`${(time / 1000).toFixed(3).padStart(9)} s  ${text}`)
  }
  const after = (ms: number, run: () => void) => {
    queue.push({ at: time + ms, order, run })
    order += 1
  }
  const indexAt = (at: number) => changes.findLastIndex((change) => change.at <= Math.max(at, 0))
  const statusOf = (index: number) => (changes[index] as Change).status
  const fail = (text: string) => {
    wrong ??= text
    say(`WRONG: ${text}`)
  }

  /** Waits in a process. It may die here. */
  function pause(self: Instance, ms: number): Promise<void> {
    awaits += 1
    if (self.isAlive && history.crashes.includes(awaits)) crash()
    return new Promise((resolve) => {
      after(ms, () => {
        if (self.isAlive) resolve()
      })
    })
  }

  const storageMs = () => {
    if (isKind || !history.isStorageSlow) return 0
    return random() < 0.9 ? Math.floor(random() * 20) : Math.floor(random() * 3_000)
  }

  function check(record: SessionRecord | null, what: string): void {
    commits += 1
    if (record === null) return
    const { status, isReadPending, revision } = record
    if (isTraced) {
      const news =
        record.news &&
        `news ${record.news.status} ${record.news.isPlausible ? '' : '(implausible) '}until ${((record.news.until - epoch - history.ownOffset) / 1000).toFixed(1)}`
      say(
        `${what} → ${status} [${record.from - epoch / 1000}, ${record.to - epoch / 1000}] ${record.source} ${isReadPending ? `pending, ${news}` : 'settled'}`,
      )
    }
    if (!isReadPending && status !== statusOf(heard))
      fail(`settled at ${status}, although ${statusOf(heard)} was heard`)
    if (isValidApproval(record, undefined, now()) && (isReadPending || statusOf(heard) !== 'Approved')) {
      fail('an approval counts that is not one')
    }
    // A restored record is old until it changes. Then it must be newer than anything that a screen has seen.
    if (restored !== null && revision === restored) return
    if (restored !== null && revision <= highest) fail(`the revision ${revision} is not above ${highest}`)
    if (revision < highest) fail(`the revision fell from ${highest} to ${revision}`)
    restored = null
    highest = revision
  }

  async function track<Value>(work: Promise<Value>): Promise<Value> {
    busy += 1
    try {
      return await work
    } finally {
      busy -= 1
    }
  }

  function createInstance(): Instance {
    const database = raw
    async function call<Value>(work: () => Promise<Value>, onDone: (value: Value) => void = () => {}): Promise<Value> {
      await pause(self, storageMs())
      const value = await track(
        work().then((result) => {
          onDone(result)
          return result
        }),
      )
      await pause(self, storageMs())
      return value
    }
    const storage: ApplicationStorage = {
      ...database,
      getSession: (id) => call(() => database.getSession(id)),
      listDueReads: (due) => call(() => database.listDueReads(due)),
      commitRead: (id, seq, update) =>
        call(
          () => database.commitRead(id, seq, update),
          (record) => {
            if (record !== null) heard = Math.max(heard, self.carried)
            check(record, 'commit of a read')
          },
        ),
      commitEvent: (event, update) =>
        call(
          () => database.commitEvent(event, update),
          ({ record, stored }) => {
            if (stored && event.quarantined === null) heard = Math.max(heard, indexOf(event))
            check(record, `event ${event.key}${stored ? '' : ' (again)'}`)
          },
        ),
      bind: (id, to, update) => call(() => database.bind(id, to, update)),
    }
    const retrieveDecision = async () => {
      self.carried = -1
      const { index, ...answer } = await ask(self, 'read')
      self.carried = index
      return answer
    }
    const config = { ...baseConfig(), now, random, logger: quiet }
    const self: Instance = {
      isAlive: true,
      carried: -1,
      storage,
      reads: createPendingReads({
        config,
        storage,
        calls: { sessions: { retrieveDecision } } as unknown as DiditCalls,
        onChange: () => {},
        compare,
      }),
    }
    return self
  }

  const indexOf = ({ key }: EventRecord) => deliveries.find((delivery) => delivery.key === key)?.index ?? 0

  /** One call of Didit: the status of its moment, or of some seconds earlier. */
  async function ask(self: Instance, what: string) {
    const plan = isKind ? goodAnswer : (answers[calls] ?? goodAnswer)
    calls += 1
    const startedAt = now()
    await pause(self, plan.thereMs)
    const index = indexAt(time - plan.lagMs)
    const vendorSeconds = Math.floor((epoch + time) / 1000)
    await pause(self, plan.backMs)
    const { dateOffset } = plan
    say(
      `${what} answered ${plan.isFailure ? 'with a failure' : statusOf(index)} after ${now() - startedAt} ms, lag ${plan.lagMs} ms, Date ${dateOffset === null ? 'missing' : `off by ${dateOffset} s`}`,
    )
    if (plan.isFailure) throw new RequestError('didit-unavailable', 'Didit did not answer.', { status: 503 })
    const data = { session_id: sessionId, status: statusOf(index), workflow_id: workflowId } as unknown as Decision
    const meta = {
      dateSeconds: dateOffset === null ? Math.floor(now() / 1000) : vendorSeconds + dateOffset,
      clock: dateOffset === null ? ('local' as const) : ('vendor' as const),
      startedAt,
      elapsedMs: now() - startedAt,
    }
    return { data, meta, index }
  }

  function crash(): void {
    if (!instance) return
    say('crash')
    instance.isAlive = false
    void instance.reads.close()
    instance = null
    after(Math.floor(random() * 20_000), boot)
  }

  function boot(): void {
    if (instance) return
    say('boot')
    instance = createInstance()
    ignore(instance.reads.runDue())
  }

  const ignore = (work: Promise<unknown>) => void work.catch(() => {})

  async function deliver(delivery: Delivery, tries = 0): Promise<void> {
    const self = instance
    const isAcknowledged = self !== null && (await store(self, delivery))
    if (!isAcknowledged && retryMs[tries] !== undefined) {
      after(retryMs[tries], () => ignore(deliver(delivery, tries + 1)))
    }
  }

  /** Stores an event as the intake does. Never resolves in a process that dies meanwhile, but sends it again. */
  async function store(self: Instance, delivery: Delivery): Promise<boolean> {
    let isDone = false
    after(5_000, () => {
      if (!isDone) after(55_000, () => ignore(deliver(delivery, 1)))
    })
    const { key, from, to, isReadable } = delivery
    const status = statusOf(delivery.index)
    const receivedAt = now()
    const seconds = Math.floor(receivedAt / 1000)
    const late = seconds - to > toleranceSeconds
    const quarantined = isReadable ? (to > seconds + toleranceSeconds ? 'ahead' : null) : 'unreadable'
    const event = makeEvent({ key, sessionId, status, environment, from, to, receivedAt, late, quarantined })
    const fact = { kind: 'event' as const, sessionId, status, from, to, late, workflowId, environment }
    const { stored, record } = await self.storage.commitEvent(event, (current) => {
      if (quarantined === null) return applyEvent(current, { ...fact, at: now() }, now(), compare)
      return current && withPendingRead(current, now(), newsOf({ status: null, at: receivedAt }))
    })
    isDone = true
    if (stored && record?.isReadPending) self.reads.schedule(sessionId)
    return true
  }

  /** A start: Didit returns the Session while it is unfinished, and always before it is bound. */
  async function start(self: Instance): Promise<void> {
    const { data, meta, index } = await ask(self, 'start')
    const status = statusOf(index)
    const isNew = status === 'Not Started'
    const interval = isNew ? creationInterval(meta) : readInterval(meta)
    const creation = {
      kind: 'read' as const,
      status,
      ...interval,
      at: meta.startedAt,
      sessionId,
      workflowId: String(data.workflow_id),
      environment,
      url: 'https://verify.example',
      returnTo: null,
    }
    await pause(self, storageMs())
    const record = await track(
      raw
        .bind(sessionId, owner, (known, past) => applyCreation(known, creation, { ...owner, ...past }, now()))
        .then((bound) => {
          // "Not Started" is no news of a Session that is known.
          if (!isNew) heard = Math.max(heard, index)
          check(bound, 'binding')
          return bound
        }),
    )
    if (record?.isReadPending) self.reads.schedule(sessionId)
  }

  async function act({ kind }: Action): Promise<void> {
    if (kind === 'back up') {
      backup = { record: await track(raw.getSession(sessionId)), heard }
      return
    }
    if (kind === 'restore') return restore()
    const self = instance
    if (!self) return
    say(kind)
    const record = await track(raw.getSession(sessionId))
    if (kind === 'start' || !record?.userId) return start(self)
    if (kind === 'tick') await self.reads.runDue()
    if (kind === 'refresh') await self.reads.read(sessionId)
    if (kind === 'doubt') await self.reads.markPending(sessionId)
  }

  async function restore(): Promise<void> {
    if (!backup?.record || (await track(raw.getSession(sessionId))) === null) return
    const { record, heard: heardThen } = backup
    say('restore of a backup')
    if (instance) {
      instance.isAlive = false
      void instance.reads.close()
      instance = null
    }
    raw = await track(Promise.resolve(openStorage()))
    await track(raw.commitRead(sessionId, 0, () => record))
    heard = heardThen
    restored = record.revision
    after(60_000, boot)
  }

  /** Runs what is queued until `isDone`, one thing at a time. */
  async function drain(isDone: () => boolean = () => false): Promise<void> {
    while (queue.length > 0 && wrong === null && !isDone()) {
      let first = 0
      for (let index = 1; index < queue.length; index += 1) {
        const one = queue[index] as (typeof queue)[number]
        const best = queue[first] as (typeof queue)[number]
        if (one.at < best.at || (one.at === best.at && one.order < best.order)) first = index
      }
      const [next] = queue.splice(first, 1)
      if (!next) return
      time = Math.max(time, next.at)
      next.run()
      await settle()
    }
  }

  async function settle(): Promise<void> {
    // Runs when no promise is left to run.
    await new Promise<void>((resolve) => process.nextTick(resolve))
    while (busy > 0) await new Promise<void>((resolve) => setImmediate(resolve))
  }

  boot()
  after(0, () => instance && ignore(start(instance)))
  for (const delivery of deliveries) after(delivery.at, () => ignore(deliver(delivery)))
  for (const action of actions) after(action.at, () => ignore(act(action)))
  await drain()

  // Didit works again.
  isKind = true
  say('Didit works again')
  const before = calls
  const last = statusOf(changes.length - 1)
  time = Math.max(time, (changes.at(-1) as Change).at + 10_000)
  let isRight = false
  for (let round = 0; round < 12 && wrong === null && !isRight; round += 1) {
    boot()
    const self = instance as Instance | null
    if (self === null) break
    const record = await raw.getSession(sessionId)
    isRight = record !== null && record.userId !== null && !record.isReadPending && record.status === last
    if (isRight) break
    const work = () => {
      if (!record?.userId) return start(self)
      // The daily sweep finds what no look is planned for.
      return record.readDueAt === null ? self.reads.read(sessionId) : self.reads.runDue()
    }
    const waitMs = record?.userId ? Math.max((record.readDueAt ?? now() + 86_400_000) - now(), 0) : 0
    after(waitMs, () => ignore(work()))
    await drain()
  }
  if (wrong === null && !isRight) {
    const record = await raw.getSession(sessionId)
    fail(`at the end: ${record?.status} ${record?.isReadPending ? 'pending' : 'settled'} instead of ${last}`)
  }
  const survivor = instance as Instance | null
  void survivor?.reads.close()
  return { wrong, lastReads: calls - before, commits, lines }
}

/** Removes from a wrong history whatever it is wrong without, and returns it with its steps. */
export async function shrink(
  history: History,
  options: HistoryOptions,
): Promise<{ readonly history: History; readonly result: HistoryResult }> {
  const isWrong = async (candidate: History) => (await runHistory(candidate, options)).wrong !== null
  let smallest = history
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false
    for (const candidate of smaller(smallest)) {
      if (!(await isWrong(candidate))) continue
      smallest = candidate
      isSmaller = true
      break
    }
  }
  return { history: smallest, result: await runHistory(smallest, { ...options, isTraced: true }) }
}

function* smaller(history: History): Generator<History> {
  for (const name of ['actions', 'deliveries', 'crashes'] as const) {
    for (let index = 0; index < history[name].length; index += 1) {
      yield { ...history, [name]: (history[name] as readonly unknown[]).toSpliced(index, 1) }
    }
  }
  if (history.isStorageSlow) yield { ...history, isStorageSlow: false }
  if (history.ownOffset !== 0) yield { ...history, ownOffset: 0 }
  for (const [index, answer] of history.answers.entries()) {
    const kinder = [
      { ...goodAnswer },
      { ...answer, thereMs: 40, backMs: 40 },
      { ...answer, lagMs: 0 },
      { ...answer, dateOffset: 0 },
      { ...answer, isFailure: false },
    ]
    for (const one of kinder) {
      if (JSON.stringify(one) === JSON.stringify(answer)) continue
      yield { ...history, answers: history.answers.with(index, one) }
    }
  }
}
