/** Gives findings their lines, columns and excerpts: reads the files again, and masks what it shows. */
import type { Limits } from './config.ts'
import type { View } from './fact.ts'
import type { Excerpt, Finding, Location } from './finding.ts'
import type { SecretScanner } from './secret.ts'
import { SourceText, type Span } from './span.ts'
import type { Target } from './target.ts'

const CONTEXT_LINES = 1
const MAX_LINES = 12
const MAX_LINE_LENGTH = 2_000

export async function illustrate(
  findings: readonly Finding[],
  targets: readonly Target[],
  facts: View,
  secrets: SecretScanner,
  limits: Limits,
): Promise<Finding[]> {
  const files = new Map<string, Promise<ShownFile | undefined>>()
  const fileOf = (location: Location): Promise<ShownFile | undefined> => {
    const key = `${location.target}\n${location.layer ?? ''}\n${location.path}`
    let file = files.get(key)
    if (file === undefined) {
      file = openShown(location, targets, facts, secrets, limits)
      files.set(key, file)
    }
    return file
  }
  const illustrated: Finding[] = []
  for (const finding of findings) {
    const locations: Location[] = []
    for (const location of finding.locations) {
      locations.push(
        location.span === undefined ? location : withLines(location, location.span, await fileOf(location)),
      )
    }
    illustrated.push({ ...finding, locations })
  }
  return illustrated
}

interface ShownFile {
  readonly source: SourceText
  /** Masked, of the same length. */
  readonly masked: string
  readonly lines: readonly string[]
}

async function openShown(
  location: Location,
  targets: readonly Target[],
  facts: View,
  secrets: SecretScanner,
  limits: Limits,
): Promise<ShownFile | undefined> {
  const target = targets.find(({ id }) => id === location.target)
  const layer = target?.layers.find(({ id }) => id === location.layer)
  const bytes = await layer?.read(location.path, limits.textFile)
  if (bytes === undefined) return undefined
  const source = new SourceText(bytes)
  let masked = secrets.mask(source.text)
  for (const secret of facts.at('secret', location.target, location.path)) {
    masked = hide(masked, source.text, source.toUnit(secret.span.start), source.toUnit(secret.span.end), secret.preview)
  }
  const lines = masked.split('\n')
  // What follows the last line feed is no line.
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return { source, masked, lines }
}

/** Hides a known secret's place, unless the masker did already; what it shows is at most the preview. */
function hide(text: string, original: string, start: number, end: number, preview: string): string {
  const shown = preview.replace(/[^\x21-\x7e]+$/, '').replace(/\*+$/, '')
  const value = text.slice(start, end)
  if (value !== original.slice(start, end)) return text
  const at = shown === '' ? -1 : value.indexOf(shown)
  const keep = at === -1 ? '' : value.slice(0, at + shown.length)
  const hidden = value.slice(keep.length).replace(/[^\s]/g, '*')
  return (
    text.slice(0, start) +
    (at <= 0 ? keep : value.slice(0, at).replace(/[^\s]/g, '*') + shown) +
    hidden +
    text.slice(end)
  )
}

function withLines(location: Location, span: Span, file: ShownFile | undefined): Location {
  if (file === undefined) return location
  const { source } = file
  const start = source.lineColumn(span.start)
  // An end at the very start of a line belongs to the line before.
  const text = source.slice(span)
  const trimmed =
    span.end -
    (text.length - text.trimEnd().length > 0 ? Buffer.byteLength(text) - Buffer.byteLength(text.trimEnd()) : 0)
  const end = source.lineColumn(Math.max(span.start, trimmed))
  return {
    ...location,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    excerpt: excerptOf(file, start.line, end.line),
  }
}

function excerptOf(file: ShownFile, first: number, last: number): Excerpt {
  const from = Math.max(1, first - CONTEXT_LINES)
  const to = Math.min(file.lines.length, Math.min(last + CONTEXT_LINES, from + MAX_LINES - 1))
  const lines: string[] = []
  for (let line = from; line <= to; line++) {
    const text = (file.lines[line - 1] ?? '').replace(/\r$/, '')
    lines.push(text.length > MAX_LINE_LENGTH ? text.slice(0, MAX_LINE_LENGTH) : text)
  }
  return { firstLine: from, lines }
}
