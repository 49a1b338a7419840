import { errors, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../runtime/clock.ts'

/** Claims of a share token. */
export interface ShareClaims {
  readonly sessionId: string
  readonly fromApplicationId: string
  readonly forApplicationId: string
  /** Null in tokens of 2026-07, which are only for people. */
  readonly sessionKind: 'user' | 'business' | null
}

/** Issues and verifies the tokens with which one application shares a Session with another. */
export interface ShareTokens {
  issue(claims: ShareClaims, ttlSeconds: number): Promise<string>
  read(token: string): Promise<ShareClaims | 'expired' | 'invalid'>
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

/**
 * Creates the share tokens of one emulator: JSON Web Tokens with HS256, by the emulator's clock.
 *
 * @see Didit docs, "Share session": https://docs.didit.me/sessions-api/share-session
 */
export function createShareTokens(secret: string, clock: Clock): ShareTokens {
  const key = new TextEncoder().encode(secret)
  return {
    issue: ({ sessionId, fromApplicationId, forApplicationId, sessionKind }, ttlSeconds) =>
      new SignJWT({
        session_id: sessionId,
        from_application_id: fromApplicationId,
        for_application_id: forApplicationId,
        ...(sessionKind === null ? {} : { session_kind: sessionKind }),
      })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt(clock.seconds())
        .setExpirationTime(clock.seconds() + ttlSeconds)
        .sign(key),
    async read(token) {
      try {
        const options = { algorithms: ['HS256'], currentDate: new Date(clock.now()), requiredClaims: ['exp'] }
        const { payload } = await jwtVerify(token, key, options)
        return {
          sessionId: textOf(payload.session_id),
          fromApplicationId: textOf(payload.from_application_id),
          forApplicationId: textOf(payload.for_application_id),
          sessionKind: payload.session_kind === 'business' ? 'business' : 'user',
        }
      } catch (error) {
        return error instanceof errors.JWTExpired ? 'expired' : 'invalid'
      }
    },
  }
}
