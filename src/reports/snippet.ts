/** The source of a finding by file: which lines to show and which characters to mark. Shared by terminal and page. */
import type { Finding, Location } from '../core/finding.ts'

/** One file's lines with the marks on them. */
export interface Snippet {
  /** The file's first location, the finding's primary one where it is here. */
  readonly location: Location
  /** Ascending; `undefined` where lines were left out between two. Empty where no source is at hand. */
  readonly lines: readonly (SourceLine | undefined)[]
  /** In the order of the locations; only those whose lines are shown. */
  readonly marks: readonly Mark[]
}

export interface SourceLine {
  readonly number: number
  readonly text: string
}

/** Marked characters: 1-based, in Unicode characters; `endColumn` is the one behind the last, on `endLine`. */
export interface Mark {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly primary: boolean
  readonly label?: string
}

/** More lines than this between first and last are left out in the middle of a mark. */
const LONGEST_MARK = 6

/** A finding's source, the primary file first; `context` lines are added around what the primary location marks. */
export function snippetsOf(finding: Finding, context: number): Snippet[] {
  const files = new Map<string, Location[]>()
  for (const location of finding.locations) {
    const key = JSON.stringify([location.target, location.layer, location.path])
    const sameFile = files.get(key)
    if (sameFile === undefined) files.set(key, [location])
    else sameFile.push(location)
  }
  return [...files.values()].map((locations) => snippetOf(locations, context))
}

function snippetOf(locations: readonly Location[], context: number): Snippet {
  const first = locations[0] as Location
  const source = new Map<number, string>()
  for (const { excerpt } of locations) {
    for (const [index, text] of excerpt?.lines.entries() ?? []) source.set((excerpt?.firstLine ?? 1) + index, text)
  }
  const marks = locations.flatMap((location) => markOf(location, source) ?? [])
  const wanted = new Set<number>()
  for (const mark of marks) {
    const around = mark.primary ? context : 0
    for (let line = mark.line - around; line <= mark.endLine + around; line++) {
      const deepInside = line > mark.line + 2 && line < mark.endLine - 1
      if (!deepInside || mark.endLine - mark.line < LONGEST_MARK) wanted.add(line)
    }
  }
  return { location: first, lines: withGaps(wanted, source), marks }
}

function markOf(location: Location, source: ReadonlyMap<number, string>): Mark | undefined {
  const { line } = location
  const text = line === undefined ? undefined : source.get(line)
  if (line === undefined || text === undefined) return undefined
  const column = location.column ?? firstInked(text)
  let endLine = Math.max(line, location.endLine ?? line)
  let endColumn = location.endColumn
  if (endLine > line && endColumn !== undefined && endColumn <= 1) {
    // A span that holds its last line break ends at the next line's first column: nothing is marked there.
    endLine--
    endColumn = undefined
  }
  while (endLine > line && !source.has(endLine)) {
    endLine--
    endColumn = undefined
  }
  const behindText = characters(source.get(endLine) ?? '') + 1
  endColumn = Math.min(endColumn ?? behindText, behindText)
  return {
    line,
    column,
    endLine,
    endColumn: endLine === line ? Math.max(endColumn, column + 1) : endColumn,
    primary: location.role === 'primary',
    ...(location.label === undefined || location.label === '' ? {} : { label: location.label }),
  }
}

function withGaps(wanted: ReadonlySet<number>, source: ReadonlyMap<number, string>): (SourceLine | undefined)[] {
  const lines: (SourceLine | undefined)[] = []
  let before: number | undefined
  for (const number of [...wanted].sort((one, other) => one - other)) {
    const text = source.get(number)
    if (text === undefined) continue
    const between = before === undefined ? undefined : source.get(number - 1)
    // One line left out takes as much room as the sign that it was.
    if (before === number - 2 && between !== undefined) lines.push({ number: number - 1, text: between })
    else if (before !== undefined && before < number - 1) lines.push(undefined)
    lines.push({ number, text })
    before = number
  }
  return lines
}

/** 1-based column of the first character that is not blank. */
function firstInked(text: string): number {
  return characters(text.slice(0, text.length - text.trimStart().length)) + 1
}

function characters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
