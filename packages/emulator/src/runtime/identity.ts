import { randomBytes } from 'node:crypto'

/** Generator of ids and tokens. */
export interface Identity {
  /** Returns a version 4 UUID. */
  uuid(): string
  /** Returns 12 URL-safe characters. Such a token in its address gives access to a hosted page. */
  token(): string
}

/** Creates a deterministic generator for tests that compare ids. Not for secrets. */
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

/** Creates a random generator, or with a seed one that repeats the same ids in the same order. */
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
