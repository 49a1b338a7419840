import { at, box, disc, named, path, type Shape } from './drawing.ts'
import { type FlagName, signalFlags } from './signal-flags.ts'

/**
 * The harbour, one illustration for each screen state. 720 × 420; the water begins at 340 and the style sheet carries it on to
 * both edges of the page.
 */

const water = 340

const sea: Shape = named(
  'sea',
  box(-1, water, 722, 81, 'fill-sea'),
  path('M60 362h46m14 0h12M250 380h70m16 0h10M470 366h34m14 0h60M640 392h40M120 402h30', 'line-foam'),
)

/** Flags under each other on the halyard of a mast; `dip` lowers them to half its height. */
function hoist(x: number, names: readonly FlagName[], dip = false): Shape {
  const scale = names.length > 1 ? 1.45 : 1.75
  const top = dip ? 158 : 58
  return named(
    'hoist',
    path(`M${x} 46V288`, 'line-rope'),
    ...names.map((name, index) => at(x + 2, top + index * (48 * scale + 8), scale, ...signalFlags[name])),
  )
}

const lighthouse: Shape = named(
  'lighthouse',
  path('M106 146L1300-64v360z', 'fill-beam'),
  path('M34 318h130l30 40H4z', 'fill-stone'),
  path('M76 318l12-150h36l12 150z', 'fill-chalk'),
  path('M84.800 208h42.400l3.200 40H81.600zM78.400 288h55.200l2.400 30H76z', 'fill-red'),
  box(82, 160, 48, 9, 'fill-ink'),
  box(91, 132, 30, 28, 'fill-lamp'),
  path('M86 132h40l-20-20z', 'fill-ink'),
)

const quay: Shape = named(
  'quay',
  box(596, 306, 124, 60, 'fill-stone'),
  box(590, 298, 130, 10, 'fill-ink'),
  path('M634 298v-14h-5v-5h22v5h-5v14zM682 298v-14h-5v-5h22v5h-5v14z', 'fill-ink'),
)

const hull: readonly Shape[] = [
  path('M214 278h48v10h296l52-16-30 80H240z', 'fill-hull'),
  path('M231 326h360l-6 26H240z', 'fill-red'),
  path('M214 278h48v10h296l52-16-3.500 10-46 14H256v-10h-39z', 'fill-chalk'),
]

const house: readonly Shape[] = [
  box(272, 214, 96, 74, 'fill-chalk'),
  box(262, 190, 116, 26, 'fill-chalk'),
  box(270, 196, 100, 12, 'fill-ink'),
  path('M288 232h14v14h-14zM312 232h14v14h-14zM336 232h14v14h-14z', 'fill-lamp'),
  path('M294 190v-38h36v38z', 'fill-yellow'),
  path('M294 152h36v10h-36z', 'fill-ink'),
]

const mast = (x: number): Shape =>
  named('mast', path(`M${x} 288V36`, 'line-mast'), path(`M${x - 26} 52h52`, 'line-mast'))

/** The coaster of the person who is on the way to an account. */
function vessel(names: readonly FlagName[], { dip = false, extra = [] as readonly Shape[] } = {}): Shape {
  return named('vessel', ...house, mast(448), ...extra, hoist(452, names, dip), ...hull)
}

const pilotBoat: Shape = named(
  'pilot',
  at(
    560,
    296,
    1,
    path('M8 20h30V2h34l10 18h36l-14 38H20z', 'fill-sea-deep'),
    path('M8 20h110l-4 10H12z', 'fill-yellow'),
    box(44, 8, 12, 10, 'fill-lamp'),
    path('M62 2v-26', 'line-mast'),
    at(63, -24, 0.5, ...signalFlags.H),
  ),
)

/** Full dress: flags from bow to masthead to stern, as ships wear them on a day of joy. */
function dressing(): Shape {
  const string = (to: readonly [number, number], from: number, names: readonly FlagName[]) =>
    names.map((name, index) => {
      const part = from + ((index + 0.5) / names.length) * (1 - from)
      return at(448 + (to[0] - 448) * part - 11, 36 + (to[1] - 36) * part, 0.38, ...signalFlags[name])
    })
  return named(
    'dressing',
    path('M226 278V128', 'line-mast'),
    path('M448 36L226 132M448 36L606 272', 'line-rope'),
    ...string([226, 132], 0.06, ['E', 'Q', 'G', 'Z', 'J', 'W', 'P']),
    // The first stretch to the bow is behind the flag that matters.
    ...string([606, 272], 0.42, ['U', 'X', 'O', 'T']),
  )
}

const boom: Shape = named(
  'boom',
  path('M-400 336h600', 'line-chain'),
  ...[-340, -250, -160, -70, 20, 110, 200].flatMap((x) => [
    disc(x, 336, 17, 'fill-red'),
    path(`M${x} 319a17 17 0 0 1 17 17h-17z`, 'fill-flagwhite'),
  ]),
)

const dinghy = (x: number, look: string, sail: string): Shape =>
  at(
    x,
    268,
    1,
    path('M44-96V62', 'line-mast'),
    path('M48-92l52 118H48z', sail),
    path('M40-72v98H6z', 'fill-chalk'),
    path('M0 44h110l-16 34H18z', look),
  )

const flagpole = (x: number, names: readonly FlagName[]): Shape =>
  named('vessel', path(`M${x - 4} 300V30`, 'line-mast'), disc(x - 4, 30, 5, 'fill-yellow'), hoist(x, names))

const signalLights: Shape = named(
  'lights',
  path('M648 298V96', 'line-mast'),
  box(630, 92, 36, 104, 'fill-ink'),
  disc(648, 111, 11, 'fill-alarm'),
  disc(648, 144, 11, 'fill-alarm'),
  disc(648, 177, 11, 'fill-alarm'),
)

const gate: readonly Shape[] = [
  path('M96 214h96v146H96zM528 214h96v146h-96z', 'fill-stone'),
  path('M88 200h112v16H88zM520 200h112v16H520z', 'fill-ink'),
  path('M192 232h168v128H192z', 'fill-hull'),
  path('M360 232h168v128H360z', 'fill-hull'),
  path('M192 232l168 128M192 360l168-128M360 232l168 128M360 360l168-128M192 246h336M192 296h336', 'line-iron'),
  path('M360 226v134', 'line-iron'),
  path('M144 200V96', 'line-mast'),
  box(126, 84, 36, 104, 'fill-ink'),
  disc(144, 103, 11, 'fill-alarm'),
  disc(144, 136, 11, 'fill-alarm'),
  disc(144, 169, 11, 'fill-alarm'),
]

// Wider than the scene: the fog lies over the whole harbour, and the words stand before it.
const fogBanks: Shape = named(
  'fog',
  path('M-1200 236q300-40 600-8t500-6q160-24 320 4t300-8 700 10v70q-400 24-700 4t-400 8-500-10-820 6z', 'fill-fog'),
  path('M-1200 130q300-30 620-4t480-8q200-26 380 2t940-6v54q-420 18-720 0t-520 10-620-4-560 8z', 'fill-fog'),
  path('M-1200 322q300-26 620-2t520-8q240-22 460 2t820-4v58h-2420z', 'fill-fog'),
)

export const illustrations = {
  /** Before sign-in: two boats in one harbour. */
  berths: [
    dinghy(150, 'fill-hull', 'fill-red'),
    dinghy(330, 'fill-sea-deep', 'fill-yellow'),
    quay,
    flagpole(604, ['K']),
    sea,
  ],
  papers: [lighthouse, vessel(['K']), sea],
  sailing: [lighthouse, vessel(['P']), sea],
  anchored: [
    lighthouse,
    vessel([], {
      extra: [disc(500, 84, 22, 'fill-flagblack'), disc(500, 84, 22, 'line-mast'), path('M452 52l48 10', 'line-rope')],
    }),
    path('M584 300q30 30 34 80', 'line-chain'),
    sea,
  ],
  entering: [lighthouse, vessel(['Q']), sea],
  answered: [lighthouse, vessel(['answer']), sea],
  asking: [lighthouse, vessel(['R', 'Q']), sea],
  piloted: [lighthouse, vessel(['H']), pilotBoat, sea],
  dressed: [lighthouse, vessel(['C'], { extra: [dressing()] }), quay, sea],
  barred: [vessel(['N']), boom, sea],
  helped: [vessel(['N', 'V']), boom, sea],
  dipped: [lighthouse, vessel(['answer'], { dip: true }), sea],
  stopped: [vessel(['M']), sea],
  ebb: [
    sea,
    path('M60 421C150 352 280 336 430 336S690 350 790 421z', 'fill-stone'),
    named('aground', at(30, 22, 0.96, vessel(['D']))),
    path('M120 421C230 372 300 366 420 366S600 374 760 421z', 'fill-mud'),
    path('M196 402h60m20 0h14M470 396h70m22 0h12', 'line-rope'),
  ],
  lapsed: [lighthouse, vessel(['Q']), quay, sea],
  held: [vessel(['X']), quay, signalLights, sea],
  disabled: [vessel(['F']), sea],
  locked: [...gate, sea],
  blind: [lighthouse, vessel([]), sea, fogBanks],
} satisfies Record<string, readonly Shape[]>

export type IllustrationName = keyof typeof illustrations

/** Laid over any scene while the connection is lost. */
export const fog: readonly Shape[] = [fogBanks]
