import { afterEach, expect, test } from 'vitest'
import './define.ts'
import { FakeClient, hostedUrl, snapshot } from '../testing/fake-client.ts'
import { mountElement, openHostedPage, removeElements, until } from '../testing/mount-element.ts'

afterEach(removeElements)

interface Asked {
  readonly url: string
  readonly method: string
  readonly authorization: string | null
  readonly body: unknown
}

/** Creates a companion server with one Session. It answers with the given problems. */
function server(problems: Record<string, object> = {}) {
  const asked: Asked[] = []
  const answer = (body: object, status = 200) =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
    })
  const fake: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const { pathname } = new URL(request.url)
    const body = request.method === 'POST' ? await request.json() : null
    asked.push({ url: pathname, method: request.method, authorization: request.headers.get('authorization'), body })
    const problem = problems[pathname.replace('/kyc', '')]
    if (problem) return answer(problem, (problem as { status: number }).status)
    if (pathname.endsWith('/sessions/current')) {
      return answer({ type: 'about:blank', title: 'None', status: 404, code: 'session-not-found' }, 404)
    }
    if (pathname.endsWith('/events')) return new Promise(() => {})
    return answer(
      {
        session: snapshot('Not Started', { source: 'created' }),
        url: hostedUrl,
        ticket: 'a.b.c',
        ticketExpiresAt: Date.now() + 900_000,
      },
      201,
    )
  }
  return { asked, fake }
}

async function mountWithFetch(fake: typeof fetch, headers: () => HeadersInit) {
  const element = document.createElement('didit-verify')
  element.endpoint = '/kyc'
  element.workflow = 'transfer'
  element.fetch = fake
  element.headers = headers
  document.body.append(element)
  await element.updateComplete
  return element
}

test('creates a client from endpoint, fetch and headers, and reads only the current Session', async () => {
  const { asked, fake } = server()
  let bearer = 'first'
  const element = await mountWithFetch(fake, () => ({ authorization: `Bearer ${bearer}` }))
  await until(() => asked.length > 0)
  expect(asked).toEqual([{ url: '/kyc/sessions/current', method: 'GET', authorization: 'Bearer first', body: null }])

  bearer = 'renewed'
  const outcome = element.start()
  await until(() => element.flow === 'ready')
  const post = asked.find(({ method }) => method === 'POST')
  expect(post).toEqual({
    url: '/kyc/sessions',
    method: 'POST',
    authorization: 'Bearer renewed',
    body: { workflow: 'transfer', language: 'en' },
  })
  element.close()
  expect(await outcome).toEqual({ kind: 'cancelled', sessionId: snapshot('').sessionId })
})

test('asks a person who is not signed in to sign in', async () => {
  const problem = { type: 'about:blank', title: 'Who are you?', status: 401, code: 'unauthenticated' }
  const { fake } = server({ '/sessions/current': problem, '/sessions': problem })
  const element = await mountWithFetch(fake, () => ({}))
  const actions: string[] = []
  element.addEventListener('didit-error', (event) => actions.push(event.detail.action))
  expect((await element.start()).kind).toBe('failed')
  await element.updateComplete
  expect(actions).toEqual(['sign-in'])
  expect(element.shadowRoot?.querySelector('[part=hint]')?.textContent).toContain('sign in again')
  expect(element.error?.code).toBe('unauthenticated')
})

test("opens the page's own address without asking the server for a Session", async () => {
  const fixture = await mountElement({ url: `${hostedUrl}?own` })
  expect(fixture.client.store.calls).toEqual([])
  await openHostedPage(fixture)
  expect(fixture.$<HTMLIFrameElement>('iframe')?.src).toBe(`${hostedUrl}?own`)
  expect(fixture.client.store.calls).toEqual([])
  fixture.page.post('completed', { status: 'Approved' })
  await until(() => fixture.element.matches(':state(submitted)'))
  await fixture.settle()
  expect(fixture.element.matches(':state(none)')).toBe(true)
  expect(fixture.text).toContain('Checking your result')
})

test("shows no approval of another Session beside the page's own address", async () => {
  const client = new FakeClient(snapshot('Approved'))
  const fixture = await mountElement({ url: `${hostedUrl}?own` }, client)
  // Other code on the page follows the user's current Session.
  await client.store.load()
  await fixture.settle()
  expect(fixture.element.snapshot).toBeNull()
  expect(fixture.element.matches(':state(none)')).toBe(true)
  expect(fixture.log).toEqual([])
})

test('asks for the verdict of the Session that the page names beside its address', async () => {
  const fixture = await mountElement({ url: `${hostedUrl}?own`, 'session-id': snapshot('').sessionId })
  await openHostedPage(fixture)
  fixture.page.post('completed')
  await until(() => fixture.log.includes('didit-submit'))
  expect(fixture.client.store.calls).toContain('report submitted')
})

test('reports on the camera without a permission prompt', async () => {
  const fixture = await mountElement()
  const report = await fixture.element.preflight()
  expect(report.isSecureContext).toBe(true)
  expect(report.camera).toMatch(/^(granted|prompt|denied|missing|unknown)$/)
  expect(report.ok).toBe(report.isAllowedByPolicy && !/denied|missing/.test(report.camera))
})
