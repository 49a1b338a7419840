import fc from 'fast-check'
import type { Call } from './call.ts'
import { guid, notFlag, notGuid, notWholeWithin, pick, record } from './values.ts'

const blocklistKinds = ['face', 'document', 'phone', 'email']
const someOf = (prefix: string) =>
  fc
    .subarray(blocklistKinds, { minLength: 1 })
    .map((kinds) => Object.fromEntries(kinds.map((it) => [prefix + it, true])))
const changeBlocklist = (verb: 'add' | 'remove', prefix: string): Call => ({
  name: `blocklist.${verb}`,
  operation: null,
  takesId: false,
  send: (api, body) => api.blocklist[verb](body),
  right: fc.tuple(guid, someOf(prefix)).map(([session_id, kinds]) => ({ session_id, ...kinds })),
  wrong: {
    session_id: notGuid,
    ...Object.fromEntries(blocklistKinds.map((kind) => [prefix + kind, notFlag])),
  },
  wrongTogether: [[`${prefix}face`, { session_id: '11111111-2222-3333-4444-555555555555', [`${prefix}face`]: false }]],
})

const listBlocklist: Call = {
  name: 'blocklist.list',
  operation: null,
  takesId: false,
  send: (api, query) => api.blocklist.list(query),
  right: record({
    item_type: pick(...blocklistKinds),
    limit: fc.integer({ min: 1, max: 100 }),
    offset: fc.integer({ min: 0, max: 1000 }),
  }),
  wrong: {
    item_type: pick('Face', '', 7),
    limit: notWholeWithin(1, Number.POSITIVE_INFINITY),
    offset: notWholeWithin(0, Number.POSITIVE_INFINITY),
  },
  wrongTogether: [],
}

/** The blocklist calls of the client. */
export const blocklistCalls: readonly Call[] = [
  changeBlocklist('add', 'blocklist_'),
  changeBlocklist('remove', 'unblock_'),
  listBlocklist,
]
