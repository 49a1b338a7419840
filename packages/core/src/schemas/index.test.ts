import { expect, test } from 'vitest'
import * as entry from './index.ts'

test('the entry hands out these names', () => {
  expect(Object.keys(entry).sort()).toMatchInlineSnapshot(`
    [
      "ConfigError",
      "ContractError",
      "DiditError",
      "RelayError",
      "RequestError",
      "createSessionRequestSchema",
      "createdSessionSchema",
      "decisionBlocks",
      "decisionCheckSchema",
      "decisionReasons",
      "decisionSchema",
      "decisionWarningSchema",
      "deletedSessionSchema",
      "errorCodes",
      "isDecided",
      "isDiditError",
      "isKnownStatus",
      "isListedTransition",
      "isProblem",
      "isProofAnswer",
      "isRedactedDecision",
      "isSnapshot",
      "isStartAnswer",
      "isTicketAnswer",
      "isUnfinished",
      "needsNewSession",
      "normalizeStatus",
      "phaseOf",
      "phases",
      "problemSchema",
      "proofAnswerSchema",
      "redactedDecisionSchema",
      "sessionStatuses",
      "snapshotSchema",
      "startAnswerSchema",
      "ticketAnswerSchema",
      "transitions",
      "webhookEventSchema",
    ]
  `)
})
