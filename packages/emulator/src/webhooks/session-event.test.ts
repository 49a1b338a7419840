import { expect, test } from 'vitest'
import { createTestEmulator, workflowEnding } from '../../testing/test-emulator.ts'

test('has the business fields for a company, and not for a person', async () => {
  const { create, control, events } = createTestEmulator()
  const company = await create({ workflow_id: workflowEnding('55b'), vendor_data: 'merchant-1' }, 'Awaiting User')
  control.finish(company, 'Approved')
  const person = await create({ vendor_data: 'user-1' }, 'Approved')
  await control.idle()
  const ofCompany = {
    session_kind: 'business',
    business_session_id: company,
    vendor_business_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  }
  expect(events).toMatchObject([
    { session_id: company, status: 'Awaiting User', ...ofCompany },
    { session_id: company, status: 'Approved', ...ofCompany },
    { session_id: person, status: 'Approved' },
  ])
  for (const field of Object.keys(ofCompany)) expect(events[2]).not.toHaveProperty(field)
})
