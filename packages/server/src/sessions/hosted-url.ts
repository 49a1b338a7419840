import type { Config } from '../config.ts'
import { isLoopback } from '../http/loopback.ts'

/** The part of the options that says which addresses hosted pages have. */
export type HostedUrlConfig = Pick<Config, 'didit' | 'allowedOrigins'>

/**
 * Returns the address of a hosted page if a person may be sent there, else null.
 *
 * It has to be https, without credentials, and of `didit.hostedOrigins`. By default that is Didit's own domain and the
 * server that `didit.baseUrl` names. An address of this machine is for development: for an emulator, or for pages that
 * are on this machine too.
 */
export function readHostedUrl({ didit, allowedOrigins }: HostedUrlConfig, text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return null
  const isLocal = isLoopback(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) return null
  if (didit.hostedOrigins !== undefined) return didit.hostedOrigins.includes(url.origin) ? url.href : null
  const base = new URL(didit.baseUrl ?? 'https://verification.didit.me')
  const isOfDidit = url.port === '' && url.protocol === 'https:' && url.hostname.endsWith('.didit.me')
  const isDevelopment =
    isLoopback(base.hostname) ||
    didit.fetch !== undefined ||
    [...allowedOrigins].some((origin) => isLoopback(new URL(origin).hostname) && origin.startsWith('http'))
  return isOfDidit || url.origin === base.origin || (isLocal && isDevelopment) ? url.href : null
}
