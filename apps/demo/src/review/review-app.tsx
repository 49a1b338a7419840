import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { BlocklistPage } from './blocklist/blocklist-page.tsx'
import { DeskProvider } from './desk.tsx'
import { DeskError } from './desk-client.ts'
import { meQuery } from './desk-queries.ts'
import { Frame } from './frame.tsx'
import { Gate } from './gate.tsx'
import { ImportPage } from './import-page.tsx'
import { ListPage } from './list/list-page.tsx'
import { parseRoute, type Route, useHash } from './route.ts'
import { SessionPage } from './session/session-page.tsx'
import { useDeskTexts } from './texts/texts.ts'

/** Asks who is at the desk, before anything else. */
export function ReviewApp() {
  const texts = useDeskTexts()
  const { data: me, isError, error, refetch } = useQuery(meQuery)
  const isShut = error instanceof DeskError && error.status === 404
  const hash = useHash()
  const route = useMemo(() => parseRoute(hash), [hash])
  if (!me) {
    return (
      <main className="gate" id="content">
        {isError ? (
          <>
            <h1>{isShut ? texts.signIn.shutTitle : texts.signIn.downTitle}</h1>
            <p className="lead">{isShut ? texts.signIn.shutLead : texts.signIn.downLead}</p>
            <button type="button" className="button" onClick={() => void refetch()}>
              {texts.again}
            </button>
          </>
        ) : (
          <p role="status">{texts.loading}</p>
        )}
      </main>
    )
  }
  if (!me.staff) return <Gate me={me} />
  return (
    <DeskProvider bank={route.bank} me={me}>
      <Frame route={route} name={me.staff.name}>
        <Page route={route} />
      </Frame>
    </DeskProvider>
  )
}

/** Identity of a page: another filter stays on the same page, another offset does not. */
const placeOf = (route: Route) =>
  [route.bank, route.page, 'sessionId' in route ? route.sessionId : '', 'offset' in route ? route.offset : 0].join(' ')

function Page({ route }: { readonly route: Route }) {
  const place = placeOf(route)
  const before = useRef(place)
  useEffect(() => {
    if (before.current === place) return
    before.current = place
    // As a page that was loaded: from the top, and the next key leads into it.
    scrollTo(0, 0)
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [place])
  if (route.page === 'session') return <SessionPage key={place} sessionId={route.sessionId} />
  if (route.page === 'blocklist') return <BlocklistPage key={route.bank} kind={route.kind} offset={route.offset} />
  if (route.page === 'import') return <ImportPage key={route.bank} />
  return <ListPage key={route.bank} filters={route.filters} offset={route.offset} />
}
