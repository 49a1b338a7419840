import { ageOn } from '../personas/people.ts'
import { mediaLink } from '../sessions/media-links.ts'
import { type Block, checkOf, type Subject } from './check.ts'

/** Returns a match of the face with the blocklist. The vendor does not name the Session that the entry came from. */
const listedFace = ({ session, now }: Subject): Block => ({
  session_id: null,
  session_number: null,
  similarity_percentage: 98.6,
  vendor_data: null,
  verification_date: null,
  user_details: null,
  match_image_url: mediaLink(session, 'selfie.svg', now),
  status: null,
  is_blocklisted: true,
  is_allowlisted: false,
  api_service: null,
  source: 'list_entry',
})

/** Returns the block of liveness. An age check shares it: it is a liveness check that also estimates the age. */
export function liveness(subject: Subject): Block {
  const { session, person, workflow, run, now } = subject
  const estimatesAge = workflow.features.includes('AGE_ESTIMATION')
  const check = estimatesAge ? checkOf(subject, 'AGE_ESTIMATION', 'LIVENESS') : checkOf(subject, 'LIVENESS')
  const age = run.ageEstimate ?? ageOn(person.dateOfBirth, now) + 0.4
  const isAttack = check.has('LIVENESS_FACE_ATTACK')
  const isDoubtful = check.has('LOW_LIVENESS_SCORE')
  return {
    node_id: check.nodeId,
    status: check.status,
    method: 'PASSIVE',
    score: isAttack ? 3.42 : isDoubtful ? 54.9 : 97.18,
    reference_image: mediaLink(session, 'selfie.svg', now),
    video_url: mediaLink(session, 'selfie-video.svg', now),
    age_estimation: check.has('AGE_BELOW_MINIMUM') ? Math.min(age, 15.2) : age,
    matches: check.has('FACE_IN_BLOCKLIST') ? [listedFace(subject)] : [],
    warnings: check.warnings,
    face_quality: 84.5,
    face_luminance: 52.1,
  }
}

/** Returns the block that compares the selfie with the portrait of the document, or with the stored face. */
export function faceMatch(subject: Subject): Block {
  const { session, now } = subject
  const check = checkOf(subject, 'FACE_MATCH')
  const scores: Readonly<Record<string, number>> = { Declined: 21.5, 'In Review': 61.3 }
  return {
    node_id: check.nodeId,
    status: check.status,
    score: scores[check.status] ?? 93.4,
    source_image_session_id: null,
    source_image: mediaLink(session, 'portrait.svg', now),
    target_image: mediaLink(session, 'selfie.svg', now),
    warnings: check.warnings,
  }
}
