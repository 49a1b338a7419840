import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createTestEmulator, unknownId } from '../../testing/test-emulator.ts'
import type { ApiContext } from './context.ts'
import { mountReviewRoutes } from './review-routes.ts'

function setFeed() {
  const testEmulator = createTestEmulator()
  const feed = async (id: string, query = '') =>
    (await testEmulator.call('GET', `/v3/sessions/${id}/reviews/${query}`)).body
  const note = (id: string, body: unknown) => testEmulator.call('POST', `/v3/sessions/${id}/reviews/`, { body })
  return { ...testEmulator, feed, note }
}

test('lists the actions of keys and reviewers, newest first', async () => {
  const { create, call, control, feed } = setFeed()
  const id = await create({}, 'In Review')
  await call('PATCH', `/v3/session/${id}/update-status/`, {
    body: { new_status: 'Approved', comment: 'Checked by hand' },
  })
  control.finish(id, 'Declined')
  expect(await feed(id)).toMatchObject({
    count: 2,
    next: null,
    previous: null,
    results: [
      { actor_type: 'CONSOLE_USER', actor_email: 'reviewer@emulator.example', new_status: 'Declined' },
      {
        uuid: expect.any(String),
        activity_type: 'STATUS_UPDATED',
        actor_display: 'API Client',
        actor_email: null,
        actor_type: 'API_KEY',
        new_status: 'Approved',
        previous_status: 'In Review',
        comment: 'Checked by hand',
        mentioned_emails: [],
        previous_value: { status: 'In Review' },
        new_value: { status: 'Approved' },
        changed_fields: ['status'],
        metadata: null,
        created_at: '2026-10-26T08:00:00.000000Z',
      },
    ],
  })
})

test('stores a note without changing the status', async () => {
  const { create, note, feed, control, events, decision } = setFeed()
  const id = await create({}, 'Approved')
  const answer = await note(id, { new_status: 'In Review', comment: 'Ask @somebody@example.com' })
  expect([answer.status, answer.body]).toEqual([
    201,
    {
      user: 'Unknown',
      new_status: 'In Review',
      comment: 'Ask @somebody@example.com',
      created_at: '2026-10-26T08:00:00.000000Z',
    },
  ])
  expect((await note(id, {})).body).toMatchObject({ user: 'Unknown', new_status: null, comment: null })
  expect((await feed(id)).results).toMatchObject([
    { actor_display: 'Unknown', new_status: null, comment: null, changed_fields: [] },
    { actor_display: 'Unknown', actor_type: 'CONSOLE_USER', new_status: 'In Review', previous_status: null },
  ])
  await control.idle()
  expect([(await decision(id)).status, events.length]).toEqual(['Approved', 1])
})

test('has pages, and is oldest first on request', async () => {
  const { create, note, feed } = setFeed()
  const id = await create()
  for (const comment of ['one', 'two', 'three']) await note(id, { comment })
  const comments = async (query: string) =>
    (await feed(id, query)).results.map(({ comment }: { comment: string }) => comment)
  expect(await comments('?limit=2')).toEqual(['three', 'two'])
  expect(await comments('?ordering=created_at&limit=2&offset=1')).toEqual(['two', 'three'])
  expect((await feed(id, '?limit=2')).next).toBe(`http://localhost:4100/v3/sessions/${id}/reviews/?limit=2&offset=2`)
})

test.each([
  [{ new_status: 'approved' }, { new_status: ['"approved" is not a valid choice.'] }],
  [{ comment: 7 }, { comment: ['Not a valid string.'] }],
  [[], { non_field_errors: ['Invalid data. Expected a dictionary.'] }],
])('refuses the note %j by naming the field', async (body, errors) => {
  const { create, note } = setFeed()
  const answer = await note(await create(), body)
  expect([answer.status, answer.body]).toEqual([400, errors])
})

test('does not find a session of another application', async () => {
  const { create, feed, note } = setFeed()
  const foreign = await create({}, 'Approved', 'k-partner')
  for (const id of [foreign, unknownId]) {
    expect(await feed(id)).toEqual({ detail: 'Session not found.' })
    expect((await note(id, {})).status).toBe(404)
  }
})

test('does not exist for a company', async () => {
  const api = new Hono()
  mountReviewRoutes(api, {
    admit: () => ({ sees: () => true }),
    sessions: { byId: () => ({ workflow: { features: ['KYB_REGISTRY'] }, activities: [] }) },
    url: 'http://localhost:4100',
  } as unknown as ApiContext)
  const answer = await api.request(`/v3/sessions/${unknownId}/reviews/`)
  expect([answer.status, await answer.json()]).toEqual([404, { detail: 'Session not found.' }])
})
