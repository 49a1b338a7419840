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

/** Didit's blocklist. An item declines later Sessions, and stays when its own Session is deleted. */
export interface BlocklistApi {
  /**
   * Adds the face, document, phone number or e-mail address of a Session to the blocklist.
   *
   * Not retried after a failure.
   *
   * @throws {RequestError} `request-invalid` when nothing is chosen, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Blocklist": https://docs.didit.me/core-technology/blocklist
   */
  add(body: BlocklistAddRequest, options?: CallOptions): Promise<BlocklistMessage>
  /**
   * Removes items of a Session from the blocklist. Items that were added by hand stay.
   *
   * Not retried after a failure.
   *
   * @throws {RequestError} `request-invalid` when nothing is chosen, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Blocklist": https://docs.didit.me/core-technology/blocklist
   */
  remove(body: BlocklistRemoveRequest, options?: CallOptions): Promise<BlocklistMessage>
  /**
   * Lists the blocklist items of Sessions, newest first. Awaited, it gives one page; iterated, it gives every item.
   *
   * `limit` is the number of items per page (Didit's default is 20). Items of deleted Sessions are not listed, but still apply.
   *
   * @throws {RequestError} `request-invalid` for an invalid query, else one of the `didit-…` codes or `aborted`.
   * @see Didit docs, "Blocklist": https://docs.didit.me/core-technology/blocklist
   */
  list(query?: ListBlocklistQuery, options?: CallOptions): Listing<BlocklistPage, BlocklistItem>
}

/** Creates the blocklist endpoints. */
export function createBlocklistApi(transport: Transport): BlocklistApi {
  const change = async (path: `/${string}/`, payload: Payload, { signal }: CallOptions) => {
    return requestData(transport, {
      method: 'POST',
      path,
      budget: 'write',
      payload,
      // Didit does not document the effect of a repetition.
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
        // Items have no id. These three fields identify an item, since a Session has one item of each type at a time.
        keyOf: ({ type, session_id, blocklisted_at }) =>
          type && session_id && blocklisted_at ? `${type} ${session_id} ${blocklisted_at}` : null,
        invalid: () => badAnswer('GET /v3/blocklist/', { status: 200, issues: badLink }),
      }),
  }
}
