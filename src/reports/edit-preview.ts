/**
 * What a fix's edits do to the lines that its findings show. A report holds excerpts, not files: an edit is previewed
 * only where a finding's location tells byte offset, line and text at once, so that the preview is exact or absent.
 */
import type { Finding, Location } from '../core/finding.ts'
import type { Fix, TextEdit } from '../core/fix.ts'
import { encodeText, SourceText } from '../core/span.ts'

export interface EditPreview {
  readonly target: string
  readonly path: string
  readonly line: number
  readonly lines: readonly DiffLine[]
}

export interface DiffLine {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** Edits looked at for one preview: more are a matter for the patch. */
const MOST_EDITS = 200

/** Previews in the order of the findings' places, each place once. */
export function previewEdits(fix: Fix, findings: readonly Finding[]): EditPreview[] {
  const editsOf = new Map<string, TextEdit[]>()
  for (const step of fix.steps) {
    if (step.do !== 'edit') continue
    const key = fileKey(step.target, step.path)
    editsOf.set(key, [...(editsOf.get(key) ?? []), ...step.edits].slice(0, MOST_EDITS))
  }
  const previews = new Map<string, EditPreview>()
  for (const finding of findings) {
    for (const location of finding.locations) {
      const edits = editsOf.get(fileKey(location.target, location.path))
      const key = `${fileKey(location.target, location.path)}:${location.line}`
      if (edits === undefined || previews.has(key)) continue
      const preview = previewAt(location, edits)
      if (preview !== undefined) previews.set(key, preview)
    }
  }
  return [...previews.values()]
}

function previewAt(location: Location, edits: readonly TextEdit[]): EditPreview | undefined {
  const { span, line, column, excerpt, target, path } = location
  if (span === undefined || line === undefined || column === undefined || excerpt === undefined) return undefined
  const text = excerpt.lines[line - excerpt.firstLine]
  if (text === undefined) return undefined
  const before = [...text].slice(0, column - 1).join('')
  const start = span.start - encodeText(before).length
  const end = start + encodeText(text).length
  const onLine = edits
    .map((edit) => ({ edit, from: edit.span.start - start, to: edit.span.end - start }))
    .filter(({ edit, from, to }) => (from >= 0 && to <= end - start) || isBelow(edit, end))
    .sort((one, other) => other.from - one.from)
  if (onLine.length === 0) return undefined
  const source = SourceText.of(text)
  let after = text
  for (const { edit, from, to } of onLine) {
    if (from > end - start) after += `\n${edit.text.replace(/\r?\n$/, '')}`
    else after = after.slice(0, source.toUnit(from)) + edit.text + after.slice(source.toUnit(to))
  }
  return { target, path, line, lines: diff(text, after.split(/\r?\n/)) }
}

/** True for whole lines that are inserted just below a line that ends at `end`. */
function isBelow(edit: TextEdit, end: number): boolean {
  if (edit.span.start !== edit.span.end) return false
  if (edit.text.endsWith('\r\n')) return edit.span.start === end + 2
  return edit.text.endsWith('\n') && edit.span.start === end + 1
}

function diff(before: string, after: readonly string[]): DiffLine[] {
  const kept = after.indexOf(before)
  const added = (text: string): DiffLine => ({ sign: '+', text })
  if (kept === -1) return [{ sign: '-', text: before }, ...after.map(added)]
  return [...after.slice(0, kept).map(added), { sign: ' ', text: before }, ...after.slice(kept + 1).map(added)]
}

function fileKey(target: string, path: string): string {
  return JSON.stringify([target, path])
}
