import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import type { Authenticate } from '../config.ts'
import { anonymousAuth } from '../http/anonymous-auth.ts'
import type { AuthSetting } from './environment.ts'

// Only asymmetric algorithms: with a shared secret, a program that can check a token could also create one.
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** Returns the server's `authenticate` for the setting in `DIDIT_AUTH`. */
export function createAuthenticate(setting: AuthSetting): Authenticate {
  switch (setting.kind) {
    case 'anonymous':
      return anonymousAuth()
    case 'header':
      return (request) => {
        const userId = request.headers.get(setting.name)
        return userId === null || userId === '' ? null : { userId }
      }
    case 'jwks':
      return jwksAuth(setting.url, setting.audience)
  }
}

function jwksAuth(url: URL, audience: string | undefined): Authenticate {
  const keys = createRemoteJWKSet(url)
  return async (request) => {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (token === undefined) return null
    try {
      const options = { algorithms, requiredClaims: ['exp', 'sub'], ...(audience === undefined ? {} : { audience }) }
      const { payload } = await jwtVerify(token, keys, options)
      return payload.sub ? { userId: payload.sub } : null
    } catch (error) {
      if (error instanceof errors.JOSEError && !isKeyServersFault(error)) return null
      throw error
    }
  }
}

/** Returns true for a failure of the key server. It is reported as an error, while a bad token means that no user is signed in. */
function isKeyServersFault(error: errors.JOSEError): boolean {
  return ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(error.code)
}
