import { type Clock, createClock } from '../runtime/clock.ts'
import type { Identity } from '../runtime/identity.ts'
import type { CreateRequest } from '../sessions/create-request.ts'
import { createSessions, type StoredSession } from '../sessions/sessions.ts'
import { type Application, type Workflow, workflows } from '../sessions/workflows.ts'

export interface SampleOptions {
  readonly clock: Clock
  readonly identity: Identity
  readonly url: string
}

const nothing = { setTimeout: () => undefined, clearTimeout: () => undefined }
const request: CreateRequest = {
  workflowId: (workflows[0] as Workflow).workflowId,
  vendorData: 'test-vendor-data-123',
  callback: null,
  metadata: { test_webhook: true },
  language: null,
  contactDetails: null,
  expectedDetails: null,
  hasPortrait: false,
  sandboxScenario: null,
}

/** An approved Session that nobody can find: what a test delivery is about. */
export function sampleSession(application: Application, { clock, identity, url }: SampleOptions): StoredSession {
  const sessions = createSessions({
    // Time stands still for it, so that it leaves no timer behind.
    clock: createClock({ now: clock.now, timers: nothing }),
    identity,
    url,
    findingsOf: () => [],
    documentEndOf: () => null,
    onStatus() {},
  })
  const session = sessions.create(application, workflows[0] as Workflow, request)
  sessions.changeStatus(session, 'In Progress', 'flow')
  sessions.changeStatus(session, 'Approved', 'flow')
  return session
}
