import {
  type AgeEstimationRequest,
  type AgeEstimationResult,
  type AmlRequest,
  type AmlResult,
  ageEstimationRequestSchema,
  ageEstimationResultSchema,
  amlRequestSchema,
  amlResultSchema,
  type PassiveLivenessRequest,
  type PassiveLivenessResult,
  type PhoneCheckRequest,
  type PhoneCheckResult,
  type PhoneSendRequest,
  type PhoneSendResult,
  type PoaRequest,
  type PoaResult,
  passiveLivenessRequestSchema,
  passiveLivenessResultSchema,
  phoneCheckRequestSchema,
  phoneCheckResultSchema,
  phoneSendRequestSchema,
  phoneSendResultSchema,
  poaRequestSchema,
  poaResultSchema,
} from '@didit-verify/core/schemas'
import type * as z from 'zod/mini'
import type { CallOptions } from './call-options.ts'
import { check, toJson } from './check.ts'
import { toMultipart } from './multipart.ts'
import { asJson, type Payload, requestData, type Transport } from './request.ts'
import type { FileRule, Upload } from './upload.ts'

/**
 * Checks without a Session. Each costs money, so none is retried after a failure.
 *
 * A negative result is an answer with the status Declined, not an error. Unless `save_api_request` is false, Didit stores
 * the request. `request_id` is then the id of a Session, and `sessions.retrieveDecision` reads it.
 */
export interface StandaloneApi {
  /**
   * Checks a proof of address. It takes 5 to 15 seconds, and 30 for a long PDF.
   *
   * @param body.document - TIFF, JPEG, PNG, WebP or PDF, of at most 15 MB.
   * @throws {RequestError} `request-invalid` for an invalid argument, `didit-rejected` with the status 403 without
   *   credits, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Proof of address": https://docs.didit.me/standalone-apis/proof-of-address
   */
  poa(body: PoaRequest & { readonly document: Upload }, options?: CallOptions): Promise<PoaResult>
  /**
   * Searches for a person or company in lists of sanctions, politically exposed persons and adverse media.
   *
   * Scores, thresholds and weights are 0 to 100. `include_adverse_media` adds up to 30 seconds.
   *
   * @throws {RequestError} `request-invalid` for an invalid argument, `didit-rejected` with the status 403 without
   *   credits, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "AML screening": https://docs.didit.me/standalone-apis/aml-screening
   */
  aml(body: AmlRequest, options?: CallOptions): Promise<AmlResult>
  /**
   * Estimates the age in years of the person in a picture.
   *
   * @param body.user_image - TIFF, JPEG, PNG or WebP, of at most 5 MB, with one face.
   * @throws {RequestError} `request-invalid` for an invalid argument, `didit-rejected` with the status 403 without
   *   credits, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Age estimation": https://docs.didit.me/standalone-apis/age-estimation
   */
  ageEstimation(
    body: AgeEstimationRequest & { readonly user_image: Upload },
    options?: CallOptions,
  ): Promise<AgeEstimationResult>
  /**
   * Checks that a picture shows a live person and not a photo of one. Scores are 0 to 100.
   *
   * @param body.user_image - TIFF, JPEG, PNG or WebP, of at most 5 MB, with one face.
   * @throws {RequestError} `request-invalid` for an invalid argument, `didit-rejected` with the status 403 without
   *   credits, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Passive liveness": https://docs.didit.me/standalone-apis/passive-liveness
   */
  passiveLiveness(
    body: PassiveLivenessRequest & { readonly user_image: Upload },
    options?: CallOptions,
  ): Promise<PassiveLivenessResult>
  readonly phone: {
    /**
     * Sends a code to a phone. It is valid for 5 minutes. Limits: two codes for each verification, four an hour for each number.
     *
     * The answer's `status` is Success, Retry (sent again) or Blocked (not sent, and the check is Declined).
     *
     * @throws {RequestError} `request-invalid` for an invalid argument, `didit-rate-limited` for too many attempts with
     *   one number, else one of the `didit-…` codes or `aborted`.
     * @see Didit docs, "Phone verification": https://docs.didit.me/standalone-apis/phone-send
     */
    send(body: PhoneSendRequest, options?: CallOptions): Promise<PhoneSendResult>
    /**
     * Checks the code that the person has entered. At most three attempts are allowed.
     *
     * The answer's `status` is Approved, Declined, Failed (wrong, with attempts left) or `Expired or Not Found`.
     *
     * @throws {RequestError} `request-invalid` for an invalid argument, such as a code that is not 4 to 8 digits, which
     *   does not count as an attempt; else one of the `didit-…` codes or `aborted`.
     * @see Didit docs, "Phone verification": https://docs.didit.me/standalone-apis/phone-check
     */
    check(body: PhoneCheckRequest, options?: CallOptions): Promise<PhoneCheckResult>
  }
}

const picture: FileRule = { field: 'user_image', kinds: ['tiff', 'jpeg', 'png', 'webp'], mostMegabytes: 5 }
const document: FileRule = { field: 'document', kinds: ['tiff', 'jpeg', 'png', 'pdf', 'webp'], mostMegabytes: 15 }

/** Creates the checks without a Session. */
export function createStandaloneApi(transport: Transport): StandaloneApi {
  const post = async <Schema extends z.ZodMiniType>(
    path: `/${string}/`,
    schema: Schema,
    payload: Payload,
    { signal }: CallOptions,
    isSlow = true,
  ): Promise<z.infer<Schema>> => {
    return requestData(transport, {
      method: 'POST',
      path,
      budget: 'write',
      payload,
      isSlow,
      // Each costs money or counts against a phone number.
      repeatable: false,
      signal,
      read: asJson(schema),
    })
  }
  return {
    poa: async (body, options = {}) => {
      const { document: file, ...fields } = body ?? {}
      check(poaRequestSchema, fields)
      return post('/v3/poa/', poaResultSchema, await toMultipart(fields, file, document), options)
    },
    aml: async (body, options = {}) => post('/v3/aml/', amlResultSchema, toJson(amlRequestSchema, body), options),
    ageEstimation: async (body, options = {}) => {
      const { user_image: file, ...fields } = body ?? {}
      check(ageEstimationRequestSchema, fields)
      return post('/v3/age-estimation/', ageEstimationResultSchema, await toMultipart(fields, file, picture), options)
    },
    passiveLiveness: async (body, options = {}) => {
      const { user_image: file, ...fields } = body ?? {}
      check(passiveLivenessRequestSchema, fields)
      return post(
        '/v3/passive-liveness/',
        passiveLivenessResultSchema,
        await toMultipart(fields, file, picture),
        options,
      )
    },
    phone: {
      send: async (body, options = {}) =>
        post('/v3/phone/send/', phoneSendResultSchema, toJson(phoneSendRequestSchema, body), options, false),
      check: async (body, options = {}) =>
        post('/v3/phone/check/', phoneCheckResultSchema, toJson(phoneCheckRequestSchema, body), options, false),
    },
  }
}
