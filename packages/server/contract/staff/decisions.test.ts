import { afterEach, expect, test } from 'vitest'
import { createTestStaff, type TestStaff } from '../../testing/test-staff.ts'

let staff: TestStaff
afterEach(() => staff.testServer.close())
const verdict = () => staff.testServer.didit.getStatus('user-ada')

test('a decline by staff counts although the read after it comes from a replica that lags, and the webhook is lost', async () => {
  staff = await createTestStaff()
  const { session } = await staff.place('Approved', 'user-ada')
  for (let i = 0; i < 5; i += 1) {
    staff.testServer.pass(60)
    await staff.testServer.settle()
  }
  expect(await verdict()).toMatchObject({ verified: true, settled: true })
  staff.testServer.emulator.control.faults({ drop: true })
  let old: string | undefined
  staff.vendor = async (call, forward) => {
    if (!call.path.includes('/decision')) return forward()
    const answer = await forward()
    if (old === undefined) return answer
    const body = JSON.stringify({ ...((await answer.json()) as object), status: old })
    return new Response(body, {
      status: 200,
      headers: { 'content-type': 'application/json', date: new Date(staff.testServer.now()).toUTCString() },
    })
  }
  old = 'Approved'
  const answer = await staff.ask('POST', `/sessions/${session.sessionId}/update-status`, {
    body: { new_status: 'Declined', comment: 'forged' },
  })
  expect(answer.status).toBe(200)
  old = undefined
  for (let i = 0; i < 48; i += 1) {
    staff.testServer.pass(3600)
    await staff.testServer.settle()
  }
  expect(await verdict()).toMatchObject({ verified: false })
})
