import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type BankId, banks } from '../../server/review/staff.ts'
import type { FlagName } from '../../shared/signal-flags.ts'
import { LanguageSwitch } from '../language-switch.tsx'
import { Flag } from '../scene.tsx'
import { useDesk } from './desk.tsx'
import { leaveDesk } from './desk-client.ts'
import { deskKeys } from './desk-queries.ts'
import { hrefOf, type Route } from './route.ts'
import { useDeskTexts } from './texts/texts.ts'

const signalFlags: Readonly<Record<BankId, FlagName>> = { harbour: 'H', lantern: 'L' }

export function Brand({ bank = 'harbour' }: { readonly bank?: BankId }) {
  const { desk } = useDeskTexts()
  return (
    <a className="brand" href={hrefOf({ bank, page: 'sessions', filters: {}, offset: 0 })}>
      <Flag name={signalFlags[bank]} />
      <span>
        <b>{banks[bank].name}</b> <small>{desk}</small>
      </span>
    </a>
  )
}

interface FrameProps {
  readonly route: Route
  /** Name of the signed-in reviewer. */
  readonly name: string
  readonly children: ReactNode
}

/** The frame around every page of the desk: the bank, the navigation, and whether updates arrive. */
export function Frame({ route, name, children }: FrameProps) {
  const texts = useDeskTexts()
  const { isLive, news, bankName } = useDesk()
  const queryClient = useQueryClient()
  const leave = async () => {
    // Gone from the screen at once, whether or not the server hears of it.
    const me = await leaveDesk().catch(() => null)
    queryClient.removeQueries({ queryKey: deskKeys.all })
    if (me) queryClient.setQueryData(deskKeys.me, me)
    else void queryClient.resetQueries({ queryKey: deskKeys.me })
  }
  return (
    <>
      <title>{`${texts.pages[route.page === 'session' ? 'sessions' : route.page]} · ${texts.desk} · ${bankName}`}</title>
      {/* No link: the address says where on the desk one is. */}
      <button type="button" className="skip" onClick={() => document.getElementById('content')?.focus()}>
        {texts.skip}
      </button>
      <header className="banner desk-banner">
        <Brand bank={route.bank} />
        <nav className="choice" aria-label={texts.bank}>
          {(Object.keys(banks) as BankId[]).map((bank) => (
            <a
              key={bank}
              href={hrefOf({ bank, page: 'sessions', filters: {}, offset: 0 })}
              aria-current={bank === route.bank ? 'true' : undefined}
            >
              {banks[bank].name}
            </a>
          ))}
        </nav>
        <div className="watch">
          <span className="live" data-live={isLive}>
            {isLive ? texts.live.on : texts.live.off}
          </span>
          <span>{name}</span>
          <button type="button" className="link" onClick={() => void leave()}>
            {texts.signIn.signOut}
          </button>
        </div>
      </header>
      <nav className="rooms" aria-label={texts.desk}>
        <a
          href={hrefOf({ bank: route.bank, page: 'sessions', filters: {}, offset: 0 })}
          aria-current={route.page === 'sessions' ? 'page' : undefined}
        >
          {texts.pages.sessions}
        </a>
        <a
          href={hrefOf({ bank: route.bank, page: 'blocklist', kind: null, offset: 0 })}
          aria-current={route.page === 'blocklist' ? 'page' : undefined}
        >
          {texts.pages.blocklist}
        </a>
        <a
          href={hrefOf({ bank: route.bank, page: 'import' })}
          aria-current={route.page === 'import' ? 'page' : undefined}
        >
          {texts.pages.import}
        </a>
      </nav>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <p className="unseen" role="status">
        {news}
      </p>
      <footer className="footer">
        <p>{texts.footer}</p>
        <LanguageSwitch />
        <p>
          <a href="/">{texts.backToBank}</a>
        </p>
      </footer>
    </>
  )
}
