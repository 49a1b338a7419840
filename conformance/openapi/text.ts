/** The media type without its parameters; empty where none is named. */
export const mediaTypeOf = (headers: Headers): string =>
  headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A text from an address, a header or a form as the kind of value a schema wants there, as far as it reads as one. */
export function fromText(text: string, type: unknown): unknown {
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (type === 'boolean') return { true: true, false: false }[text] ?? text
  // In a form, an object is written as JSON unless the document says otherwise.
  if (type === 'object') return parseJson(text) ?? text
  return text
}
