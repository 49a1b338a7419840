import { hkdfSync } from 'node:crypto'
import { type JWTPayload, jwtVerify, SignJWT } from 'jose'

/** Options of createSignedTokens. They separate the tokens of one use from all others. */
export interface SignedTokensOptions {
  /** The use. Key and `typ` are derived from it, so that a token is valid for one use only. */
  readonly use: 'ticket' | 'proof'
  /** At least 32 characters. The signing key is derived from it. */
  readonly secret: string
  /** Application and environment. A token is valid in these only. */
  readonly audience: string
  /** Claims that a token must have, besides `exp`. */
  readonly requiredClaims: readonly string[]
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Tokens of one use: JWTs, always HS256, with a separate key for each use. */
export interface SignedTokens {
  /** Signs a token. Both times are epoch seconds. */
  sign(claims: JWTPayload, times: { readonly issuedAt: number; readonly expiresAt: number }): Promise<string>
  /** @throws {errors.JWTExpired} The token has expired. Any other error: the token is not valid for this use. */
  read(token: string): Promise<JWTPayload & { readonly exp: number }>
}

const issuer = 'didit-verify'

/** Returns the audience of a token. An environment's name has no colon, so two audiences are never equal by accident. */
export const audienceOf = (application: string, environment: string): string => `${application}:${environment}`

/** Derives 32 bytes from a secret. Each label gives different bytes. */
export function deriveKey(secret: string, label: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `didit-verify ${label} v1`, 32))
}

/** Creates the functions that sign and read the tokens of one use. */
export function createSignedTokens(options: SignedTokensOptions): SignedTokens {
  const { use, secret, audience, requiredClaims, now } = options
  const key = deriveKey(secret, use)
  const typ = `didit-${use}+jwt`
  return {
    sign: (claims, { issuedAt, expiresAt }) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key),
    async read(token) {
      const { payload } = await jwtVerify<{ exp: number }>(token, key, {
        algorithms: ['HS256'],
        typ,
        issuer,
        audience,
        requiredClaims: ['exp', ...requiredClaims],
        currentDate: new Date(now()),
      })
      return payload
    },
  }
}
