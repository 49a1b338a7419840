import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import type { Authenticate } from '../config.ts'
import { anonymousAuth } from '../http/anonymous-auth.ts'
import type { AuthSetting } from './environment.ts'

// Public keys only: with a shared secret among them, whoever can check a token could also make one.
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** Turns `DIDIT_AUTH` into the server's `authenticate`. */
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

/** A bad token is nobody; a key server that is late, down or talks of something else is a fault to be looked into. */
function isKeyServersFault(error: errors.JOSEError): boolean {
  return ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(error.code)
}
