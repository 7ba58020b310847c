import type { Fact, FactId, FactKind, FactOf, NewFact, View } from './fact.ts'

/** All facts of a run: places them (id, target, analyzer) and finds them again. */
export class FactStore implements View {
  readonly #byKind = new Map<string, Fact[]>()
  readonly #byId = new Map<FactId, Fact>()
  readonly #byTarget = new Map<string, Fact[]>()
  readonly #byPath = new Map<string, Fact[]>()
  /** Highest counter given out for an id that was taken. */
  readonly #counts = new Map<string, number>()

  /** Adds a fact under a new id, which is `kind:target:subject` and a counter where that is taken. */
  place(fact: NewFact, from: { target: string; layer?: string | undefined; analyzer: string }): Fact {
    const base = `${fact.kind}:${from.target}:${fact.subject}`
    let id = base
    let count = this.#counts.get(base) ?? 1
    while (this.#byId.has(id)) id = `${base}~${++count}`
    if (count > 1) this.#counts.set(base, count)
    const layer = fact.layer ?? from.layer
    const placed = {
      ...fact,
      id,
      target: from.target,
      analyzer: from.analyzer,
      ...(layer === undefined ? {} : { layer }),
    } as Fact
    this.#byId.set(id, placed)
    append(this.#byKind, placed.kind, placed)
    append(this.#byTarget, `${placed.kind}\n${placed.target}`, placed)
    if (placed.path !== undefined) append(this.#byPath, pathKey(placed.kind, placed.target, placed.path), placed)
    return placed
  }

  all<K extends FactKind>(kind: K): readonly FactOf<K>[] {
    return (this.#byKind.get(kind) ?? []) as unknown as readonly FactOf<K>[]
  }

  in<K extends FactKind>(kind: K, target: string): readonly FactOf<K>[] {
    return (this.#byTarget.get(`${kind}\n${target}`) ?? []) as unknown as readonly FactOf<K>[]
  }

  byId<K extends FactKind>(kind: K, id: FactId): FactOf<K> | undefined {
    const fact = this.#byId.get(id)
    return fact?.kind === kind ? (fact as FactOf<K>) : undefined
  }

  at<K extends FactKind>(kind: K, target: string, path: string): readonly FactOf<K>[] {
    return (this.#byPath.get(pathKey(kind, target, path)) ?? []) as unknown as readonly FactOf<K>[]
  }

  kinds(): readonly FactKind[] {
    return [...this.#byKind.keys()].sort() as FactKind[]
  }

  everything(): readonly Fact[] {
    return [...this.#byId.values()]
  }
}

/** A fact as a layer's analysis leaves it: what the cache holds. */
export interface LayerFact {
  readonly analyzer: string
  readonly fact: NewFact
}

/** The order in which a layer's facts are placed: independent of the order in which its files were read. */
export function compareFacts(one: LayerFact, other: LayerFact): number {
  return (
    compareText(one.fact.path ?? '', other.fact.path ?? '') ||
    (one.fact.span?.start ?? -1) - (other.fact.span?.start ?? -1) ||
    compareText(one.fact.kind, other.fact.kind) ||
    compareText(one.fact.subject, other.fact.subject) ||
    compareText(one.analyzer, other.analyzer)
  )
}

/** Order by UTF-16 code units: the same on every machine, whatever its locale. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

function pathKey(kind: string, target: string, path: string): string {
  return `${kind}\n${target}\n${path}`
}
