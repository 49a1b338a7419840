import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useDesk } from '../desk.tsx'
import type { SessionFile, VerdictRequest } from '../desk-client.ts'
import { deskKeys, writeStatus } from '../desk-queries.ts'

/**
 * Changes the status of a Session. The screen shows it at once, for it is what Didit does in all but a few cases, and
 * goes back where Didit did not.
 */
export function useVerdict(sessionId: string) {
  const { client } = useDesk()
  const queryClient = useQueryClient()
  const fileKey = deskKeys.file(client.bank, sessionId)
  return useMutation({
    mutationFn: (request: VerdictRequest) => client.decide(sessionId, request),
    async onMutate({ new_status }) {
      // A read that is under way knows nothing of it, and would take it off the screen again.
      await queryClient.cancelQueries({ queryKey: deskKeys.bank(client.bank) })
      const before = queryClient.getQueryData<SessionFile>(fileKey)
      writeStatus(queryClient, client.bank, sessionId, new_status)
      return { status: before?.decision.status, revision: before?.snapshot?.revision }
    },
    onError(_error, { new_status }, context) {
      const now = queryClient.getQueryData<SessionFile>(fileKey)
      // A status that came by the stream in the meantime is newer than the one from before.
      const isOurs = now?.decision.status === new_status && now.snapshot?.revision === context?.revision
      if (isOurs && context?.status !== undefined) {
        writeStatus(queryClient, client.bank, sessionId, context.status)
      }
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: deskKeys.bank(client.bank) }),
  })
}
