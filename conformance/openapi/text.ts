/** Returns the media type without its parameters, or an empty string if the header is missing. */
export const mediaTypeOf = (headers: Headers): string =>
  headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''

/** Returns the parsed value, or undefined if the text is not valid JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Converts a text from a URL, a header or a form to the schema's type. Returns the text itself where that fails. */
export function fromText(text: string, type: unknown): unknown {
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (type === 'boolean') return { true: true, false: false }[text] ?? text
  // OpenAPI 3.0 sends an object in a form as JSON by default.
  if (type === 'object') return parseJson(text) ?? text
  return text
}
