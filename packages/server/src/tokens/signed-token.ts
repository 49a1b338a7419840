import { hkdfSync } from 'node:crypto'
import { type JWTPayload, jwtVerify, SignJWT } from 'jose'

/** What tells the tokens of one use from those of every other. */
export interface SignedTokensOptions {
  /** Names the use. Key and `typ` follow from it, so that a token of one use is none in another. */
  readonly use: 'ticket' | 'proof'
  /** At least 32 characters. The signing key is derived from it. */
  readonly secret: string
  /** Application and environment: a token of one is none in the other. */
  readonly audience: string
  /** The claims without which it is none, beside `exp`. */
  readonly requiredClaims: readonly string[]
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Tokens of one use: JWT, HS256 pinned, each use with a key of its own. */
export interface SignedTokens {
  /** Both times in epoch seconds. */
  sign(claims: JWTPayload, times: { readonly issuedAt: number; readonly expiresAt: number }): Promise<string>
  /** @throws {errors.JWTExpired} The token is too old. Any other error: it is none of these. */
  read(token: string): Promise<JWTPayload & { readonly exp: number }>
}

const issuer = 'didit-verify'

/** Whom a token is for. An environment has no colon in its name, so no two can be taken for each other. */
export const audienceOf = (application: string, environment: string): string => `${application}:${environment}`

/** Derives 32 bytes from a secret, others for every label. */
export function deriveKey(secret: string, label: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `didit-verify ${label} v1`, 32))
}

/** Creates the signer and reader of one use. */
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
