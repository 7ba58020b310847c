/** Parts for seeded samples, so that no live-shaped token stands in the source. `random` gives [0, 1). */
export const LOWER = 'abcdefghijklmnopqrstuvwxyz'
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
export const DIGITS = '0123456789'
export const LETTERS = UPPER + LOWER
export const ALPHANUMERIC = DIGITS + UPPER + LOWER
export const URL_SAFE = `${ALPHANUMERIC}-_`
export const BASE64 = `${ALPHANUMERIC}+/`
export const BASE32 = `${UPPER}234567`
export const HEX = '0123456789abcdef'

/** `length` characters of `alphabet`. */
export function pick(random: () => number, alphabet: string, length: number): string {
  let out = ''
  for (let index = 0; index < length; index++) out += alphabet[Math.floor(random() * alphabet.length)] ?? ''
  return out
}

export function pickBytes(random: () => number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))
}

/** A seeded source of numbers in [0, 1) (mulberry32), for samples and tests only. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
