import { randomBytes } from 'node:crypto'

/** Where ids and tokens come from. */
export interface Identity {
  /** A version 4 UUID. */
  uuid(): string
  /** 12 URL-safe characters: the whole secret of a hosted page's address. */
  token(): string
}

/** A small generator with a fixed course, for tests that compare ids. Never for secrets. */
function seededBytes(seed: number): (size: number) => Uint8Array {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) & 0xff
  }
  return (size) => Uint8Array.from({ length: size }, next)
}

/** Creates ids at random, or the same ones in the same order for the same seed. */
export function createIdentity(seed: number | undefined): Identity {
  const bytes = seed === undefined ? randomBytes : seededBytes(seed)
  return {
    uuid() {
      const raw = Uint8Array.from(bytes(16))
      raw[6] = ((raw[6] as number) & 0x0f) | 0x40
      raw[8] = ((raw[8] as number) & 0x3f) | 0x80
      return Buffer.from(raw)
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    },
    token: () => Buffer.from(bytes(9)).toString('base64url'),
  }
}
