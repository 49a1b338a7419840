import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { DeskMe } from '../../server/review/routes.ts'
import { fill } from '../../shared/texts/texts.ts'
import { Scene } from '../scene.tsx'
import { enterDesk } from './desk-client.ts'
import { deskKeys } from './desk-queries.ts'
import { Brand } from './frame.tsx'
import { useDeskTexts } from './texts/texts.ts'

/** The door: nobody who stands before it has been sent anything of what is behind. */
export function Gate({ me }: { readonly me: DeskMe }) {
  const { signIn, desk, backToBank, footer } = useDeskTexts()
  const queryClient = useQueryClient()
  const enter = useMutation({
    mutationFn: enterDesk,
    onSuccess: (next) => queryClient.setQueryData(deskKeys.me, next),
  })
  const isForeign = me.customer !== null
  return (
    <>
      <title>{`${desk} · Harbour Bank`}</title>
      <header className="banner">
        <Brand />
      </header>
      <main className="gate" id="content">
        <div className="gate-words">
          <h1>{isForeign ? signIn.foreignTitle : signIn.title}</h1>
          <p className="lead">{isForeign ? fill(signIn.foreignLead, { name: me.customer ?? '' }) : signIn.lead}</p>
          <div className="actions">
            {me.team.map(({ id, name }) => (
              <button
                key={id}
                type="button"
                className={isForeign ? 'button second' : 'button'}
                onClick={() => enter.mutate(id)}
              >
                {fill(signIn.enter, { name })}
              </button>
            ))}
          </div>
          {enter.isError && <p role="alert">{signIn.failed}</p>}
          <p className="quiet">{signIn.honest}</p>
        </div>
        <div className="view">
          <Scene name={isForeign ? 'locked' : 'berths'} isFoggy={false} />
        </div>
      </main>
      <footer className="footer">
        <p>{footer}</p>
        <p>
          <a href="/">{backToBank}</a>
        </p>
      </footer>
    </>
  )
}
