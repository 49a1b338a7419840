import type { Phase } from '@didit-verify/core'
import { useSession } from '@didit-verify/react'
import { Checks } from './checks.tsx'
import { Identity } from './identity.tsx'
import { isSure } from './is-sure.ts'
import { Steps } from './steps.tsx'

const leads: Readonly<Record<Phase, string>> = {
  none: 'One thing is left: show us that you are you. It takes about two minutes.',
  active: 'One thing is left: show us that you are you. Go on where you stopped.',
  review: 'Somebody is looking at your documents. You may leave this page and come back at any time.',
  approved: 'Your identity is verified and your account is ready.',
  declined: 'We could not make sure that you are you, so there is no account yet.',
  action: 'Almost there: your verification needs one more step from you.',
  expired: 'Your verification is out of date. Please go through it once more.',
}

/** The onboarding of a bank that does not exist. */
export function App() {
  const { session, phase } = useSession()
  const isVerified = phase === 'approved' && isSure(session)
  return (
    <>
      <header className="banner">
        <img src="/harbour.svg" alt="" width="36" height="36" />
        <p>
          <b>Harbour Bank</b> <span>a fictional bank</span>
        </p>
      </header>
      <main className="onboarding">
        <div className="opening">
          <h1>{isVerified ? 'Welcome aboard' : 'Open your account'}</h1>
          <p className="lead">{isSure(session) ? leads[phase] : 'One moment: we are making sure of the result.'}</p>
          <Steps isVerified={isVerified} />
        </div>
        <div className="column">
          <Identity />
          <Checks />
        </div>
      </main>
      <footer className="quiet">
        Harbour Bank is made up. Nobody is verified here, and nothing you enter goes further than this computer.{' '}
        <a href="/plain.html">The same with the bare tag</a>
      </footer>
    </>
  )
}
