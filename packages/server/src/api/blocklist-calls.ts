import type { BlocklistAddRequest, BlocklistRemoveRequest, ListBlocklistQuery } from '@didit-verify/core/schemas'
import type { CallOptions } from './call-options.ts'
import type { Listing } from './listing.ts'
import type { BlocklistItem, BlocklistMessage, BlocklistPage } from './vendor-answers.ts'

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
