import { type ReactNode, useRef, useState } from 'react'
import { fill } from '../shared/texts/texts.ts'
import { useTexts } from './language.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { useSignIn } from './person.tsx'
import { Flag } from './scene.tsx'

/** The frame around every page: the bank, the person, and the language. */
export function Shell({ children, drawer }: { readonly children: ReactNode; readonly drawer?: ReactNode }) {
  const texts = useTexts()
  const { hasFailed } = useSignIn()
  return (
    <>
      <a className="skip" href="#content">
        {texts.skip}
      </a>
      <header className="banner">
        <a className="brand" href="/">
          <Flag name="H" />
          <span>
            <b>{texts.bank}</b> <small>{texts.fictional}</small>
          </span>
        </a>
        <PersonSwitch />
      </header>
      {hasFailed && (
        <p className="weather" role="alert">
          {texts.screenStates.down.lead}
        </p>
      )}
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <footer className="footer">
        <p>{texts.footer}</p>
        <LanguageSwitch />
        <Forget />
        <p>
          <a href="/plain.html">{texts.plainLink}</a> <a href="/basic">{texts.basicLink}</a>
        </p>
      </footer>
      {drawer}
    </>
  )
}

function PersonSwitch() {
  const { me, switchTo, leave } = useSignIn()
  const texts = useTexts()
  const { person } = me
  if (!person) return null
  return (
    <div className="person">
      <fieldset className="choice" aria-label={texts.person}>
        {me.people.map(({ id, name }) => (
          <button key={id} type="button" aria-pressed={id === person.id} onClick={() => void switchTo(id)}>
            {name}
          </button>
        ))}
      </fieldset>
      <button type="button" className="link" onClick={() => void leave()}>
        {texts.signOut}
      </button>
    </div>
  )
}

/** Deletes what the bank, the companion server and Didit have of the person, after a question. */
function Forget() {
  const { me, forget } = useSignIn()
  const texts = useTexts()
  const question = useRef<HTMLDialogElement>(null)
  const [hasFailed, setHasFailed] = useState(false)
  const { person } = me
  if (!person) return null
  const confirm = async () => {
    try {
      await forget(person.id)
    } catch {
      setHasFailed(true)
    }
  }
  return (
    <>
      <button
        type="button"
        className="link"
        onClick={() => {
          setHasFailed(false)
          question.current?.showModal()
        }}
      >
        {texts.forget.open}
      </button>
      <dialog ref={question} className="question" aria-labelledby="forget-title">
        <h2 id="forget-title">{fill(texts.forget.title, { name: person.name })}</h2>
        <p>{texts.forget.lead}</p>
        {hasFailed && <p role="alert">{texts.forget.failed}</p>}
        <div className="actions">
          <button type="button" className="button danger" onClick={() => void confirm()}>
            {texts.forget.yes}
          </button>
          <button type="button" className="button second" onClick={() => question.current?.close()}>
            {texts.forget.no}
          </button>
        </div>
      </dialog>
    </>
  )
}
