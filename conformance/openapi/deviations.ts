import type { Deviation } from './deviation-tracker.ts'

const deletion = 'DELETE /v3/session/{sessionId}/delete/'

const blocklist = [
  { operation: 'POST /v3/blocklist/add/', parts: ['request', '200', '400'] },
  { operation: 'POST /v3/blocklist/remove/', parts: ['request', '200', '400'] },
  { operation: 'GET /v3/blocklist/', parts: ['request', '200'] },
]

/**
 * The intended differences between our packages and Didit's OpenAPI document.
 *
 * The document dates from July 2026. Didit changes its API in place, and its documentation of late 2026 contradicts the
 * document in some points. An entry that no request or answer of the run needs fails the run.
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
      'A key without the media permission gets null for every link. The document marks none of these fields as nullable.',
    source: 'Didit docs, "API keys"',
  })),

  {
    operation: '*',
    part: '401',
    pointer: '',
    rule: 'status',
    reason: 'A wrong key gets 401 in the generation late-2026. The document has 403 only, and 2026-07 follows it.',
    source: 'Didit docs of late 2026, "API full flow", section on the key',
  },

  ...blocklist.flatMap(({ operation, parts }) =>
    parts.map((part) => ({
      operation,
      part,
      pointer: '',
      rule: 'path',
      reason: 'The documentation still describes the blocklist endpoints. The document does not have them.',
      source: 'Didit docs, "Blocklist"',
    })),
  ),

  ...['GET', 'POST'].map((method) => ({
    operation: `${method} /v3/sessions/{session_id}/reviews/`,
    part: '429',
    pointer: '',
    rule: 'content',
    reason: 'The document has no body for this status here, but everywhere else the status has a body with `detail`.',
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
    reason: "These times have no time zone in the document's own examples, so the emulator's have none either.",
    source: "The document's examples of a Decision and of POST /v3/aml/",
  })),

  {
    operation: 'POST /v3/sessions/delete/',
    part: '200',
    pointer: '',
    rule: 'status',
    reason: 'The generation late-2026 answers with the result for each Session. 2026-07 answers 204 as documented.',
    source: 'Didit docs of late 2026, "Delete sessions"',
  },
  {
    operation: deletion,
    part: 'request',
    pointer: '',
    rule: 'content',
    reason: 'Since late 2026 a deletion can say whether the face is kept. The document has no request body here.',
    source: 'Didit docs of late 2026, "Delete session"',
  },
  {
    operation: deletion,
    part: '200',
    pointer: '',
    rule: 'status',
    reason: 'The generation late-2026 answers with a list of the deleted data. 2026-07 answers 204 as documented.',
    source: 'Didit docs of late 2026, "Delete session"',
  },
  {
    operation: deletion,
    part: '409',
    pointer: '',
    rule: 'status',
    reason: 'In the generation late-2026 a Session that is part of a filed report cannot be deleted.',
    source: 'Didit docs of late 2026, "Delete session"',
  },
]
