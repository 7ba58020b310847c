/** A value of a manifest together with its place: what the translators of pod fields walk with. */
import type { Place } from '../../core/place.ts'
import type { Span } from '../../core/span.ts'
import type { TreeNode } from '../../core/tree.ts'
import {
  asBoolean,
  asNumber,
  asString,
  entriesOf,
  entryOf,
  resolve,
  type TreeContext,
} from '../../formats/yaml/tree.ts'

type Resolved = Exclude<TreeNode, { type: 'alias' }>

export class Cursor {
  readonly node: Resolved
  readonly context: TreeContext
  readonly path: string
  /** Address by value: `spec.template.spec.containers[app].image`. */
  readonly key: string
  /** Keys and list indexes from the tree's root. */
  readonly steps: readonly string[]
  /** The entry or item as it is written. */
  readonly span: Span
  readonly via: 'anchor' | 'merge' | undefined

  constructor(
    node: Resolved,
    place: {
      context: TreeContext
      path: string
      key: string
      steps: readonly string[]
      span: Span
      via?: 'anchor' | 'merge' | undefined
    },
  ) {
    this.node = node
    this.context = place.context
    this.path = place.path
    this.key = place.key
    this.steps = place.steps
    this.span = place.span
    this.via = place.via
  }

  get place(): Place {
    return { path: this.path, span: this.span, key: this.key, ...(this.via === undefined ? {} : { via: this.via }) }
  }

  /** What a long mapping is shown by: its `name`, else its first line. */
  get head(): Span {
    if (this.node.type !== 'map' || this.node.flow) return this.span
    const shown = this.child('name') ?? this.entries()[0]?.[1]
    // What an anchor says stands elsewhere.
    const isInside = shown !== undefined && shown.span.start >= this.span.start && shown.span.end <= this.span.end
    return isInside ? shown.span : this.span
  }

  /** The value under keys (or list indexes); a null counts as absent. */
  get(...keys: readonly string[]): Cursor | undefined {
    let current: Cursor | undefined = this
    for (const key of keys) {
      current =
        current?.node.type === 'list' ? current.items().find((item) => item.steps.at(-1) === key) : current?.child(key)
    }
    return current
  }

  child(key: string): Cursor | undefined {
    if (this.node.type !== 'map') return undefined
    const found = entryOf(this.node, key, this.context)
    return found === undefined ? undefined : this.#entry(found)
  }

  /** A list's items, nulls left out; indexes stay those of the list. */
  items(): Cursor[] {
    if (this.node.type !== 'list') return []
    return this.node.items.flatMap((item, index) => {
      const node = resolve(item, this.context)
      if (node === undefined || isNull(node)) return []
      const name = node.type === 'map' ? asString(entryOf(node, 'name', this.context)?.value) : undefined
      return new Cursor(node, {
        context: this.context,
        path: this.path,
        key: `${this.key}[${name ?? index}]`,
        steps: [...this.steps, String(index)],
        span: item.span,
        via: this.via ?? (item.type === 'alias' ? 'anchor' : undefined),
      })
    })
  }

  /** A mapping's entries in effect, nulls left out. */
  entries(): [string, Cursor][] {
    if (this.node.type !== 'map') return []
    return entriesOf(this.node, this.context).flatMap((entry) => {
      const cursor = this.#entry(entry)
      return cursor === undefined ? [] : [[entry.key, cursor] as [string, Cursor]]
    })
  }

  text(): string | undefined {
    return asString(this.node)
  }

  number(): number | undefined {
    return asNumber(this.node)
  }

  boolean(): boolean | undefined {
    return asBoolean(this.node)
  }

  texts(): string[] {
    return this.items().flatMap((item) => item.text() ?? [])
  }

  #entry(found: NonNullable<ReturnType<typeof entryOf>>): Cursor | undefined {
    if (isNull(found.value)) return undefined
    const { entry } = found
    const compact = found.value.type === 'scalar' || found.value.flow || entry.value.type === 'alias'
    return new Cursor(found.value, {
      context: this.context,
      path: this.path,
      key:
        this.key === ''
          ? keyText(found.key)
          : found.key.includes('.')
            ? `${this.key}[${found.key}]`
            : `${this.key}.${found.key}`,
      steps: [...this.steps, found.key],
      // A block is shown by its key: it may be long.
      span: {
        start: entry.keySpan.start,
        end: compact ? Math.max(entry.keySpan.end, entry.value.span.end) : entry.keySpan.end,
      },
      via: this.via ?? found.via,
    })
  }
}

function keyText(key: string): string {
  return key.includes('.') ? `[${key}]` : key
}

function isNull(node: Resolved): boolean {
  return node.type === 'scalar' && node.value === null
}
