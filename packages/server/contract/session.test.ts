import type { StartAnswer } from '@didit-verify/core/schemas'
import { afterEach, expect, test } from 'vitest'
import { readFrames, type Stage, setStage } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

async function start(options: Parameters<Stage['call']>[2] = {}): Promise<StartAnswer> {
  const response = await stage.call('POST', '/sessions', { body: {}, ...options })
  expect([200, 201]).toContain(response.status)
  return (await response.json()) as StartAnswer
}

test('creates a Session and pushes the verdict of the webhook to the stream', async () => {
  stage = await setStage()
  const response = await stage.call('POST', '/sessions', { body: { workflow: 'default', language: 'en' } })
  expect(response.status).toBe(201)
  const { session, url, ticket } = (await response.json()) as StartAnswer
  expect(session).toMatchObject({ status: 'Not Started', phase: 'active', settled: true, source: 'created' })
  expect(url).toMatch(/^http:\/\/localhost:4100\/.*session\//)

  const events = await stage.call('GET', `/sessions/${session.sessionId}/events`, { user: null, ticket })
  expect(events.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const frames = readFrames(events)
  expect(await frames.next()).toMatchObject({ event: 'snapshot', data: { status: 'Not Started' } })

  stage.pass(20)
  stage.emulator.control.finish(session.sessionId, 'Approved')
  await stage.settle()
  expect(await frames.next()).toMatchObject({ data: { status: 'Approved', phase: 'approved', source: 'webhook' } })
  await frames.cancel()

  expect(await stage.didit.getStatus('user-ada')).toMatchObject({ verified: true, settled: true, phase: 'approved' })
})
