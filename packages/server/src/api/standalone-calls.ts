import type {
  AgeEstimationRequest,
  AmlRequest,
  PassiveLivenessRequest,
  PhoneCheckRequest,
  PhoneSendRequest,
  PoaRequest,
} from '@didit-verify/core/schemas'
import type { CallOptions } from './call-options.ts'
import type { Upload } from './upload.ts'
import type {
  AgeEstimationResult,
  AmlResult,
  PassiveLivenessResult,
  PhoneCheckResult,
  PhoneSendResult,
  PoaResult,
} from './vendor-answers.ts'

/**
 * Checks without a Session. Each costs money, so none is sent again after a fault.
 *
 * A negative result is an answer, with the status Declined, and no error. Unless `save_api_request` is false Didit keeps
 * what was sent: `request_id` is then the id of a Session, which `sessions.retrieveDecision` reads.
 */
export interface StandaloneApi {
  /**
   * Judges a proof of address. Takes 5 to 15 seconds, a long PDF 30.
   *
   * @param body.document - TIFF, JPEG, PNG, WebP or PDF, of at most 15 MB.
   * @throws {RequestError} `request-invalid` for what cannot be right, `didit-rejected` with the status 403 without
   *   credits, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Proof of address": https://docs.didit.me/standalone-apis/proof-of-address
   */
  poa(body: PoaRequest & { readonly document: Upload }, options?: CallOptions): Promise<PoaResult>
  /**
   * Looks for a person or company in lists of sanctions, politically exposed persons and adverse media.
   *
   * Scores, thresholds and weights are 0 to 100. `include_adverse_media` takes up to 30 seconds more.
   *
   * @throws {RequestError} `request-invalid` for what cannot be right, `didit-rejected` with the status 403 without
   *   credits, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "AML screening": https://docs.didit.me/standalone-apis/aml-screening
   */
  aml(body: AmlRequest, options?: CallOptions): Promise<AmlResult>
  /**
   * Estimates the age in years of the person in a picture.
   *
   * @param body.user_image - TIFF, JPEG, PNG or WebP, of at most 5 MB, with one face.
   * @throws {RequestError} `request-invalid` for what cannot be right, `didit-rejected` with the status 403 without
   *   credits, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Age estimation": https://docs.didit.me/standalone-apis/age-estimation
   */
  ageEstimation(
    body: AgeEstimationRequest & { readonly user_image: Upload },
    options?: CallOptions,
  ): Promise<AgeEstimationResult>
  /**
   * Tells a living face from a picture of one. Scores are 0 to 100.
   *
   * @param body.user_image - TIFF, JPEG, PNG or WebP, of at most 5 MB, with one face.
   * @throws {RequestError} `request-invalid` for what cannot be right, `didit-rejected` with the status 403 without
   *   credits, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Passive liveness": https://docs.didit.me/standalone-apis/passive-liveness
   */
  passiveLiveness(
    body: PassiveLivenessRequest & { readonly user_image: Upload },
    options?: CallOptions,
  ): Promise<PassiveLivenessResult>
  readonly phone: {
    /**
     * Sends a code to a phone, which `check` takes for 5 minutes. Two sendings a verification, four an hour and number.
     *
     * The answer's `status` is Success, Retry (sent a second time) or Blocked (nothing was sent, and it is Declined).
     *
     * @throws {RequestError} `request-invalid` for what cannot be right, `didit-rate-limited` for a number that was tried
     *   too often, else one of the `didit-…` codes or `aborted`.
     * @see Didit docs, "Phone verification": https://docs.didit.me/standalone-apis/phone-send
     */
    send(body: PhoneSendRequest, options?: CallOptions): Promise<PhoneSendResult>
    /**
     * Checks the code that the person has entered, three times at most.
     *
     * The answer's `status` is Approved, Declined, Failed (wrong, with tries left) or `Expired or Not Found`.
     *
     * @throws {RequestError} `request-invalid` for what cannot be right, such as a code that is not 4 to 8 digits, which
     *   costs no try; else one of the `didit-…` codes or `aborted`.
     * @see Didit docs, "Phone verification": https://docs.didit.me/standalone-apis/phone-check
     */
    check(body: PhoneCheckRequest, options?: CallOptions): Promise<PhoneCheckResult>
  }
}
