import { type DiditError, isDecided } from '@didit-verify/core'
import { type SessionResult, useSession } from '@didit-verify/react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { getScreenState, type ScreenState } from '../../shared/screen-state.ts'
import { useDiditClient } from '../person.tsx'

export interface CurrentScreen {
  readonly screenState: ScreenState
  readonly session: SessionResult
  readonly connection: 'fine' | 'lost' | 'back'
}

/** Returns the screen state, from the server's state and from this page's own. */
export function useScreenState(isOpen: boolean): CurrentScreen {
  const session = useSession()
  const { flow, error, query } = session
  const screenState = getScreenState({
    session: session.session,
    isLooking: query.isLoading,
    isWalking: isOpen || flow === 'opening' || flow === 'ready',
    isSubmitted: flow === 'submitted',
    trouble: troubleOf(session, error, query.isError),
  })
  useSecondLook(session)
  return { screenState, session, connection: useConnection() }
}

const lookAgainMs = 4_000

/** No stream follows a verdict that is certain, but a reviewer may think again: the page asks while somebody looks at it. */
function useSecondLook({ session, query: { refetch } }: SessionResult): void {
  const isOver = session?.settled === true && isDecided(session.status)
  useEffect(() => {
    if (!isOver) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void refetch()
    }, lookAgainMs)
    return () => clearInterval(timer)
  }, [isOver, refetch])
}

/** The code that the whole page has to speak of: what hinders only one question is told beside its button. */
function troubleOf({ session, flow }: SessionResult, error: DiditError | null, isUnknown: boolean): string | undefined {
  if (!error) return undefined
  const isAll = flow === 'failed' || error.code === 'unauthenticated' || (session === null && isUnknown)
  return isAll ? error.code : undefined
}

const backForMs = 8_000

/** Whether the stream is up; for a moment, that it is up again. */
function useConnection(): CurrentScreen['connection'] {
  const store = useDiditClient().session()
  const connection = useSyncExternalStore(store.subscribe, () => store.getState().connection)
  const [wasLost, setWasLost] = useState(false)
  const isUp = connection === 'live' || connection === 'polling'
  useEffect(() => {
    if (connection === 'lost') setWasLost(true)
    if (!isUp || !wasLost) return
    const timer = setTimeout(() => setWasLost(false), backForMs)
    return () => clearTimeout(timer)
  }, [connection, isUp, wasLost])
  if (connection === 'lost') return 'lost'
  if (!wasLost || connection === 'off') return 'fine'
  // While it is being tried again, the fog stays: it would only flicker.
  return isUp ? 'back' : 'lost'
}
