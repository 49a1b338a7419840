import type { FocusEvent, HTMLInputAutoCompleteAttribute, HTMLInputTypeAttribute } from 'react'
import { countryNames } from '../../shared/country-names.ts'
import type { DetailsDraft, DetailsField, DetailsName } from '../../shared/details.ts'
import { useLanguage } from '../language.tsx'

export interface FieldProps {
  readonly name: DetailsName
  /** Initial values of the form. After that, the form itself holds the answers. */
  readonly draft: DetailsDraft
  readonly label: string
  readonly hint?: string | undefined
  readonly fault?: string | undefined
  readonly onLeave: (name: DetailsName) => void
}

const describedBy = ({ name, hint, fault }: FieldProps) =>
  [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean).join(' ') || undefined

function Notes({ name, hint, fault }: FieldProps) {
  return (
    <>
      {hint && (
        <p className="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p className="fault" id={`${name}-fault`}>
          {fault}
        </p>
      )}
    </>
  )
}

interface TextFieldProps extends FieldProps {
  readonly autoComplete: HTMLInputAutoCompleteAttribute
  readonly type?: HTMLInputTypeAttribute
  readonly inputMode?: 'email' | 'numeric' | 'text'
  readonly isWide?: boolean
}

export function TextField({ autoComplete, type = 'text', inputMode = 'text', isWide, ...props }: TextFieldProps) {
  const field = props.name as DetailsField
  return (
    <div className="cell" data-wide={isWide} data-faulty={props.fault !== undefined}>
      <label htmlFor={field}>{props.label}</label>
      <input
        id={field}
        name={field}
        data-answer={props.name}
        type={type}
        inputMode={inputMode}
        autoComplete={autoComplete}
        required
        defaultValue={props.draft[field]}
        aria-invalid={props.fault !== undefined}
        aria-describedby={describedBy(props)}
        onBlur={() => props.onLeave(props.name)}
      />
      <Notes {...props} />
    </div>
  )
}

/** Three short fields: quicker to type than any calendar is to page back in. */
export function DateField({ labels, ...props }: FieldProps & { readonly labels: Readonly<Record<DatePart, string>> }) {
  const leave = (event: FocusEvent<HTMLFieldSetElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget)) props.onLeave(props.name)
  }
  return (
    <fieldset
      className="cell"
      data-faulty={props.fault !== undefined}
      aria-describedby={describedBy(props)}
      onBlur={leave}
    >
      <legend>{props.label}</legend>
      <div className="date">
        {dateParts.map(({ field, autoComplete, length }, index) => (
          <div key={field}>
            <label htmlFor={field}>{labels[field]}</label>
            <input
              id={field}
              name={field}
              data-answer={index === 0 ? props.name : undefined}
              data-length={length}
              inputMode="numeric"
              autoComplete={autoComplete}
              maxLength={length}
              required
              defaultValue={props.draft[field]}
              aria-invalid={props.fault !== undefined}
            />
          </div>
        ))}
      </div>
      <Notes {...props} />
    </fieldset>
  )
}

const dateParts = [
  { field: 'birthDay', autoComplete: 'bday-day', length: 2 },
  { field: 'birthMonth', autoComplete: 'bday-month', length: 2 },
  { field: 'birthYear', autoComplete: 'bday-year', length: 4 },
] as const

type DatePart = (typeof dateParts)[number]['field']

export function CountryField({ choose, ...props }: FieldProps & { readonly choose: string }) {
  const { language } = useLanguage()
  const names = countryNames(language.locale)
  return (
    <div className="cell" data-faulty={props.fault !== undefined}>
      <label htmlFor="country">{props.label}</label>
      <select
        id="country"
        name="country"
        data-answer="country"
        autoComplete="country"
        required
        defaultValue={props.draft.country}
        aria-invalid={props.fault !== undefined}
        aria-describedby={describedBy(props)}
        onBlur={() => props.onLeave('country')}
      >
        <option value="">{choose}</option>
        {names.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <Notes {...props} />
    </div>
  )
}
