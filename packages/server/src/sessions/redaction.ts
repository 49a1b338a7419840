import {
  type Decision,
  type DecisionBlock,
  type DecisionReason,
  isDecided,
  normalizeStatus,
  type RedactedCheck,
  type RedactedDecision,
} from '@didit-verify/core/schemas'

/**
 * Reduces a Decision to the part that may reach the browser: the checks that ran, their results, and reasons that the person
 * can act on.
 *
 * Three allow-lists, one each for checks, statuses and reasons. AML, IP, database and business checks are left out
 * altogether, and so is every finding about fraud, duplicates or blocklists. Anything that is not listed is left out.
 */

const kinds: Partial<Record<DecisionBlock, string>> = {
  id_verifications: 'document',
  nfc_verifications: 'chip',
  liveness_checks: 'liveness',
  face_matches: 'face',
  poa_verifications: 'address',
  phone_verifications: 'phone',
  email_verifications: 'email',
  questionnaire_responses: 'questionnaire',
}

const statuses: readonly string[] = ['Not Finished', 'Approved', 'Declined', 'In Review', 'Expired', 'Resub Requested']

/** Didit's risk codes that a person can do something about. @see Didit docs, "Warnings" of each feature */
const reasons: Readonly<Record<string, DecisionReason>> = {
  DOCUMENT_EXPIRED: 'document-expired',
  DOCUMENT_NOT_SUPPORTED_FOR_APPLICATION: 'document-unsupported',
  COULD_NOT_RECOGNIZE_DOCUMENT: 'document-unreadable',
  COULD_NOT_DETECT_DOCUMENT_TYPE: 'document-unreadable',
  DOCUMENT_NUMBER_NOT_DETECTED: 'document-unreadable',
  NAME_NOT_DETECTED: 'document-unreadable',
  DATE_OF_BIRTH_NOT_DETECTED: 'document-unreadable',
  EXPIRATION_DATE_NOT_DETECTED: 'document-unreadable',
  POOR_DOCUMENT_QUALITY: 'document-blurred',
  PORTRAIT_IMAGE_NOT_DETECTED: 'document-portrait-missing',
  QR_NOT_DETECTED: 'document-code-unreadable',
  BARCODE_NOT_DETECTED: 'document-code-unreadable',
  MRZ_NOT_DETECTED: 'document-code-unreadable',

  NO_FACE_DETECTED: 'face-not-visible',
  MULTIPLE_FACES_DETECTED: 'face-multiple',
  LOW_FACE_QUALITY: 'face-blurred',
  LOW_FACE_LUMINANCE: 'face-too-dark',
  HIGH_FACE_LUMINANCE: 'face-too-bright',
  LOW_FACE_MATCH_SIMILARITY: 'face-differs',

  MISSING_ADDRESS_INFORMATION: 'address-missing',
  UNPARSABLE_OR_INVALID_ADDRESS: 'address-unreadable',
  ADDRESS_MISMATCH_WITH_PROVIDED: 'address-differs',
  POA_COUNTRY_MISMATCH_WITH_PROVIDED: 'address-differs',
  POA_DOCUMENT_EXPIRED: 'address-document-too-old',
  EXPIRED_DOCUMENT: 'address-document-too-old',
  UNABLE_TO_VALIDATE_DOCUMENT_AGE: 'address-document-undated',
  UNABLE_TO_EXTRACT_ISSUE_DATE: 'address-document-undated',
  POA_NAME_NOT_DETECTED: 'address-document-unreadable',
  ISSUER_NOT_IDENTIFIED: 'address-document-unreadable',
  INVALID_DOCUMENT_TYPE: 'address-document-unsupported',
  POA_DOCUMENT_NOT_SUPPORTED_FOR_APPLICATION: 'address-document-unsupported',
  UNSUPPORTED_DOCUMENT_LANGUAGE: 'address-document-language',

  NAME_MISMATCH_WITH_PROVIDED: 'name-differs',
  NAME_MISMATCH_ID_VERIFICATION: 'name-differs',
  POA_NAME_MISMATCH_BETWEEN_DOCUMENTS: 'name-differs',

  VERIFICATION_CODE_ATTEMPTS_EXCEEDED: 'code-attempts-exceeded',
  EMAIL_CODE_ATTEMPTS_EXCEEDED: 'code-attempts-exceeded',
  VOIP_NUMBER_DETECTED: 'phone-type-refused',
  DISPOSABLE_NUMBER_DETECTED: 'phone-type-refused',
  DISPOSABLE_EMAIL_DETECTED: 'email-type-refused',
}

type Check = NonNullable<Decision[DecisionBlock]>[number]

/** Takes out of a Decision what the person may see. `decidedAt` and `canRetry` are the server's own knowledge. */
export function redactDecision(
  decision: Decision,
  known: { readonly decidedAt: number | null; readonly canRetry: boolean },
): RedactedDecision {
  const status = normalizeStatus(decision.status)
  return {
    sessionId: decision.session_id.toLowerCase(),
    status,
    decidedAt: isDecided(status) ? known.decidedAt : null,
    checks: (Object.keys(kinds) as DecisionBlock[]).flatMap((block) =>
      (decision[block] ?? []).flatMap((check) => redactCheck(kinds[block] as string, check)),
    ),
    canRetry: known.canRetry,
  }
}

function redactCheck(kind: string, check: Check): RedactedCheck[] {
  if (typeof check.status !== 'string' || !statuses.includes(check.status)) return []
  // `information` had no effect on the outcome: naming it would only worry the person.
  const weighed = (check.warnings ?? []).filter((warning) => warning.log_type !== 'information')
  const codes = weighed.flatMap((warning) => {
    const risk = warning.risk ?? ''
    return Object.hasOwn(reasons, risk) ? [reasons[risk] as DecisionReason] : []
  })
  return [{ kind, status: check.status, reasons: [...new Set(codes)] }]
}
