import { describe, expect, test } from 'vitest'
import { fixture, json, sessionId, setUp } from '../../testing/scripted-fetch.ts'

const base = 'https://verification.didit.me/v3/blocklist/'

describe('the blocklist', () => {
  test.each(['add', 'remove'] as const)('is changed: %s', async (change) => {
    const body = fixture(`blocklist-${change}.request.json`)
    const said = fixture(`blocklist-${change}.response.json`)
    const { api, calls } = setUp([json(said)])
    await expect(api.blocklist[change](body)).resolves.toEqual(said)
    expect(calls[0]?.url).toBe(`${base}${change}/`)
    expect(calls[0]?.init).toMatchObject({ method: 'POST', redirect: 'manual', body: JSON.stringify(body) })
  })

  test('is changed once, whatever becomes of the answer', async () => {
    for (const change of [
      (api: ReturnType<typeof setUp>['api']) => api.blocklist.add({ session_id: sessionId, blocklist_face: true }),
      (api: ReturnType<typeof setUp>['api']) => api.blocklist.remove({ session_id: sessionId, unblock_face: true }),
    ]) {
      const { api, calls } = setUp([new TypeError('fetch failed')])
      await expect(change(api)).rejects.toMatchObject({ code: 'didit-unavailable' })
      expect(calls).toHaveLength(1)
    }
  })

  test.each([
    ['add', { session_id: 'nobody', blocklist_face: true }, 'session_id'],
    ['add', { session_id: sessionId }, 'blocklist_face'],
    ['add', { session_id: sessionId, blocklist_face: false, blocklist_email: false }, 'blocklist_face'],
    ['add', { session_id: sessionId, blocklist_phone: 'yes' }, 'blocklist_phone'],
    ['remove', { session_id: sessionId }, 'unblock_face'],
    ['remove', { session_id: sessionId, unblock_email: 1 }, 'unblock_email'],
  ] as const)('is not asked to %s %j', async (change, body, path) => {
    const { api, calls } = setUp([])
    await expect(api.blocklist[change](body as never)).rejects.toMatchObject({
      code: 'request-invalid',
      issues: [{ path }],
    })
    expect(calls).toEqual([])
  })

  test('is listed by page and by item', async () => {
    const page = fixture('blocklist-list.response.json')
    const { api, calls } = setUp([json(page), json(page)])
    await expect(api.blocklist.list({ item_type: 'phone', limit: 20, offset: 0 })).resolves.toEqual(page)
    expect(calls[0]?.url).toBe(`${base}?item_type=phone&limit=20&offset=0`)
    const types = []
    for await (const { type } of api.blocklist.list()) types.push(type)
    expect(types).toEqual(['email', 'phone', 'document', 'face'])
  })

  test.each([
    [{ item_type: 'ip' }, 'item_type'],
    [{ limit: 0 }, 'limit'],
    [{ offset: -1 }, 'offset'],
  ])('is not listed for %j', async (query, path) => {
    const { api, calls } = setUp([])
    await expect(api.blocklist.list(query as never)).rejects.toMatchObject({
      code: 'request-invalid',
      issues: [{ path }],
    })
    expect(calls).toEqual([])
  })
})
