import type * as z from 'zod/mini'
import { blocklistMessageSchema, blocklistPageSchema } from '../src/schemas/blocklist.ts'
import { blocklistAddRequestSchema, blocklistRemoveRequestSchema } from '../src/schemas/blocklist-requests.ts'
import { decisionSchema } from '../src/schemas/decision.ts'
import { decisionV2Schema } from '../src/schemas/decision-v2.ts'
import { armedSessionSchema, armSessionRequestSchema } from '../src/schemas/sandbox-scenario.ts'
import { createdSessionSchema, deletedSessionSchema } from '../src/schemas/session.ts'
import { sessionPageSchema } from '../src/schemas/session-page.ts'
import {
  createSessionRequestSchema,
  deleteSessionRequestSchema,
  importSharedRequestSchema,
  shareSessionRequestSchema,
  updateStatusRequestSchema,
} from '../src/schemas/session-requests.ts'
import { sessionActivityPageSchema, updatedSessionSchema } from '../src/schemas/session-review.ts'
import { importedSessionSchema, sharedSessionSchema } from '../src/schemas/session-share.ts'
import {
  ageEstimationResultSchema,
  amlResultSchema,
  passiveLivenessResultSchema,
  phoneCheckResultSchema,
  phoneSendResultSchema,
  poaResultSchema,
} from '../src/schemas/standalone.ts'
import { phoneCheckRequestSchema, phoneSendRequestSchema } from '../src/schemas/standalone-requests.ts'
import { webhookDestinationRequestSchema, webhookDestinationSchema } from '../src/schemas/webhook-destinations.ts'
import { webhookEventSchema } from '../src/schemas/webhook-event.ts'
import { nestedEntityEventSchema, webhookEventSchemas, webhookEventV1Schema } from '../src/schemas/webhook-events.ts'

/** Table of the schemas and the fixtures that they read, for the tests of the schemas. */

// Read by Vite instead of node:fs, since this package is type-checked without the types of Node.
declare global {
  interface ImportMeta {
    glob(pattern: string, options: { eager: true; import: 'default' }): Record<string, unknown>
  }
}

/** The fixtures by their file names. */
export const fixtures: ReadonlyMap<string, unknown> = new Map(
  Object.entries(import.meta.glob('../fixtures/*.json', { eager: true, import: 'default' })).map(
    ([path, content]) => [path.replace(/^.*\//, ''), content] as const,
  ),
)

/** Returns a copy of one fixture that a test may change. */
export const read = (file: string) => structuredClone(fixtures.get(file)) as Record<string, unknown>

const events = webhookEventSchemas

/** Each schema with prefixes of the files that it reads. Two schemas may read one file. */
export const samples: readonly [schema: string, z.ZodMiniType, ...files: string[]][] = [
  ['createSessionRequest', createSessionRequestSchema, 'create-session.request.'],
  ['createdSession', createdSessionSchema, 'create-session.response.'],
  ['deleteSessionRequest', deleteSessionRequestSchema, 'delete-session.request.'],
  ['deletedSession', deletedSessionSchema, 'delete-session.response.'],
  ['decision', decisionSchema, 'decision.', 'import-shared.response.v3-shape.json'],
  ['decisionV2', decisionV2Schema, 'import-shared.response.v2-shape.json'],
  ['sessionPage', sessionPageSchema, 'list-sessions.response.'],
  ['updateStatusRequest', updateStatusRequestSchema, 'update-status.request.'],
  ['updatedSession', updatedSessionSchema, 'update-status.response.json'],
  ['sessionActivityPage', sessionActivityPageSchema, 'reviews.list.response.json'],
  ['shareSessionRequest', shareSessionRequestSchema, 'share.request.json'],
  ['sharedSession', sharedSessionSchema, 'share.response.json'],
  ['importSharedRequest', importSharedRequestSchema, 'import-shared.request.json'],
  ['importedSession', importedSessionSchema, 'import-shared.response.v3-shape.json'],
  ['blocklistAddRequest', blocklistAddRequestSchema, 'blocklist-add.request.json'],
  ['blocklistRemoveRequest', blocklistRemoveRequestSchema, 'blocklist-remove.request.json'],
  ['blocklistMessage', blocklistMessageSchema, 'blocklist-add.response.json', 'blocklist-remove.response.json'],
  ['blocklistPage', blocklistPageSchema, 'blocklist-list.response.json'],
  ['poaResult', poaResultSchema, 'standalone.poa.'],
  ['amlResult', amlResultSchema, 'standalone.aml.'],
  ['ageEstimationResult', ageEstimationResultSchema, 'standalone.age-estimation.'],
  ['passiveLivenessResult', passiveLivenessResultSchema, 'standalone.passive-liveness.'],
  ['phoneSendRequest', phoneSendRequestSchema, 'standalone.phone-send.request.json'],
  [
    'phoneSendResult',
    phoneSendResultSchema,
    'standalone.phone-send.blocked.json',
    'standalone.phone-send.retry.json',
    'standalone.phone-send.success.json',
  ],
  ['phoneCheckRequest', phoneCheckRequestSchema, 'standalone.phone-check.request.json'],
  [
    'phoneCheckResult',
    phoneCheckResultSchema,
    'standalone.phone-check.approved.json',
    'standalone.phone-check.declined.json',
    'standalone.phone-check.expired.json',
    'standalone.phone-check.failed.json',
  ],
  ['webhookDestinationRequest', webhookDestinationRequestSchema, 'webhook-destination.create.request.json'],
  ['webhookDestination', webhookDestinationSchema, 'webhook-destination.create.response.json'],
  ['armSessionRequest', armSessionRequestSchema, 'sandbox-arm.request.json'],
  ['armedSession', armedSessionSchema, 'sandbox-arm.response.json'],
  ['webhookEvent', webhookEventSchema, 'webhook.'],
  ['status.updated', events['status.updated'], 'webhook.status-updated.', 'webhook.console-test.json'],
  ['data.updated', events['data.updated'], 'webhook.data-updated.json'],
  ['user.status.updated', events['user.status.updated'], 'webhook.user-status-updated.json'],
  ['user.data.updated', events['user.data.updated'], 'webhook.user-data-updated.json'],
  ['business.status.updated', events['business.status.updated'], 'webhook.business-status-updated.json'],
  ['business.data.updated', events['business.data.updated'], 'webhook.business-data-updated.json'],
  ['activity.created', events['activity.created'], 'webhook.activity-created.json'],
  ['transaction.created', events['transaction.created'], 'webhook.transaction-created.json'],
  ['transaction.status.updated', events['transaction.status.updated'], 'webhook.transaction-status-updated.json'],
  ['travel_rule.status.updated', events['travel_rule.status.updated'], 'webhook.travel-rule-status-updated.json'],
  ['webhookEventV1', webhookEventV1Schema, 'webhook.legacy-v1.json'],
  ['nestedEntityEvent', nestedEntityEventSchema, 'webhook.entity-legacy.json'],
]

/** Returns the files that one row of `samples` reads. */
export const filesOf = (prefixes: readonly string[]) =>
  [...fixtures.keys()].filter((file) => prefixes.some((prefix) => file.startsWith(prefix)))

/** Fixtures that another test reads. */
export const readElsewhere: Readonly<Record<string, string>> = {
  'error.': 'the server, which reads Didit’s errors: packages/server/src/api/error-body.test.ts',
  'hosted-page.messages.json': 'hosted-frame.test.ts',
  'signature-vectors.json': 'the server and the emulator, each with its own signing code',
}
