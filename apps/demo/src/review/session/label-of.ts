import { named } from '../../../shared/texts/texts.ts'
import type { DeskTexts } from '../texts/en.ts'

/** Words that are written in capitals. */
const letters = ['ID', 'IP', 'OS', 'IBAN', 'BIC', 'AML', 'PEP', 'QR', 'URL', 'VPN', 'ISP', 'UBO', 'RCA', 'SIP']

/** Returns the label of a field. A field without a text of its own gets its name in words. */
export function labelOf(texts: DeskTexts, name: string): string {
  const known = named(texts.fields, name)
  if (known !== undefined) return known
  const words = name.split(/[_\s-]+/).filter((word) => word !== '')
  const [first = name, ...rest] = words[0] === 'is' || words[0] === 'has' ? words.slice(1) : words
  return [first[0]?.toUpperCase() + first.slice(1), ...rest]
    .map((word) => (letters.includes(word.toUpperCase()) ? word.toUpperCase() : word))
    .join(' ')
}
