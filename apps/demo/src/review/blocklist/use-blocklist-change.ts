import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useDesk } from '../desk.tsx'
import type { BlockKind } from '../desk-client.ts'
import { deskKeys } from '../desk-queries.ts'

/** Puts something of a Session on the blocklist, or takes it off. Shown once the server says so. */
export function useBlocklistChange() {
  const { client } = useDesk()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ sessionId, kind, isOn }: { sessionId: string; kind: BlockKind; isOn: boolean; what: string }) =>
      isOn ? client.block(sessionId, kind) : client.unblock(sessionId, kind),
    onSettled: () => queryClient.invalidateQueries({ queryKey: deskKeys.blocklists(client.bank) }),
  })
}
