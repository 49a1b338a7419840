import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { PersonId } from '../shared/people.ts'
import { getMe } from './bank-client.ts'
import { DetailsStep } from './details/details-step.tsx'
import { DevtoolsDrawer } from './devtools/drawer.tsx'
import { useTexts } from './language.tsx'
import { PageFrame } from './page-frame.tsx'
import { PersonProvider, SignInProvider, useSignIn } from './person.tsx'
import { IdentityStep } from './result/identity-step.tsx'
import { Shell } from './shell.tsx'
import { SignInPage } from './sign-in-page.tsx'

/** Asks the bank who is here, before anything else. */
export function App() {
  const { screenStates, actions } = useTexts()
  const { data: me, isError, refetch } = useQuery({ queryKey: ['me'], queryFn: getMe, retry: 1, staleTime: Infinity })
  if (me) {
    return (
      <SignInProvider first={me}>
        <Onboarding />
      </SignInProvider>
    )
  }
  const name = isError ? 'down' : 'looking'
  return (
    <main>
      <PageFrame name={name} scene={isError ? 'locked' : 'berths'} step={0} {...screenStates[name]}>
        {isError && (
          <div className="actions">
            <button type="button" className="button" onClick={() => void refetch()}>
              {actions.again}
            </button>
          </div>
        )}
      </PageFrame>
    </main>
  )
}

function Onboarding() {
  const { me } = useSignIn()
  if (!me.person) {
    return (
      <Shell>
        <SignInPage />
      </Shell>
    )
  }
  return (
    <PersonProvider key={me.person.id} person={me.person}>
      <Steps person={me.person.id} />
    </PersonProvider>
  )
}

const subscribe = (notify: () => void) => {
  addEventListener('hashchange', notify)
  return () => removeEventListener('hashchange', notify)
}

/** Details first. They can be gone back to by address, so that the browser's own Back button works as well. */
function Steps({ person }: { readonly person: PersonId }) {
  const { me } = useSignIn()
  const hash = useSyncExternalStore(subscribe, () => location.hash)
  const isAtDetails = !me.hasDetails || hash === '#details'
  return (
    <Shell drawer={<DevtoolsDrawer person={person} />}>
      {isAtDetails ? (
        <DetailsStep
          person={person}
          onDone={() => {
            location.hash = '#identity'
          }}
        />
      ) : (
        <IdentityStep person={person} />
      )}
    </Shell>
  )
}
