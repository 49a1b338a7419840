import { box, disc, path, type Shape } from './drawing.ts'

/**
 * The international maritime signal flags, each on a field of 60 × 48.
 *
 * @see IMO, "International Code of Signals": what each means when it flies alone
 */

const rows = (...looks: readonly string[]): Shape[] =>
  looks.map((look, index) => box(0, (48 / looks.length) * index, 60, 48 / looks.length, `fill-${look}`))

const columns = (...looks: readonly string[]): Shape[] =>
  looks.map((look, index) => box((60 / looks.length) * index, 0, 60 / looks.length, 48, `fill-${look}`))

const field = (look: string): Shape => box(0, 0, 60, 48, `fill-${look}`)
const upright = (look: string, width = 12): Shape => box(30 - width / 2, 0, width, 48, `fill-${look}`)
const level = (look: string, width = 12): Shape => box(0, 24 - width / 2, 60, width, `fill-${look}`)
const saltire = (look: string): Shape =>
  path('M0 0h10l20 16L50 0h10v8L40 24l20 16v8H50L30 32 10 48H0v-8l20-16L0 8z', `fill-${look}`)
const inset = (x: number, y: number, look: string): Shape => box(x, y, 60 - 2 * x, 48 - 2 * y, `fill-${look}`)

export const signalFlags = {
  A: [path('M0 0h30v48H0z', 'fill-flagwhite'), path('M30 0h30L46 24l14 24H30z', 'fill-blue')],
  B: [path('M0 0h60L46 24l14 24H0z', 'fill-red')],
  C: rows('blue', 'flagwhite', 'red', 'flagwhite', 'blue'),
  D: [field('yellow'), level('blue', 26)],
  E: rows('blue', 'red'),
  F: [field('flagwhite'), path('M30 2l27 22-27 22L3 24z', 'fill-red')],
  G: columns('yellow', 'blue', 'yellow', 'blue', 'yellow', 'blue'),
  H: columns('flagwhite', 'red'),
  I: [field('yellow'), disc(30, 24, 13, 'fill-flagblack')],
  J: rows('blue', 'flagwhite', 'blue'),
  K: columns('yellow', 'blue'),
  L: [field('yellow'), box(30, 0, 30, 24, 'fill-flagblack'), box(0, 24, 30, 24, 'fill-flagblack')],
  M: [field('blue'), saltire('flagwhite')],
  N: [
    field('flagwhite'),
    ...[0, 1, 2, 3].flatMap((row) =>
      [0, 1].map((pair) => box((pair * 2 + (row % 2)) * 15, row * 12, 15, 12, 'fill-blue')),
    ),
  ],
  O: [field('yellow'), path('M0 0h60v48z', 'fill-red')],
  P: [field('blue'), inset(18, 14, 'flagwhite')],
  Q: [field('yellow')],
  R: [field('red'), upright('yellow'), level('yellow')],
  S: [field('flagwhite'), inset(18, 14, 'blue')],
  T: columns('red', 'flagwhite', 'blue'),
  U: [field('flagwhite'), box(0, 0, 30, 24, 'fill-red'), box(30, 24, 30, 24, 'fill-red')],
  V: [field('flagwhite'), saltire('red')],
  W: [field('blue'), inset(10, 8, 'flagwhite'), inset(21, 17, 'red')],
  X: [field('flagwhite'), upright('blue'), level('blue')],
  Z: [
    path('M0 0v48l30-24z', 'fill-flagblack'),
    path('M0 0h60L30 24z', 'fill-yellow'),
    path('M60 0v48L30 24z', 'fill-blue'),
    path('M0 48h60L30 24z', 'fill-red'),
  ],
  /** The answering pennant: a signal has been understood; at the dip, it has only been seen. */
  answer: ['red', 'flagwhite', 'red', 'flagwhite', 'red'].map((look, index) => {
    const [near, far] = [index * 2.6, (index + 1) * 2.6]
    const [left, right] = [index * 14, (index + 1) * 14]
    return path(`M${left} ${near}L${right} ${far}V${48 - far}L${left} ${48 - near}z`, `fill-${look}`)
  }),
} satisfies Record<string, readonly Shape[]>

export type FlagName = keyof typeof signalFlags
