import type { Context, Hono } from 'hono'
import { type BlocklistEntry, type BlocklistType, blocklistTypes } from '../decision/blocklist.ts'
import { itemsOf, viewOf, withoutMedia } from '../decision/view.ts'
import { isObject, type Json, type JsonObject } from '../runtime/json.ts'
import { isUuid } from '../sessions/create-request.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import { type ApiContext, readBody } from './context.ts'
import { envelope, pageOf } from './paging.ts'
import { addSlash, json, notPermitted, wrongMethod } from './responses.ts'

const defaultLimit = 20

/** Names of the types in errors. Didit does not document its own texts. */
const names: Readonly<Record<BlocklistType, string>> = {
  face: 'face',
  document: 'document',
  phone: 'phone number',
  email: 'email address',
}

interface Change {
  readonly session: StoredSession
  readonly types: readonly BlocklistType[]
}

/**
 * Mounts the routes of the blocklist. Didit does not document their errors, so they follow those of other endpoints.
 *
 * @see Didit docs, "Blocklist": https://docs.didit.me/console/blocklist
 */
export function mountBlocklistRoutes(api: Hono, options: ApiContext): void {
  const { admit, sessions, blocklist, environment, clock, url } = options

  async function readChange(context: Context, verb: 'blocklist' | 'unblock'): Promise<Change | Response> {
    const access = admit(context, { wording: notPermitted, workflows: 'write' })
    if (access instanceof Response) return access
    const input = await readBody(context)
    if (input instanceof Response) return input
    const { body } = input
    if (!isObject(body)) return json(400, { non_field_errors: ['Invalid data. Expected a dictionary.'] })
    const errors: Record<string, Json> = {}
    const id = body.session_id ?? null
    if (id === null) errors.session_id = ['This field is required.']
    else if (typeof id !== 'string' || !isUuid(id)) errors.session_id = ['Must be a valid UUID.']
    for (const type of blocklistTypes) {
      const value = body[`${verb}_${type}`] ?? null
      if (value !== null && typeof value !== 'boolean') errors[`${verb}_${type}`] = ['Must be a valid boolean.']
    }
    if (Object.keys(errors).length > 0) return json(400, errors)
    const types = blocklistTypes.filter((type) => body[`${verb}_${type}`] === true)
    if (verb === 'unblock' && types.length === 0) {
      return json(400, { non_field_errors: ['Set at least one of the unblock fields to true.'] })
    }
    const session = sessions.byId(id as string)
    return session && access.sees(session) ? { session, types } : json(404, { detail: 'Session not found.' })
  }

  function write({ type, session, value, at }: BlocklistEntry): JsonObject {
    const decision = viewOf(session, environment, clock.now())
    const [document] = itemsOf(decision, 'id_verifications')
    const [face] = itemsOf(decision, 'liveness_checks')
    const [phone] = itemsOf(decision, 'phone_verifications')
    return {
      type,
      session_id: session.sessionId,
      session_number: session.sessionNumber,
      blocklisted_at: vendorTime(at),
      face_image: type === 'face' ? (face?.reference_image ?? null) : null,
      document_type: type === 'document' ? (document?.document_type ?? null) : null,
      document_number: type === 'document' ? value : null,
      front_image: type === 'document' ? (document?.front_image ?? null) : null,
      phone_number: type === 'phone' ? value : null,
      country_code: type === 'phone' ? (phone?.country_code ?? null) : null,
      email: type === 'email' ? value : null,
    }
  }

  for (const path of ['/v3/blocklist', '/v3/blocklist/add', '/v3/blocklist/remove']) api.all(path, addSlash)

  api.post('/v3/blocklist/add/', async (context) => {
    const change = await readChange(context, 'blocklist')
    if (change instanceof Response) return change
    const errors: Record<string, Json> = {}
    for (const type of change.types) {
      if (!blocklist.has(change.session, type)) errors[`blocklist_${type}`] = [`This session has no ${names[type]}.`]
    }
    // One error rejects the whole request: nothing is added.
    if (Object.keys(errors).length > 0) return json(400, errors)
    for (const type of change.types) blocklist.add(change.session, type)
    return json(200, { message: 'Successfully updated blocklist.' })
  })
  api.all('/v3/blocklist/add/', wrongMethod)

  api.post('/v3/blocklist/remove/', async (context) => {
    const change = await readChange(context, 'unblock')
    if (change instanceof Response) return change
    for (const type of change.types) blocklist.remove(change.session, type)
    return json(200, { message: 'Successfully removed from blocklist.' })
  })
  api.all('/v3/blocklist/remove/', wrongMethod)

  api.get('/v3/blocklist/', (context) => {
    const access = admit(context, { wording: notPermitted, workflows: 'read' })
    if (access instanceof Response) return access
    const type = context.req.query('item_type') ?? ''
    if (type !== '' && !(blocklistTypes as readonly string[]).includes(type)) {
      return json(400, { item_type: [`"${type}" is not a valid choice.`] })
    }
    const items = blocklist
      .list(access.application)
      // The entry of a deleted Session still declines, but is not listed.
      .filter(({ session }) => sessions.byId(session.sessionId) === session)
      .filter((entry) => access.sees(entry.session) && (type === '' || entry.type === type))
    const shown = (entry: BlocklistEntry) => (access.media ? write(entry) : withoutMedia(write(entry)))
    return json(200, envelope(items, pageOf(context, url, defaultLimit), shown))
  })
  api.all('/v3/blocklist/', wrongMethod)
}
