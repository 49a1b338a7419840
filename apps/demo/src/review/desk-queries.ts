import { keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query'
import type { BankId } from '../../server/review/staff.ts'
import {
  type BlockKind,
  type DeskClient,
  type Filters,
  getDeskMe,
  type Page,
  type SessionFile,
  type SessionList,
} from './desk-client.ts'
import type { Change } from './desk-feed.ts'

/** The only place where the desk's query keys are spelled. */
export const deskKeys = {
  me: ['me'] as const,
  /** Everything that only the staff may see. */
  all: ['desk'] as const,
  bank: (bank: BankId) => ['desk', bank] as const,
  lists: (bank: BankId) => ['desk', bank, 'list'] as const,
  list: (bank: BankId, filters: Filters, page: Page) => ['desk', bank, 'list', filters, page] as const,
  file: (bank: BankId, sessionId: string) => ['desk', bank, 'file', sessionId] as const,
  blocklists: (bank: BankId) => ['desk', bank, 'blocklist'] as const,
  blocklist: (bank: BankId, kind: BlockKind | null, page: Page) => ['desk', bank, 'blocklist', kind, page] as const,
}

export const meQuery = queryOptions({ queryKey: deskKeys.me, queryFn: getDeskMe, staleTime: Number.POSITIVE_INFINITY })

export const listQuery = (client: DeskClient, filters: Filters, page: Page) =>
  queryOptions({
    queryKey: deskKeys.list(client.bank, filters, page),
    queryFn: ({ signal }) => client.list(filters, page, signal),
    // The list of before stays until the next one is there, so that nothing jumps.
    placeholderData: keepPreviousData,
  })

export const fileQuery = (client: DeskClient, sessionId: string) =>
  queryOptions({
    queryKey: deskKeys.file(client.bank, sessionId),
    queryFn: ({ signal }) => client.file(sessionId, signal),
    // The links to the pictures live for an hour; what is shown again is read again.
    staleTime: 0,
    gcTime: 5 * 60_000,
  })

export const blocklistQuery = (client: DeskClient, kind: BlockKind | null, page: Page) =>
  queryOptions({
    queryKey: deskKeys.blocklist(client.bank, kind, page),
    queryFn: ({ signal }) => client.blocklist(kind, page, signal),
    placeholderData: keepPreviousData,
  })

/** Writes a status into every list that shows the Session, and into its file. */
export function writeStatus(queryClient: QueryClient, bank: BankId, sessionId: string, status: string): void {
  queryClient.setQueriesData<SessionList>({ queryKey: deskKeys.lists(bank) }, (list) =>
    // A list without it is left as it is, and counts as no newer than it was.
    list?.sessions.some(({ row }) => row.session_id === sessionId)
      ? {
          ...list,
          sessions: list.sessions.map((it) =>
            it.row.session_id === sessionId ? { ...it, row: { ...it.row, status } } : it,
          ),
        }
      : undefined,
  )
  queryClient.setQueryData<SessionFile>(
    deskKeys.file(bank, sessionId),
    (file) => file && { ...file, decision: { ...file.decision, status } },
  )
}

/** Effect of a change from the stream on the cached lists and Sessions. */
export interface Applied {
  /** Number of the Session, or null when it is not on the screen. */
  readonly number: number | null
  readonly isOnScreen: boolean
  /** Whether the screen showed the change already. */
  readonly isKnown: boolean
}

/** Folds a change of the stream into what has been read; what is on the screen is read again in full. */
export function applyChange(queryClient: QueryClient, bank: BankId, { sessionId, status }: Change): Applied {
  const fileKey = deskKeys.file(bank, sessionId)
  const file = queryClient.getQueryData<SessionFile>(fileKey)
  const shown = queryClient
    .getQueryCache()
    .findAll({ queryKey: deskKeys.lists(bank), type: 'active' })
    .flatMap(({ state }) => (state.data as SessionList | undefined)?.sessions ?? [])
    .find(({ row }) => row.session_id === sessionId)
  const isKnown = (shown?.row.status ?? file?.decision.status) === status
  writeStatus(queryClient, bank, sessionId, status)
  void queryClient.invalidateQueries({ queryKey: fileKey })
  // Lists that are not on the screen are read again when they are.
  void queryClient.invalidateQueries({ queryKey: deskKeys.lists(bank), refetchType: 'none' })
  const isFileOpen = queryClient.getQueryCache().findAll({ queryKey: fileKey, type: 'active' }).length > 0
  const number = shown?.row.session_number ?? file?.decision.session_number
  return {
    number: typeof number === 'number' ? number : null,
    isOnScreen: shown !== undefined || isFileOpen,
    isKnown,
  }
}
