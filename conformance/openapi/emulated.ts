/** The operations of Didit's document that the emulator has. */
export const emulated: readonly string[] = [
  'POST /v3/session/',
  'GET /v3/session/{sessionId}/decision/',
  'GET /v3/sessions/',
  'DELETE /v3/session/{sessionId}/delete/',
  'POST /v3/sessions/delete/',
  'PATCH /v3/session/{sessionId}/update-status/',
  'GET /v3/session/{sessionId}/generate-pdf/',
  'POST /v3/session/{sessionId}/share/',
  'POST /v3/session/import-shared/',
  'GET /v3/sessions/{session_id}/reviews/',
  'POST /v3/sessions/{session_id}/reviews/',
  'POST /v3/poa/',
  'POST /v3/aml/',
  'POST /v3/age-estimation/',
  'POST /v3/passive-liveness/',
  'POST /v3/phone/send/',
  'POST /v3/phone/check/',
  'POST /v3/session/{sessionId}/sandbox/arm/',
  'GET /v3/webhook/destinations/',
  'POST /v3/webhook/destinations/',
  'GET /v3/webhook/destinations/{destination_uuid}/',
  'PATCH /v3/webhook/destinations/{destination_uuid}/',
  'DELETE /v3/webhook/destinations/{destination_uuid}/',
]

/** Answers of the document that no scenario gets out of the emulator. One that it does get fails here, too. */
export const unreachable: readonly { readonly answer: string; readonly reason: string }[] = []
