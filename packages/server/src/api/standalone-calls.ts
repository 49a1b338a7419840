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
      // Each costs money, or counts against a number.
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
