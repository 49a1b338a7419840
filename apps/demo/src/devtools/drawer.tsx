import { useSession } from '@didit-verify/react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { PersonId } from '../../shared/people.ts'
import { fill, type Texts } from '../../shared/texts/texts.ts'
import * as bank from '../bank-client.ts'
import { useTexts } from '../language.tsx'
import { useSignIn } from '../person.tsx'
import { Timeline } from './timeline.tsx'
import { type Entry, useJournal } from './use-journal.ts'
import { Ledger } from './verdict-table.tsx'

const askEveryMs = 4_000

/**
 * The drawer behind the scenes: who says what, and buttons to put it to the test. Beside the page, not over it: the page
 * stays usable, so that one can watch it.
 */
export function DevtoolsDrawer({ person }: { readonly person: PersonId }) {
  const { me } = useSignIn()
  const { devtools: words } = useTexts()
  const [isOpen, setIsOpen] = useState(false)
  const handle = useRef<HTMLButtonElement>(null)
  const title = useRef<HTMLHeadingElement>(null)
  const journal = useJournal()
  const { session } = useSession()
  const queryClient = useQueryClient()
  const key = ['bank', person, 'devtools']
  const { data } = useQuery({
    queryKey: key,
    queryFn: () => bank.getDevtools(person),
    enabled: isOpen,
    refetchInterval: askEveryMs,
    retry: false,
  })
  const revision = session?.revision
  const keyText = JSON.stringify(key)
  useEffect(() => {
    void queryClient.invalidateQueries({ queryKey: JSON.parse(keyText) })
  }, [queryClient, keyText, revision])
  const wasOpen = useRef(isOpen)
  useEffect(() => {
    document.documentElement.toggleAttribute('data-devtools', isOpen)
    if (isOpen) title.current?.focus({ preventScroll: true })
    else if (wasOpen.current) handle.current?.focus()
    wasOpen.current = isOpen
    return () => document.documentElement.removeAttribute('data-devtools')
  }, [isOpen])

  const close = () => setIsOpen(false)
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close()
  }
  const entries = [...journal, ...(data ? toEntries(data) : [])].sort((one, other) => one.at - other.at)

  return (
    <>
      <button
        ref={handle}
        type="button"
        className="devtools-handle"
        aria-expanded={isOpen}
        aria-controls="devtools"
        onClick={() => setIsOpen(!isOpen)}
      >
        {words.open}
      </button>
      <aside
        id="devtools"
        className="devtools"
        aria-labelledby="devtools-title"
        hidden={!isOpen}
        onKeyDown={closeByKey}
      >
        <header>
          <h2 id="devtools-title" ref={title} tabIndex={-1}>
            {words.title}
          </h2>
          <button type="button" className="link" onClick={close}>
            {words.close}
          </button>
        </header>
        <p className="quiet">{words.lead}</p>
        <Ledger journal={journal} session={session} />
        {me.canControlEmulator && (
          <EmulatorControls
            person={person}
            words={words}
            canReview={session !== null}
            fault={data?.fault ?? 'none'}
            onDone={() => void queryClient.invalidateQueries({ queryKey: key })}
          />
        )}
        <Timeline entries={entries} />
      </aside>
    </>
  )
}

function toEntries({ stored, sent }: bank.DevtoolsData): Entry[] {
  const from = (source: 'store' | 'wire', events: readonly bank.DevtoolsEvent[]) =>
    events.map(({ at, webhookType, status, marks }, index) => ({
      id: `${source}-${index}`,
      at: at ?? Date.now(),
      source,
      what: webhookType ?? 'webhook',
      status,
      marks,
    }))
  return [...from('store', stored), ...from('wire', sent)]
}

interface EmulatorControlsProps {
  readonly person: PersonId
  readonly words: Texts['devtools']
  readonly canReview: boolean
  readonly fault: string
  readonly onDone: () => void
}

/** Buttons that act in Didit's place: only where Didit is the emulator. */
function EmulatorControls({ person, words, canReview, fault, onDone }: EmulatorControlsProps) {
  const [said, setSaid] = useState('')
  const act = async (what: string, work: Promise<unknown>) => {
    setSaid('')
    try {
      await work
      setSaid(fill(words.done, { what }))
    } catch {
      setSaid(words.failed)
    }
    onDone()
  }
  return (
    <>
      <section aria-labelledby="reviewer">
        <h3 id="reviewer">{words.reviewerTitle}</h3>
        {canReview ? (
          <div className="chips">
            {Object.entries(words.reviewer).map(([status, label]) => (
              <button key={status} type="button" onClick={() => void act(label, bank.review(person, status))}>
                {label}
              </button>
            ))}
          </div>
        ) : (
          <p className="quiet">{words.reviewerNone}</p>
        )}
      </section>
      <section aria-labelledby="faults">
        <h3 id="faults">{words.faultsTitle}</h3>
        <div className="chips">
          {Object.entries(words.faults).map(([name, label]) => (
            <button
              key={name}
              type="button"
              aria-pressed={fault === name}
              onClick={() => void act(label, bank.breakSomething(person, name))}
            >
              {label}
            </button>
          ))}
        </div>
      </section>
      <p className="unseen" role="status">
        {said}
      </p>
    </>
  )
}
