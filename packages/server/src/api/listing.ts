/**
 * A list at Didit: awaited, it is one page; iterated, it is every row from that page on, read page by page.
 *
 * Nothing is asked before one of the two is done. Awaiting twice gives the same page; each iteration asks afresh.
 */
export type Listing<Page, Row> = Promise<Page> & AsyncIterable<Row>
