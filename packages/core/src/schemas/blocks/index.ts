export { type AmlHit, amlHitSchema } from './aml-hit.ts'
export { type AmlScreening, amlScreeningSchema } from './aml-screening.ts'
export { type DecisionCheck, type DecisionWarning, decisionCheckSchema, decisionWarningSchema } from './check.ts'
export {
  type EmailVerification,
  emailVerificationSchema,
  type PhoneVerification,
  phoneVerificationSchema,
} from './contact.ts'
export { type DatabaseValidation, databaseValidationSchema } from './database-validation.ts'
export { type DocumentAiDocument, documentAiDocumentSchema } from './document-ai-document.ts'
export { type DocumentVerification, documentVerificationSchema } from './document-verification.ts'
export { type FaceMatch, faceMatchSchema } from './face-match.ts'
export { type IdVerification, idVerificationSchema } from './id-verification.ts'
export { type IpAnalysis, ipAnalysisSchema } from './ip-analysis.ts'
export { type KeyPeopleCheck, keyPeopleCheckSchema } from './key-people-check.ts'
export { type LivenessCheck, livenessCheckSchema } from './liveness-check.ts'
export { type NfcVerification, nfcVerificationSchema } from './nfc-verification.ts'
export { type PoaVerification, poaVerificationSchema } from './poa-verification.ts'
export { type QuestionnaireResponse, questionnaireResponseSchema } from './questionnaire-response.ts'
export { type RegistryCheck, registryCheckSchema } from './registry-check.ts'
export { type DecisionReview, decisionReviewSchema } from './review.ts'
