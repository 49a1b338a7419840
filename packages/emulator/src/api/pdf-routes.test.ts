import { expect, test } from 'vitest'
import { createTestEmulator, unknownId, workflowEnding } from '../../testing/test-emulator.ts'

function setReport() {
  const testEmulator = createTestEmulator()
  const pdf = async (id: string, key = 'k') => {
    const answer = await testEmulator.emulator.fetch(
      new Request(`${testEmulator.emulator.url}/v3/session/${id}/generate-pdf/`, { headers: { 'x-api-key': key } }),
    )
    return { answer, bytes: Buffer.from(await answer.arrayBuffer()) }
  }
  /** Returns the text drawn on the pages. */
  const textOf = (bytes: Buffer) =>
    [...bytes.toString('latin1').matchAll(/<([0-9a-f]*)> Tj/g)].map(([, hex = '']) =>
      Buffer.from(hex, 'hex').toString('latin1'),
    )
  return { ...testEmulator, pdf, textOf }
}

test.each(['Approved', 'Declined', 'In Review', 'Kyc Expired'] as const)(
  'prints a session that is %s',
  async (status) => {
    const { create, pdf, textOf } = setReport()
    const expected_details = { first_name: 'Ilse', last_name: 'Varga-Nørgård' }
    const id = await create({ vendor_data: 'customer-1042', expected_details }, status)
    const { answer, bytes } = await pdf(id)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/pdf')
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename=session_${id}.pdf`)
    expect(answer.headers.get('content-length')).toBe(String(bytes.byteLength))
    expect(bytes.subarray(0, 4).toString()).toBe('%PDF')
    const text = textOf(bytes)
    expect(text).toContain(`Status: ${status}`)
    expect(text).toContain(`Session ID: ${id}`)
    expect(text).toContain('Full name: Ilse Varga-Nørgård')
    expect(text).toContain('Vendor data: customer-1042')
  },
)

test('prints warnings and comments of reviewers', async () => {
  const { create, call, pdf, textOf } = setReport()
  const id = await create({}, 'In Review')
  await call('PATCH', `/v3/session/${id}/update-status/`, { body: { new_status: 'Declined', comment: 'Forged bill' } })
  const text = textOf((await pdf(id)).bytes).join('\n')
  expect(text).toMatch(/Warning \(error\): [A-Z_]+/)
  expect(text).toContain('Declined by API Client: Forged bill')
})

test('prints the answers of a questionnaire', async () => {
  const { create, decision, pdf, textOf } = setReport()
  const id = await create({ workflow_id: workflowEnding('559') }, 'Approved')
  const [{ title, answer }] = (await decision(id)).questionnaire_responses[0].sections[0].items
  expect(answer.value).toEqual(expect.any(String))
  expect(textOf((await pdf(id)).bytes).join(' ')).toContain(`${title}: ${answer.text ?? answer.value}`)
})

test.each(['Not Started', 'In Progress', 'Resubmitted', 'Abandoned', 'Expired', 'Awaiting User'] as const)(
  'has nothing to print of what is %s',
  async (status) => {
    const { create, call } = setReport()
    const id = await create({}, status === 'Not Started' ? undefined : status)
    const answer = await call('GET', `/v3/session/${id}/generate-pdf/`)
    expect([answer.status, answer.body]).toEqual([403, { detail: 'No PDF for a session in this status.' }])
  },
)

test('does not find a session of another application, nor an id in upper case', async () => {
  const { create, call } = setReport()
  const id = await create({}, 'Approved')
  const at = (path: string, key = 'k') => call('GET', `/v3/session/${path}`, { key })
  expect((await at(`${unknownId}/generate-pdf/`)).body).toEqual({ detail: 'Not found.' })
  expect((await at(`${id}/generate-pdf/`, 'k-partner')).body).toEqual({ detail: 'Session not found.' })
  const capitals = await at(`${id.toUpperCase()}/generate-pdf/`)
  expect([capitals.status, capitals.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
  expect((await at(`${id}/generate-pdf`)).status).toBe(301)
})
