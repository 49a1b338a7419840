import { afterEach, expect, test } from 'vitest'
import { type Clock, createClock, systemTimers } from '../runtime/clock.ts'
import { createIdentity } from '../runtime/identity.ts'
import { readCreateRequest } from './create-request.ts'
import { createSessions } from './sessions.ts'
import { type Application, seedApplications, type Workflow, workflows } from './workflows.ts'

const [main, partner] = seedApplications('k') as [Application, Application]
const [people] = workflows as [Workflow]

const clocks: Clock[] = []
afterEach(() => {
  for (const clock of clocks.splice(0)) clock.reset()
})

function setUp() {
  const clock = createClock({ now: () => 0, timers: systemTimers })
  clocks.push(clock)
  const sessions = createSessions({
    clock,
    identity: createIdentity(1),
    url: 'http://localhost:4100',
    onStatus: () => {},
    findingsOf: () => ['FACE_IN_BLOCKLIST'],
    documentExpiryOf: () => null,
  })
  const create = (workflow: Workflow, body: Record<string, string> = {}) => {
    const read = readCreateRequest({ workflow_id: people.workflowId, ...body })
    if ('errors' in read) throw new Error('The request is refused.')
    return sessions.create(main, workflow, read.request)
  }
  return { sessions, create }
}

test('companies and people are numbered separately', () => {
  const { create } = setUp()
  const companies = { ...people, features: ['KYB_REGISTRY'] } as unknown as Workflow
  const numbers = [people, companies, people, companies].map((workflow) => create(workflow).sessionNumber)
  expect(numbers).toEqual([1001, 1001, 1002, 1002])
})

test('a copy keeps everything that determines its checks', () => {
  const { sessions, create } = setUp()
  const original = create(people, { sandbox_scenario: 'decline_aml_hit', vendor_data: 'one' })
  sessions.changeStatus(original, 'Approved', 'flow')
  expect([original.status, original.findings]).toEqual(['Declined', ['FACE_IN_BLOCKLIST']])
  const copy = sessions.clone(original, { application: partner, workflow: people, vendorData: 'two', isTrusted: false })
  expect(copy).toMatchObject({
    status: 'In Review',
    statusWhenShared: 'Declined',
    findings: ['FACE_IN_BLOCKLIST'],
    request: { sandboxScenario: 'decline_aml_hit', vendorData: 'two' },
  })
  // A copy of a copy: the status of the first original still counts.
  sessions.changeStatus(copy, 'Approved', 'api')
  const next = sessions.clone(copy, { application: main, workflow: people, vendorData: null, isTrusted: true })
  expect([next.status, next.statusWhenShared]).toEqual(['Approved', 'Declined'])
})
