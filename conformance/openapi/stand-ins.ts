import type { AnswerObject, OpenApiDocument, SchemaObject } from './document.ts'
import type { StandIn } from './validator.ts'

const decision = 'GET /v3/session/{sessionId}/decision/'

type Properties = Readonly<Record<string, SchemaObject>>

/** Returns the documented fields of a Decision. */
function fieldsOfDecision({ paths }: OpenApiDocument): Properties {
  const answer = paths['/v3/session/{sessionId}/decision/']?.get?.responses['200'] as AnswerObject | undefined
  const schema = answer?.content?.['application/json']?.schema
  if (schema === undefined) throw new Error('The document has no schema of a Decision.')
  return schema.properties as Properties
}

/** Names in the older form of a Decision, where each stands for the first item of a list of the newer form. */
const olderNames = {
  id_verification: 'id_verifications',
  nfc: 'nfc_verifications',
  liveness: 'liveness_checks',
  face_match: 'face_matches',
  phone: 'phone_verifications',
  email: 'email_verifications',
  poa: 'poa_verifications',
  aml: 'aml_screenings',
  ip_analysis: 'ip_analyses',
  database_validation: 'database_validations',
  questionnaire: 'questionnaire_responses',
}

const nullable = (schema: SchemaObject): SchemaObject => ({ ...schema, nullable: true })
const anyList: SchemaObject = { type: 'array', items: {} }

/** Schemas for answers that the document describes in words, with an incomplete schema or example. */
export const standIns: readonly StandIn[] = [
  {
    operation: 'POST /v3/session/import-shared/',
    status: 201,
    reason:
      'The document has two shortened examples, and says that the answer is a Decision of the older or newer form.',
    schema(document) {
      const fields = fieldsOfDecision(document)
      const older = Object.entries(olderNames).map(([name, block]) => {
        const { items } = fields[block] as { items: SchemaObject }
        return [name, nullable(items)]
      })
      const { session_id } = fields
      return {
        type: 'object',
        required: ['session_id', 'session_number', 'status', 'workflow_id', 'vendor_data', 'created_at', 'expires_at'],
        properties: { ...fields, ...Object.fromEntries(older), shared_from_session: session_id },
      }
    },
  },
  {
    operation: decision,
    status: 200,
    when: (url) => url.searchParams.get('include') === 'events',
    reason: 'The document describes in words what `include=events` adds and changes. It has no schema for it.',
    schema(document) {
      const { session_kind: _, ...fields } = fieldsOfDecision(document)
      return {
        type: 'object',
        properties: {
          ...fields,
          features: {
            type: 'array',
            items: {
              type: 'object',
              required: ['feature', 'node_id'],
              properties: { feature: { type: 'string' }, node_id: { type: 'string', nullable: true } },
            },
          },
          events: anyList,
          activity_reviews: anyList,
          blocklisted: {},
          cost_breakdown: {},
          workflow_type: { type: 'string', nullable: true },
          workflow_version: { type: 'integer' },
          workflow_version_id: { type: 'string', format: 'uuid' },
          api_service: { type: 'string', nullable: true },
          session_type: { type: 'string', enum: ['API', 'HOSTED', 'MIGRATED'] },
          has_device_nfc_support: { type: 'boolean' },
        },
      }
    },
  },
]
