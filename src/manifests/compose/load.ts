/**
 * One document of a Compose file → values: aliases followed, `<<` merged (shallow; the mapping's own keys win in any
 * order, the first anchor of a list wins), variables replaced in values, never in keys. Bounded, so that an alias
 * bomb costs a constant.
 */
import type { Place } from '../../core/place.ts'
import type { TreeMap, TreeNode, TreeScalar } from '../../core/tree.ts'
import { HOLE, type Interpolated, interpolate, type Variables } from './interpolate.ts'
import type { Entry, List, Mapping, Scalar, Value } from './value.ts'

export interface LoadOptions {
  readonly path: string
  /** Directory on which the file's relative paths hang. */
  readonly home: string
  readonly variables: Variables
  readonly via?: Place['via']
}

export interface Loaded {
  readonly value: Mapping
  readonly duplicates: readonly { readonly key: string; readonly at: Place }[]
  readonly notStringKeys: readonly { readonly key: string; readonly at: Place }[]
  /** True where the document was cut: what is behind is missing. */
  readonly cut: boolean
  /** Why parts of the document were left out. */
  readonly problems: readonly { readonly message: string; readonly at: Place }[]
}

const MAX_NODES = 200_000
const MAX_DEPTH = 64
/** Characters that variables may bring into one document. */
const MAX_INTERPOLATED = 8 * 1024 * 1024

export function loadDocument(tree: TreeMap, options: LoadOptions): Loaded {
  const loader = new Loader(tree, options)
  return loader.load(tree)
}

class Loader {
  readonly #options: LoadOptions
  readonly #anchors = new Map<number, TreeNode>()
  /** Ids of nodes that an alias names. */
  readonly #aliased = new Set<number>()
  readonly #open = new Set<number>()
  readonly #duplicates: { key: string; at: Place }[] = []
  readonly #notStringKeys: { key: string; at: Place }[] = []
  readonly #problems: { message: string; at: Place }[] = []
  #nodes = 0
  #interpolated = 0
  #full = false

  constructor(tree: TreeMap, options: LoadOptions) {
    this.#options = options
    this.#index(tree)
  }

  load(tree: TreeMap): Loaded {
    const value = this.#value(tree, '', undefined, 0)
    return {
      value: value.kind === 'map' ? value : this.#emptyMap(tree, ''),
      duplicates: this.#duplicates,
      notStringKeys: this.#notStringKeys,
      problems: this.#problems,
      cut: this.#full,
    }
  }

  #index(root: TreeNode): void {
    const stack: TreeNode[] = [root]
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (node.id !== undefined) this.#anchors.set(node.id, node)
      if (node.type === 'map') for (const entry of node.entries) stack.push(entry.value)
      else if (node.type === 'list') stack.push(...node.items)
      else if (node.type === 'alias' && node.to !== undefined) this.#aliased.add(node.to)
    }
  }

  #value(node: TreeNode, key: string, via: Place['via'], depth: number): Value {
    this.#nodes++
    if (this.#nodes > MAX_NODES || depth > MAX_DEPTH) {
      if (!this.#full) this.#problem(node, key, 'the document grows too large when its aliases are followed')
      this.#full = true
      return this.#null(node, key, via)
    }
    switch (node.type) {
      case 'scalar':
        return this.#scalar(node, key, via)
      case 'list': {
        const items: Value[] = []
        for (const item of node.items) {
          if (this.#full) break
          items.push(this.#value(item, `${key}[${items.length}]`, via, depth + 1))
        }
        return { kind: 'list', items, ...this.#base(node, key, via) } satisfies List
      }
      case 'map':
        return this.#map(node, key, via, depth)
      case 'alias': {
        const target = node.to === undefined ? undefined : this.#anchors.get(node.to)
        if (target === undefined || this.#open.has(node.to as number)) {
          this.#problem(node, key, `the alias *${node.name} has no anchor before it`)
          return this.#null(node, key, via)
        }
        this.#open.add(node.to as number)
        const value = this.#value(target, key, 'anchor', depth + 1)
        this.#open.delete(node.to as number)
        return value
      }
    }
  }

  #map(node: TreeMap, key: string, via: Place['via'], depth: number): Mapping {
    const entries = new Map<string, Entry>()
    const merges: TreeNode[] = []
    const opened = node.id !== undefined && !this.#open.has(node.id) ? node.id : undefined
    if (opened !== undefined) this.#open.add(opened)
    for (const entry of node.entries) {
      if (this.#full) break
      if (entry.key === '<<' && entry.keyNotString !== true) {
        merges.push(entry.value)
        continue
      }
      const entryKey = join(key, entry.key)
      if (entries.has(entry.key)) {
        this.#duplicates.push({ key: entryKey, at: { path: this.#options.path, span: entry.keySpan, key: entryKey } })
      }
      if (entry.keyNotString === true) {
        this.#notStringKeys.push({
          key: entryKey,
          at: { path: this.#options.path, span: entry.keySpan, key: entryKey },
        })
      }
      entries.set(entry.key, {
        key: entry.key,
        keySpan: entry.keySpan,
        value: this.#value(entry.value, entryKey, via, depth + 1),
      })
    }
    for (const merge of merges) this.#mergeKey(merge, key, entries, depth)
    if (opened !== undefined) this.#open.delete(opened)
    return { kind: 'map', entries, ...this.#base(node, key, via) }
  }

  #mergeKey(node: TreeNode, key: string, into: Map<string, Entry>, depth: number): void {
    if (node.type === 'list') {
      for (const item of node.items) this.#mergeKey(item, key, into, depth + 1)
      return
    }
    const target = node.type === 'alias' ? (node.to === undefined ? undefined : this.#anchors.get(node.to)) : node
    if (target?.type === 'list' && node.type === 'alias' && depth < MAX_DEPTH) {
      this.#mergeKey(target, key, into, depth + 1)
      return
    }
    if (target?.type !== 'map' || (target.id !== undefined && this.#open.has(target.id))) {
      this.#problem(node, key, 'the merge key << does not name a mapping')
      return
    }
    const merged = this.#value(target, key, 'merge', depth + 1)
    if (merged.kind !== 'map') return
    for (const [name, entry] of merged.entries) if (!into.has(name)) into.set(name, entry)
  }

  #scalar(node: TreeScalar, key: string, via: Place['via']): Scalar {
    const base = this.#base(node, key, via)
    if (!node.text.includes('$')) {
      return {
        kind: 'scalar',
        text: node.text,
        marked: node.text,
        value: node.value,
        unset: [],
        ...startOf(node),
        ...base,
      }
    }
    const result = this.#interpolate(node.text)
    this.#interpolated += result.marked.length
    const replaced = /\$(?:\{|[A-Za-z_])/.test(node.text.replaceAll('$$', ''))
    const at: Place = replaced && base.at.via === undefined ? { ...base.at, via: 'interpolation' } : base.at
    return {
      kind: 'scalar',
      text: result.text,
      marked: result.marked,
      value: result.text,
      unset: result.unset,
      ...(result.error === undefined ? {} : { error: result.error }),
      ...(result.changed ? {} : startOf(node)),
      ...base,
      at,
    }
  }

  #interpolate(text: string): Interpolated {
    if (this.#interpolated <= MAX_INTERPOLATED) return interpolate(text, this.#options.variables)
    const error = 'the document grows too large when its variables are replaced'
    return { text, marked: HOLE, unset: ['?'], changed: false, error }
  }

  #base(node: TreeNode, key: string, via: Place['via']) {
    const how = via ?? this.#options.via
    return {
      at: { path: this.#options.path, span: node.span, key, ...(how === undefined ? {} : { via: how }) } as Place,
      home: this.#options.home,
      ...(node.tag === undefined ? {} : { tag: node.tag }),
      ...(node.id !== undefined && this.#aliased.has(node.id) ? { anchored: true as const } : {}),
    }
  }

  #null(node: TreeNode, key: string, via: Place['via']): Scalar {
    return { kind: 'scalar', text: '', marked: '', value: null, unset: [], ...this.#base(node, key, via) }
  }

  #emptyMap(node: TreeNode, key: string): Mapping {
    return { kind: 'map', entries: new Map(), ...this.#base(node, key, undefined) }
  }

  #problem(node: TreeNode, key: string, message: string): void {
    if (this.#problems.length < 100)
      this.#problems.push({ message, at: { path: this.#options.path, span: node.span, key } })
  }
}

/** A scalar whose bytes are its text (quotes aside): an offset in one is an offset in the other. */
function startOf(node: TreeScalar): { start: number } | object {
  const length = node.span.end - node.span.start
  if (!/^[\x20-\x7e]*$/.test(node.text)) return {}
  if (node.style === 'plain' && length === node.text.length) return { start: node.span.start }
  if ((node.style === 'double' || node.style === 'single') && length === node.text.length + 2)
    return { start: node.span.start + 1 }
  return {}
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
