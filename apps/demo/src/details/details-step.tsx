import { type FormEvent, useRef, useState } from 'react'
import {
  type DetailsDraft,
  type DetailsName,
  detailsFields,
  detailsNames,
  type Faults,
  faultsOf,
} from '../../shared/details.ts'
import type { PersonId } from '../../shared/people.ts'
import { faultText } from '../../shared/texts/fault-text.ts'
import { fill } from '../../shared/texts/texts.ts'
import { BankError, saveDetails } from '../bank-client.ts'
import { useTexts } from '../language.tsx'
import { PageFrame } from '../page-frame.tsx'
import { useSignIn } from '../person.tsx'
import { afterPress } from './after-press.ts'
import { keepDraft, readDraft } from './draft.ts'
import { CountryField, DateField, type FieldProps, TextField } from './fields.tsx'

/** Step 1: what the bank has to know before Didit can compare it. */
export function DetailsStep({ person, onDone }: { readonly person: PersonId; readonly onDone: () => void }) {
  const { me, renew } = useSignIn()
  const texts = useTexts()
  const words = texts.details
  const [first] = useState(() => readDraft(person))
  // Faults of answers that the person has left; after a submit, of all.
  const [faults, setFaults] = useState<Faults>({})
  const [isSaving, setIsSaving] = useState(false)
  const [hasFailed, setHasFailed] = useState(false)
  const [tries, setTries] = useState(0)
  const element = useRef<HTMLFormElement>(null)

  /** The answers as they stand in the form: filled in by typing, by the browser, or by a password manager. */
  function read(): DetailsDraft {
    const form = new FormData(element.current ?? undefined)
    return Object.fromEntries(detailsFields.map((field) => [field, `${form.get(field) ?? ''}`])) as DetailsDraft
  }

  function change(): void {
    const draft = read()
    keepDraft(person, draft)
    // A fault goes as soon as it is mended, and a new one waits until the person has moved on.
    const left = faultsOf(draft)
    setFaults((known) => Object.fromEntries(Object.entries(known).filter(([name]) => left[name as DetailsName])))
  }

  function leave(name: DetailsName): void {
    const fault = faultsOf(read())[name]
    // A person who only passes with the Tab key has made no mistake yet.
    if (fault && fault !== 'missing') afterPress(() => setFaults((known) => ({ ...known, [name]: fault })))
  }

  function show(found: Faults): void {
    setFaults(found)
    setTries((count) => count + 1)
    const wrongAt = detailsNames.find((name) => found[name])
    // The inputs carry their names whether or not React has drawn the messages yet.
    element.current?.querySelector<HTMLElement>(`[data-answer="${wrongAt}"]`)?.focus()
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (isSaving) return
    setHasFailed(false)
    const draft = read()
    const found = faultsOf(draft)
    if (Object.keys(found).length > 0) return show(found)
    setIsSaving(true)
    try {
      const answer = await saveDetails(person, draft)
      if ('faults' in answer) return show(answer.faults)
      renew(answer.me)
      onDone()
    } catch (error) {
      if (error instanceof BankError && error.status === 401) renew({ ...me, person: null })
      else setHasFailed(true)
    } finally {
      setIsSaving(false)
    }
  }

  const field = (name: DetailsName): FieldProps => ({
    name,
    draft: first,
    label: words.labels[name],
    hint: (words.hints as Partial<Record<DetailsName, string>>)[name],
    fault: faultText(texts, name, faults[name]),
    onLeave: leave,
  })
  const wrong = detailsNames.filter((name) => faults[name])

  return (
    <>
      <PageFrame
        name="details"
        owner={person}
        scene="papers"
        step={0}
        title={words.title}
        lead={words.lead}
        signal={words.signal}
      />
      <div className="deck">
        <form ref={element} className="papers" noValidate onInput={change} onSubmit={(event) => void submit(event)}>
          {me.hasDetails && (
            <div className="note">
              <p>
                <b>{words.keptTitle}</b> {words.kept}
              </p>
              <button type="button" className="link" onClick={onDone}>
                {words.goOn}
              </button>
            </div>
          )}
          {tries > 0 && wrong.length > 0 && (
            <section className="faults" aria-labelledby="faults-title">
              <h2 id="faults-title">
                {fill(wrong.length === 1 ? words.faultsTitle.one : words.faultsTitle.many, { count: wrong.length })}
              </h2>
              <ul>
                {wrong.map((name) => (
                  <li key={name}>
                    <a href={`#${name === 'birthDate' ? 'birthDay' : name}`}>{faultText(texts, name, faults[name])}</a>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <fieldset>
            <legend>{words.legendPerson}</legend>
            <div className="cells">
              <TextField {...field('firstName')} autoComplete="given-name" />
              <TextField {...field('lastName')} autoComplete="family-name" />
              <DateField {...field('birthDate')} labels={words.labels} />
              <TextField {...field('email')} autoComplete="email" type="email" inputMode="email" />
            </div>
          </fieldset>
          <fieldset>
            <legend>{words.legendHome}</legend>
            <div className="cells">
              <TextField {...field('street')} autoComplete="street-address" isWide />
              <TextField {...field('postalCode')} autoComplete="postal-code" />
              <TextField {...field('city')} autoComplete="address-level2" />
              <CountryField {...field('country')} choose={words.chooseCountry} />
            </div>
          </fieldset>
          {hasFailed && <p role="alert">{words.notSaved}</p>}
          <button type="submit" className="button" aria-disabled={isSaving}>
            {isSaving ? words.saving : words.submit}
          </button>
        </form>
        <aside className="note" aria-labelledby="why">
          <h2 id="why">{words.whyTitle}</h2>
          <ul>
            {words.why.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </aside>
      </div>
    </>
  )
}
