import {
  type BlocklistAddRequest,
  type BlocklistItem,
  type BlocklistMessage,
  type BlocklistPage,
  type BlocklistRemoveRequest,
  blocklistAddRequestSchema,
  blocklistMessageSchema,
  blocklistPageSchema,
  blocklistRemoveRequestSchema,
  type ListBlocklistQuery,
  listBlocklistQuerySchema,
} from '@didit-verify/core/schemas'
import type { CallOptions } from './call-options.ts'
import { toJson, toQuery } from './check.ts'
import { badLink, createListing, type Listing } from './listing.ts'
import { badAnswer } from './refusal.ts'
import { asJson, type Payload, requestData, type Transport } from './request.ts'

/** Didit's blocklist. What is on it declines later Sessions; it outlives the Session that it came from. */
export interface BlocklistApi {
  /**
   * Puts the face, the document, the phone number or the e-mail address of a Session on the blocklist.
   *
   * Not sent again after a fault.
   *
   * @throws {RequestError} `request-invalid` when nothing is chosen, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Blocklist": https://docs.didit.me/core-technology/blocklist
   */
  add(body: BlocklistAddRequest, options?: CallOptions): Promise<BlocklistMessage>
  /**
   * Takes off the blocklist what came on it from a Session. What was put there by hand stays.
   *
   * Not sent again after a fault.
   *
   * @throws {RequestError} `request-invalid` when nothing is chosen, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Blocklist": https://docs.didit.me/core-technology/blocklist
   */
  remove(body: BlocklistRemoveRequest, options?: CallOptions): Promise<BlocklistMessage>
  /**
   * Lists what came on the blocklist from Sessions, newest first: awaited it is one page, iterated it is every item.
   *
   * `limit` is items per page (20 at Didit). Items of deleted Sessions are not listed, though they still count.
   *
   * @throws {RequestError} `request-invalid` for a query that cannot be right, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Blocklist": https://docs.didit.me/core-technology/blocklist
   */
  list(query?: ListBlocklistQuery, options?: CallOptions): Listing<BlocklistPage, BlocklistItem>
}

/** Creates the endpoints of the blocklist. */
export function createBlocklistApi(transport: Transport): BlocklistApi {
  const change = async (path: `/${string}/`, payload: Payload, { signal }: CallOptions) => {
    return requestData(transport, {
      method: 'POST',
      path,
      budget: 'write',
      payload,
      // Didit does not say what a repetition does.
      repeatable: false,
      signal,
      read: asJson(blocklistMessageSchema),
    })
  }
  return {
    add: async (body, options = {}) => change('/v3/blocklist/add/', toJson(blocklistAddRequestSchema, body), options),
    remove: async (body, options = {}) =>
      change('/v3/blocklist/remove/', toJson(blocklistRemoveRequestSchema, body), options),
    list: (query = {}, { signal } = {}) =>
      createListing<BlocklistPage, BlocklistItem, ListBlocklistQuery>({
        query,
        parts: [query],
        read: async (at) => {
          return requestData(transport, {
            method: 'GET',
            path: '/v3/blocklist/',
            query: toQuery(listBlocklistQuerySchema, at),
            budget: 'get',
            repeatable: true,
            signal,
            read: asJson(blocklistPageSchema),
          })
        },
        // Items have no id, but of one Session each type is listed once at a time.
        keyOf: ({ type, session_id, blocklisted_at }) =>
          type && session_id && blocklisted_at ? `${type} ${session_id} ${blocklisted_at}` : null,
        invalid: () => badAnswer('GET /v3/blocklist/', { status: 200, issues: badLink }),
      }),
  }
}
