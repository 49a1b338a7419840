import type { Deviation } from './ledger.ts'

const decision = 'GET /v3/session/{sessionId}/decision/'
const deletion = 'DELETE /v3/session/{sessionId}/delete/'

const emptyFields = {
  rule: 'type',
  reason:
    'Is null where there is nothing to tell. The document marks few fields as nullable and its own text says that any may be.',
  source:
    'Didit docs, "Retrieve session": a workflow can hide each field of a decision; a key without media reads no link',
}

const wrongKey = {
  part: '401',
  pointer: '',
  rule: 'status',
  reason: 'A wrong key is 401 in the generation late-2026. The document knows 403 alone, and 2026-07 does as it says.',
  source: 'Didit docs of late 2026, "API full flow", on the key',
}

/**
 * Where we differ from Didit's OpenAPI document on purpose.
 *
 * The document is of July 2026; Didit changes its API in place, and its documentation of late 2026 tells otherwise in
 * some points. Each entry has to be needed by some answer or request of the run, or it fails as stale.
 */
export const deviations: readonly Deviation[] = [
  ...[
    '/id_verifications/*/back_image',
    '/id_verifications/*/back_video',
    '/id_verifications/*/full_back_image',
    '/id_verifications/*/front_image_camera_front',
    '/id_verifications/*/back_image_camera_front',
    '/id_verifications/*/marital_status',
    '/id_verifications/*/parsed_address',
    '/ip_analyses/*/ip_state',
    '/ip_analyses/*/ip',
    '/ip_analyses/*/id_document',
    '/ip_analyses/*/poa_document',
    '/poa_verifications/*/poa_parsed_address',
  ].map((pointer) => ({ operation: decision, part: '200', pointer, ...emptyFields })),

  ...['POST /v3/session/', decision, deletion].map((operation) => ({ operation, ...wrongKey })),

  {
    operation: deletion,
    part: 'request',
    pointer: '',
    rule: 'content',
    reason: 'A deletion can say what becomes of the face since late 2026. The document has no body there.',
    source: 'Didit docs of late 2026, "Delete session"',
  },
  {
    operation: deletion,
    part: '200',
    pointer: '',
    rule: 'status',
    reason: 'A deletion tells what it deleted in the generation late-2026. 2026-07 answers 204 as the document has it.',
    source: 'Didit docs of late 2026, "Delete session"',
  },
  {
    operation: deletion,
    part: '409',
    pointer: '',
    rule: 'status',
    reason: 'A Session of a filed report may not be deleted in the generation late-2026.',
    source: 'Didit docs of late 2026, "Delete session"',
  },
]
