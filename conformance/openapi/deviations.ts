import type { Deviation } from './deviation-counts.ts'

const deletion = 'DELETE /v3/session/{sessionId}/delete/'

const blocklist = [
  { operation: 'POST /v3/blocklist/add/', parts: ['request', '200', '400'] },
  { operation: 'POST /v3/blocklist/remove/', parts: ['request', '200', '400'] },
  { operation: 'GET /v3/blocklist/', parts: ['request', '200'] },
]

/**
 * Where we differ from Didit's OpenAPI document on purpose.
 *
 * The document is of July 2026; Didit changes its API in place, and its documentation of late 2026 tells otherwise in
 * some points. Each entry has to be needed by some answer or request of the run, or it fails as stale.
 */
export const deviations: readonly Deviation[] = [
  ...[
    '/portrait_image',
    '/front_image',
    '/front_video',
    '/full_front_image',
    '/reference_image',
    '/video_url',
    '/source_image',
    '/target_image',
  ].map((field) => ({
    operation: '*',
    part: '*',
    pointer: `**${field}`,
    rule: 'null',
    reason:
      'A key without the right to media reads null in place of every link. The document marks none of them as nullable.',
    source: 'Didit docs, "API keys"',
  })),

  {
    operation: '*',
    part: '401',
    pointer: '',
    rule: 'status',
    reason:
      'A wrong key is 401 in the generation late-2026. The document knows 403 alone, and 2026-07 does as it says.',
    source: 'Didit docs of late 2026, "API full flow", on the key',
  },

  ...blocklist.flatMap(({ operation, parts }) =>
    parts.map((part) => ({
      operation,
      part,
      pointer: '',
      rule: 'path',
      reason: 'The document has no address of the blocklist, which the documentation has to this day.',
      source: 'Didit docs, "Blocklist"',
    })),
  ),

  ...['GET', 'POST'].map((method) => ({
    operation: `${method} /v3/sessions/{session_id}/reviews/`,
    part: '429',
    pointer: '',
    rule: 'content',
    reason: 'The document has this status without a body, and the same status everywhere else with `detail`.',
    source: 'Didit docs, "Rate limiting"',
  })),
  ...[
    '/hits/*/first_seen',
    '/hits/*/last_seen',
    '/certificate_summary/not_valid_after',
    '/certificate_summary/not_valid_before',
  ].map((field) => ({
    operation: '*',
    part: '*',
    pointer: `**${field}`,
    rule: 'format',
    reason: "These times have no zone in the document's own examples, and so in ours.",
    source: 'The examples of the document for a Decision and for POST /v3/aml/',
  })),

  {
    operation: 'POST /v3/sessions/delete/',
    part: '200',
    pointer: '',
    rule: 'status',
    reason:
      'Tells what became of each Session in the generation late-2026. 2026-07 answers 204 as the document has it.',
    source: 'Didit docs of late 2026, "Delete sessions"',
  },
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
