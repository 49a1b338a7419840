import type { Generation } from '@didit-verify/emulator'
import { expect, test } from 'vitest'
import { apiKey, createTestEmulator, recordingFetch, unknownId, workflows } from '../test-emulator.ts'

/** Registers the tests of the configuration endpoints in one generation: webhook destinations and sandbox scenarios. */
export function settingUpScenarios(generation: Generation): void {
  test('webhook destinations: create, read, change, delete, and refusals', async () => {
    const { ask, emulator } = createTestEmulator(generation)
    const path = '/v3/webhook/destinations/'
    const destination = { label: 'Shop', url: 'https://shop.example/hook', subscribed_events: ['status.updated'] }
    expect(await ask('POST', path, { ...destination, enabled: true, webhook_version: 'v3' })).toBe(201)
    expect(await ask('GET', path)).toBe(200)
    const answer = await emulator.fetch(new Request(`${emulator.url}${path}`, { headers: { 'x-api-key': apiKey } }))
    const [first] = (await answer.json()) as { uuid: string }[]
    const one = `${path}${first?.uuid}/`
    expect(await ask('GET', one)).toBe(200)
    expect(await ask('PATCH', one, { enabled: false })).toBe(200)
    expect(await ask('POST', path, {})).toBe(400)
    expect(await ask('POST', path, { ...destination, url: 'shop' })).toBe(400)
    expect(await ask('POST', path, { ...destination, url: 'https://other.example', subscribed_events: [] })).toBe(400)
    expect(await ask('PATCH', one, { webhook_version: 'v9' })).toBe(400)
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? {} : undefined
      expect(await ask(method, `${path}${unknownId}/`, body)).toBe(404)
      expect(await ask(method, one, body, {})).toBe(403)
    }
    expect(await ask('GET', path, undefined, {})).toBe(403)
    expect(await ask('POST', path, destination, {})).toBe(403)
    expect(await ask('DELETE', one)).toBe(204)

    const limited = createTestEmulator(generation, { rateLimits: { read: 1, write: 1 } })
    await limited.ask('GET', path)
    await limited.ask('POST', path, destination)
    expect(await limited.ask('POST', path, destination)).toBe(429)
    expect(await limited.ask('GET', path)).toBe(429)
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect(await limited.ask(method, `${path}${unknownId}/`, method === 'PATCH' ? {} : undefined)).toBe(429)
    }
  })

  test('sandbox: arm a Session with a scenario', async () => {
    const { api, ask, emulator } = createTestEmulator(generation, { environment: 'sandbox' })
    const { session_id, session_token } = await api.sessions.create({ workflow_id: workflows.kyc })
    const path = `/v3/session/${session_id}/sandbox/arm/`
    const token = { 'session-token': session_token ?? '' }
    expect(await ask('POST', path, { scenario: 'no_such_thing' }, token)).toBe(400)
    expect(await ask('POST', path, { scenario: 'decline_document_expired' }, { 'session-token': 'wrong' })).toBe(404)
    const arm = recordingFetch.checkBoth((request) => emulator.fetch(request))
    const answer = await arm(`${emulator.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...token },
      body: JSON.stringify({ scenario: 'decline_document_expired' }),
    })
    expect(answer.status).toBe(200)
    emulator.control.finish(session_id, 'In Progress')
    expect(await ask('POST', path, { scenario: 'approve' }, token)).toBe(400)
    const live = createTestEmulator(generation)
    const liveSession = await live.api.sessions.create({ workflow_id: workflows.kyc })
    const livePath = `/v3/session/${liveSession.session_id}/sandbox/arm/`
    expect(
      await live.ask('POST', livePath, { scenario: 'approve' }, { 'session-token': liveSession.session_token ?? '' }),
    ).toBe(404)
    await api.sessions.create({ workflow_id: workflows.kyc, sandbox_scenario: 'review_aml_possible_match' })
  })

  test('sandbox: the decision of every scenario', async () => {
    const { api, emulator } = createTestEmulator(generation, { environment: 'sandbox' })
    const answer = await emulator.fetch(
      new Request(`${emulator.url}/v1/sandbox/scenarios/`, { headers: { 'x-api-key': apiKey } }),
    )
    const slugs = [...new Set((await answer.text()).match(/\b(?:approve|decline|review)[a-z_]*\b/g))]
    expect(slugs.length).toBeGreaterThan(14)
    for (const workflow_id of [workflows.everything, workflows.company]) {
      for (const sandbox_scenario of slugs) {
        const { session_id } = await api.sessions.create({ workflow_id, sandbox_scenario })
        const status = sandbox_scenario.startsWith('decline') ? 'Declined' : 'In Review'
        emulator.control.finish(session_id, sandbox_scenario === 'approve' ? 'Approved' : status)
        await api.sessions.retrieveDecision(session_id)
      }
    }
  })
}
