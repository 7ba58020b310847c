/**
 * Byte-exact changes to the Compose files of one service: files are read again, nodes are found again, and whatever an
 * anchor, merge key, include or variable owns is refused in words.
 */
import type { TextEdit } from '../../../core/fix.ts'
import type { Place } from '../../../core/place.ts'
import { overlaps, type SourceText, type Span } from '../../../core/span.ts'
import type { TreeEntry, TreeList, TreeMap, TreeNode, TreeScalar } from '../../../core/tree.ts'
import { readOriginal, YamlEdit, type YamlPath } from '../../../formats/yaml/edit.ts'
import { renderScalar, type YamlValue } from '../../../formats/yaml/render.ts'
import { replaceScalar, type Splice } from '../../../formats/yaml/splice.ts'
import { entriesOf, entryOf, resolve, type TreeContext, treeContext } from '../../../formats/yaml/tree.ts'

/** Why no edit can be written, and what to do by hand. */
export class CannotEdit extends Error {
  override readonly name = 'CannotEdit'
  readonly manual: string

  constructor(why: string, manual: string) {
    super(why)
    this.manual = manual
  }
}

/** What a service says under a key, and who owns it. */
export interface Held {
  /** `own`: written in the service; `alias`: its value is an alias; `merged`: `<<` brings it; `absent`. */
  readonly how: 'own' | 'alias' | 'merged' | 'absent'
  /** Aliases resolved. */
  readonly node: Exclude<TreeNode, { type: 'alias' }> | undefined
}

export class ServiceFile {
  readonly path: string
  readonly source: SourceText
  readonly map: TreeMap
  readonly context: TreeContext
  readonly #yaml: YamlEdit
  readonly #service: readonly string[]
  readonly #direct: TextEdit[] = []
  /** Indexes of removed items by the list's path, to count later ones. */
  readonly #removed = new Map<string, number[]>()
  /** Words where other services take the same bytes. */
  shared: string | undefined

  private constructor(
    path: string,
    source: SourceText,
    service: string,
    document: number,
    root: TreeNode,
    map: TreeMap,
  ) {
    this.path = path
    this.source = source
    this.map = map
    this.context = treeContext(root)
    this.#yaml = new YamlEdit(source, '1.2', document)
    this.#service = ['services', service]
    if (map.id !== undefined && isNamed(root, map.id))
      this.shared = `services that take *${map.anchor} change with "${service}"`
  }

  /** Throws {@link CannotEdit} where the file does not say the service in place. */
  static open(path: string, source: SourceText | undefined, service: string, manual: string): ServiceFile {
    if (source === undefined) throw new CannotEdit(`${path} cannot be read`, manual)
    const { documents, problems } = readOriginal(source, '1.2')
    if (problems.some((problem) => problem.level === 'error')) throw new CannotEdit(`${path} is not valid YAML`, manual)
    for (let index = documents.length - 1; index >= 0; index--) {
      const root = documents[index]
      if (root?.type !== 'map') continue
      const services = root.entries.findLast((entry) => entry.key === 'services')?.value
      const map =
        services?.type === 'map' ? services.entries.findLast((entry) => entry.key === service)?.value : undefined
      if (map?.type === 'alias')
        throw new CannotEdit(`service "${service}" is an alias (*${map.name}) in ${path}`, manual)
      if (map?.type === 'map') return new ServiceFile(path, source, service, index, root, map)
    }
    throw new CannotEdit(`service "${service}" is not written in ${path}`, manual)
  }

  held(...keys: readonly string[]): Held {
    let owner: TreeNode = this.map
    let how: Held['how'] = 'own'
    for (const [index, key] of keys.entries()) {
      const entry = entryOf(owner, key, this.context)
      if (entry === undefined) return { how: 'absent', node: undefined }
      if (how === 'own' && entry.via !== undefined) how = entry.via === 'merge' ? 'merged' : 'alias'
      if (index === keys.length - 1) return { how, node: entry.value }
      owner = entry.value
    }
    return { how: 'absent', node: undefined }
  }

  /** True where `<<` would bring the key if the service's own were gone. */
  mergeBrings(key: string): boolean {
    const without: TreeMap = { ...this.map, entries: this.map.entries.filter((entry: TreeEntry) => entry.key !== key) }
    return entriesOf(without, this.context).some((entry) => entry.key === key)
  }

  /** Items of a list in effect, with their aliases resolved. */
  items(
    list: TreeList,
  ): { readonly written: TreeNode; readonly node: Exclude<TreeNode, { type: 'alias' }> | undefined }[] {
    return list.items.map((written) => ({ written, node: resolve(written, this.context) }))
  }

  /** The item that stands at a place that a fact named; undefined where the file has changed since. */
  itemAt(list: TreeList, place: Place | undefined): number | undefined {
    const index = this.items(list).findIndex(({ written, node }) => contains(node?.span ?? written.span, place?.span))
    return index === -1 ? undefined : index
  }

  set(keys: YamlPath, value: YamlValue, manual: string) {
    this.#tried(this.#yaml.set([...this.#service, ...keys], value), manual)
  }

  append(keys: YamlPath, value: YamlValue, manual: string) {
    this.#tried(this.#yaml.append([...this.#service, ...keys], value), manual)
  }

  remove(keys: YamlPath, manual: string) {
    const path = [...this.#service, ...keys]
    const last = path.at(-1)
    if (typeof last === 'number') {
      // Indexes are those of the file as it was read.
      const list = JSON.stringify(path.slice(0, -1))
      const before = this.#removed.get(list) ?? []
      if (before.includes(last)) return
      this.#removed.set(list, [...before, last])
      path[path.length - 1] = last - before.filter((index) => index < last).length
    }
    // A list or mapping that this empties goes too, unless others may use it.
    const owner = keys.length > 1 ? this.#yaml.node(path.slice(0, -1)) : undefined
    const size = owner?.type === 'list' ? owner.items.length : owner?.type === 'map' ? owner.entries.length : 0
    const emptied = size === 1 && owner?.id === undefined && typeof path.at(-2) !== 'number'
    this.#tried(this.#yaml.remove(emptied ? path.slice(0, -1) : path, { prune: false }), manual)
  }

  /** Replaces a scalar (or an alias to one) where it stands. */
  replace(node: TreeNode, value: string | number | boolean, like: TreeScalar, manual: string) {
    const quote = like.style === 'block' ? 'double' : like.style
    const splice: Splice =
      node.type === 'scalar'
        ? replaceScalar(this.source, node, value)
        : [{ span: node.span, text: renderScalar(value, quote) }]
    if (typeof splice === 'string') throw new CannotEdit(splice, manual)
    this.#direct.push(...splice)
  }

  /** A plain edit of bytes that the caller has checked. */
  edit(span: Span, text: string) {
    this.#direct.push({ span, text })
  }

  /** All changes, sorted; throws where two of them touch. */
  edits(manual: string): readonly TextEdit[] {
    const all = [...this.#yaml.edits(), ...this.#direct].sort(
      (one, other) => one.span.start - other.span.start || one.span.end - other.span.end,
    )
    for (const [index, edit] of all.entries()) {
      const next = all[index + 1]
      if (
        next !== undefined &&
        (overlaps(edit.span, next.span) || (edit.span.start === next.span.start && edit.span.end === next.span.end))
      ) {
        throw new CannotEdit('two of the changes touch the same bytes', manual)
      }
    }
    return all
  }

  #tried(refusal: string | undefined, manual: string) {
    if (refusal !== undefined) throw new CannotEdit(`${this.path}: ${refusal}`, manual)
  }
}

/** True where the scalar holds a variable: the environment of whoever starts the project owns it. */
export function hasVariable(node: TreeNode | undefined): boolean {
  return node?.type === 'scalar' && /\$(?:\{|[A-Za-z_])/.test(node.text.replaceAll('$$', ''))
}

/** A node as a value to be written anew; undefined where that is not plain (tags, aliases). */
export function plainValue(node: TreeNode | undefined, context: TreeContext, depth = 0): YamlValue | undefined {
  const resolved = resolve(node, context)
  if (resolved === undefined || resolved.tag !== undefined || depth > 8) return undefined
  if (resolved.type === 'scalar') return resolved.style === 'plain' ? resolved.value : resolved.text
  if (resolved.type === 'list') {
    const items = resolved.items.map((item) => plainValue(item, context, depth + 1))
    return items.every((item) => item !== undefined) ? items : undefined
  }
  const entries = entriesOf(resolved, context).map(
    (entry) => [entry.key, plainValue(entry.value, context, depth + 1)] as const,
  )
  return entries.every((entry): entry is readonly [string, YamlValue] => entry[1] !== undefined)
    ? Object.fromEntries(entries)
    : undefined
}

function contains(outer: Span, inner: Span | undefined): boolean {
  return inner !== undefined && outer.start <= inner.start && inner.end <= outer.end
}

function isNamed(root: TreeNode, id: number): boolean {
  const waiting: TreeNode[] = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'alias' && node.to === id) return true
    if (node.type === 'map') for (const entry of node.entries) waiting.push(entry.value)
    else if (node.type === 'list') for (const item of node.items) waiting.push(item)
  }
  return false
}
