import type { Phrases } from '../phrases.ts'

/** The languages of Didit's hosted page, in its spelling. The element can have these and no others. */
type HostedLanguage =
  | ('ar' | 'bg' | 'bn' | 'bs' | 'ca' | 'cnr' | 'cs' | 'da' | 'de' | 'el' | 'en' | 'es' | 'et' | 'fa' | 'fi' | 'fr')
  | ('he' | 'hi' | 'hr' | 'hu' | 'hy' | 'id' | 'it' | 'ja' | 'ka' | 'kk' | 'ko' | 'ky' | 'lt' | 'lv' | 'mk' | 'mn')
  | ('ms' | 'nl' | 'no' | 'pl' | 'pt' | 'pt-BR' | 'ro' | 'ru' | 'sk' | 'sl' | 'so' | 'sq' | 'sr' | 'sv' | 'th' | 'tr')
  | ('uk' | 'uz' | 'vi' | 'zh' | 'zh-CN' | 'zh-TW')

type Load = () => Promise<{ readonly phrases: Phrases }>

/** All languages except English, which the element contains. A new one needs a file beside this one and a line here. */
const loaders: Partial<Record<HostedLanguage, Load>> = {
  es: () => import('./es.ts'),
}

const rightToLeftScripts = ['Adlm', 'Arab', 'Hebr', 'Nkoo', 'Rohg', 'Syrc', 'Thaa']

type Direction = 'ltr' | 'rtl'

// A stylesheet and not an attribute, so that a `dir` of the page always takes precedence.
function styleOf(direction: Direction): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`:host(:not([dir])){direction:${direction}}`)
  return sheet
}

const styles = { ltr: styleOf('ltr'), rtl: styleOf('rtl') }

/**
 * Loads the texts of a language.
 *
 * @param tag - A BCP 47 tag. Looked up as a whole first, then without its last part, and so on.
 * @returns A function that sets the direction of a shadow root and returns the texts. They are empty for English, and for
 *   a language that does not exist here or cannot be loaded: the element then shows English.
 */
export async function loadLanguage(tag: string): Promise<(root: ShadowRoot) => Partial<Phrases>> {
  const language = await findLoader(tag)?.().catch(() => undefined)
  return (root) => {
    setDirection(root, directionOf(tag))
    return language?.phrases ?? {}
  }
}

function findLoader(tag: string): Load | undefined {
  const names = Object.keys(loaders) as HostedLanguage[]
  // Some systems write `es_MX`.
  for (let parts = tag.toLowerCase().split(/[-_]/); parts.length; parts = parts.slice(0, -1)) {
    const name = names.find((known) => known.toLowerCase() === parts.join('-'))
    if (name) return loaders[name]
  }
  return undefined
}

/** Returns the direction by the script of the language. Undefined for English, which then follows the page. */
function directionOf(tag: string): Direction | undefined {
  if (/^en\b/i.test(tag)) return undefined
  try {
    const { script = '' } = new Intl.Locale(tag.replaceAll('_', '-')).maximize()
    return rightToLeftScripts.includes(script) ? 'rtl' : 'ltr'
  } catch {
    return undefined // The tag is malformed.
  }
}

function setDirection(root: ShadowRoot, direction: Direction | undefined): void {
  const others = root.adoptedStyleSheets.filter((sheet) => !Object.values(styles).includes(sheet))
  root.adoptedStyleSheets = direction ? [...others, styles[direction]] : others
}
