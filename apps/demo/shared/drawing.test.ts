import { expect, test } from 'vitest'
import { path, toMarkup } from './drawing.ts'
import { illustrations } from './illustrations.ts'
import { signalFlags } from './signal-flags.ts'

test('every scene and flag can be written as markup, with colours of the style sheet alone', () => {
  for (const drawing of [...Object.values(illustrations), ...Object.values(signalFlags)]) {
    const markup = toMarkup(drawing)
    expect(markup).toMatch(/^<(g|rect|path|circle) /)
    expect(markup).not.toMatch(/style=|fill=|stroke=|NaN|undefined/)
  }
})

test('what is no drawing does not get into a page', () => {
  expect(() => toMarkup([path('M0 0"><script>', 'fill-ink')])).toThrow('holds what is no drawing')
})
