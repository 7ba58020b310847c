/**
 * Looking things up in a parsed document: aliases resolved, merge keys applied, in bounded steps. An alias bomb stays
 * as small as it is written, because nothing is ever expanded in place.
 */
import type { TreeEntry, TreeList, TreeMap, TreeNode, TreeScalar } from '../../core/tree.ts'
import { legacyBoolean } from './schema.ts'

/** A document's anchored nodes by id. */
export type TreeContext = ReadonlyMap<number, TreeNode>

/** An entry as a reader of the file sees it. */
export interface EffectiveEntry {
  readonly key: string
  /** Aliases resolved. */
  readonly value: Exclude<TreeNode, { type: 'alias' }>
  readonly entry: TreeEntry
  /** How the value came here, where it was not written in place. */
  readonly via?: 'merge' | 'anchor'
  /** The mapping that it is written in. */
  readonly owner: TreeMap
}

const LONGEST_ALIAS_CHAIN = 50
const DEEPEST_MERGE = 20
/** Entries that merge keys may bring into one mapping. */
const MOST_MERGED = 1000

export function treeContext(document: TreeNode | null): TreeContext {
  const nodes = new Map<number, TreeNode>()
  const waiting: TreeNode[] = document === null ? [] : [document]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.id !== undefined) nodes.set(node.id, node)
    if (node.type === 'map') for (const entry of node.entries) waiting.push(entry.value)
    else if (node.type === 'list') for (const item of node.items) waiting.push(item)
  }
  return nodes
}

/** The node meant: aliases followed. A dangling or endless alias is null. */
export function resolve(
  node: TreeNode | undefined,
  context: TreeContext,
): Exclude<TreeNode, { type: 'alias' }> | undefined {
  let current = node
  for (let step = 0; step < LONGEST_ALIAS_CHAIN && current !== undefined; step++) {
    if (current.type !== 'alias') return current
    current = current.to === undefined ? undefined : context.get(current.to)
  }
  return undefined
}

/**
 * The entries in effect, in order: explicit keys win over merged ones wherever `<<` stands, the first anchor of a list
 * wins, and of a key that stands twice the last counts.
 */
export function entriesOf(node: TreeNode | undefined, context: TreeContext): EffectiveEntry[] {
  const map = resolve(node, context)
  if (map?.type !== 'map') return []
  const found = new Map<string, EffectiveEntry>()
  collect(map, context, found, undefined, new Set(), 0)
  return [...found.values()]
}

function collect(
  map: TreeMap,
  context: TreeContext,
  found: Map<string, EffectiveEntry>,
  via: 'merge' | undefined,
  seen: Set<TreeMap>,
  depth: number,
): void {
  // What was merged once adds nothing the second time, so each mapping costs its size once, however often it is named.
  if (seen.has(map) || depth > DEEPEST_MERGE) return
  seen.add(map)
  const own = new Set<string>()
  const merges: TreeEntry[] = []
  for (const entry of map.entries) {
    if (isMergeKey(entry)) {
      merges.push(entry)
      continue
    }
    if (via === 'merge' && (found.size >= MOST_MERGED || (found.has(entry.key) && !own.has(entry.key)))) continue
    const value = resolve(entry.value, context)
    if (value === undefined) continue
    own.add(entry.key)
    const how = via ?? (entry.value.type === 'alias' ? 'anchor' : undefined)
    found.set(entry.key, { key: entry.key, value, entry, owner: map, ...(how === undefined ? {} : { via: how }) })
  }
  for (const merge of merges) {
    const value = resolve(merge.value, context)
    if (value?.type === 'map') collect(value, context, found, 'merge', seen, depth + 1)
    if (value?.type !== 'list') continue
    for (const item of value.items) {
      if (found.size >= MOST_MERGED) break
      const part = resolve(item, context)
      if (part?.type === 'map') collect(part, context, found, 'merge', seen, depth + 1)
    }
  }
}

export function isMergeKey(entry: TreeEntry): boolean {
  return entry.key === '<<'
}

/** The entry in effect for `key`. */
export function entryOf(node: TreeNode | undefined, key: string, context: TreeContext): EffectiveEntry | undefined {
  const map = resolve(node, context)
  if (map?.type !== 'map') return undefined
  let merges = false
  for (let index = map.entries.length - 1; index >= 0; index--) {
    const entry = map.entries[index]
    if (entry === undefined) continue
    if (isMergeKey(entry)) merges = true
    else if (entry.key === key) {
      const value = resolve(entry.value, context)
      if (value === undefined) return undefined
      return { key, value, entry, owner: map, ...(entry.value.type === 'alias' ? { via: 'anchor' as const } : {}) }
    }
  }
  return merges ? entriesOf(map, context).find((entry) => entry.key === key) : undefined
}

/** The value in effect for `key`, aliases resolved; undefined where there is none. */
export function get(
  node: TreeNode | undefined,
  key: string,
  context: TreeContext,
): Exclude<TreeNode, { type: 'alias' }> | undefined {
  return entryOf(node, key, context)?.value
}

/** Follows keys (and list indexes, as digits) from `node`. */
export function at(
  node: TreeNode | undefined,
  path: readonly string[],
  context: TreeContext,
): Exclude<TreeNode, { type: 'alias' }> | undefined {
  let current = resolve(node, context)
  for (const step of path) {
    if (current === undefined) return undefined
    if (current.type === 'list')
      current = /^\d{1,9}$/.test(step) ? resolve(current.items[Number(step)], context) : undefined
    else current = get(current, step, context)
  }
  return current
}

/** A scalar's text, whatever its type; undefined for null, lists and maps. */
export function asString(node: TreeNode | undefined, context?: TreeContext): string | undefined {
  const scalar = scalarOf(node, context)
  if (scalar === undefined || scalar.value === null) return undefined
  return typeof scalar.value === 'string' ? scalar.value : scalar.text
}

/** A number, written as one or as a string of digits. */
export function asNumber(node: TreeNode | undefined, context?: TreeContext): number | undefined {
  const value = scalarOf(node, context)?.value
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.length > 64 || !/^[-+]?\d+(\.\d+)?$/.test(value.trim())) return undefined
  return Number(value)
}

/** A boolean, or a word that the tools take for one (`"true"`, `yes`, `on`). */
export function asBoolean(node: TreeNode | undefined, context?: TreeContext): boolean | undefined {
  const value = scalarOf(node, context)?.value
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  if (/^(true|True|TRUE)$/.test(value)) return true
  if (/^(false|False|FALSE)$/.test(value)) return false
  return legacyBoolean(value)
}

/** A list's items, aliases resolved, dangling ones left out. */
export function asList(
  node: TreeNode | undefined,
  context: TreeContext,
): Exclude<TreeNode, { type: 'alias' }>[] | undefined {
  const list = listOf(node, context)
  return list?.items.flatMap((item) => resolve(item, context) ?? [])
}

/** A list's scalars as text; a lone scalar is a list of one. */
export function asStringList(node: TreeNode | undefined, context: TreeContext): string[] | undefined {
  const single = asString(node, context)
  if (single !== undefined) return [single]
  return asList(node, context)?.flatMap((item) => asString(item) ?? [])
}

function scalarOf(node: TreeNode | undefined, context: TreeContext | undefined): TreeScalar | undefined {
  const scalar = context === undefined ? node : resolve(node, context)
  return scalar?.type === 'scalar' ? scalar : undefined
}

function listOf(node: TreeNode | undefined, context: TreeContext): TreeList | undefined {
  const list = resolve(node, context)
  return list?.type === 'list' ? list : undefined
}
