import type { Phrases } from '../phrases.ts'

/** The languages of Didit's hosted page, as it writes them: whoever reads it in one reads the element in the same. */
type HostedLanguage =
  | ('ar' | 'bg' | 'bn' | 'bs' | 'ca' | 'cnr' | 'cs' | 'da' | 'de' | 'el' | 'en' | 'es' | 'et' | 'fa' | 'fi' | 'fr')
  | ('he' | 'hi' | 'hr' | 'hu' | 'hy' | 'id' | 'it' | 'ja' | 'ka' | 'kk' | 'ko' | 'ky' | 'lt' | 'lv' | 'mk' | 'mn')
  | ('ms' | 'nl' | 'no' | 'pl' | 'pt' | 'pt-BR' | 'ro' | 'ru' | 'sk' | 'sl' | 'so' | 'sq' | 'sr' | 'sv' | 'th' | 'tr')
  | ('uk' | 'uz' | 'vi' | 'zh' | 'zh-CN' | 'zh-TW')

type Load = () => Promise<{ readonly phrases: Phrases }>

/** Every language but English, which is in the element already. A new one is a file beside this one and a line here. */
const loaders: Partial<Record<HostedLanguage, Load>> = {
  es: () => import('./es.ts'),
}

const scriptsToTheLeft = ['Adlm', 'Arab', 'Hebr', 'Nkoo', 'Rohg', 'Syrc', 'Thaa']

type Direction = 'ltr' | 'rtl'

// As a style, so that a `dir` of the host wins at any time.
function styleOf(direction: Direction): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`:host(:not([dir])){direction:${direction}}`)
  return sheet
}

const styles = { ltr: styleOf('ltr'), rtl: styleOf('rtl') }

/**
 * Loads the words of a language.
 *
 * @param tag - A BCP 47 tag. The whole of it is looked up first, then what is left without its last part, and so on.
 * @returns What gives an element the direction of the language and hands out its words: none for English, and for a
 *   language that is not here or cannot be loaded, as English is what the element says without any.
 */
export async function learn(tag: string): Promise<(root: ShadowRoot) => Partial<Phrases>> {
  const words = await find(tag)?.().catch(() => undefined)
  return (root) => {
    turn(root, directionOf(tag))
    return words?.phrases ?? {}
  }
}

function find(tag: string): Load | undefined {
  const names = Object.keys(loaders) as HostedLanguage[]
  // `_` as some write it.
  for (let parts = tag.toLowerCase().split(/[-_]/); parts.length; parts = parts.slice(0, -1)) {
    const name = names.find((known) => known.toLowerCase() === parts.join('-'))
    if (name) return loaders[name]
  }
  return undefined
}

/** By the script the language is written in; none for English, which the element speaks for want of another too. */
function directionOf(tag: string): Direction | undefined {
  if (/^en\b/i.test(tag)) return undefined
  try {
    const { script = '' } = new Intl.Locale(tag.replaceAll('_', '-')).maximize()
    return scriptsToTheLeft.includes(script) ? 'rtl' : 'ltr'
  } catch {
    return undefined // no tag of a language
  }
}

function turn(root: ShadowRoot, direction: Direction | undefined): void {
  const others = root.adoptedStyleSheets.filter((sheet) => !Object.values(styles).includes(sheet))
  root.adoptedStyleSheets = direction ? [...others, styles[direction]] : others
}
