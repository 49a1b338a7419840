import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { DecidePanel } from '../actions/decide-panel.tsx'
import { DeleteSession } from '../actions/delete-session.tsx'
import { ReportPanel } from '../actions/report-panel.tsx'
import { SharePanel } from '../actions/share-panel.tsx'
import { SessionBlocklist } from '../blocklist/session-blocklist.tsx'
import { useDesk } from '../desk.tsx'
import { type Deleted, DeskError } from '../desk-client.ts'
import { fileQuery } from '../desk-queries.ts'
import { hrefOf } from '../route.ts'
import { useDeskTexts } from '../texts/texts.ts'
import { Trouble } from '../trouble.tsx'
import { Blocks } from './blocks.tsx'
import { Reviews } from './reviews.tsx'
import { SessionHead } from './session-head.tsx'
import { Timeline } from './timeline.tsx'
import { Warnings } from './warnings.tsx'

/** Everything about one Session, and everything that can be done with it. */
export function SessionPage({ sessionId }: { readonly sessionId: string }) {
  const { client } = useDesk()
  const texts = useDeskTexts()
  const [deleted, setDeleted] = useState<Deleted | null>(null)
  const {
    data: file,
    error,
    isFetching,
    refetch,
  } = useQuery({
    ...fileQuery(client, sessionId),
    enabled: deleted === null,
  })

  if (deleted) {
    return (
      <Ending title={texts.session.deletedTitle} lead={texts.session.deletedLead}>
        <BackToList />
      </Ending>
    )
  }
  if (error instanceof DeskError && (error.status === 404 || (error.status === 400 && !file))) {
    return (
      <Ending title={texts.session.missingTitle} lead={texts.session.missingLead}>
        <BackToList />
      </Ending>
    )
  }
  if (!file) {
    return (
      <section className="empty desk-body" aria-busy={!error}>
        {error ? (
          <>
            <h1>{texts.session.failedTitle}</h1>
            <Trouble error={error} />
            <button type="button" className="button" onClick={() => void refetch()}>
              {texts.again}
            </button>
          </>
        ) : (
          <p role="status">{texts.loading}</p>
        )}
        <BackToList />
      </section>
    )
  }
  return (
    <article aria-busy={isFetching} aria-labelledby="session-name">
      <SessionHead file={file} />
      {error && <p className="weather">{texts.list.stale}</p>}
      <div className="file">
        <div className="file-decide">
          <DecidePanel file={file} />
        </div>
        <div className="file-main">
          <Warnings decision={file.decision} />
          <Blocks decision={file.decision} onRefresh={() => void refetch()} />
        </div>
        <div className="file-trail">
          <Timeline events={file.events} />
          <Reviews decision={file.decision} />
          <SessionBlocklist decision={file.decision} />
          <ReportPanel decision={file.decision} />
          <SharePanel decision={file.decision} />
          <DeleteSession decision={file.decision} onDeleted={setDeleted} />
        </div>
      </div>
    </article>
  )
}

function Ending({
  title,
  lead,
  children,
}: {
  readonly title: string
  readonly lead: string
  readonly children: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  // The button that led here is gone, and the focus with it.
  useEffect(() => heading.current?.focus(), [])
  return (
    <section className="empty desk-body">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      <p role="status">{lead}</p>
      {children}
    </section>
  )
}

function BackToList() {
  const { client } = useDesk()
  const { session } = useDeskTexts()
  return (
    <a className="button second" href={hrefOf({ bank: client.bank, page: 'sessions', filters: {}, offset: 0 })}>
      {session.back}
    </a>
  )
}
