/**
 * The languages of Didit's hosted page. Didit refuses a creation that asks for any other.
 *
 * @see Didit docs, "Create session", `language`: https://docs.didit.me/reference/create-session-verification-sessions
 */
const languages: ReadonlySet<string> = new Set(
  (
    'en ar bg bn bs ca cnr cs da de el es et fa fi fr he hi hr hu hy id it ja ka kk ko ky lt lv mk mn ms nl no pl pt-BR ' +
    'pt ro ru sk sl so sq sr sv th tr uk uz vi zh-CN zh-TW zh'
  ).split(' '),
)

/** True for a language that Didit knows, in its own spelling. */
export const isDiditLanguage = (tag: string): boolean => languages.has(tag)

/** Returns the closest language that Didit supports. Undefined if none is close: the person's browser then decides. */
export function toDiditLanguage(tag: string | undefined): string | undefined {
  if (tag === undefined) return undefined
  const [primary = '', region = ''] = tag.split(/[-_]/)
  const exact = region ? `${primary.toLowerCase()}-${region.toUpperCase()}` : primary.toLowerCase()
  return [exact, primary.toLowerCase()].find((language) => languages.has(language))
}
