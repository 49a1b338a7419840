import { type Clock, createClock } from '../runtime/clock.ts'
import type { Identity } from '../runtime/identity.ts'
import type { CreateRequest } from '../sessions/create-request.ts'
import { createSessions, type StoredSession } from '../sessions/sessions.ts'
import { type Application, type Workflow, workflows } from '../sessions/workflows.ts'

/** Options of `sampleSession`. */
export interface SampleOptions {
  readonly clock: Clock
  readonly identity: Identity
  readonly url: string
}

const noTimers = { setTimeout: () => undefined, clearTimeout: () => undefined }
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

/** Creates an approved Session for a test delivery. It is not stored in the emulator. */
export function sampleSession(application: Application, { clock, identity, url }: SampleOptions): StoredSession {
  const sessions = createSessions({
    // Without timers, so that its expiry leaves no timer running.
    clock: createClock({ now: clock.now, timers: noTimers }),
    identity,
    url,
    findingsOf: () => [],
    documentExpiryOf: () => null,
    onStatus() {},
  })
  const session = sessions.create(application, workflows[0] as Workflow, request)
  sessions.changeStatus(session, 'In Progress', 'flow')
  sessions.changeStatus(session, 'Approved', 'flow')
  return session
}
