import type { Context, Hono } from 'hono'
import { isObject, type Json, type JsonObject } from '../runtime/json.ts'
import { vendorTime } from '../runtime/vendor-time.ts'
import type { FieldErrors } from '../sessions/create-request.ts'
import type { Application } from '../sessions/workflows.ts'
import {
  type Caller,
  createResultSession,
  type Service,
  services,
  storeResult,
  withNodeId,
} from '../standalone/api-session.ts'
import { checkLiveness, estimateAge, type FaceRequest, readFaceRequest } from '../standalone/face-check.ts'
import { type FieldReader, readFields } from '../standalone/fields.ts'
import { readCheckRequest, readSendRequest } from '../standalone/phone-request.ts'
import { createPhoneVerifications } from '../standalone/phone-verifications.ts'
import { checkProofOfAddress, readPoaRequest } from '../standalone/proof-of-address.ts'
import { crossFieldErrors, readScreeningRequest, screenName } from '../standalone/screening.ts'
import { isEncryptedPdf, isPdf, isPicture, readUpload, type Upload } from '../standalone/upload.ts'
import { type ApiContext, readBody } from './context.ts'
import { addSlash, json, notPermitted, wrongMethod } from './responses.ts'

const pictures = ['tiff', 'jpg', 'jpeg', 'png', 'webp']
const papers = ['tiff', 'jpg', 'jpeg', 'png', 'pdf', 'webp']
/** Password of encrypted PDFs in the emulator. */
const pdfPassword = 'emulator'
const sandboxCode = '123456'

/** A parsed request. */
interface ParsedRequest<Request> {
  readonly request: Request
  readonly caller: Caller
  readonly isSaved: boolean
}

const noCredits = () => json(403, { error: 'Not enough credits for this request.' })
const arrayOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : []

/**
 * Mounts the standalone checks, which need no Session: documents, watch lists, faces and phone numbers.
 *
 * @see Didit docs, "Standalone APIs": https://docs.didit.me/standalone-apis/aml-screening
 */
export function mountStandaloneRoutes(app: Hono, options: ApiContext): void {
  const { authorize, sessions, clock, identity, faults, environment, blocklist } = options
  const phones = createPhoneVerifications({ clock, identity, sessions, blocklist })
  const isSandbox = environment === 'sandbox'
  const now = () => vendorTime(clock.now()).replace('Z', '+00:00')

  const authorizeCall = (context: Context): Application | Response => {
    const application = authorize(context, notPermitted)
    if (application instanceof Response) return application
    return faults.current().noCredits && !isSandbox ? noCredits() : application
  }

  /** Reads the fields that every check has. */
  const readCaller = (reader: FieldReader, application: Application) => ({
    caller: { application, vendorData: reader.text('vendor_data'), metadata: reader.metadata() },
    isSaved: reader.flag('save_api_request', true),
  })

  /**
   * Creates the response with a result, and stores the result if requested. A sandbox stores nothing.
   *
   * @param item - The result in the form of a decision.
   */
  function answer(
    service: Service,
    field: string,
    block: JsonObject,
    { caller, isSaved }: Pick<ParsedRequest<unknown>, 'caller' | 'isSaved'>,
    item: JsonObject,
  ): Response {
    let requestId: string
    if (isSaved && !isSandbox) {
      const session = createResultSession(sessions, service, caller)
      requestId = session.sessionId
      const warnings = withNodeId(arrayOf(block.warnings), service)
      storeResult(session, service, { ...item, warnings })
      sessions.changeStatus(session, block.status as 'Approved' | 'Declined' | 'In Review', 'check')
    } else requestId = identity.uuid()
    return json(200, {
      request_id: requestId,
      [field]: block,
      vendor_data: caller.vendorData,
      metadata: caller.metadata,
      created_at: now(),
    })
  }

  /** Reads the form of a file check. Returns an error response when it is not valid. */
  async function readForm<Request>(
    context: Context,
    rules: Parameters<typeof readUpload>[1],
    read: (reader: FieldReader) => Request,
  ): Promise<(ParsedRequest<Request> & { readonly upload: Upload }) | Response> {
    const application = authorizeCall(context)
    if (application instanceof Response) return application
    const form = await readUpload(context, rules)
    if (form === 'media-type') {
      const type = context.req.header('content-type')?.split(';')[0] ?? ''
      return json(415, { detail: `Unsupported media type "${type}" in request.` })
    }
    if (form === 'malformed') return json(400, { detail: 'Multipart form parse error' })
    const reader = readFields(form.fields, true)
    if (form.error !== null) reader.addError(rules.field, form.error)
    const request = read(reader)
    const common = readCaller(reader, application)
    const errors = reader.errors()
    if (errors !== null || form.upload === null) return json(400, errors ?? {})
    return { request, ...common, upload: form.upload }
  }

  const paths = ['poa', 'aml', 'age-estimation', 'passive-liveness', 'phone/send', 'phone/check']
  for (const path of paths) app.all(`/v3/${path}`, addSlash)

  app.post('/v3/poa/', async (context) => {
    const read = await readForm(context, { field: 'document', extensions: papers, maxMegabytes: 15 }, readPoaRequest)
    if (read instanceof Response) return read
    const { upload, request } = read
    if (isEncryptedPdf(upload.bytes) && request.password !== pdfPassword) {
      const isMissing = request.password === null
      return json(400, {
        detail: isMissing
          ? 'The PDF is encrypted. Send its password along, or another file.'
          : 'The password does not open the PDF.',
      })
    }
    const isReadable = isPdf(upload.bytes) || isPicture(upload.bytes)
    if (!isReadable || upload.name.toLowerCase().includes('unreadable')) {
      return json(400, { error: ['Nothing can be read from the document.'] })
    }
    const block = checkProofOfAddress(isSandbox ? 'bill.pdf' : upload.name, request, clock.now())
    const expectedName = request.expected.name
    return answer(services.poa, 'poa', block, read, {
      ...block,
      document_metadata: {
        file_size: upload.bytes.length,
        content_type: isPdf(upload.bytes) ? 'application/pdf' : 'image/*',
        creation_date: block.issue_date ?? null,
        modified_date: block.issue_date ?? null,
      },
      name_match_score_expected_details:
        expectedName === null ? null : block.name_on_document === expectedName ? 100 : 12.5,
      name_match_score_id_verification: null,
      extra_files: [],
    })
  })

  const readPicture = (context: Context, estimatesAge: boolean) =>
    readForm<FaceRequest>(context, { field: 'user_image', extensions: pictures, maxMegabytes: 5 }, (reader) =>
      readFaceRequest(reader, estimatesAge),
    )
  const notAPicture = () => json(400, { error: 'The image cannot be read.' })
  /** Returns a face result in the form of a decision, which has more fields than the response. */
  const faceInDecision = (block: JsonObject, age: Json): JsonObject => {
    const { user_image: _seen, ...kept } = block
    return {
      ...kept,
      age_estimation: age,
      video_url: null,
      matches: [],
      face_quality: block.face_quality ?? null,
      face_luminance: block.face_luminance ?? null,
    }
  }

  app.post('/v3/age-estimation/', async (context) => {
    const read = await readPicture(context, true)
    if (read instanceof Response) return read
    const { upload, request } = read
    if (!isPicture(upload.bytes)) return notAPicture()
    const block = estimateAge(isSandbox ? 'age-33.7.jpg' : upload.name, upload.bytes, request)
    return answer(services.age, 'age_estimation', block, read, faceInDecision(block, block.age_estimation ?? null))
  })

  app.post('/v3/passive-liveness/', async (context) => {
    const read = await readPicture(context, false)
    if (read instanceof Response) return read
    const { upload, request, caller } = read
    if (!isPicture(upload.bytes)) return notAPicture()
    const entry = blocklist.list(caller.application).find(({ type }) => type === 'face')
    const block = checkLiveness(isSandbox ? 'age-33.7.jpg' : upload.name, upload.bytes, request, entry?.session ?? null)
    const [face] = arrayOf(isObject(block.user_image ?? null) ? (block.user_image as JsonObject).entities : [])
    return answer(services.liveness, 'liveness', block, read, faceInDecision(block, face?.age ?? null))
  })

  /** Reads the body of a JSON check. Returns an error response when it is not valid. */
  async function readJsonFields(
    context: Context,
  ): Promise<
    { readonly application: Application; readonly sent: JsonObject; readonly reader: FieldReader } | Response
  > {
    const application = authorizeCall(context)
    if (application instanceof Response) return application
    const read = await readBody(context)
    if (read instanceof Response) return read
    if (!isObject(read.body)) return json(400, { non_field_errors: ['Invalid data. Expected a dictionary.'] })
    return { application, sent: read.body, reader: readFields(read.body, false) }
  }

  app.post('/v3/aml/', async (context) => {
    const read = await readJsonFields(context)
    if (read instanceof Response) return read
    const request = readScreeningRequest(read.reader)
    const common = readCaller(read.reader, read.application)
    const errors: FieldErrors | null = read.reader.errors() ?? crossFieldErrors(request, common.isSaved)
    if (errors !== null) return json(400, errors)
    const block = screenName(isSandbox ? { ...request, name: 'Nobody Listed' } : request)
    return answer(services.aml, 'aml', block, common, {
      ...block,
      is_ongoing_monitoring_enabled: request.isMonitored,
      next_ongoing_monitoring_bill_date: null,
    })
  })

  app.post('/v3/phone/send/', async (context) => {
    const read = await readJsonFields(context)
    if (read instanceof Response) return read
    const { caller } = readCaller(read.reader, read.application)
    const request = readSendRequest(read.sent, read.reader)
    if ('errors' in request) return json(400, request.errors)
    const echoed = { vendor_data: caller.vendorData, metadata: caller.metadata }
    if (isSandbox) return json(200, { request_id: identity.uuid(), status: 'Success', reason: null, ...echoed })
    const outcome = phones.send(caller, request)
    if (outcome.kind === 'invalid') return json(400, { detail: 'This number cannot receive a code.' })
    if (outcome.kind === 'wrong-line') return json(400, { detail: 'A line of this type cannot receive a code.' })
    if (outcome.kind === 'undelivered') return json(500, { detail: 'Could not send the code.' })
    if (outcome.kind === 'capped') return json(429, { detail: 'At most 4 attempts per number and hour.' })
    const { requestId, status } = outcome
    return json(200, {
      request_id: requestId,
      status,
      reason: status === 'Blocked' ? 'suspicious' : null,
      ...echoed,
    })
  })

  app.post('/v3/phone/check/', async (context) => {
    const read = await readJsonFields(context)
    if (read instanceof Response) return read
    const request = readCheckRequest(read.reader)
    if ('errors' in request) return json(400, request.errors)
    if (isSandbox) {
      const isRight = request.code === sandboxCode
      return json(200, {
        request_id: identity.uuid(),
        status: isRight ? 'Approved' : 'Failed',
        message: isRight ? 'Code accepted.' : 'Wrong code.',
        phone: isRight
          ? {
              status: 'Approved',
              phone_number: request.number,
              country_code: null,
              carrier_name: 'Sandbox Mobile',
              line_type: 'mobile',
              flags: [],
            }
          : null,
        vendor_data: null,
        metadata: null,
        created_at: now(),
      })
    }
    const { status, message, requestId, session, phone } = phones.check(read.application, request)
    return json(200, {
      request_id: requestId,
      status,
      message,
      ...(session === null ? {} : { phone }),
      vendor_data: session?.request.vendorData ?? null,
      metadata: session?.metadata ?? null,
      created_at: now(),
    })
  })

  for (const path of paths) app.all(`/v3/${path}/`, wrongMethod)
}
