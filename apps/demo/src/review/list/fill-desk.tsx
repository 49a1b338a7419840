import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useDesk } from '../desk.tsx'
import { fillDesk } from '../desk-client.ts'
import { deskKeys } from '../desk-queries.ts'
import { counted, useDeskTexts } from '../texts/texts.ts'

/** Brings invented people to the bank's own desk; the partner gets its Sessions by import. */
export function FillDesk() {
  const { client } = useDesk()
  const { list } = useDeskTexts()
  const queryClient = useQueryClient()
  const filling = useMutation({
    mutationFn: fillDesk,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: deskKeys.lists(client.bank) }),
  })
  if (client.bank !== 'harbour') return null
  return (
    <div className="fill">
      <button
        type="button"
        className="button second"
        aria-disabled={filling.isPending}
        onClick={() => filling.isPending || filling.mutate()}
      >
        {filling.isPending ? list.filling : list.fill}
      </button>
      <p className="quiet" role="status">
        {filling.isError ? list.fillFailed : filling.data ? counted(list.filled, filling.data.created) : list.fillHint}
      </p>
    </div>
  )
}
