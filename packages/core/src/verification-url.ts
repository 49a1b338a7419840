/** Returns the URL if it is https (or http on this machine) and has no credentials. */
export function readVerificationUrl(text: string): URL | undefined {
  const url = readUrl(text)
  if (!url || url.username || url.password) return undefined
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)) ? url : undefined
}

export const isLoopback = ({ hostname }: URL) => /^(localhost|127\.0\.0\.1|\[::1])$/.test(hostname)

export function readUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
