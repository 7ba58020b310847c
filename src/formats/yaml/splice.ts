/**
 * Changes to YAML text that touch nothing but what they mean to change: comments, order, quotes, line ends and
 * indentation of everything else stay as they are, byte for byte. Each function returns the edits, or in words why no
 * such edit can be written.
 *
 * They work on one mapping or list of the tree that `readYaml` gave for this very source; `edit.ts` finds it by path.
 */
import type { TextEdit } from '../../core/fix.ts'
import type { SourceText } from '../../core/span.ts'
import type { TreeEntry, TreeList, TreeMap, TreeNode, TreeScalar } from '../../core/tree.ts'
import {
  type BlockStyle,
  type Quote,
  renderAfterKey,
  renderBlock,
  renderFlow,
  renderScalar,
  type YamlValue,
} from './render.ts'

export type Splice = readonly TextEdit[] | string

/** Sets `key` to `value`: replaces what stands there, or adds an entry after the last one. */
export function setEntry(source: SourceText, map: TreeMap, key: string, value: YamlValue, style: BlockStyle): Splice {
  const text = new Text(source)
  const refusal = text.refusal()
  if (refusal !== undefined) return refusal
  const existing = map.entries.findLast((entry) => entry.key === key)
  if (existing !== undefined) return replaceValue(text, map, existing, value, style)
  return map.flow ? addFlowEntry(text, map, key, value) : addBlockEntry(text, map, key, value, style)
}

/** Removes `key`. Of a mapping's only entry, `{}` is left. */
export function removeEntry(source: SourceText, map: TreeMap, key: string): Splice {
  const text = new Text(source)
  const refusal = text.refusal()
  if (refusal !== undefined) return refusal
  const matches = map.entries.filter((entry) => entry.key === key)
  if (matches.length > 1) return `"${key}" stands there twice`
  const index = map.entries.findIndex((entry) => entry.key === key)
  const entry = map.entries[index]
  if (entry === undefined) return `there is no "${key}"`
  const parts = map.entries.map((one) => ({ start: text.unit(one.keySpan.start), end: text.end(one) }))
  if (map.flow) return removeFlowPart(text, map, parts, index)
  if (text.isExplicitKey(entry)) return 'the key is written with a question mark'
  return removeBlockPart(text, map, parts, index, '{}')
}

/** Adds `value` after the list's last item, in the quotes that its neighbours wear. */
export function appendItem(source: SourceText, list: TreeList, value: YamlValue, style: BlockStyle): Splice {
  const text = new Text(source)
  const refusal = text.refusal()
  if (refusal !== undefined) return refusal
  const last = list.items.at(-1)
  if (list.flow) {
    const json = quoteOf(list.items) === 'double'
    return addFlowPart(
      text,
      list,
      last === undefined ? undefined : text.unit(last.span.end),
      itemText(value, list, json),
      last,
    )
  }
  const column = text.column(text.unit(list.span.start))
  if (column === undefined || last === undefined) return 'the list’s indentation cannot be told'
  const body = typeof value === 'string' ? itemText(value, list, false) : renderBlock(value, column + 2, style)
  return [text.insert(text.lineEnd(text.unit(last.span.end)), `${style.newline}${' '.repeat(column)}- ${body}`)]
}

/** Removes the item at `index`. Of a list's only item, `[]` is left. */
export function removeItem(source: SourceText, list: TreeList, index: number): Splice {
  const text = new Text(source)
  const refusal = text.refusal()
  if (refusal !== undefined) return refusal
  if (list.items[index] === undefined) return 'there is no such item'
  if (list.flow) {
    const parts = list.items.map((item) => ({ start: text.unit(item.span.start), end: text.unit(item.span.end) }))
    return removeFlowPart(text, list, parts, index)
  }
  const column = text.column(text.unit(list.span.start))
  if (column === undefined) return 'the list’s indentation cannot be told'
  const parts: { start: number; end: number }[] = []
  for (const item of list.items) {
    const start = text.dashOf(item, column, text.unit(list.span.start))
    if (start === undefined) return 'the list’s dashes cannot be told'
    parts.push({ start, end: text.unit(item.span.end) })
  }
  return removeBlockPart(text, list, parts, index, '[]')
}

/** Replaces a scalar, in the quotes it wears; numbers, booleans and null lose them. */
export function replaceScalar(source: SourceText, node: TreeScalar, value: string | number | boolean | null): Splice {
  const text = new Text(source)
  const refusal = text.refusal() ?? shared(node)
  if (refusal !== undefined) return refusal
  if (node.span.start === node.span.end) return [text.insert(text.unit(node.span.start), ` ${renderScalar(value)}`)]
  const quote: Quote = node.style === 'block' ? 'double' : node.style
  return [{ span: node.span, text: renderScalar(value, quote) }]
}

/** How the document of `root` indents, for what is added to it. */
export function blockStyleOf(source: SourceText, root: TreeNode | null): BlockStyle {
  const text = new Text(source)
  let step: number | undefined
  let listStep: number | undefined
  const waiting: TreeNode[] = root === null ? [] : [root]
  for (let steps = 0; steps < 20_000 && (step === undefined || listStep === undefined); steps++) {
    const node = waiting.shift()
    if (node === undefined) break
    if (node.type === 'list') waiting.push(...node.items.slice(0, 50))
    if (node.type !== 'map') continue
    for (const { keySpan, value } of node.entries.slice(0, 200)) {
      if (value.type !== 'map' && value.type !== 'list') continue
      waiting.push(value)
      const key = text.column(text.unit(keySpan.start))
      const inner = text.column(text.unit(value.span.start))
      if (value.flow || node.flow || key === undefined || inner === undefined || inner < key) continue
      if (value.type === 'map' && inner > key) step ??= inner - key
      if (value.type === 'list') listStep ??= inner - key
    }
  }
  return { step: step ?? 2, listStep: listStep ?? step ?? 2, newline: source.text.includes('\r\n') ? '\r\n' : '\n' }
}

/** Why a node must not be changed in place. */
function shared(node: TreeNode): string | undefined {
  if (node.type === 'alias') return `an alias (*${node.name}) stands there: its anchor owns the value`
  if (node.id !== undefined) return `the value carries the anchor &${node.anchor}, which others may use`
  if (node.tag !== undefined) return `the value carries the tag ${node.tag}`
  return undefined
}

function replaceValue(text: Text, map: TreeMap, entry: TreeEntry, value: YamlValue, style: BlockStyle): Splice {
  const node = entry.value
  const refusal = shared(node)
  // An alias may be replaced: its anchor stays as it is. An anchor may not: others use it.
  if (refusal !== undefined && node.type !== 'alias') return refusal
  if (says(node, value)) return []
  const isScalar = value === null || typeof value !== 'object'
  if (isScalar && node.type === 'scalar' && node.span.start !== node.span.end)
    return replaceScalar(text.source, node, value)
  const start = text.unit(node.span.start)
  const end = text.unit(node.span.end)
  const colon = text.colonAfter(entry)
  if (map.flow || colon === undefined) {
    const body = renderFlow(value, isJson(map))
    if (colon === undefined)
      return map.flow && start === end ? [text.insert(start, `: ${body}`)] : 'the key’s colon cannot be found'
    return [text.replace(start, end, start === end ? ` ${body}` : body)]
  }
  const gap = text.between(colon, start)
  const column = text.column(text.unit(entry.keySpan.start))
  if (column === undefined || text.isExplicitKey(entry)) return 'the entry’s indentation cannot be told'
  if (gap.includes('#')) return replaceUnderComment(text, { colon, start, end }, value, column, style)
  const after = renderAfterKey(value, column, style)
  const isBlock = after.startsWith(style.newline)
  if (isBlock && start === end) return [text.insert(text.lineEnd(colon), after)]
  return [text.replace(colon, end, after)]
}

/** True where the node is this very value already, written out in place. */
function says(node: TreeNode, value: YamlValue): boolean {
  if (node.type === 'alias' || node.tag !== undefined) return false
  if (node.type === 'scalar') return node.value === value
  if (value === null || typeof value !== 'object') return false
  if (node.type === 'list') {
    if (!Array.isArray(value) || value.length !== node.items.length) return false
    return node.items.every((item, index) => says(item, value[index] as YamlValue))
  }
  const wanted = new Map(Array.isArray(value) ? [] : Object.entries(value as Readonly<Record<string, YamlValue>>))
  if (Array.isArray(value) || wanted.size !== node.entries.length) return false
  return node.entries.every(({ key, value: held }) => wanted.has(key) && says(held, wanted.get(key) as YamlValue))
}

/** A comment between key and value stays: a block takes the old one's lines, anything else goes up to the key. */
function replaceUnderComment(
  text: Text,
  at: { readonly colon: number; readonly start: number; readonly end: number },
  value: YamlValue,
  column: number,
  style: BlockStyle,
): Splice {
  const after = renderAfterKey(value, column, style)
  const line = text.lineStart(at.start)
  if (after.startsWith(style.newline)) return [text.replace(line, at.end, after.slice(style.newline.length))]
  return [text.insert(at.colon, after), text.replace(line, text.nextLine(text.lineEnd(at.end)), '')]
}

function addBlockEntry(text: Text, map: TreeMap, key: string, value: YamlValue, style: BlockStyle): Splice {
  const first = map.entries[0]
  const last = map.entries.at(-1)
  const column = first === undefined ? undefined : text.column(text.unit(first.keySpan.start))
  if (first === undefined || last === undefined || column === undefined || text.isExplicitKey(first)) {
    return 'the mapping’s indentation cannot be told'
  }
  const line = `${style.newline}${' '.repeat(column)}${renderScalar(key)}:${renderAfterKey(value, column, style)}`
  return [text.insert(text.lineEnd(text.end(last)), line)]
}

function addFlowEntry(text: Text, map: TreeMap, key: string, value: YamlValue): Splice {
  const json = isJson(map)
  const last = map.entries.at(-1)
  const body = `${renderScalar(key, json ? 'double' : 'plain')}: ${renderFlow(value, json)}`
  return addFlowPart(text, map, last === undefined ? undefined : text.end(last), body, last)
}

function addFlowPart(
  text: Text,
  collection: TreeMap | TreeList,
  lastEnd: number | undefined,
  body: string,
  last: TreeEntry | TreeNode | undefined,
): Splice {
  const open = text.unit(collection.span.start) + 1
  if (lastEnd === undefined || last === undefined) return [text.insert(open, body)]
  const lastStart = text.unit('keySpan' in last ? last.keySpan.start : last.span.start)
  const indent = text.indentBefore(lastStart)
  // One a line: the new one gets a line too.
  const separator = indent === undefined ? ' ' : `${text.newline}${indent}`
  return [text.insert(lastEnd, `,${separator}${body}`)]
}

interface Part {
  readonly start: number
  readonly end: number
}

function removeFlowPart(text: Text, collection: TreeMap | TreeList, parts: readonly Part[], index: number): Splice {
  const part = parts[index]
  if (part === undefined) return 'there is no such part'
  const open = text.unit(collection.span.start) + 1
  const close = text.unit(collection.span.end) - 1
  const previous = parts[index - 1]
  const next = parts[index + 1]
  if (!/^[\s,]*$/.test(text.between(previous?.end ?? open, part.start)))
    return 'a comment, tag or anchor stands in the way'
  if (next !== undefined) {
    if (!/^\s*,\s*$/.test(text.between(part.end, next.start))) return 'a comment, tag or anchor stands in the way'
    return [text.replace(part.start, next.start, '')]
  }
  const rest = text.between(part.end, close)
  if (!/^[\s,]*$/.test(rest)) return 'a comment stands in the way'
  return previous === undefined ? [text.replace(open, close, '')] : [text.replace(previous.end, part.end, '')]
}

function removeBlockPart(
  text: Text,
  collection: TreeMap | TreeList,
  parts: readonly Part[],
  index: number,
  empty: '{}' | '[]',
): Splice {
  const part = parts[index]
  if (part === undefined) return 'there is no such part'
  if (parts.length === 1) {
    if (collection.id !== undefined || collection.tag !== undefined)
      return 'the emptied collection carries an anchor or tag'
    // `key:` and the collection on the lines below become `key: {}`; a dash keeps it on its own line.
    const before = text.skipBlanksBack(part.start)
    const joins = text.source.text.charAt(before - 1) === ':' && text.between(before, part.start).includes('\n')
    if (joins) return [text.replace(before, part.end, ` ${empty}`)]
    // Under a comment: dashes may stand at the key's own column, where brackets may not.
    const indent = empty === '[]' && text.indentBefore(part.start) !== undefined ? '  ' : ''
    return [text.replace(part.start, part.end, indent + empty)]
  }
  const lineStart = text.lineStart(part.start)
  const after = text.lineEnd(part.end)
  if (/^ *$/.test(text.between(lineStart, part.start))) {
    const from = text.withIgnoresAbove(lineStart)
    return [text.replace(from, text.nextLine(after), '')]
  }
  // The first part shares its line with a dash: the next one, or a comment before it, moves up.
  const next = parts[index + 1]
  if (next === undefined) return 'the entry shares its line with another'
  return [text.replace(part.start, text.skipBlanks(after), '')]
}

function itemText(value: YamlValue, list: TreeList, json: boolean): string {
  return typeof value === 'string' ? renderScalar(value, quoteOf(list.items)) : renderFlow(value, json)
}

/** The style of the first text among the nodes. */
function quoteOf(nodes: readonly TreeNode[]): Quote {
  for (const node of nodes) if (node.type === 'scalar' && node.style !== 'block') return node.style
  return 'plain'
}

/** JSON: every key in double quotes. Keys carry no style, so their spans tell: two bytes longer than their text. */
function isJson(map: TreeMap): boolean {
  return (
    map.entries.length > 0 &&
    map.entries.every((entry) => entry.keySpan.end - entry.keySpan.start >= Buffer.byteLength(entry.key) + 2)
  )
}

/** The source in UTF-16 units, and the few questions about lines that edits ask. */
class Text {
  readonly source: SourceText
  readonly newline: '\n' | '\r\n'

  constructor(source: SourceText) {
    this.source = source
    this.newline = source.text.includes('\r\n') ? '\r\n' : '\n'
  }

  /** Files whose lines end in anything but LF and CRLF read differently in different tools: no edit is sure. */
  refusal(): string | undefined {
    return /\r(?!\n)|[\u0085\u2028\u2029]/.test(this.source.text) ? 'the file has unusual line breaks' : undefined
  }

  unit(byte: number): number {
    return this.source.toUnit(byte)
  }

  insert(at: number, text: string): TextEdit {
    return { span: this.source.span(at, at), text }
  }

  replace(start: number, end: number, text: string): TextEdit {
    return { span: this.source.span(start, end), text }
  }

  between(start: number, end: number): string {
    return this.source.text.slice(start, end)
  }

  lineStart(at: number): number {
    return this.source.text.lastIndexOf('\n', at - 1) + 1
  }

  /** Where the line of `at` ends, before its line break. */
  lineEnd(at: number): number {
    const found = this.source.text.indexOf('\n', at)
    if (found === -1) return this.source.text.length
    return this.source.text.charAt(found - 1) === '\r' && found > at ? found - 1 : found
  }

  /** Behind the line break that stands at `at`. */
  nextLine(at: number): number {
    if (this.source.text.startsWith('\r\n', at)) return at + 2
    return this.source.text.startsWith('\n', at) ? at + 1 : at
  }

  /** Columns before `at`, where only spaces and dashes stand there. */
  column(at: number): number | undefined {
    const before = this.between(this.lineStart(at), at)
    return /^[ -]*$/.test(before) ? before.length : undefined
  }

  /** The blanks before `at` on its line, where there is nothing else. */
  indentBefore(at: number): string | undefined {
    const start = this.lineStart(at)
    const before = this.between(start, at)
    return start > 0 && /^[ \t]*$/.test(before) ? before : undefined
  }

  /** Where the entry ends: its value, or the colon of an empty one. */
  end(entry: TreeEntry): number {
    const value = this.unit(entry.value.span.end)
    return Math.max(value, entry.value.span.start === entry.value.span.end ? (this.colonAfter(entry) ?? value) : value)
  }

  /** Behind the colon of the entry. */
  colonAfter(entry: TreeEntry): number | undefined {
    const start = this.unit(entry.keySpan.end)
    const found = /^[ \t]*:/.exec(this.between(start, start + 200))
    return found === null ? undefined : start + found[0].length
  }

  isExplicitKey(entry: TreeEntry): boolean {
    const key = this.unit(entry.keySpan.start)
    return /\?/.test(this.between(this.lineStart(key), key)) || this.colonAfter(entry) === undefined
  }

  /** The dash of a block list's item: on its line, or on a line above where the item starts below it. */
  dashOf(item: TreeNode, column: number, first: number): number | undefined {
    const start = this.unit(item.span.start)
    for (let line = this.lineStart(start), tries = 0; tries < 1000; tries++) {
      const dash = line + column
      if (
        dash < start &&
        this.source.text.charAt(dash) === '-' &&
        (dash === first || /^ *$/.test(this.between(line, dash)))
      )
        return dash
      if (line <= this.lineStart(first)) return undefined
      line = this.lineStart(line - 1)
    }
    return undefined
  }

  /** The line start `at`, or that of the ignore comments right above it: they die with what they govern. */
  withIgnoresAbove(at: number): number {
    let start = at
    while (start > 0) {
      const above = this.lineStart(start - 1)
      if (!/^[ \t]*#[ \t]*bulkhead:/.test(this.between(above, Math.min(start, above + 300)))) break
      start = above
    }
    return start
  }

  skipBlanks(at: number): number {
    let end = at
    while (end < this.source.text.length && /\s/.test(this.source.text.charAt(end))) end++
    return end
  }

  skipBlanksBack(at: number): number {
    let start = at
    while (start > 0 && /\s/.test(this.source.text.charAt(start - 1))) start--
    return start
  }
}
