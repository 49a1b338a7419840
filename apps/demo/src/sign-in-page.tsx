import { fill } from '../shared/texts/texts.ts'
import { useTexts } from './language.tsx'
import { PageFrame } from './page-frame.tsx'
import { useSignIn } from './person.tsx'

/** No password, since there is nobody to keep out: the page says so. */
export function SignInPage() {
  const { me, switchTo } = useSignIn()
  const { signIn } = useTexts()
  return (
    <>
      <PageFrame name="signIn" scene="berths" step={0} title={signIn.title} lead={signIn.lead} signal={signIn.signal}>
        <div className="actions">
          {me.people.map(({ id, name }) => (
            <button key={id} type="button" className="button" onClick={() => void switchTo(id)}>
              {fill(signIn.choose, { name })}
            </button>
          ))}
        </div>
      </PageFrame>
      <div className="deck">
        <section className="note" aria-labelledby="why">
          <h2 id="why">{signIn.whyTitle}</h2>
          <p>{signIn.why}</p>
        </section>
      </div>
    </>
  )
}
