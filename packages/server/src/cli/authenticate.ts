import { RequestError } from '@didit-verify/core/schemas'
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'
import type { Authenticate } from '../config.ts'
import { anonymousAuth } from '../http/anonymous-auth.ts'
import type { AuthSetting } from './environment.ts'

/** Options of `createAuthenticate`. */
export interface AuthenticateOptions {
  /** Reads the public keys. Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
}

// Only asymmetric algorithms: with a shared secret, a program that can check a token could also create one.
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
// Clocks differ by some seconds, and a token is often used in the second in which it was made.
const clockToleranceSeconds = 45
// An unknown key is looked for again after this pause, so that new keys work soon after a rotation.
const pauseBetweenReadsMs = 5_000

/** Returns the server's `authenticate` for the setting in `DIDIT_AUTH`. */
export function createAuthenticate(setting: AuthSetting, options: AuthenticateOptions = {}): Authenticate {
  switch (setting.kind) {
    case 'anonymous':
      return anonymousAuth()
    case 'header':
      return (request) => {
        const userId = request.headers.get(setting.name)
        return userId === null || userId === '' ? null : { userId }
      }
    case 'jwks':
      return jwksAuth(setting.url, setting.audience, options)
  }
}

function jwksAuth(url: URL, audience: string | undefined, { fetch }: AuthenticateOptions): Authenticate {
  const keys = createRemoteJWKSet(url, {
    cooldownDuration: pauseBetweenReadsMs,
    ...(fetch ? { [customFetch]: fetch } : {}),
  })
  const options: JWTVerifyOptions = {
    algorithms,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: clockToleranceSeconds,
    ...(audience === undefined ? {} : { audience }),
  }
  return async (request) => {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (token === undefined) return null
    try {
      const userId = readSubject(await verify(token))
      return userId === null ? null : { userId }
    } catch (error) {
      if (error instanceof errors.JOSEError && !isKeyServersFault(error)) return null
      throw new RequestError('internal', 'The server with the keys of DIDIT_AUTH did not answer as expected.', {
        status: 503,
        help: 'Check the address behind jwks: and whether this machine can reach it.',
        cause: error,
      })
    }
  }

  async function verify(token: string): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, keys, options)).payload
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
      // A token without a key id, while the issuer has several keys.
      for await (const key of error) {
        try {
          return (await jwtVerify(token, key, options)).payload
        } catch (fault) {
          if (!(fault instanceof errors.JWSSignatureVerificationFailed)) throw fault
        }
      }
      throw new errors.JWSSignatureVerificationFailed()
    }
  }
}

/** The user of a token, or null. Some issuers write numbers; beyond 2^53 two of them could turn into one. */
function readSubject({ sub }: { readonly sub?: unknown }): string | null {
  const text = typeof sub === 'number' && Number.isSafeInteger(sub) ? String(sub) : sub
  return typeof text === 'string' && !['', 'undefined', 'null'].includes(text.trim()) ? text : null
}

/** Returns true for a failure of the key server. It is reported as an error, while a bad token means that no user is signed in. */
function isKeyServersFault(error: errors.JOSEError): boolean {
  return ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(error.code)
}
