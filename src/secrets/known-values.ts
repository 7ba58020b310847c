/**
 * Values already found in this run, to hide them wherever else they stand. Bounded.
 *
 * The rolling hash needs no removal of old characters: with four bits shifted per character, whatever stood eight
 * characters back has left the 32-bit word. So the hash at a position is a function of the last eight characters
 * alone, and a value of at least eight characters is looked for under the hash of its first eight.
 */
const PREFIX = 8
const FILTER_BITS = 1 << 16

export class KnownValues {
  readonly #limit: number
  readonly #values = new Map<string, number>()
  readonly #byPrefix = new Map<number, string[]>()
  readonly #filter = new Uint8Array(FILTER_BITS)

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Remembers `value`, of which `shown` characters may stay visible. Shorter than eight: not remembered. */
  add(value: string, shown: number): void {
    if (value.length < PREFIX || this.#values.size >= this.#limit || this.#values.has(value)) return
    this.#values.set(value, shown)
    const hash = prefixHash(value)
    this.#filter[filterIndex(hash)] = 1
    const others = this.#byPrefix.get(hash)
    if (others === undefined) this.#byPrefix.set(hash, [value])
    else others.push(value)
  }

  /** Calls `hit` for every occurrence of every remembered value. */
  scan(text: string, hit: (start: number, end: number, shown: number) => void): void {
    if (this.#values.size === 0) return
    let hash = 0
    for (let at = 0; at < text.length; at++) {
      hash = (hash << 4) ^ text.charCodeAt(at)
      if (at + 1 < PREFIX || this.#filter[filterIndex(hash)] === 0) continue
      const start = at + 1 - PREFIX
      for (const value of this.#byPrefix.get(hash) ?? []) {
        if (text.startsWith(value, start)) hit(start, start + value.length, this.#values.get(value) ?? 0)
      }
    }
  }
}

function prefixHash(value: string): number {
  let hash = 0
  for (let at = 0; at < PREFIX; at++) hash = (hash << 4) ^ value.charCodeAt(at)
  return hash
}

function filterIndex(hash: number): number {
  return (Math.imul(hash, 0x9e3779b1) >>> 16) & (FILTER_BITS - 1)
}
