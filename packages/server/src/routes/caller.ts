import type { Context } from 'hono'
import type { Config, DiditUser } from '../config.ts'
import type { Bindings } from '../http/bindings.ts'
import { clientAddress, publicOrigin } from '../http/client-address.ts'
import { toHookRequest } from '../http/hook-request.ts'
import type { Caller } from '../sessions/start-request.ts'

/** Returns what starting a Session needs to know about the request. */
export function callerOf(config: Config, request: Request, bindings: Bindings | undefined): Caller {
  return {
    request: toHookRequest(request),
    address: clientAddress(config, request, bindings),
    callback: `${publicOrigin(config, request)}${config.basePath}/return`,
  }
}

/** Sets the cookie of a sign-in that begins with this request. */
export function welcome(c: Context, user: DiditUser): void {
  if (user.setCookie !== undefined) c.header('Set-Cookie', user.setCookie, { append: true })
}
