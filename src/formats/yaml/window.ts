/**
 * Reads again only the lines that a change touched, where reading all of the file could say nothing else. Writing fixes
 * tries hundreds of changes, and each has to be read before the next.
 *
 * Invariants, without which the whole file is read:
 * - The file was read without error, and the change lies in the lines of one entry of a block mapping: from the line
 *   that its key begins to the line of the next key of it or of a mapping around it, or to the document's end.
 * - These lines, read alone, are one block mapping at the same column, with that entry alone, without error. What
 *   follows is indented no deeper than the key, so it ends whatever the lines left open, as the end of a text does.
 * - The entry has no anchor and no alias, and the file no directive: they mean something beyond the lines.
 *
 * The naive twin is `readYaml` on the whole; `window.test.ts` compares them.
 */
import { SourceText, type Span } from '../../core/span.ts'
import type { TreeEntry, TreeNode } from '../../core/tree.ts'
import { readYaml, type YamlOptions } from './read.ts'

export interface Window {
  /** Keys from the document's root to the entry. */
  readonly path: readonly string[]
  /** The entry's lines, in bytes. */
  readonly lines: Span
  /** Column of its key, 0-based. */
  readonly column: number
  readonly value: TreeNode
}

/** Services, jobs and pod templates stand at the second level: deeper ones would save little. */
const DEEPEST = 2

/** The lines of the entry at the beginning of `path`; undefined where they do not stand alone. */
export function windowAround(
  source: SourceText,
  root: TreeNode | null,
  path: readonly (string | number)[],
): Window | undefined {
  if (root === null || /^%/m.test(source.text)) return undefined
  const keys: string[] = []
  let end = documentEnd(source, root)
  let found: { readonly start: number; readonly column: number; readonly value: TreeNode } | undefined
  for (const step of path.slice(0, DEEPEST)) {
    const owner: TreeNode = found?.value ?? root
    if (typeof step === 'number' || owner.type !== 'map' || owner.flow) break
    const index = owner.entries.findIndex(({ key }) => key === step)
    const entry = owner.entries[index]
    if (entry === undefined || owner.entries.findLastIndex(({ key }) => key === step) !== index) break
    const next = owner.entries[index + 1]
    const following = next === undefined ? end : lineStart(source, next)
    const start = lineStart(source, entry)
    if (start === undefined || following === undefined) break
    end = following
    found = { start, column: entry.keySpan.start - start, value: entry.value }
    keys.push(step)
  }
  if (found === undefined || holdsAnchor(found.value)) return undefined
  return { path: keys, lines: { start: found.start, end }, column: found.column, value: found.value }
}

/** The window after its lines have changed to those of `source`, `growth` bytes more; undefined: read the whole. */
export function readWindow(
  source: SourceText,
  window: Window,
  growth: number,
  version: YamlOptions['version'],
): Window | undefined {
  const { path, column } = window
  const lines = { start: window.lines.start, end: window.lines.end + growth }
  const { documents, problems } = readYaml(new SourceText(source.bytes.subarray(lines.start, lines.end)), { version })
  const root = documents[0]
  if (problems.some(({ level, code }) => level === 'error' && code !== 'duplicate-key')) return undefined
  if (documents.length !== 1 || root?.type !== 'map' || root.flow || root.entries.length !== 1) return undefined
  const entry = root.entries[0] as TreeEntry
  if (entry.key !== path.at(-1) || entry.keySpan.start !== column || holdsAnchor(entry.value)) return undefined
  return { path, lines, column, value: movedBy(entry.value, lines.start) }
}

/** Where the line of the entry's key starts, if only spaces stand before the key. */
function lineStart(source: SourceText, { keySpan }: TreeEntry): number | undefined {
  const key = source.toUnit(keySpan.start)
  const start = source.text.lastIndexOf('\n', key - 1) + 1
  return key === 0 || /^ *$/.test(source.text.slice(start, key)) ? source.toByte(start) : undefined
}

/** Where the next document's marker stands, or the file ends. */
function documentEnd(source: SourceText, root: TreeNode): number {
  const marker = /^(?:---|\.\.\.)(?=\s|$)/gm
  marker.lastIndex = source.toUnit(root.span.end)
  return source.toByte(marker.exec(source.text)?.index ?? source.text.length)
}

function holdsAnchor(node: TreeNode): boolean {
  if (node.type === 'alias' || node.id !== undefined) return true
  if (node.type === 'map') return node.entries.some(({ value }) => holdsAnchor(value))
  return node.type === 'list' && node.items.some(holdsAnchor)
}

function movedBy(node: TreeNode, by: number): TreeNode {
  const span = moved(node.span, by)
  if (node.type === 'list') return { ...node, span, items: node.items.map((item) => movedBy(item, by)) }
  if (node.type !== 'map') return { ...node, span }
  const entries = node.entries.map((entry) => ({
    ...entry,
    keySpan: moved(entry.keySpan, by),
    value: movedBy(entry.value, by),
  }))
  return { ...node, span, entries }
}

function moved({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by }
}
