import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useDeskTexts } from './texts/texts.ts'

/**
 * Which question is open. A dialog tells of its end a moment late: whoever presses Escape and asks again at once has the
 * second question open by then, and the end of the first must not close it.
 */
export function useQuestion<What>() {
  const [open, setOpen] = useState<{ readonly what: What; readonly turn: number } | null>(null)
  return {
    open,
    ask: (what: What) => setOpen((before) => ({ what, turn: (before?.turn ?? 0) + 1 })),
    close: (turn: number) => setOpen((now) => (now?.turn === turn ? null : now)),
  }
}

interface QuestionProps {
  readonly title: string
  readonly lead: string
  /** The words of the button that does it. */
  readonly yes: string
  readonly isDangerous?: boolean
  readonly isBusy?: boolean
  /** Does it. The question stays until `onClose`, or closes itself where true comes back. */
  readonly onYes: (given: FormData) => boolean
  readonly onClose: () => void
  readonly children?: ReactNode
}

/** Asks before something is done. Escape and the second button leave everything as it is; the focus goes back. */
export function Question({ title, lead, yes, isDangerous, isBusy = false, onYes, onClose, children }: QuestionProps) {
  const { actions } = useDeskTexts()
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal()
  }, [])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!isBusy && onYes(new FormData(event.currentTarget))) dialog.current?.close()
  }
  return (
    <dialog ref={dialog} className="question desk-question" aria-labelledby={id} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <h2 id={id}>{title}</h2>
        <p>{lead}</p>
        {children}
        <div className="actions">
          <button type="submit" className={isDangerous ? 'button danger' : 'button'} aria-disabled={isBusy}>
            {isBusy ? actions.busy : yes}
          </button>
          <button type="button" className="button second" onClick={() => dialog.current?.close()}>
            {actions.cancel}
          </button>
        </div>
      </form>
    </dialog>
  )
}
