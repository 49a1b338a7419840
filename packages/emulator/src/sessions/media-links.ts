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

/** Lifetime of a link. */
const mediaLifetimeSeconds = 3600

const algorithm = 'AWS4-HMAC-SHA256'

/** Writes a time as in presigned links: `20261124T120000Z`. */
const compactTime = (epochMs: number) => new Date(epochMs).toISOString().replace(/[-:]|\.\d+/g, '')

/** Signs with the token of the Session: no link contains it, and the same seed gives the same links. */
const sign = (session: StoredSession, name: string, date: string, expires: string) =>
  createHmac('sha256', session.token)
    .update([algorithm, session.sessionId, name, date, expires].join('\n'))
    .digest('hex')

/** Returns the base address of the emulator: the address of the hosted page without its path. */
function baseOf({ url, token, request }: StoredSession): string {
  const path = `${request.language === null ? '' : `/${request.language}`}/session/${token}`
  return url.endsWith(path) ? url.slice(0, -path.length) : new URL(url).origin
}

/** Returns a link to a picture in the form of the vendor's presigned links. It expires after an hour. */
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

/** Result of the check of a link. */
export type LinkValidity = 'valid' | 'expired' | 'forged'

/** Checks the signature and the expiry of a link by the emulator's clock. */
export function checkLink(session: StoredSession, name: string, query: URLSearchParams, now: number): LinkValidity {
  const date = query.get('X-Amz-Date') ?? ''
  const expires = query.get('X-Amz-Expires') ?? ''
  const given = Buffer.from(query.get('X-Amz-Signature') ?? '')
  const expected = Buffer.from(sign(session, name, date, expires))
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged'
  const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  return now < signedAt + Number(expires) * 1000 ? 'valid' : 'expired'
}
