import { beforeEach, describe, expect, test } from 'vitest'
import type { ApplicationStorage, Expiry, RecordUpdate, SessionRecord, Storage } from '../src/storage/storage.ts'
import { makeEvent, makeRecord } from './records.ts'

/**
 * The part of the conformance suite that is about forgetting: erasing a user, and what has been kept for long enough.
 *
 * @param current - The open storage of the test that runs, and its application.
 */
export function erasureConformance(
  current: () => { readonly storage: Storage; readonly application: ApplicationStorage },
): void {
  let storage: Storage
  let application: ApplicationStorage

  beforeEach(() => {
    ;({ storage, application } = current())
  })

  describe('erasing a user', () => {
    const live = { userId: 'u1', environment: 'live' }
    const erase = (now = 500) => application.erase({ ...live, now })
    const due = async (now = 1_000_000, environment = 'live') =>
      (await application.listPendingDeletes({ environment, now, limit: 100 })).map(({ sessionId }) => sessionId)
    const place = (sessionId: string, overrides: Partial<SessionRecord> = {}) =>
      application.commitEvent(
        makeEvent({ key: `first-${sessionId}`, sessionId }),
        create(sessionId, { userId: 'u1', workflow: 'default', environment: 'live', attempt: 1, ...overrides }),
      )

    test('removes all Sessions and events of the user, and leaves the deletes pending', async () => {
      await place('s1')
      await place('s2', { workflow: 'transfer', status: 'Approved' })
      await place('sandbox', { environment: 'sandbox' })
      await place('other', { userId: 'u2' })
      await place('nobody', { userId: null, workflow: null })
      const { sessionIds, pending } = await erase()
      expect([...sessionIds].sort()).toEqual(['s1', 's2'])
      expect([...pending].sort((a, b) => a.sessionId.localeCompare(b.sessionId))).toEqual([
        { sessionId: 's1', dueAt: 500, failures: 0 },
        { sessionId: 's2', dueAt: 500, failures: 0 },
      ])
      for (const sessionId of ['s1', 's2']) {
        expect(await application.getSession(sessionId)).toBeNull()
        expect(await application.listEvents(sessionId)).toEqual([])
      }
      expect((await application.listSessions({ userId: 'u1' })).map(({ sessionId }) => sessionId)).toEqual(['sandbox'])
      for (const sessionId of ['sandbox', 'other', 'nobody']) {
        expect(await application.getSession(sessionId)).not.toBeNull()
        expect(await application.listEvents(sessionId)).toHaveLength(1)
      }
      expect(await due(499)).toEqual([])
      expect((await due(500)).sort()).toEqual(['s1', 's2'])
      expect(await due(500, 'sandbox')).toEqual([])
    })

    test('gives nothing for a user who is not known, however spelled', async () => {
      await place('s1')
      for (const userId of ['u', 'U1', 'u1 ', '%', 'nobody']) {
        expect(await application.erase({ userId, environment: 'live', now: 1 })).toEqual({
          sessionIds: [],
          pending: [],
        })
      }
      expect(await application.getSession('s1')).not.toBeNull()
      await expect(application.erase({ userId: 'u1\0', environment: 'live', now: 1 })).rejects.toMatchObject({
        code: 'request-invalid',
      })
    })

    test('lets nothing bring an erased Session back', async () => {
      await place('s1')
      const [, erasure] = await Promise.all([application.getSession('s1'), erase()])
      expect(erasure.sessionIds).toEqual(['s1'])
      const fail = () => {
        throw new Error('An erased Session was updated.')
      }
      // A new event, one that was known before, and reads that began before and after.
      for (const key of ['late', 'first-s1']) {
        expect(await application.commitEvent(makeEvent({ key, sessionId: 's1' }), fail)).toEqual({
          stored: false,
          erased: true,
          record: null,
          previous: null,
          known: null,
        })
      }
      expect(await application.commitRead('s1', 1, fail)).toBeNull()
      expect(await application.commitRead('s1', 0, fail)).toBeNull()
      expect(await application.bind('s1', { userId: 'u1', workflow: 'default' }, fail)).toBeNull()
      expect(await application.bind('s1', { userId: 'u2', workflow: 'default' }, fail)).toBeNull()
      expect(await application.getSession('s1')).toBeNull()
      expect(await application.listEvents('s1')).toEqual([])
      // It is that Session which is gone, and in this application.
      expect(await application.commitEvent(makeEvent({ key: 'late', sessionId: 's2' }), create('s2'))).toMatchObject({
        stored: true,
        erased: false,
      })
      const other = storage.application('bank')
      expect(await other.commitEvent(makeEvent({ key: 'late', sessionId: 's1' }), create('s1'))).toMatchObject({
        stored: true,
      })
    })

    test('undoes a start that was under way, and no later one', async () => {
      const bind = async (sessionId: string, mark: string | null, userId = 'u1') =>
        application.bind(
          sessionId,
          { userId, workflow: 'default', erasure: { environment: 'live', mark } },
          (record) => ({ ...(record ?? makeRecord(sessionId)), userId, workflow: 'default', environment: 'live' }),
        )
      const before = await application.getErasure(live)
      expect(before).toBeNull()
      // Even the first start of somebody of whom nothing is stored, and even when a webhook made its record.
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's2' }), create('s2', { environment: 'live' }))
      await erase()
      expect(await bind('s1', before)).toBeNull()
      expect(await bind('s2', before)).toBeNull()
      expect(await application.listSessions({ userId: 'u1' })).toEqual([])
      expect(await bind('s3', before, 'u2')).not.toBeNull()
      const between = await application.getErasure(live)
      expect(between).not.toBeNull()
      expect(await application.getErasure({ ...live, environment: 'sandbox' })).toBeNull()
      expect(await bind('s4', between)).not.toBeNull()
      // Twice in the same millisecond: told apart all the same.
      await erase()
      expect(await bind('s5', between)).toBeNull()
      expect(await bind('s6', await application.getErasure(live))).not.toBeNull()
    })

    test('owes the delete of a single Session in the same way, once', async () => {
      const single = { ...live, sessionId: 's1', now: 700 }
      await application.commitEvent(makeEvent({ key: 'e1', sessionId: 's1' }), create('s1'))
      expect(await application.addPendingDelete(single)).toEqual({ sessionId: 's1', dueAt: 700, failures: 0 })
      expect(await application.getSession('s1')).toBeNull()
      expect(await application.listEvents('s1')).toEqual([])
      expect(await application.commitEvent(makeEvent({ key: 'e2', sessionId: 's1' }), create('s1'))).toMatchObject({
        erased: true,
      })
      await application.postponeDelete('s1', 900)
      expect(await application.addPendingDelete({ ...single, now: 710 })).toEqual({
        sessionId: 's1',
        dueAt: 900,
        failures: 1,
      })
      // A later call for the same user returns it.
      expect(await erase()).toEqual({ sessionIds: [], pending: [{ sessionId: 's1', dueAt: 900, failures: 1 }] })
      expect(await application.erase({ ...live, environment: 'sandbox', now: 1 })).toMatchObject({ pending: [] })
      expect(await application.erase({ ...live, userId: 'u2', now: 1 })).toMatchObject({ pending: [] })
    })

    test('owes no delete of a Session that belongs to somebody by now', async () => {
      for (const userId of ['u1', 'u2']) {
        const sessionId = `of-${userId}`
        const { record } = await place(sessionId, { userId })
        expect(await application.addPendingDelete({ ...live, sessionId, now: 700 })).toBeNull()
        expect(await application.getSession(sessionId)).toEqual(record)
        expect(await application.listEvents(sessionId)).toHaveLength(1)
      }
      expect(await due()).toEqual([])
    })

    test('forgets a single Session that Didit has deleted, whosever it was, with the delete that was owed', async () => {
      await place('s1')
      await place('s2')
      await erase()
      await place('kept')
      await place('own')
      await place('nobodys', { userId: null, workflow: null })
      for (const sessionId of ['own', 'nobodys', 's1', 's1', 'never-seen']) {
        await application.forgetSession(sessionId)
        expect(await application.getSession(sessionId)).toBeNull()
        expect(await application.listEvents(sessionId)).toEqual([])
        expect(await application.isForgotten(sessionId)).toBe(true)
        const late = makeEvent({ key: `late-${sessionId}`, sessionId })
        expect(await application.commitEvent(late, create(sessionId))).toMatchObject({ stored: false, erased: true })
        expect(await application.commitRead(sessionId, 0, create(sessionId))).toBeNull()
      }
      expect(await due()).toEqual(['s2'])
      expect((await application.listSessions({ userId: 'u1' })).map(({ sessionId }) => sessionId)).toEqual(['kept'])
      expect(await application.listEvents('kept')).toHaveLength(1)
      const forgotten = await Promise.all(['s2', 'kept', 'unknown'].map((id) => application.isForgotten(id)))
      expect(forgotten).toEqual([true, false, false])
      expect(await storage.application('another').isForgotten('own')).toBe(false)
    })

    test('postpones deletes and forgets them once they are done', async () => {
      for (const sessionId of ['s1', 's2', 's3']) await place(sessionId)
      await erase()
      await application.postponeDelete('s2', 800)
      await application.postponeDelete('s2', 2_000)
      await application.postponeDelete('s3', 600)
      await application.postponeDelete('unknown', 1)
      expect(await due(1_999)).toEqual(['s1', 's3'])
      expect(await application.listPendingDeletes({ environment: 'live', now: 2_000, limit: 100 })).toEqual([
        { sessionId: 's1', dueAt: 500, failures: 0 },
        { sessionId: 's3', dueAt: 600, failures: 1 },
        { sessionId: 's2', dueAt: 2_000, failures: 2 },
      ])
      expect(await application.listPendingDeletes({ environment: 'live', now: 2_000, limit: 1 })).toHaveLength(1)
      for (const sessionId of ['s1', 's2', 's1', 'unknown']) await application.completeDelete(sessionId)
      expect(await due()).toEqual(['s3'])
      expect(await erase()).toMatchObject({ sessionIds: [], pending: [{ sessionId: 's3' }] })
      await application.completeDelete('s3')
      expect(await erase()).toEqual({ sessionIds: [], pending: [] })
    })

    test('in the midst of everything else leaves nothing, whatever the order', async () => {
      await place('s1')
      const ways: (() => Promise<unknown>)[] = [
        () => application.commitEvent(makeEvent({ key: 'a', sessionId: 's1' }), grow('s1')),
        () => application.commitRead('s1', 1, (record) => record && { ...record, status: 'Approved' }),
        () => application.bind('s1', { userId: 'u1', workflow: 'default' }, (record) => record ?? makeRecord('s1')),
        () => erase(),
        () => application.commitEvent(makeEvent({ key: 'b', sessionId: 's1' }), grow('s1')),
        () => application.commitRead('s1', 0, () => makeRecord('s1')),
        () => application.bind('s1', { userId: 'u1', workflow: 'default' }, (record) => record ?? makeRecord('s1')),
      ]
      await Promise.all(ways.map((way) => way()))
      expect(await application.getSession('s1')).toBeNull()
      expect(await application.listEvents('s1')).toEqual([])
    })
  })

  describe('data older than its retention', () => {
    const expiry: Expiry = {
      environment: 'live',
      eventsBefore: 0,
      sessionsBefore: null,
      counted: [],
      deletesDueAt: null,
      erasuresBefore: 0,
      limit: 100,
    }
    const prune = (changes: Partial<Expiry>) => application.prune({ ...expiry, ...changes })
    const place = (sessionId: string, overrides: Partial<SessionRecord> = {}) =>
      application.commitRead(sessionId, 0, () =>
        makeRecord(sessionId, {
          status: 'Declined',
          userId: 'u1',
          workflow: 'default',
          environment: 'live',
          updatedAt: 100,
          ...overrides,
        }),
      )
    const exist = async (...sessionIds: string[]) => {
      const found = await Promise.all(sessionIds.map((sessionId) => application.getSession(sessionId)))
      return sessionIds.filter((_, index) => found[index] !== null)
    }

    test('removes events by their arrival, oldest first and a limited number at a time', async () => {
      for (const receivedAt of [30, 10, 40, 20, 50]) {
        const event = makeEvent({ key: `at-${receivedAt}`, sessionId: 's1', receivedAt })
        await application.commitEvent(event, create('s1'))
      }
      const left = async () => (await application.listEvents('s1')).map(({ receivedAt }) => receivedAt)
      expect(await prune({ eventsBefore: 10 })).toBe(false)
      expect(await left()).toEqual([30, 10, 40, 20, 50])
      expect(await prune({ eventsBefore: 50, limit: 2 })).toBe(true)
      expect(await left()).toEqual([30, 40, 50])
      expect(await prune({ eventsBefore: 50, limit: 3 })).toBe(false)
      expect(await left()).toEqual([50])
      expect(await application.getSession('s1')).toMatchObject({ seq: 5 })
    })

    test('removes only Sessions that are over, have no pending read and have not changed', async () => {
      const over = ['Approved', 'Declined', 'Abandoned', 'Expired', 'Kyc Expired']
      const open = ['Not Started', 'In Progress', 'Awaiting User', 'In Review', 'Resubmitted', 'Something New']
      for (const status of [...over, ...open]) await place(status, { status })
      await place('nobody', { userId: null, workflow: null })
      await place('owing', { isReadPending: true, readDueAt: 1 })
      await place('changed', { updatedAt: 200 })
      await place('decided later', { decidedAt: 200 })
      await place('elsewhere', { environment: 'sandbox' })
      const all = [...over, ...open, 'nobody', 'owing', 'changed', 'decided later', 'elsewhere']
      await prune({})
      await prune({ sessionsBefore: 100 })
      expect(await exist(...all)).toEqual(all)
      expect(await prune({ sessionsBefore: 200 })).toBe(false)
      expect(await exist(...all)).toEqual([...open, 'owing', 'changed', 'decided later', 'elsewhere'])
      expect(await application.listPendingDeletes({ environment: 'live', now: 1e15, limit: 9 })).toEqual([])
    })

    test('goes so many Sessions at a time, longest unchanged first', async () => {
      for (const updatedAt of [30, 10, 20]) await place(`s${updatedAt}`, { updatedAt })
      expect(await prune({ sessionsBefore: 100, limit: 2 })).toBe(true)
      expect(await exist('s10', 's20', 's30')).toEqual(['s30'])
      expect(await prune({ sessionsBefore: 100, limit: 2 })).toBe(false)
      expect(await exist('s30')).toEqual([])
    })

    test('still counts removed Sessions as attempts where that matters, until the user is erased', async () => {
      await place('s1')
      await place('s2')
      await place('s3', { workflow: 'transfer' })
      await place('s4', { userId: 'u2' })
      await place('s5', { status: 'Not Started' })
      await place('s6', { environment: 'sandbox' })
      await prune({ sessionsBefore: 200, counted: ['default'] })
      await prune({ environment: 'sandbox', sessionsBefore: 200, counted: ['default'] })
      const count = (userId: string, workflow = 'default', environment = 'live') =>
        application.countSpent({ userId, workflow, environment })
      expect(await Promise.all([count('u1'), count('u2'), count('u1', 'transfer'), count('u3')])).toEqual([2, 1, 0, 0])
      expect(await count('u1', 'default', 'sandbox')).toBe(1)
      const bound = await application.bind('s7', { userId: 'u1', workflow: 'default' }, (_, { earlier }) =>
        makeRecord('s7', { userId: 'u1', workflow: 'default', attempt: earlier + 1 }),
      )
      // s5 is there still, s1, s2 and s6 were.
      expect(bound).toMatchObject({ attempt: 5 })
      await application.erase({ userId: 'u1', environment: 'live', now: 1 })
      expect(await Promise.all([count('u1'), count('u2'), count('u1', 'default', 'sandbox')])).toEqual([0, 1, 1])
    })

    test('is deleted at Didit, too, if the option asks for it', async () => {
      await place('s1')
      await place('nobody', { userId: null, workflow: null })
      await prune({ sessionsBefore: 200, deletesDueAt: 700 })
      expect(await exist('s1', 'nobody')).toEqual([])
      // Somebody else's, as far as is known here.
      expect(await application.listPendingDeletes({ environment: 'live', now: 700, limit: 9 })).toEqual([
        { sessionId: 's1', dueAt: 700, failures: 0 },
      ])
      expect(await application.erase({ userId: 'u1', environment: 'live', now: 1 })).toMatchObject({
        sessionIds: [],
        pending: [{ sessionId: 's1' }],
      })
    })

    test('does not keep a repeated event from being known, nor Didit from speaking of the Session again', async () => {
      const event = makeEvent({ key: 'e1', sessionId: 's1', receivedAt: 100 })
      await application.commitEvent(event, create('s1', { status: 'Declined', environment: 'live', updatedAt: 100 }))
      await prune({ sessionsBefore: 200, eventsBefore: 100 })
      expect(await exist('s1')).toEqual([])
      expect(await application.commitEvent(event, create('s1'))).toMatchObject({ stored: false, erased: false })
      expect(
        await application.commitEvent(makeEvent({ key: 'e2', sessionId: 's1' }), create('s1', { status: 'Approved' })),
      ).toMatchObject({ stored: true, record: { status: 'Approved', seq: 1 } })
    })

    test('is, of an erasure, the mark', async () => {
      const user = { userId: 'u1', environment: 'live' }
      await application.erase({ ...user, now: 100 })
      await prune({ erasuresBefore: 100 })
      expect(await application.getErasure(user)).not.toBeNull()
      await prune({ erasuresBefore: 101 })
      expect(await application.getErasure(user)).toBeNull()
    })
  })
}

const create =
  (sessionId: string, overrides: Partial<SessionRecord> = {}): RecordUpdate =>
  () =>
    makeRecord(sessionId, overrides)

const grow =
  (sessionId: string): RecordUpdate =>
  (record) =>
    record ? { ...record, revision: record.revision + 1 } : makeRecord(sessionId)
