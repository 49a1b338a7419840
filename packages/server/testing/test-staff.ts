import type { StartAnswer } from '@didit-verify/core/schemas'
import type { EmulatorOptions } from '@didit-verify/emulator'
import type { DiditServerOptions, StaffAction, StaffRequest, Storage } from '../src/index.ts'
import { type CallOptions, createTestServer, origin, type TestServer } from './test-server.ts'

/** A request that reached Didit. */
export interface VendorCall {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly body: unknown
}

/** Answers in Didit's place, or lets the emulator. */
export type Vendor = (
  call: VendorCall,
  forward: () => Promise<Response>,
  signal: AbortSignal,
) => Promise<Response> | Response

export interface StaffCallOptions extends CallOptions {
  /** Which member of the staff asks. Default `rae`; null: none. */
  readonly staff?: string | null
}

/** The stage with a staff of its own, and an ear on what the server asks Didit. */
export interface TestStaff {
  readonly testServer: TestServer
  /** The requests that reached Didit since this list was last emptied. */
  readonly calls: VendorCall[]
  /** The calls of `authorizeStaff`. */
  readonly wishes: StaffRequest[]
  /** Answers in Didit's place from now on. */
  vendor: Vendor
  /** One call below `/staff`. Nobody is signed in as a customer beside, unless `user` says so. */
  ask(method: string, path: string, options?: StaffCallOptions): Promise<Response>
  /** A Session that a customer has started, in this status. */
  place(status?: Parameters<TestServer['emulator']['control']['finish']>[1], user?: string): Promise<StartAnswer>
}

/** Sets the stage. `x-test-staff` names the member of the staff. */
export async function createTestStaff(
  options: { server?: Partial<DiditServerOptions>; emulator?: EmulatorOptions; storage?: Storage } = {},
): Promise<TestStaff> {
  const calls: VendorCall[] = []
  const wishes: StaffRequest[] = []
  const testServer = await createTestServer({
    ...options,
    server: {
      authorizeStaff: (request, input) => {
        wishes.push(input)
        const staffId = request.headers.get('x-test-staff')
        return staffId === null ? null : { staffId }
      },
      didit: {
        baseUrl: 'http://localhost',
        fetch: async (input, init) => {
          // The emulator's address is known only once the stage stands.
          const request = new Request(String(input).replace('http://localhost', testServer.emulator.url), init)
          const { pathname, search } = new URL(request.url)
          const text = await request.clone().text()
          const call = {
            method: request.method,
            path: `${pathname}${search}`,
            body: text === '' ? null : JSON.parse(text),
          }
          calls.push(call)
          return staged.vendor(call, () => testServer.emulator.fetch(request), request.signal)
        },
      },
      ...options.server,
    },
  })
  const staged: TestStaff = {
    testServer,
    calls,
    wishes,
    vendor: (_, forward) => forward(),
    ask: (method, path, { staff = 'rae', user = null, headers = {}, ...rest } = {}) =>
      testServer.call(method, `/staff${path}`, {
        ...rest,
        user,
        headers: { ...(staff === null ? {} : { 'x-test-staff': staff }), ...headers },
      }),
    async place(status, user = 'user-ada') {
      const started = (await (await testServer.call('POST', '/sessions', { user, body: {} })).json()) as StartAnswer
      testServer.pass(30)
      if (status !== undefined) testServer.emulator.control.finish(started.session.sessionId, status)
      await testServer.settle()
      testServer.pass(30)
      calls.length = 0
      return started
    },
  }
  return staged
}

/** An id that nobody has. */
export const unknownId = 'dddddddd-2222-4333-8444-555555555555'

export type StaffRoute = readonly [method: string, path: string, body: object | undefined, action: StaffAction]

/** Every staff route, with something to send that is in order. */
export const staffRoutes: readonly StaffRoute[] = [
  ['GET', '/sessions', undefined, 'list'],
  ['GET', '/sessions/:id/decision', undefined, 'decision'],
  ['POST', '/sessions/:id/update-status', { new_status: 'Approved' }, 'update-status'],
  ['GET', '/sessions/:id/pdf', undefined, 'pdf'],
  ['POST', '/sessions/:id/share', { for_application_id: unknownId }, 'share'],
  ['POST', '/import', { share_token: 'token', workflow: 'default', trust_review: true }, 'import'],
  ['GET', '/blocklist', undefined, 'blocklist-list'],
  ['POST', '/blocklist/add', { session_id: ':id', blocklist_face: true }, 'blocklist-add'],
  ['POST', '/blocklist/remove', { session_id: ':id', unblock_face: true }, 'blocklist-remove'],
  ['DELETE', '/sessions/:id', undefined, 'delete'],
  ['GET', '/events', undefined, 'events'],
]

/** The same about one Session. */
export function aboutSession(id: string, [method, path, body]: StaffRoute) {
  const sent = body && JSON.parse(JSON.stringify(body).replace(':id', id))
  return { method, path: path.replace(':id', id), body: sent as object | undefined }
}

export { origin }
