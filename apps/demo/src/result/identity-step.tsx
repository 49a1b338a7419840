import { DiditVerify } from '@didit-verify/react'
import { type ReactNode, useState } from 'react'
import type { PersonId } from '../../shared/people.ts'
import { type ScreenState, screenStates } from '../../shared/screen-state.ts'
import { fill } from '../../shared/texts/texts.ts'
import { afterDrawing, isFocusLost } from '../after-drawing.ts'
import { useLanguage, useTexts } from '../language.tsx'
import { PageFrame } from '../page-frame.tsx'
import { useSignIn } from '../person.tsx'
import { AccountPanel } from './account-panel.tsx'
import { Checks, WantedSteps } from './checks.tsx'
import { type CurrentScreen, useScreenState } from './use-screen-state.ts'

/** States in which the person presses the element's own card. In all others the page has its own buttons, and hides the card. */
const withCard: readonly ScreenState[] = ['ready', 'unfinished', 'walking', 'looking']

/** Steps 2 and 3: the element, and what the server says of its outcome. */
export function IdentityStep({ person }: { readonly person: PersonId }) {
  const [isOpen, setIsOpen] = useState(false)
  const screen = useScreenState(isOpen)
  const { screenState, connection } = screen
  const { language } = useLanguage()
  const texts = useTexts()
  const { scene, step } = screenStates[screenState]
  const words = texts.screenStates[screenState]
  const isLost = connection === 'lost'

  // The button that opened the hosted page may be gone by the time it closes, and the focus with it.
  const closed = () => {
    setIsOpen(false)
    afterDrawing(() => {
      if (isFocusLost()) document.querySelector('h1')?.focus({ preventScroll: true })
    })
  }

  return (
    <>
      <PageFrame
        name={screenState}
        owner={person}
        scene={scene}
        step={step}
        title={words.title}
        lead={words.lead}
        signal={words.signal}
        isFoggy={isLost}
      >
        {screenState === 'resubmit' && <WantedSteps />}
        <Next {...screen} />
      </PageFrame>
      <p className="weather" role="status" data-weather={connection}>
        {isLost ? texts.adrift : connection === 'back' ? texts.connectedAgain : ''}
      </p>
      <div className="deck" data-screen-state={screenState}>
        <div className="walk" data-card={withCard.includes(screenState) ? 'shown' : 'away'}>
          <DiditVerify
            mode="inline"
            lang={language.tag}
            autoClose
            onDiditOpen={() => setIsOpen(true)}
            onDiditClose={closed}
          />
        </div>
        <Below person={person} {...screen} />
      </div>
    </>
  )
}

/** The one thing to do next, where the element's card does not offer it. */
function Next({ screenState, session }: CurrentScreen) {
  const { actions, contactAddress } = useTexts()
  const { renew, me } = useSignIn()
  const isBusy = session.flow === 'creating'
  const press = (label: string, run: () => unknown) => (
    <div className="actions">
      <button type="button" className="button" aria-disabled={isBusy} onClick={() => isBusy || run()}>
        {isBusy ? actions.starting : label}
      </button>
    </div>
  )
  switch (screenStates[screenState].next) {
    case 'resume':
      return screenState === 'resubmit' ? press(actions.resume, () => session.resume()) : null
    case 'retry':
      return press(actions.retry, () => session.retry())
    case 'again':
      return press(actions.again, () => (session.flow === 'failed' ? session.start() : session.refresh()))
    case 'check':
      return <CheckAgain refresh={session.refresh} />
    case 'contact':
      return (
        <div className="actions">
          <a className="button" href={`mailto:${contactAddress}`}>
            {actions.contact}
          </a>
        </div>
      )
    case 'signIn':
      return press(actions.signIn, () => renew({ ...me, person: null }))
    default:
      return null
  }
}

function CheckAgain({ refresh }: Pick<CurrentScreen['session'], 'refresh'>) {
  const { actions, checkFailed, checkNothing } = useTexts()
  const [state, setState] = useState<'idle' | 'asking' | 'nothing' | 'failed'>('idle')
  const ask = async () => {
    setState('asking')
    try {
      await refresh()
      setState('nothing')
    } catch {
      setState('failed')
    }
  }
  return (
    <div className="actions">
      <button
        type="button"
        className="button second"
        aria-disabled={state === 'asking'}
        onClick={() => state === 'asking' || void ask()}
      >
        {state === 'asking' ? actions.checking : actions.check}
      </button>
      <p role="status">{state === 'failed' ? checkFailed : state === 'nothing' ? checkNothing : ''}</p>
    </div>
  )
}

function Below({ person, screenState, session: { session } }: CurrentScreen & { readonly person: PersonId }) {
  const texts = useTexts()
  const edit = (
    <a className="quiet" href="#details">
      {texts.details.edit}
    </a>
  )
  const since = session && <Since at={session.updatedAt} />
  switch (screenState) {
    case 'ready':
    case 'walking':
    case 'unfinished':
      return (
        <List id="ready" {...texts.readyList}>
          {screenState !== 'walking' && edit}
        </List>
      )
    case 'checking':
    case 'unsure':
      return (
        <List id="waiting" {...texts.waitingList}>
          {since}
        </List>
      )
    case 'resubmit':
    case 'abandoned':
    case 'expired':
    case 'lapsed':
      return (
        <List id="ready" {...texts.readyList}>
          {edit}
        </List>
      )
    case 'limited':
    case 'exhausted':
    case 'refused':
    case 'down':
      return <List id="help" {...texts.helpList} />
    case 'review':
      return (
        <List id="review" {...texts.reviewList}>
          {since}
        </List>
      )
    case 'approved':
      return (
        <>
          <AccountPanel person={person} />
          <Checks />
        </>
      )
    case 'declined':
    case 'declinedFinal':
      return <Checks />
    default:
      return null
  }
}

function List({
  id,
  title,
  items,
  children,
}: {
  readonly id: string
  readonly title: string
  readonly items: readonly string[]
  readonly children?: ReactNode
}) {
  return (
    <section className="note" aria-labelledby={`${id}-list`}>
      <h2 id={`${id}-list`}>{title}</h2>
      <ul>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
      {children}
    </section>
  )
}

function Since({ at }: { readonly at: number }) {
  const { language } = useLanguage()
  const time = new Date(at).toLocaleTimeString(language.locale, { hour: '2-digit', minute: '2-digit' })
  return (
    <time className="quiet" dateTime={new Date(at).toISOString()}>
      {fill(language.texts.since, { time })}
    </time>
  )
}
