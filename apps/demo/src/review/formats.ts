import { useMemo } from 'react'
import { useLanguage } from '../language.tsx'

/** Dates and numbers as the language writes them, in the reader's own time. */
export function useFormats() {
  const { language } = useLanguage()
  return useMemo(() => {
    const day = new Intl.DateTimeFormat(language.locale, { dateStyle: 'medium', timeZone: 'UTC' })
    const moment = new Intl.DateTimeFormat(language.locale, { dateStyle: 'medium', timeStyle: 'short' })
    const number = new Intl.NumberFormat(language.locale, { maximumFractionDigits: 2 })
    return {
      day: (text: string) => day.format(new Date(`${text}T00:00:00Z`)),
      moment: (time: string | number) => {
        const date = new Date(time)
        return Number.isNaN(date.getTime()) ? String(time) : moment.format(date)
      },
      number: (value: number) => number.format(value),
    }
  }, [language.locale])
}

export type Formats = ReturnType<typeof useFormats>
