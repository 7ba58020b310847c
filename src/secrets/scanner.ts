/**
 * The engine that alone decides what is secret. One pass of an automaton over all keywords; where a keyword stands,
 * the kinds that own it try their pattern on a window as long as their longest match. Kinds that need a name are tried
 * on the value which that name is given.
 */
import { createHash, createHmac } from 'node:crypto'
import type { SecretGrade } from '../core/facts/secret.ts'
import type { FoundSecret, SecretContext, SecretKind, SecretScanner } from '../core/secret.ts'
import { type Assignment, assignmentAt, nameEnd, valueRange } from './assignments.ts'
import { buildKeywordAutomaton, type KeywordAutomaton } from './keyword-automaton.ts'
import { KnownValues } from './known-values.ts'

/** Raised when the engine finds or grades differently with the same kinds. */
const ENGINE = '1'
const CONTEXT = 64
const REMEMBERED = 4096
const MASK = '*'

export interface SecretScannerOptions {
  readonly kinds: readonly SecretKind[]
  /** Key of the hashes: belongs to the cache folder, baseline or tenant. */
  readonly salt: Uint8Array
  /** How many values are remembered and hidden wherever they stand; default 4096. */
  readonly remember?: number
}

export function createSecretScanner(options: SecretScannerOptions): SecretScanner {
  return new Scanner(options)
}

/** How many characters of a secret may be shown: at most four and at most a quarter; nothing of a guessable one. */
export function shownCharacters(grade: SecretGrade, length: number): number {
  return grade === 'weak' ? 0 : Math.min(4, Math.floor(length / 4))
}

interface CompiledKind {
  readonly kind: SecretKind
  readonly pattern: RegExp
}

interface Candidate {
  readonly kind: SecretKind
  readonly grade: SecretGrade
  readonly start: number
  readonly end: number
  readonly fallback: boolean
}

interface Scan {
  readonly found: readonly FoundSecret[]
  readonly candidates: readonly Candidate[]
}

class Scanner implements SecretScanner {
  readonly version: string
  readonly #salt: Uint8Array
  readonly #kinds: readonly CompiledKind[]
  readonly #named: readonly CompiledKind[]
  readonly #automaton: KeywordAutomaton
  /** Kinds that own keyword number `index`; -1 stands for all named kinds. */
  readonly #owners: readonly (readonly number[])[]
  readonly #known: KnownValues
  #last: { text: string; name: string | undefined; scan: Scan } | undefined

  constructor({ kinds, salt, remember = REMEMBERED }: SecretScannerOptions) {
    this.version = versionOf(kinds)
    this.#salt = salt
    this.#kinds = kinds.map(compile)
    this.#named = this.#kinds.filter(({ kind }) => kind.named)
    const owners = new Map<string, number[]>()
    for (const [index, kind] of kinds.entries()) {
      for (const keyword of kind.keywords) {
        const list = owners.get(keyword) ?? []
        const owner = kind.named ? NAMED : index
        if (!list.includes(owner)) list.push(owner)
        owners.set(keyword, list)
      }
    }
    this.#automaton = buildKeywordAutomaton([...owners.keys()])
    this.#owners = [...owners.values()]
    this.#known = new KnownValues(remember)
  }

  find(text: string, name?: string): readonly FoundSecret[] {
    return this.#scan(text, name).found
  }

  mask(text: string, name?: string): string {
    let masked = this.#maskOnce(text, name)
    // Hiding a value may leave a shorter run beside it that is now a secret's shape.
    for (let again = 0, before = text; again < 8 && masked !== before; again++) {
      before = masked
      masked = this.#maskOnce(before, name)
    }
    return masked
  }

  #maskOnce(text: string, name: string | undefined): string {
    const hidden: { start: number; end: number }[] = []
    for (const { start, end, grade } of this.#scan(text, name).candidates) {
      hidden.push({ start: start + shownCharacters(grade, end - start), end })
    }
    this.#known.scan(text, (start, end, shown) => hidden.push({ start: start + shown, end }))
    return hidden.length === 0 ? text : hide(text, hidden)
  }

  #scan(text: string, name: string | undefined): Scan {
    const last = this.#last
    if (last !== undefined && last.text === text && last.name === name) return last.scan
    const candidates = this.#candidates(text, name)
    const found = withoutOverlaps(candidates, text.length).map((candidate) => this.#found(text, candidate))
    const scan = { found, candidates }
    // The masker asks for what the finder just saw.
    this.#last = { text, name, scan }
    return scan
  }

  #candidates(text: string, name: string | undefined): Candidate[] {
    const candidates: Candidate[] = []
    const windows = new Map<number, { from: number; to: number }>()
    let seenName = 0
    const hit = (keyword: number, start: number, end: number): void => {
      for (const owner of this.#owners[keyword] ?? []) {
        if (owner === NAMED) {
          if (start < seenName) continue
          seenName = nameEnd(text, end)
          const assignment = assignmentAt(text, start, end)
          if (assignment !== null) this.#tryAssignment(text, assignment, candidates)
          continue
        }
        const { longest } = (this.#kinds[owner] as CompiledKind).kind
        const window = windows.get(owner)
        if (window !== undefined && start - longest <= window.to) window.to = Math.max(window.to, start + longest)
        else {
          if (window !== undefined) this.#tryWindow(text, owner, window.from, window.to, name, candidates)
          windows.set(owner, { from: start - longest, to: start + longest })
        }
      }
    }
    this.#automaton.scan(text, hit)
    if (name !== undefined) this.#tryName(text, name, windows, candidates)
    for (const [owner, window] of windows) this.#tryWindow(text, owner, window.from, window.to, name, candidates)
    return candidates
  }

  /** The whole text is the value of `name`: kinds whose keyword stands in the name are tried on all of it. */
  #tryName(
    text: string,
    name: string,
    windows: Map<number, { from: number; to: number }>,
    candidates: Candidate[],
  ): void {
    let named = false
    this.#automaton.scan(name, (keyword) => {
      for (const owner of this.#owners[keyword] ?? []) {
        if (owner === NAMED) named = true
        else windows.set(owner, { from: 0, to: text.length })
      }
    })
    if (!named) return
    const range = valueRange(text, 0, text.length)
    const context: SecretContext = {
      name,
      before: text.slice(Math.max(0, range.start - CONTEXT), range.start),
      written: 'whole',
    }
    this.#tryValue(text, range, context, candidates)
  }

  #tryAssignment(text: string, assignment: Assignment, candidates: Candidate[]): void {
    const { name, start, quoted } = assignment
    const before = text.slice(Math.max(0, start - CONTEXT), start)
    this.#tryValue(text, assignment, { name, before, written: quoted ? 'quoted' : 'bare' }, candidates)
  }

  #tryValue(
    text: string,
    range: { readonly start: number; readonly end: number; readonly fallback: boolean },
    context: SecretContext,
    candidates: Candidate[],
  ): void {
    if (range.end <= range.start || range.end - range.start > 64 * 1024) return
    const value = text.slice(range.start, range.end)
    for (const { kind, pattern } of this.#named) {
      if (value.length > kind.longest) continue
      pattern.lastIndex = 0
      const match = pattern.exec(value)
      if (match === null) continue
      const [from, to] = secretRange(match)
      const grade = kind.grade(value.slice(from, to), context)
      if (grade === null) continue
      candidates.push({ kind, grade, start: range.start + from, end: range.start + to, fallback: range.fallback })
    }
  }

  #tryWindow(
    text: string,
    owner: number,
    from: number,
    to: number,
    name: string | undefined,
    candidates: Candidate[],
  ): void {
    const { kind, pattern } = this.#kinds[owner] as CompiledKind
    const base = Math.max(0, from - CONTEXT)
    // One character more than the longest match, so that a look-ahead sees what follows it.
    const window = text.slice(base, Math.min(text.length, to + 1))
    pattern.lastIndex = 0
    for (let match = pattern.exec(window); match !== null; match = pattern.exec(window)) {
      if (match[0] === '') pattern.lastIndex++
      const [start, end] = secretRange(match)
      if (end <= start) continue
      const before = window.slice(Math.max(0, start - CONTEXT), start)
      const grade = kind.grade(
        match[0].slice(start - match.index, end - match.index),
        name === undefined ? { before } : { name, before },
      )
      if (grade !== null)
        candidates.push({ kind, grade, start: base + start, end: base + end, fallback: FALLBACK.test(before) })
    }
  }

  #found(text: string, { kind, grade, start, end, fallback }: Candidate): FoundSecret {
    const value = text.slice(start, end)
    const shown = shownCharacters(grade, value.length)
    if (grade !== 'weak' && grade !== 'fake') this.#known.add(value, shown)
    return {
      secret: kind.id,
      label: kind.label,
      grade,
      start,
      end,
      preview: `${value.slice(0, shown)}…`,
      hash: createHmac('sha256', this.#salt).update(value).digest('hex'),
      ...(fallback ? { fallback: true } : {}),
    }
  }
}

const NAMED = -1
const FALLBACK = /\$\{[A-Za-z_][A-Za-z0-9_]{0,60}:?-[^}]{0,64}$/

function compile(kind: SecretKind): CompiledKind {
  const flags = new Set(`${kind.pattern.flags}gd`)
  flags.delete('y')
  return { kind, pattern: new RegExp(kind.pattern.source, [...flags].join('')) }
}

/** Group `secret` where the pattern has one that took part, else the whole match. */
function secretRange(match: RegExpExecArray): readonly [number, number] {
  return match.indices?.groups?.['secret'] ?? [match.index, match.index + match[0].length]
}

/**
 * What a value is when several kinds claim it. A kind that knows the shape and calls it fake is believed before one
 * that only heard the name.
 */
const RANK: Readonly<Record<SecretGrade, number>> = { proved: 0, shaped: 1, fake: 2, contextual: 3, weak: 4 }

/** The best candidate wins its place: by grade, by a shape before a name, by length, by the order of the text. */
function withoutOverlaps(candidates: readonly Candidate[], length: number): Candidate[] {
  if (candidates.length < 2) return [...candidates]
  const ranked = [...candidates].sort(
    (one, other) =>
      RANK[one.grade] - RANK[other.grade] ||
      Number(one.kind.named === true) - Number(other.kind.named === true) ||
      other.end - other.start - (one.end - one.start) ||
      one.start - other.start,
  )
  const taken = new Uint8Array(length)
  const kept: Candidate[] = []
  for (const candidate of ranked) {
    // An accepted place is marked whole, so a place that is free at both ends and in between is free.
    if (taken.subarray(candidate.start, candidate.end).includes(1)) continue
    taken.fill(1, candidate.start, candidate.end)
    kept.push(candidate)
  }
  return kept.sort((one, other) => one.start - other.start)
}

/** Replaces the ranges by as many `*`; line breaks stay, so that lines and columns of a block stay true. */
function hide(text: string, ranges: { start: number; end: number }[]): string {
  ranges.sort((one, other) => one.start - other.start)
  let out = ''
  let at = 0
  for (const { start, end } of ranges) {
    const from = Math.max(start, at)
    if (end <= from) continue
    out += text.slice(at, from) + text.slice(from, end).replace(/[^\r\n]/g, MASK)
    at = end
  }
  return out + text.slice(at)
}

function versionOf(kinds: readonly SecretKind[]): string {
  const hash = createHash('sha256').update(ENGINE)
  for (const { id, keywords, pattern, longest, grade } of kinds) {
    hash.update(JSON.stringify([id, keywords, pattern.source, pattern.flags, longest, grade.toString()]))
  }
  return hash.digest('hex').slice(0, 16)
}
