/**
 * Unified diffs that `git apply` takes, byte for byte (lines are handled as Latin-1, so bytes that are not UTF-8 pass
 * unharmed). The edits are known, so nothing is guessed by comparing files.
 *
 * A line that holds a secret is never printed: context stops before it, and an edit that cannot do without such a line
 * is left out and said.
 */
import type { TextEdit } from '../core/fix.ts'
import { encodeText } from '../core/span.ts'
import { applyEdits, orderEdits } from './edits.ts'

const CONTEXT = 3

export interface DiffOptions {
  /** Path as `git apply` is to find it, `/`-separated. */
  readonly path: string
  /** True for lines (1-based) that must not be shown. */
  readonly isSecretLine: (line: number) => boolean
  /** True where text that an edit writes holds a secret. */
  readonly isSecretText: (text: string) => boolean
}

export interface Diff {
  /** Latin-1; empty where nothing changes. */
  readonly text: string
  /** Lines (1-based) of edits that were left out because a secret stands there. */
  readonly leftOut: readonly number[]
}

/** Old lines `[from, to)` (0-based) become `lines`. */
interface Change {
  readonly from: number
  readonly to: number
  readonly lines: readonly string[]
}

export function unifiedDiff(bytes: Uint8Array, edits: readonly TextEdit[], options: DiffOptions): Diff {
  const old = splitLines(Buffer.from(bytes).toString('latin1'))
  const leftOut: number[] = []
  const changes = lineChanges(bytes, old, edits).filter((change) => {
    const shown = range(change.from, change.to).every((line) => !options.isSecretLine(line + 1))
    const written = change.lines.every((line) => !options.isSecretText(line))
    // `git apply` takes a hunk without a line after it for the file's end.
    const follows = change.to >= old.length || !options.isSecretLine(change.to + 1)
    if (shown && written && follows) return true
    leftOut.push(change.from + 1)
    return false
  })
  if (changes.length === 0) return { text: '', leftOut }
  const [before, after] = [`a/${options.path}`, `b/${options.path}`]
  let text = `diff --git ${quotePath(before)} ${quotePath(after)}\n--- ${fileLine(before)}\n+++ ${fileLine(after)}\n`
  let shift = 0
  for (const group of groups(changes, old.length, options)) {
    const hunk = writeHunk(group, old, shift)
    text += hunk.text
    shift += hunk.grown
  }
  return { text, leftOut }
}

/** Edits as whole-line changes, those on the same lines together, unchanged first and last lines trimmed. */
function lineChanges(bytes: Uint8Array, old: readonly string[], edits: readonly TextEdit[]): Change[] {
  const starts: number[] = []
  let offset = 0
  for (const line of old) {
    starts.push(offset)
    offset += line.length
  }
  const lineAt = (byte: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= byte) low = middle
      else high = middle - 1
    }
    return low
  }
  const blocks: { from: number; to: number; edits: TextEdit[] }[] = []
  for (const edit of orderEdits(edits)) {
    const atEnd = edit.span.start >= bytes.length && (old.at(-1)?.endsWith('\n') ?? true)
    const from = atEnd ? old.length : lineAt(edit.span.start)
    const to = atEnd ? old.length : lineAt(Math.max(edit.span.start, edit.span.end - 1)) + 1
    const last = blocks.at(-1)
    if (last !== undefined && from < last.to) {
      last.to = Math.max(last.to, to)
      last.edits.push(edit)
    } else blocks.push({ from, to, edits: [edit] })
  }
  return blocks.flatMap(({ from, to, edits: inside }) => {
    const start = starts[from] ?? bytes.length
    const end = starts[to] ?? bytes.length
    const shifted = inside.map(({ span, text }) => ({
      span: { start: span.start - start, end: span.end - start },
      text,
    }))
    const after = splitLines(Buffer.from(applyEdits(bytes.subarray(start, end), shifted)).toString('latin1'))
    let head = 0
    while (from + head < to && head < after.length && old[from + head] === after[head]) head++
    let tail = 0
    while (
      from + head < to - tail &&
      head < after.length - tail &&
      old[to - 1 - tail] === after[after.length - 1 - tail]
    )
      tail++
    const change = { from: from + head, to: to - tail, lines: after.slice(head, after.length - tail) }
    return change.from === change.to && change.lines.length === 0 ? [] : [change]
  })
}

interface Group {
  readonly changes: readonly Change[]
  /** First and one-past-last old line shown. */
  readonly from: number
  readonly to: number
}

function groups(changes: readonly Change[], length: number, options: DiffOptions): Group[] {
  const grouped: { changes: Change[]; from: number; to: number }[] = []
  for (const change of changes) {
    let from = change.from
    while (from > 0 && change.from - from < CONTEXT && !options.isSecretLine(from)) from--
    let to = change.to
    while (to < length && to - change.to < CONTEXT && !options.isSecretLine(to + 1)) to++
    const last = grouped.at(-1)
    if (last !== undefined && from <= last.to) {
      last.changes.push(change)
      last.to = Math.max(last.to, to)
    } else grouped.push({ changes: [change], from, to })
  }
  return grouped
}

function writeHunk(group: Group, old: readonly string[], shift: number): { text: string; grown: number } {
  let body = ''
  let added = 0
  let removed = 0
  let at = group.from
  const keep = (until: number): void => {
    for (; at < until; at++) body += printed(' ', old[at] ?? '')
  }
  for (const { from, to, lines } of group.changes) {
    keep(from)
    for (; at < to; at++) body += printed('-', old[at] ?? '')
    for (const line of lines) body += printed('+', line)
    added += lines.length
    removed += to - from
  }
  keep(group.to)
  const oldCount = group.to - group.from
  const newCount = oldCount + added - removed
  const oldStart = oldCount === 0 ? group.from : group.from + 1
  const newStart = newCount === 0 ? group.from + shift : group.from + shift + 1
  return { text: `@@ -${oldStart},${oldCount} +${newStart},${newCount} @@\n${body}`, grown: added - removed }
}

function printed(sign: string, line: string): string {
  return line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`
}

/** Lines with their line feeds; the last may have none. */
function splitLines(text: string): string[] {
  const lines: string[] = []
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf('\n', at)
    const end = feed === -1 ? text.length : feed + 1
    lines.push(text.slice(at, end))
    at = end
  }
  return lines
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}

/** A path after `---` and `+++`: a tab ends a name with a space in it. */
function fileLine(path: string): string {
  const quoted = quotePath(path)
  return quoted === path && path.includes(' ') ? `${path}\t` : quoted
}

/** A path in a diff header: C-quoted, as git does, where it has control characters, quotes or bytes above ASCII. */
function quotePath(path: string): string {
  if (/^[\x20-\x7e]*$/.test(path) && !/["\\]/.test(path)) return path
  let quoted = ''
  for (const byte of encodeText(path)) {
    if (byte === 0x22 || byte === 0x5c) quoted += `\\${String.fromCharCode(byte)}`
    else if (byte >= 0x20 && byte < 0x7f) quoted += String.fromCharCode(byte)
    else quoted += `\\${byte.toString(8).padStart(3, '0')}`
  }
  return `"${quoted}"`
}
