import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { findLanguage, type Language, languageCookie } from '../shared/texts/languages.ts'
import type { Texts } from '../shared/texts/texts.ts'

interface LanguageChoice {
  readonly language: Language
  readonly choose: (tag: string) => void
}

const LanguageContext = createContext<LanguageChoice | null>(null)

function wishes(): (string | null | undefined)[] {
  const asked = new URLSearchParams(location.search).get('lang')
  const kept = document.cookie
    .split(';')
    .map((part) => part.trim().split('=', 2))
    .find(([name]) => name === languageCookie)?.[1]
  return [asked, kept, ...navigator.languages]
}

/** Chooses the language of the page: `?lang=`, then the choice of last time, then the browser's. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(() => findLanguage(wishes()))
  useEffect(() => {
    document.documentElement.lang = language.tag
    document.documentElement.dir = language.dir
  }, [language])
  const choice = useMemo(
    () => ({
      language,
      choose(tag: string) {
        // A cookie, so that the pages without JavaScript speak the same language.
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every engine yet
        document.cookie = `${languageCookie}=${tag}; Path=/; Max-Age=31536000; SameSite=Lax`
        setLanguage(findLanguage([tag]))
      },
    }),
    [language],
  )
  return <LanguageContext.Provider value={choice}>{children}</LanguageContext.Provider>
}

export function useLanguage(): LanguageChoice {
  const choice = useContext(LanguageContext)
  if (!choice) throw new TypeError('There is no LanguageProvider above.')
  return choice
}

export const useTexts = (): Texts => useLanguage().language.texts
