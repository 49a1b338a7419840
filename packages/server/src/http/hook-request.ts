// They tell of the body, which the copy does not have, or of the connection. `fetch(request)` fails with some of them.
const droppedHeaders = ['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'expect', 'upgrade', 'te']

const copies = new WeakMap<object, Request>()

/**
 * Returns the platform's own `Request` for a hook of the host, without the body.
 *
 * The request of `toNodeHandler` only looks like one: `new Request(request)` and `fetch(request)` throw for it. The body is
 * left out because this server reads it, and a hook that reads it first would break the route. All hooks of one request get
 * the same object.
 */
export function toHookRequest(request: Request): Request {
  const known = copies.get(request)
  if (known !== undefined) return known
  const { url, method, signal } = request
  const headers = new Headers([...request.headers])
  for (const name of droppedHeaders) headers.delete(name)
  const copy = new Request(url, { method, headers, signal })
  copies.set(request, copy)
  // A hook may hand its request to `requireVerified`.
  copies.set(copy, copy)
  return copy
}
