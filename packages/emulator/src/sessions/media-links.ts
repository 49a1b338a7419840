import { createHmac, timingSafeEqual } from 'node:crypto'
import type { StoredSession } from './sessions.ts'

/** The pictures that decisions link to. */
export const mediaNames = [
  'portrait.svg',
  'front.svg',
  'back.svg',
  'full-front.svg',
  'full-back.svg',
  'front-video.svg',
  'back-video.svg',
  'selfie.svg',
  'selfie-video.svg',
  'chip-portrait.svg',
  'signature.svg',
  'proof-of-address.svg',
  'certificate.svg',
] as const

/** The name of one picture. */
export type MediaName = (typeof mediaNames)[number]

/** How long a link works. */
const mediaLifetimeSeconds = 3600

const algorithm = 'AWS4-HMAC-SHA256'

/** A moment as presigned links write it: `20261124T120000Z`. */
const compactTime = (epochMs: number) => new Date(epochMs).toISOString().replace(/[-:]|\.\d+/g, '')

/** Its key is the Session's own token, which no link shows: so links need no secret of their own, and seeds repeat them. */
const sign = (session: StoredSession, name: string, date: string, expires: string) =>
  createHmac('sha256', session.token)
    .update([algorithm, session.sessionId, name, date, expires].join('\n'))
    .digest('hex')

/** Where the emulator is reached: the part of a hosted page's address before its own path. */
function baseOf({ url, token, request }: StoredSession): string {
  const path = `${request.language === null ? '' : `/${request.language}`}/session/${token}`
  return url.endsWith(path) ? url.slice(0, -path.length) : new URL(url).origin
}

/** A link to a picture, in the look of the vendor's presigned ones. It works for an hour. */
export function mediaLink(session: StoredSession, name: MediaName, now: number): string {
  const date = compactTime(now)
  const expires = String(mediaLifetimeSeconds)
  const query = new URLSearchParams({
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Date': date,
    'X-Amz-Expires': expires,
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': sign(session, name, date, expires),
  })
  return `${baseOf(session)}/media/${session.sessionId}/${name}?${query}`
}

/** What a link is good for: the picture, or the reason why not. */
export type LinkValidity = 'valid' | 'expired' | 'forged'

/** Judges the query of a link by the emulator's own clock. */
export function checkLink(session: StoredSession, name: string, query: URLSearchParams, now: number): LinkValidity {
  const date = query.get('X-Amz-Date') ?? ''
  const expires = query.get('X-Amz-Expires') ?? ''
  const given = Buffer.from(query.get('X-Amz-Signature') ?? '')
  const expected = Buffer.from(sign(session, name, date, expires))
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged'
  const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  return now < signedAt + Number(expires) * 1000 ? 'valid' : 'expired'
}
