import { DiditError, sessionStatuses } from '@didit-verify/core/schemas'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { selectCurrent } from '../src/sessions/select-current.ts'
import type { ApplicationStorage, RecordUpdate, SessionRecord, Storage } from '../src/storage/storage.ts'
import { erasureConformance } from './erasure-conformance.ts'
import { makeEvent, makeRecord } from './records.ts'

/**
 * Conformance tests that every Storage must pass.
 *
 * @param makeStorage - Makes a storage that holds nothing yet, not opened. Called once per test.
 */
export function storageConformance(name: string, makeStorage: () => Storage): void {
  describe(`${name} meets the Storage interface`, () => {
    let storage: Storage
    let application: ApplicationStorage

    beforeEach(async () => {
      storage = makeStorage()
      await storage.open()
      application = storage.application('shop')
    })
    afterEach(() => storage.close())

    test('stores an event and the record that it updates', async () => {
      const event = makeEvent({ key: 'e1', sessionId: 's1' })
      const commit = await application.commitEvent(event, create('s1', { status: 'In Progress' }))
      const expected = makeRecord('s1', { status: 'In Progress', seq: 1 })
      expect(commit).toEqual({ stored: true, erased: false, previous: null, record: expected, known: null })
      expect(await application.getSession('s1')).toEqual(expected)
      expect(await application.listEvents('s1')).toEqual([event])
    })

    test('gives back every value as it was, nulls and all scripts included', async () => {
      const full = makeRecord('s-Ünï-🪪', {
        userId: 'användare ٣ 用户 \u{1f9d1}\u200d\u{1f680}',
        workflow: 'överföring',
        workflowId: '11111111-2222-3333-4444-555555555555',
        environment: 'live',
        status: "Something New'; --",
        from: 1_790_000_000,
        to: 1_790_000_009,
        isReadPending: true,
        readDueAt: 1_790_000_000_123,
        readFailures: 7,
        revision: 1_790_000_001,
        source: 'webhook',
        createdAt: 1_790_000_000_001,
        updatedAt: 1_790_000_000_002,
        decidedAt: 0,
        expiresAt: Number.MAX_SAFE_INTEGER,
        attempt: 3,
        url: 'https://verify.example/de/session/abc?x=%00#y',
        returnTo: '',
        decision: {
          sessionId: 's-Ünï-🪪',
          status: 'Declined',
          decidedAt: null,
          checks: [{ kind: 'document', status: 'Declined', reasons: ['document-expired', '“quoted”\n'] }],
          canRetry: true,
        },
      })
      const event = makeEvent({
        key: 'ключ',
        sessionId: full.sessionId,
        status: full.status,
        environment: 'live',
        from: 5,
        to: 6,
        late: true,
        test: true,
        quarantined: 'stale',
      })
      await application.commitEvent(event, () => full)
      expect(await application.getSession(full.sessionId)).toEqual({ ...full, seq: 1 })
      expect(await application.listEvents(full.sessionId)).toEqual([event])

      // And back to null: an update must clear what was set.
      const bare = makeRecord(full.sessionId, { seq: 1 })
      await application.commitRead(full.sessionId, 1, () => bare)
      expect(await application.getSession(full.sessionId)).toEqual(bare)
    })

    test('knows a duplicate: nothing is updated and nothing is written', async () => {
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), create('s1'))
      const before = await application.getSession('s1')
      const again = await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1', receivedAt: 99 }), () => {
        throw new Error('A duplicate updated its Session.')
      })
      expect(again).toEqual({
        stored: false,
        erased: false,
        record: before,
        previous: before,
        known: expect.objectContaining({ sessionId: 's1' }),
      })
      expect(await application.getSession('s1')).toEqual(before)
      expect(await application.listEvents('s1')).toHaveLength(1)
    })

    test('stores exactly one of many events with one key that arrive at once', async () => {
      const commits = await Promise.all(
        Array.from({ length: 25 }, (_, index) =>
          application.commitEvent(makeEvent({ key: 'same', sessionId: 's1', receivedAt: index }), grow('s1')),
        ),
      )
      expect(commits.filter((commit) => commit.stored)).toHaveLength(1)
      expect(await application.listEvents('s1')).toHaveLength(1)
      expect(await application.getSession('s1')).toMatchObject({ seq: 1, revision: 1 })
    })

    test('loses no update when many events of one Session arrive at once', async () => {
      const commits = await Promise.all(
        Array.from({ length: 300 }, (_, index) =>
          application.commitEvent(makeEvent({ key: `e${index}`, sessionId: 's1' }), grow('s1')),
        ),
      )
      expect(commits.map((commit) => commit.record?.revision)).toEqual(commits.map((_, index) => index + 1))
      expect(await application.getSession('s1')).toMatchObject({ seq: 300, revision: 300 })
      expect((await application.listEvents('s1')).map((event) => event.key)).toEqual(
        commits.map((_, index) => `e${index}`),
      )
    })

    test('counts an event that changes nothing, so that a read under way is repeated', async () => {
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), create('s1', { revision: 5 }))
      const commit = await application.commitEvent(makeEvent({ key: 'e2', sessionId: 's1' }), (record) => record)
      expect(commit).toMatchObject({ stored: true, previous: { seq: 1 }, record: { seq: 2, revision: 5 } })
      await application.commitEvent(makeEvent({ key: 'e3', sessionId: 's1' }), () => null)
      expect(await application.getSession('s1')).toMatchObject({ seq: 3, revision: 5 })
    })

    test('counts events itself, whatever an update says', async () => {
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), create('s1', { seq: 40 }))
      await application.commitRead('s1', 1, () => makeRecord('s1', { seq: 70 }))
      expect(await application.getSession('s1')).toMatchObject({ seq: 1 })
    })

    test('stores an event of no Session, and one whose update makes no record', async () => {
      const nobody = await application.commitEvent(makeEvent({ key: 'e1', sessionId: null }), () => {
        throw new Error('There was nothing to update.')
      })
      expect(nobody).toEqual({ stored: true, erased: false, record: null, previous: null, known: null })
      const ignored = await application.commitEvent(makeEvent({ key: 'e2', sessionId: 's1' }), () => null)
      expect(ignored).toEqual({ stored: true, erased: false, record: null, previous: null, known: null })
      expect(await application.getSession('s1')).toBeNull()
      expect(await application.commitEvent(makeEvent({ key: 'e1', sessionId: null }), () => null)).toMatchObject({
        stored: false,
      })
    })

    test('refuses a commit whose update throws, alone and among others', async () => {
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), create('s1'))
      const before = await application.getSession('s1')
      const fault = new Error('The update refuses.')
      const refuse = () => {
        throw fault
      }
      const settled = await Promise.allSettled([
        application.commitEvent(makeEvent({ key: 'a', sessionId: 's2' }), create('s2')),
        application.commitEvent(makeEvent({ key: 'b', sessionId: 's1' }), refuse),
        application.commitRead('s1', 1, refuse),
        application.bind('s1', { userId: 'u1', workflow: 'default' }, refuse),
        application.commitEvent(makeEvent({ key: 'c', sessionId: 's3' }), create('s3')),
      ])
      expect(settled.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'rejected',
        'rejected',
        'fulfilled',
      ])
      expect(settled[1]).toMatchObject({ reason: fault })
      expect(await application.getSession('s1')).toEqual(before)
      expect(await application.listEvents('s1')).toHaveLength(1)
      expect(await application.getSession('s2')).not.toBeNull()
      expect(await application.getSession('s3')).not.toBeNull()
      // Nothing of it was remembered either: the same event can come again.
      const again = await application.commitEvent(makeEvent({ key: 'b', sessionId: 's1' }), (record) => record)
      expect(again.stored).toBe(true)
    })

    test('commits a read when no event came in between, and hands back the record', async () => {
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), create('s1'))
      const record = await application.commitRead('s1', 1, (current) => current && { ...current, status: 'Approved' })
      expect(record).toEqual(makeRecord('s1', { status: 'Approved', seq: 1 }))
      expect(await application.getSession('s1')).toEqual(record)
      expect(await application.commitRead('s1', 1, (current) => current)).toEqual(record)
    })

    test('refuses a read that an event has overtaken', async () => {
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), create('s1'))
      const [, read] = await Promise.all([
        application.commitEvent(makeEvent({ key: 'e2', sessionId: 's1' }), (record) => record),
        application.commitRead('s1', 1, () => makeRecord('s1', { status: 'Approved' })),
      ])
      expect(read).toBeNull()
      expect(await application.getSession('s1')).toMatchObject({ status: 'Not Started', seq: 2 })
      expect(await application.commitRead('s1', 3, () => makeRecord('s1', { status: 'Approved' }))).toBeNull()
    })

    test('lets a read make the first record of a Session', async () => {
      expect(await application.commitRead('s1', 0, () => null)).toBeNull()
      expect(await application.commitRead('s1', 0, create('s1'))).toEqual(makeRecord('s1', { seq: 0 }))
      expect(await application.getSession('s1')).not.toBeNull()
    })

    test('binds a Session, and counts the earlier ones of that user at that workflow', async () => {
      const owner = { userId: 'u1', workflow: 'default' }
      const bind = (sessionId: string, to = owner) =>
        application.bind(sessionId, to, (record, { earlier }) => ({
          ...(record ?? makeRecord(sessionId)),
          ...to,
          attempt: earlier + 1,
        }))
      expect(await bind('s1')).toEqual(makeRecord('s1', { ...owner, attempt: 1 }))
      expect(await bind('s2')).toMatchObject({ attempt: 2 })
      // Binding once more does not count the Session itself.
      expect(await bind('s1')).toMatchObject({ attempt: 2 })
      expect(await bind('s3', { userId: 'u1', workflow: 'transfer' })).toMatchObject({ attempt: 1 })
      expect(await bind('s4', { userId: 'u2', workflow: 'default' })).toMatchObject({ attempt: 1 })
      // Two tabs at once: the count is taken under the lock.
      const [fifth, sixth] = await Promise.all([bind('s5'), bind('s6')])
      expect([fifth?.attempt, sixth?.attempt]).toEqual([3, 4])
    })

    test('binds a Session whose webhook came first, and keeps what the webhook said', async () => {
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), create('s1', { status: 'In Progress' }))
      const record = await application.bind('s1', { userId: 'u1', workflow: 'default' }, (current) => {
        if (!current) throw new Error('The record was not handed over.')
        return { ...current, userId: 'u1', workflow: 'default', attempt: 1 }
      })
      expect(record).toMatchObject({ status: 'In Progress', seq: 1, userId: 'u1' })
      expect(await application.getSession('s1')).toEqual(record)
    })

    test('lists the Sessions of a user, newest first', async () => {
      const place = async (sessionId: string, overrides: Partial<SessionRecord>) =>
        application.commitRead(sessionId, 0, () => makeRecord(sessionId, overrides))
      await place('old', { userId: 'u1', workflow: 'default', createdAt: 10, attempt: 1 })
      await place('new', { userId: 'u1', workflow: 'default', createdAt: 30, attempt: 2 })
      await place('newest', { userId: 'u1', workflow: 'default', createdAt: 30, attempt: 3 })
      await place('other-workflow', { userId: 'u1', workflow: 'transfer', createdAt: 20, attempt: 1 })
      await place('other-user', { userId: 'u2', workflow: 'default', createdAt: 40, attempt: 1 })
      await place('unbound', { createdAt: 50 })
      const list = async (owner: { userId: string; workflow?: string }) =>
        (await application.listSessions(owner)).map((record) => record.sessionId)
      expect(await list({ userId: 'u1', workflow: 'default' })).toEqual(['newest', 'new', 'old'])
      expect(await list({ userId: 'u1' })).toEqual(['newest', 'new', 'other-workflow', 'old'])
      expect(await list({ userId: 'U1' })).toEqual([])
      expect(await list({ userId: '%' })).toEqual([])
    })

    test('finds the Session that stands for a user, without the others', async () => {
      const owner = { userId: 'u1', workflow: 'default', environment: 'live' }
      const statuses = [...sessionStatuses, 'Something New']
      const arbitraryRecord = fc.record({
        status: fc.constantFrom(...statuses, 'Approved', 'In Review'),
        isReadPending: fc.boolean(),
        createdAt: fc.integer({ min: 1, max: 6 }),
        updatedAt: fc.integer({ min: 1, max: 20 }),
        decidedAt: fc.option(fc.integer({ min: 1, max: 20 })),
        environment: fc.constantFrom('live', 'live', 'live', 'sandbox'),
        workflow: fc.constantFrom('default', 'default', 'default', 'transfer'),
        userId: fc.constantFrom('u1', 'u1', 'u1', 'u2'),
      })
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(arbitraryRecord, { maxLength: 8 }),
          fc.option(fc.integer({ min: 1, max: 20 })),
          async (records, approvedAfter) => {
            const shop = storage.application(`shop-${run++}`)
            const stored: SessionRecord[] = []
            for (const [index, fields] of records.entries()) {
              const record = makeRecord(`s${index}`, { ...fields, attempt: index })
              stored.push(record)
              await shop.commitRead(record.sessionId, 0, () => record)
            }
            const mine = stored
              .filter((it) => it.userId === 'u1' && it.workflow === 'default' && it.environment === 'live')
              .sort((a, b) => b.createdAt - a.createdAt || b.attempt - a.attempt)
            // An approval counts if less than a day has passed at `now`.
            const selection =
              approvedAfter === null
                ? { maxAgeDays: undefined, now: 1e9 }
                : { maxAgeDays: 1, now: approvedAfter + 86_400_000 }
            expect(await shop.findCurrent({ ...owner, approvedAfter })).toEqual(selectCurrent(mine, selection))
            expect(await shop.countSessions(owner)).toBe(mine.length)
          },
        ),
        { numRuns: 60 },
      )
    })

    test('finds the newest Session of a user that has a way back', async () => {
      const place = async (sessionId: string, overrides: Partial<SessionRecord>) =>
        application.commitRead(sessionId, 0, () => makeRecord(sessionId, { environment: 'live', ...overrides }))
      const find = async (userId: string) =>
        (await application.findReturn({ userId, environment: 'live' }))?.sessionId ?? null
      expect(await find('u1')).toBeNull()
      await place('old', { userId: 'u1', createdAt: 10, returnTo: 'https://a.example/' })
      await place('new', { userId: 'u1', createdAt: 20, returnTo: 'https://b.example/', workflow: 'transfer' })
      await place('newest', { userId: 'u1', createdAt: 30 })
      await place('sandbox', { userId: 'u1', createdAt: 40, returnTo: 'https://c.example/', environment: 'sandbox' })
      await place('other', { userId: 'u2', createdAt: 50, returnTo: 'https://d.example/' })
      expect(await find('u1')).toBe('new')
      expect(await find('u2')).toBe('other')
    })

    test.each([
      ['true', true],
      ['a number', 5],
      ['NaN', Number.NaN],
      ['Infinity', Number.POSITIVE_INFINITY],
      ['a bigint', 5n],
      ['a symbol', Symbol('u1')],
      ['an object', {}],
      ['an object with the text of one', { toString: () => 'u1' }],
      ['a String', new String('u1')],
      ['a list', ['u1']],
      ['bytes', new Uint8Array(3)],
      ['a date', new Date()],
      ['a function', () => 'u1'],
      ['undefined', undefined],
      ['null', null],
    ])('refuses what is not text for a text, and lets none of it reach a driver: %s', async (_, odd) => {
      const text = odd as string
      const environment = 'live'
      const [userId, workflow] = ['u1', 'default']
      const event = makeEvent({ key: 'e1', sessionId: 's1' })
      const calls: (() => Promise<unknown>)[] = [
        () => application.getSession(text),
        () => application.listSessions({ userId: text }),
        () => application.findCurrent({ userId: text, workflow, environment, approvedAfter: null }),
        () => application.findCurrent({ userId, workflow: text, environment, approvedAfter: null }),
        () => application.findCurrent({ userId, workflow, environment: text, approvedAfter: null }),
        () => application.countSessions({ userId: text, workflow, environment }),
        () => application.findReturn({ userId: text, environment }),
        () => application.listEvents(text),
        () => application.getErasure({ userId: text, environment }),
        () => application.erase({ userId: text, environment, now: 1 }),
        () => application.addPendingDelete({ sessionId: text, userId, environment, now: 1 }),
        () => application.addPendingDelete({ sessionId: 's9', userId: text, environment, now: 1 }),
        () => application.completeDelete(text),
        () => application.postponeDelete(text, 1),
        () => application.forgetSession(text),
        () => application.isForgotten(text),
        () => application.countSpent({ userId: text, workflow, environment }),
        () => application.getState(text),
        () => application.setState(text, 'x'),
        () => application.setState('x', text),
        () => application.getOldestCreation(text),
        () => application.commitRead(text, 0, () => makeRecord('s1')),
        () => application.bind('s1', { userId: text, workflow }, () => makeRecord('s1')),
        () => application.bind(text, { userId, workflow }, () => makeRecord('s1')),
        () => application.commitEvent({ ...event, key: text }, create('s1')),
      ]
      if (odd !== undefined && odd !== null) {
        calls.push(
          () => application.listSessions({ userId, workflow: text }),
          () => application.commitEvent({ ...event, sessionId: text }, create('s1')),
          () => application.commitRead('s1', 0, () => makeRecord('s1', { userId: text })),
          () => application.commitRead('s1', 0, () => makeRecord('s1', { returnTo: text })),
        )
      }
      for (const call of calls) await expect(call(), String(call)).rejects.toMatchObject({ code: 'request-invalid' })
      for (const now of [Number.NaN, Number.POSITIVE_INFINITY, 5n as unknown as number]) {
        const record = makeRecord('s1', { createdAt: now })
        await expect(application.commitRead('s1', 0, () => record)).rejects.toMatchObject({ code: 'request-invalid' })
      }
      // The storage goes on as if nothing had been asked.
      expect(await application.getSession('s1')).toBeNull()
      await application.commitEvent(event, create('s1'))
      expect(await application.getSession('s1')).toMatchObject({ seq: 1 })
    })

    test('lists the Sessions whose owed read is due, longest due first, up to a limit', async () => {
      for (const [sessionId, readDueAt] of [
        ['later', 101],
        ['third', 100],
        ['first', 1],
        ['none', null],
        ['second', 50],
      ] as const) {
        await application.commitRead(sessionId, 0, () =>
          makeRecord(sessionId, { readDueAt, isReadPending: readDueAt !== null, environment: 'live' }),
        )
      }
      await application.commitRead('elsewhere', 0, () =>
        makeRecord('elsewhere', { readDueAt: 1, isReadPending: true, environment: 'sandbox' }),
      )
      const list = async (now: number, limit: number) =>
        (await application.listDueReads({ environment: 'live', now, limit })).map((record) => record.sessionId)
      expect(await list(100, 10)).toEqual(['first', 'second', 'third'])
      expect(await list(100, 2)).toEqual(['first', 'second'])
      expect(await list(0, 10)).toEqual([])
      expect(await list(100, 0)).toEqual([])
      await application.commitRead(
        'first',
        0,
        (record) => record && { ...record, isReadPending: false, readDueAt: null },
      )
      expect(await list(100, 1)).toEqual(['second'])
    })

    test('tells a binding of events that were kept aside', async () => {
      const owner = { userId: 'u1', workflow: 'default' }
      const seen: boolean[] = []
      const bind = (sessionId: string) =>
        application.bind(sessionId, owner, (record, { hasQuarantined }) => {
          seen.push(hasQuarantined)
          return record ?? makeRecord(sessionId, owner)
        })
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1', quarantined: 'ahead' }), () => null)
      await application.commitEvent(makeEvent({ key: 'e2', sessionId: 's2' }), () => null)
      await bind('s1')
      await bind('s2')
      await bind('s3')
      expect(seen).toEqual([true, false, false])
    })

    test('keeps what the server notes for itself', async () => {
      expect(await application.getState('sweep')).toBeNull()
      await application.setState('sweep', '1')
      await application.setState('sweep', '2')
      expect(await application.getState('sweep')).toBe('2')
      expect(await storage.application('bank').getState('sweep')).toBeNull()
      expect(await application.setState('sweep', '3', '1')).toBe(false)
      expect(await application.setState('sweep', '3', null)).toBe(false)
      expect(await application.getState('sweep')).toBe('2')
      const both = await Promise.all(['3', '4'].map((value) => application.setState('sweep', value, '2')))
      expect(both).toEqual([true, false])
      expect(await application.setState('other', '1', null)).toBe(true)
    })

    test('names the oldest creation of a Session with a user', async () => {
      expect(await application.getOldestCreation('live')).toBeNull()
      for (const [id, createdAt, userId, environment] of [
        ['s1', 5, 'u1', 'live'],
        ['s2', 3, 'u1', 'live'],
        ['s3', 1, null, 'live'],
        ['s4', 2, 'u1', 'sandbox'],
      ] as const) {
        await application.commitRead(id, 0, () => makeRecord(id, { createdAt, userId, environment }))
      }
      expect(await application.getOldestCreation('live')).toBe(3)
      expect(await storage.application('bank').getOldestCreation('live')).toBeNull()
    })

    test('keeps applications apart', async () => {
      const other = storage.application('bank')
      await application.commitEvent(
        makeEvent({ key: 'e1', sessionId: 's1' }),
        create('s1', { userId: 'u1', readDueAt: 1, environment: 'live' }),
      )
      expect(await other.getSession('s1')).toBeNull()
      expect(await other.listSessions({ userId: 'u1' })).toEqual([])
      expect(await other.listDueReads({ environment: 'live', now: 9, limit: 9 })).toEqual([])
      expect(await other.listEvents('s1')).toEqual([])
      const commit = await other.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), create('s1', { userId: 'u2' }))
      expect(commit.stored).toBe(true)
      await other.bind('s2', { userId: 'u1', workflow: 'default' }, (_, { earlier, hasQuarantined }) => {
        expect([earlier, hasQuarantined]).toEqual([0, false])
        return makeRecord('s2', { userId: 'u1', workflow: 'default' })
      })
      expect(await application.getSession('s1')).toMatchObject({ userId: 'u1' })
      expect(await storage.application('shop').getSession('s1')).toMatchObject({ userId: 'u1' })
    })

    test('hands out copies: what a caller does to them stays with the caller', async () => {
      const decision = { sessionId: 's1', status: 'Declined', decidedAt: 1, checks: [], canRetry: false }
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), create('s1', { decision }))
      const record = (await application.getSession('s1')) as { status: string; decision: { canRetry: boolean } }
      record.status = 'Approved'
      record.decision.canRetry = true
      expect(await application.getSession('s1')).toMatchObject({ status: 'Not Started', decision: { canRetry: false } })
    })

    test.each(['\0', 'u1\0', 'u1\ud83d', '\ude00u1'])(
      'refuses text that no database keeps whole: %j',
      async (userId) => {
        const refusal = await application
          .commitRead('s1', 0, () => makeRecord('s1', { userId }))
          .catch((fault) => fault)
        expect(refusal).toMatchObject({ code: 'request-invalid' })
        const event = application.commitEvent(makeEvent({ key: `e${userId}`, sessionId: 's1' }), create('s1'))
        await expect(event).rejects.toMatchObject({ code: 'request-invalid' })
        // Looked for before a Session is paid for, so it must be refused there, too.
        await expect(application.listSessions({ userId })).rejects.toMatchObject({ code: 'request-invalid' })
        expect(await application.getSession('s1')).toBeNull()
        expect(await application.listEvents('s1')).toEqual([])
      },
    )

    erasureConformance(() => ({ storage, application }))

    test('finishes what is under way when it is closed, then refuses everything', async () => {
      const underWay = Array.from({ length: 5 }, (_, index) =>
        application.commitEvent(makeEvent({ key: `e${index}`, sessionId: 's1' }), grow('s1')),
      )
      const [closed] = await Promise.all([storage.close(), ...underWay])
      expect(closed).toBeUndefined()
      await storage.close()
      const calls = [
        storage.check(),
        application.getSession('s1'),
        application.listEvents('s1'),
        application.listDueReads({ environment: 'live', now: 1, limit: 1 }),
        application.listSessions({ userId: 'u1' }),
        application.commitEvent(makeEvent({ key: 'late', sessionId: 's1' }), grow('s1')),
        application.commitRead('s1', 5, (record) => record),
        application.bind('s1', { userId: 'u1', workflow: 'default' }, () => makeRecord('s1')),
        application.erase({ userId: 'u1', environment: 'live', now: 1 }),
        application.getErasure({ userId: 'u1', environment: 'live' }),
        application.addPendingDelete({ sessionId: 's1', userId: 'u1', environment: 'live', now: 1 }),
        application.listPendingDeletes({ environment: 'live', now: 1, limit: 1 }),
        application.completeDelete('s1'),
        application.postponeDelete('s1', 1),
        application.forgetSession('s1'),
        application.isForgotten('s1'),
        application.countSpent({ userId: 'u1', workflow: 'default', environment: 'live' }),
        application.prune({
          environment: 'live',
          eventsBefore: 1,
          sessionsBefore: 1,
          counted: [],
          deletesDueAt: null,
          erasuresBefore: 1,
          limit: 1,
        }),
        storage.application('shop').getSession('s1'),
      ]
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'storage-unavailable' } })
        expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(DiditError)
      }
    })

    test('answers its check while it is open, opened twice or not', async () => {
      await storage.open()
      await expect(storage.check()).resolves.toBeUndefined()
      await expect(Promise.all([storage.check(), storage.check()])).resolves.toHaveLength(2)
    })
  })
}

const create =
  (sessionId: string, overrides: Partial<SessionRecord> = {}): RecordUpdate =>
  () =>
    makeRecord(sessionId, overrides)

/** Makes the first record with revision 1 and raises it from then on. */
const grow =
  (sessionId: string): RecordUpdate =>
  (record) =>
    record ? { ...record, revision: record.revision + 1 } : makeRecord(sessionId, { revision: 1 })
