import { createHash } from 'node:crypto'
import type { JsonObject } from '../runtime/json.ts'
import type { FieldReader } from './fields.ts'
import { createWarning, isDeclining } from './warnings.ts'

/**
 * Face checks. The name of the file decides the result: the picture itself is not examined.
 *
 * @see Didit docs, "Passive liveness API": https://docs.didit.me/standalone-apis/passive-liveness
 */

/** The options of the request. */
export interface FaceRequest {
  /** A score at or below this value declines. */
  readonly livenessThreshold: number
  /** An age below this value declines. 0 accepts any age. */
  readonly ageThreshold: number
  readonly rotates: boolean
}

/** Reads the fields of a request. The reader collects the errors. */
export function readFaceRequest(reader: FieldReader, estimatesAge: boolean): FaceRequest {
  const range = { least: 0, most: 100 }
  return {
    livenessThreshold: reader.number('face_liveness_score_decline_threshold', 30, range),
    ageThreshold: estimatesAge ? reader.number('age_estimation_decline_threshold', 18, { ...range, whole: true }) : 0,
    rotates: reader.flag('rotate_image', false),
  }
}

const feature = 'LIVENESS'
const bbox = [120, 140, 460, 610]

/** Returns a number from the name of the file, as in `age-16.5.jpg`. Null when there is none. */
function numberInName(file: string, mark: string): number | null {
  const found = new RegExp(`${mark}-(\\d{1,3}(?:\\.\\d{1,2})?)`).exec(file)?.[1]
  return found === undefined ? null : Math.min(100, Number(found))
}

/** Returns an age from 20 to 59.9 that depends only on the bytes of the picture. */
function ageOf(bytes: Uint8Array): number {
  const [first = 0, second = 0] = createHash('sha256').update(bytes).digest()
  return 20 + ((first * 256 + second) % 400) / 10
}

/** Findings in a picture. */
interface PictureAnalysis {
  readonly score: number | null
  readonly age: number | null
  readonly faces: number
  readonly warnings: JsonObject[]
}

function analyzePicture(fileName: string, bytes: Uint8Array, { livenessThreshold }: FaceRequest): PictureAnalysis {
  const file = fileName.toLowerCase()
  const isAttack = file.includes('spoof') || file.includes('decline')
  const faces = file.includes('no-face') ? 0 : file.includes('two-faces') ? 2 : 1
  const score = faces === 0 ? null : (numberInName(file, 'score') ?? (isAttack ? 8.25 : 95.5))
  const age = faces === 0 ? null : (numberInName(file, 'age') ?? ageOf(bytes))
  const warnings = [
    faces === 0 && createWarning(feature, 'NO_FACE_DETECTED', 'error'),
    score !== null && score <= livenessThreshold && createWarning(feature, 'LOW_LIVENESS_SCORE', 'error'),
    isAttack && faces > 0 && createWarning(feature, 'LIVENESS_FACE_ATTACK', 'error'),
  ].filter((warning) => warning !== false)
  return { score, age, faces, warnings }
}

const statusOf = (warnings: readonly JsonObject[]) => (warnings.some(isDeclining) ? 'Declined' : 'Approved')

function userImage(
  { age, faces }: PictureAnalysis,
  { rotates }: FaceRequest,
  file: string,
  more: JsonObject,
): JsonObject {
  const face = { age, bbox, confidence: 0.81, gender: 'female', ...more }
  return {
    entities: Array.from({ length: faces }, (_, index) =>
      index === 0 ? face : { ...face, bbox: [500, 80, 640, 260] },
    ),
    best_angle: rotates && file.toLowerCase().includes('turned') ? 90 : 0,
  }
}

/** Returns the block of an age estimation. Each of its warnings declines. */
export function estimateAge(fileName: string, bytes: Uint8Array, request: FaceRequest): JsonObject {
  const analysis = analyzePicture(fileName, bytes, request)
  const { age, score } = analysis
  const warnings = [
    ...analysis.warnings,
    ...(age === null ? [createWarning(feature, 'AGE_NOT_DETECTED', 'error')] : []),
    ...(age !== null && age < request.ageThreshold ? [createWarning(feature, 'AGE_BELOW_MINIMUM', 'error')] : []),
  ]
  return {
    status: statusOf(warnings),
    method: 'PASSIVE',
    score,
    user_image: userImage(analysis, request, fileName, {}),
    age_estimation: age,
    warnings,
  }
}

/** The Session of a blocklist entry, which a warning refers to. */
export interface BlocklistedFace {
  readonly sessionId: string
  readonly sessionNumber: number
}

/**
 * Returns the block of a passive liveness check.
 *
 * @param listed - The entry that a file with `blocklist` in its name matches.
 */
export function checkLiveness(
  fileName: string,
  bytes: Uint8Array,
  request: FaceRequest,
  listed: BlocklistedFace | null,
): JsonObject {
  const analysis = analyzePicture(fileName, bytes, request)
  const file = fileName.toLowerCase()
  const pointer = (kind: string, id: string | null, number: number | null) => ({
    [`${kind}_session_id`]: id,
    [`${kind}_session_number`]: number,
    api_service: null,
  })
  const warnings = [
    ...analysis.warnings,
    ...(analysis.faces > 1 ? [createWarning(feature, 'MULTIPLE_FACES_DETECTED', 'warning')] : []),
    ...(file.includes('blocklist')
      ? [
          createWarning(
            feature,
            'FACE_IN_BLOCKLIST',
            'error',
            pointer('blocklisted', listed?.sessionId ?? null, listed?.sessionNumber ?? null),
          ),
        ]
      : []),
    ...(file.includes('duplicate')
      ? [createWarning(feature, 'DUPLICATED_FACE', 'information', pointer('duplicated', null, null))]
      : []),
  ]
  return {
    status: statusOf(warnings),
    method: 'PASSIVE',
    score: analysis.score,
    user_image: userImage(analysis, request, fileName, { race: null }),
    warnings,
    face_quality: analysis.faces === 0 ? null : 81.2,
    face_luminance: analysis.faces === 0 ? null : 49.9,
  }
}
