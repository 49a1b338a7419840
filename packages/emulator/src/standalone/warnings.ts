import type { JsonObject } from '../runtime/json.ts'

/** Level of a warning. `error` declines. */
export type LogType = 'error' | 'warning' | 'information'

/** Short and long text of each risk. */
const words: Readonly<Record<string, readonly [string, string]>> = {
  POA_DOCUMENT_EXPIRED: ['Document too old', 'It was issued longer ago than is accepted.'],
  MISSING_ADDRESS_INFORMATION: ['No address', 'There is no address on the document.'],
  INVALID_DOCUMENT_TYPE: ['Not a proof of address', 'The kind of document is not known.'],
  UNABLE_TO_EXTRACT_ISSUE_DATE: ['No date of issue', 'There is no date of issue on the document.'],
  POA_NAME_NOT_DETECTED: ['No name', 'There is no name on the document.'],
  NAME_MISMATCH_WITH_PROVIDED: ['Name differs', 'The name on the document is not the expected one.'],
  ADDRESS_MISMATCH_WITH_PROVIDED: ['Address differs', 'The address on the document is not the expected one.'],
  POA_COUNTRY_MISMATCH_WITH_PROVIDED: ['Country differs', 'The document is of another country than expected.'],
  DOCUMENT_METADATA_MISMATCH: ['File data do not fit', 'What the file says of itself contradicts the document.'],
  SUSPECTED_DOCUMENT_MANIPULATION: ['Perhaps altered', 'The file was changed after it was made.'],
  UNSUPPORTED_DOCUMENT_LANGUAGE: ['Language not accepted', 'The document is in a language outside the list.'],
  ISSUER_NOT_IDENTIFIED: ['No issuer', 'Nobody can be made out who issued the document.'],
  POA_DOCUMENT_NOT_SUPPORTED_FOR_APPLICATION: ['Kind not accepted', 'No age is given for this kind of document.'],
  NO_FACE_DETECTED: ['No face', 'There is no face in the picture.'],
  LOW_LIVENESS_SCORE: ['Low score', 'The score is at or below the threshold.'],
  LIVENESS_FACE_ATTACK: ['Attack', 'The picture shows a picture, a screen or a mask.'],
  MULTIPLE_FACES_DETECTED: ['Several faces', 'There is more than one face; the largest one counts.'],
  FACE_IN_BLOCKLIST: ['Face on the blocklist', 'The face is one that must not be verified.'],
  DUPLICATED_FACE: ['Face seen before', 'The face was approved in another Session.'],
  AGE_NOT_DETECTED: ['No age', 'No age can be estimated.'],
  AGE_BELOW_MINIMUM: ['Too young', 'The estimated age is below the threshold.'],
  POSSIBLE_MATCH_FOUND: ['Possible match', 'Somebody of that name is on a list.'],
  VERIFICATION_CODE_ATTEMPTS_EXCEEDED: ['Too many attempts', 'Three wrong codes were entered.'],
  HIGH_RISK_PHONE_NUMBER: ['High risk', 'No code is sent to this number.'],
  VOIP_NUMBER_DETECTED: ['Internet number', 'The number belongs to no telephone line.'],
  DISPOSABLE_NUMBER_DETECTED: ['Disposable number', 'The number is for use by anybody, for a short time.'],
  DUPLICATED_PHONE_NUMBER: ['Number used before', 'Another user has verified this number.'],
  PHONE_NUMBER_IN_BLOCKLIST: ['Number on the blocklist', 'The number is one that must not be verified.'],
}

/** Creates a warning of a standalone check. */
export function createWarning(
  feature: string,
  risk: string,
  logType: LogType,
  data: JsonObject | null = null,
): JsonObject {
  const [short, long] = words[risk] ?? [risk, risk]
  return {
    risk,
    feature,
    additional_data: data,
    log_type: logType,
    short_description: short,
    long_description: long,
  }
}

/** Returns true for a warning that declines. */
export const isDeclining = ({ log_type: logType }: JsonObject): boolean => logType === 'error'
