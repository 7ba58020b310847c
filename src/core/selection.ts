/**
 * Which analyzers want a file: all selectors compiled into one table, asked for every file of a target, so that a
 * folder of 100,000 files of no interest costs a few map lookups each.
 */
import type { Analyzer, Selector } from './analyzer.ts'

interface Pattern {
  /** What stands between the stars. */
  readonly parts: readonly string[]
  readonly analyzer: number
}

export class Selection {
  readonly #analyzers: readonly Analyzer[]
  readonly #names = new Map<string, number[]>()
  readonly #suffixes = new Map<string, number[]>()
  /** Patterns by the first letter of what they begin with; those that begin with `*` by the last letter of their end. */
  readonly #patternsFrom = new Map<number, Pattern[]>()
  readonly #patternsTo = new Map<number, Pattern[]>()
  readonly #patternsWithin: Pattern[] = []
  /** Ends of paths by their base name. */
  readonly #paths = new Map<string, { end: string; analyzer: number }[]>()
  readonly #heads: { selector: Selector; analyzer: number }[] = []
  readonly #longestHead: number

  constructor(analyzers: readonly Analyzer[]) {
    this.#analyzers = analyzers
    let longest = 0
    analyzers.forEach((analyzer, index) => {
      const { names, suffixes, patterns, paths, magic } = analyzer.selects
      for (const name of names ?? []) add(this.#names, name, index)
      for (const suffix of suffixes ?? []) add(this.#suffixes, suffix, index)
      for (const pattern of patterns ?? []) this.#addPattern({ parts: pattern.split('*'), analyzer: index })
      for (const end of paths ?? []) add(this.#paths, end.slice(end.lastIndexOf('/') + 1), { end, analyzer: index })
      if (magic !== undefined) this.#heads.push({ selector: analyzer.selects, analyzer: index })
      for (const { at, bytes } of magic ?? []) longest = Math.max(longest, at + bytes.length)
    })
    this.#longestHead = longest
  }

  /** Bytes of a file's head that selectors ask for; 0 where names decide alone. */
  get headLength(): number {
    return this.#longestHead
  }

  /** True where some analyzer may want the file: by its name, or because heads have to be looked at. */
  mayWant(path: string, name: string): boolean {
    return this.#longestHead > 0 || this.#byName(path, name, undefined)
  }

  /** The analyzers that want the file, in their own order. */
  of(path: string, name: string, size: number, head: () => Uint8Array): readonly Analyzer[] {
    const wanted = new Set<number>()
    this.#byName(path, name, wanted)
    if (this.#heads.length > 0) {
      const bytes = head()
      for (const { selector, analyzer } of this.#heads) {
        if (selector.magic?.some(({ at, bytes: expected }) => expected.every((byte, i) => bytes[at + i] === byte))) {
          wanted.add(analyzer)
        }
      }
    }
    return [...wanted]
      .sort((one, other) => one - other)
      .map((index) => this.#analyzers[index] as Analyzer)
      .filter((analyzer) => size >= (analyzer.selects.minSize ?? 0))
  }

  #addPattern(pattern: Pattern): void {
    const [first = '', last = ''] = [pattern.parts[0], pattern.parts.at(-1)]
    if (first !== '') add(this.#patternsFrom, first.charCodeAt(0), pattern)
    else if (last !== '') add(this.#patternsTo, last.charCodeAt(last.length - 1), pattern)
    else this.#patternsWithin.push(pattern)
  }

  #byName(path: string, name: string, into: Set<number> | undefined): boolean {
    const lower = name.toLowerCase()
    const exact = this.#names.get(lower)
    if (exact !== undefined && take(exact, into)) return true
    for (let dot = lower.indexOf('.'); dot !== -1; dot = lower.indexOf('.', dot + 1)) {
      const found = this.#suffixes.get(dot === 0 ? lower : lower.slice(dot))
      if (found !== undefined && take(found, into)) return true
    }
    if (takePatterns(this.#patternsFrom.get(lower.charCodeAt(0)), lower, into)) return true
    if (takePatterns(this.#patternsTo.get(lower.charCodeAt(lower.length - 1)), lower, into)) return true
    if (takePatterns(this.#patternsWithin, lower, into)) return true
    const ends = this.#paths.get(lower)
    if (ends !== undefined) {
      const whole = `/${path.toLowerCase()}`
      for (const { end, analyzer } of ends) {
        if (!whole.endsWith(end)) continue
        if (into === undefined) return true
        into.add(analyzer)
      }
    }
    return into !== undefined && into.size > 0
  }
}

/** Adds to the set; without one, says that one hit is enough. */
function take(found: readonly number[], into: Set<number> | undefined): boolean {
  if (into === undefined) return true
  for (const index of found) into.add(index)
  return false
}

function takePatterns(patterns: readonly Pattern[] | undefined, name: string, into: Set<number> | undefined): boolean {
  for (const { parts, analyzer } of patterns ?? []) {
    if (!matchesParts(name, parts)) continue
    if (into === undefined) return true
    into.add(analyzer)
  }
  return false
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/** True where the name is the parts with anything between them: `dockerfile.*` has the parts `dockerfile.` and ``. */
function matchesParts(name: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (parts.length === 1) return name === first
  if (!name.startsWith(first) || !name.endsWith(last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at + last.length <= name.length
}
