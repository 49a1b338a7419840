import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import type { DeskMe } from '../../server/review/routes.ts'
import { type BankId, banks } from '../../server/review/staff.ts'
import { fill } from '../../shared/texts/texts.ts'
import { createDeskClient, type DeskClient } from './desk-client.ts'
import { followDesk } from './desk-feed.ts'
import { applyChange, deskKeys } from './desk-queries.ts'
import { statusName } from './status.tsx'
import { useDeskTexts } from './texts/texts.ts'

interface Desk {
  readonly client: DeskClient
  readonly bankName: string
  /** Didit's ids of the bank's Workflows, by alias. */
  readonly workflows: Readonly<Record<string, string>>
  /** Whether changes arrive by themselves at the moment. */
  readonly isLive: boolean
  /** Sessions that have changed and are not on the screen. */
  readonly elsewhere: ReadonlySet<string>
  /** The Session that changed last, for a moment's notice. */
  readonly fresh: ReadonlySet<string>
  /** Announcement of the latest change, in words. */
  readonly news: string
  readonly showNewest: () => void
}

const DeskContext = createContext<Desk | null>(null)

const nothing: ReadonlySet<string> = new Set()

/** State of one bank's desk: its client, and the changes since it was opened. */
export function DeskProvider({
  bank,
  me,
  children,
}: {
  readonly bank: BankId
  readonly me: DeskMe
  readonly children: ReactNode
}) {
  const queryClient = useQueryClient()
  const texts = useDeskTexts()
  const client = useMemo(() => createDeskClient(bank), [bank])
  const [isLive, setLive] = useState(false)
  const [elsewhere, setElsewhere] = useState(nothing)
  const [fresh, setFresh] = useState(nothing)
  const [change, setChange] = useState<{ number: number; status: string } | null>(null)

  useEffect(() => {
    const stop = followDesk({
      url: client.eventsUrl,
      onConnection: setLive,
      onGap: () => void queryClient.invalidateQueries({ queryKey: deskKeys.bank(bank) }),
      onRefused: () => void queryClient.invalidateQueries({ queryKey: deskKeys.me }),
      onChange(it) {
        const { isOnScreen, isKnown, number } = applyChange(queryClient, bank, it)
        if (!isOnScreen) {
          setElsewhere((before) => new Set(before).add(it.sessionId))
        } else if (!isKnown) {
          setFresh((before) => new Set(before).add(it.sessionId))
          if (number !== null) setChange({ number, status: it.status })
        }
      },
    })
    // A list that was read anew shows what had changed.
    const unsubscribe = queryClient.getQueryCache().subscribe((event) => {
      const isRead = event.type === 'updated' && event.action.type === 'success' && !event.action.manual
      if (isRead && event.query.queryKey[2] === 'list') setElsewhere(nothing)
    })
    return () => {
      stop()
      unsubscribe()
      setElsewhere(nothing)
      setFresh(nothing)
      setChange(null)
    }
  }, [bank, client, queryClient])

  const news = change
    ? fill(texts.live.said, { number: change.number, status: statusName(texts, change.status).toLowerCase() })
    : ''
  const desk = useMemo<Desk>(
    () => ({
      client,
      bankName: banks[bank].name,
      workflows: me.workflows?.[bank] ?? {},
      isLive,
      elsewhere,
      fresh,
      news,
      showNewest: () => void queryClient.invalidateQueries({ queryKey: deskKeys.lists(bank) }),
    }),
    [client, bank, me, isLive, elsewhere, fresh, news, queryClient],
  )
  return <DeskContext.Provider value={desk}>{children}</DeskContext.Provider>
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new TypeError('There is no DeskProvider above.')
  return desk
}
