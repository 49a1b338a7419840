/** The proxies that the environment names, as `curl` and others read them. */
export interface ProxySettings {
  readonly httpProxy: string | undefined
  readonly httpsProxy: string | undefined
  /** Hosts to call directly, with commas between them. */
  readonly noProxy: string
}

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in either case; the lower one counts first.
 *
 * @returns The proxies; undefined when none is named; or the problem as a sentence, without the address, which may hold
 *   a password.
 */
export function readProxy(variables: Variables): ProxySettings | string | undefined {
  const readVariable = (name: string) => variables[name.toLowerCase()]?.trim() || variables[name]?.trim() || undefined
  const addresses: (string | undefined)[] = []
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY']) {
    const value = readVariable(name)
    // Many tools take an address without a scheme.
    const address = value === undefined || /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`
    const isUsable = address === undefined || (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol))
    if (!isUsable) return `${name} must be the address of an HTTP proxy, such as http://proxy.example:3128.`
    addresses.push(address)
  }
  const [httpsProxy, httpProxy] = addresses
  if (httpsProxy === undefined && httpProxy === undefined) return undefined
  return { httpsProxy, httpProxy, noProxy: readVariable('NO_PROXY') ?? '' }
}

/**
 * Creates a `fetch` that goes through the proxies. Node's own ignores the variables, so this is that of `undici`, which is
 * loaded only when there is a proxy.
 */
export async function createProxyFetch({ httpProxy, httpsProxy, noProxy }: ProxySettings): Promise<typeof fetch> {
  const { EnvHttpProxyAgent, fetch: send } = await import('undici')
  // Given as options, so that nothing but these settings counts.
  const dispatcher = new EnvHttpProxyAgent({ httpProxy: httpProxy ?? '', httpsProxy: httpsProxy ?? '', noProxy })
  const proxied = (input: unknown, init: object = {}) => send(input as string, { ...init, dispatcher })
  return proxied as unknown as typeof fetch
}
