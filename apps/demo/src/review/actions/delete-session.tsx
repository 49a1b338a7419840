import type { Decision } from '@didit-verify/core/schemas'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { fill } from '../../../shared/texts/texts.ts'
import { useDesk } from '../desk.tsx'
import type { Deleted } from '../desk-client.ts'
import { deskKeys } from '../desk-queries.ts'
import { Question, useQuestion } from '../question.tsx'
import { useDeskTexts } from '../texts/texts.ts'
import { Trouble } from '../trouble.tsx'

interface DeleteSessionProps {
  readonly decision: Decision
  readonly onDeleted: (deleted: Deleted) => void
}

/** Deletes a Session for good. Nothing is optimistic about it: it is gone once the server says so. */
export function DeleteSession({ decision, onDeleted }: DeleteSessionProps) {
  const { client } = useDesk()
  const { actions } = useDeskTexts()
  const queryClient = useQueryClient()
  const id = useId()
  const { open, ask, close } = useQuestion<'delete'>()
  const [isMistyped, setMistyped] = useState(false)
  const number = String(decision.session_number ?? decision.session_id.slice(0, 8))
  const removal = useMutation({
    mutationFn: () => client.remove(decision.session_id),
    onSuccess: ({ deleted }) => {
      onDeleted(deleted)
      queryClient.removeQueries({ queryKey: deskKeys.file(client.bank, decision.session_id) })
      void queryClient.invalidateQueries({ queryKey: deskKeys.bank(client.bank) })
    },
  })
  return (
    <section className="aside-part">
      <button
        type="button"
        className="link"
        onClick={() => {
          removal.reset()
          setMistyped(false)
          ask('delete')
        }}
      >
        {actions.delete}
      </button>
      {open && (
        <Question
          key={open.turn}
          title={fill(actions.deleteTitle, { number })}
          lead={actions.deleteLead}
          yes={actions.deleteGo}
          isDangerous
          isBusy={removal.isPending}
          onYes={(given) => {
            const isRight = String(given.get('number')).trim() === number
            setMistyped(!isRight)
            if (isRight) removal.mutate()
            return false
          }}
          onClose={() => close(open.turn)}
        >
          <p className="field">
            <label htmlFor={`${id}-number`}>{fill(actions.deleteConfirm, { number })}</label>
            <input
              id={`${id}-number`}
              name="number"
              inputMode="numeric"
              autoComplete="off"
              aria-invalid={isMistyped}
              aria-describedby={isMistyped ? `${id}-fault` : undefined}
            />
          </p>
          {isMistyped && (
            <p className="fault" role="alert" id={`${id}-fault`}>
              {actions.deleteMismatch}
            </p>
          )}
          {removal.isError && <Trouble error={removal.error} />}
        </Question>
      )}
    </section>
  )
}
