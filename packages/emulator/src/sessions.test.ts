import { expect, test } from 'vitest'
import { createClock, systemTimers } from './clock.ts'
import { readCreateRequest } from './create-request.ts'
import { createIdentity } from './identity.ts'
import { createSessions } from './sessions.ts'
import { seedApplications, type Workflow, workflows } from './workflows.ts'

test('companies are counted apart from people', () => {
  const clock = createClock({ now: () => 0, timers: systemTimers })
  const sessions = createSessions({
    clock,
    identity: createIdentity(1),
    url: 'http://localhost:4100',
    onStatus: () => {},
    findingsOf: () => [],
    documentEndOf: () => null,
  })
  const [application] = seedApplications('k')
  const [people] = workflows
  if (!application || !people) throw new Error('Nothing is seeded.')
  const companies = { ...people, features: ['KYB_REGISTRY'] } as unknown as Workflow
  const read = readCreateRequest({ workflow_id: people.workflowId })
  if ('errors' in read) throw new Error('The request is refused.')
  const numbers = [people, companies, people, companies].map(
    (workflow) => sessions.create(application, workflow, read.request).sessionNumber,
  )
  expect(numbers).toEqual([1001, 1001, 1002, 1002])
  clock.reset()
})
