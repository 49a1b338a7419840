import { languages } from '../shared/texts/languages.ts'
import { useLanguage, useTexts } from './language.tsx'

/** A button for each language, labelled in that language. */
export function LanguageSwitch() {
  const { language, choose } = useLanguage()
  const { language: label } = useTexts()
  return (
    <fieldset className="choice" aria-label={label}>
      {languages.map(({ tag, name }) => (
        <button key={tag} type="button" lang={tag} aria-pressed={tag === language.tag} onClick={() => choose(tag)}>
          {name}
        </button>
      ))}
    </fieldset>
  )
}
