/**
 * Source as written, with marks under it, as compilers draw it:
 *
 *     11 |   jupyter:
 *        |   ------- no password
 *     14 |       - "8888:8888"
 *        |         ^^^^^^^^^^^ listens on 0.0.0.0
 *
 * All positions in here are cells: columns of the terminal, after tabs, wide characters and escapes took their room.
 */
import type { Mark, Snippet, SourceLine } from '../snippet.ts'
import { columns, ellipsis, paint, type Role, type Style, shown, shownSource } from './style.ts'
import { characterWidth, wrap } from './width.ts'

const TAB = 4
/** Characters of a source line that are looked at; a longer line is cut around its mark first. */
const LONGEST_LINE = 4000

/** Lines of the excerpt, with their gutter; `gutter` is the width of its line numbers. */
export function excerptLines(snippet: Snippet, style: Style, gutter: number, markRole: Role): string[] {
  const bars = new Bars(snippet.marks)
  const room = columns(style) - gutter - 3 - bars.width
  const out: string[] = []
  const emit = (head: string, row: Row) =>
    out.push(`${paint(style, 'frame', `${head} |`)} ${row.text(style)}`.trimEnd())
  for (const line of snippet.lines) {
    if (line === undefined) {
      out.push(paint(style, 'frame', '.'.repeat(Math.max(3, gutter))))
      continue
    }
    const drawn = drawLine(line, snippet.marks, style, room)
    const source = new Row()
    bars.draw(source, markRole, line.number, drawn.ink)
    source.put(bars.width, drawn.cells, undefined)
    emit(String(line.number).padStart(gutter), source)
    for (const row of markRows(line.number, drawn, snippet.marks, bars, style, room, markRole))
      emit(' '.repeat(gutter), row)
  }
  return out
}

/** Digits of the greatest line number. */
export function gutterWidth(snippets: readonly Snippet[]): number {
  return Math.max(1, ...snippets.flatMap((snippet) => snippet.lines.map((line) => String(line?.number ?? '').length)))
}

/** The text as cells: a wide character is followed by an empty cell, a combining one shares its base's. */
function cellsOf(text: string): string[] {
  const cells: string[] = []
  for (const character of text) {
    if (character === '\t') {
      do cells.push(' ')
      while (cells.length % TAB !== 0)
      continue
    }
    const width = characterWidth(character.codePointAt(0) ?? 0)
    if (width === 0 && cells.length > 0) {
      const base = cells.at(-1) === '' ? cells.length - 2 : cells.length - 1
      cells[base] += character
    } else {
      cells.push(character)
      if (width === 2) cells.push('')
    }
  }
  return cells
}

interface DrawnLine {
  readonly cells: readonly string[]
  /** First cell that is not blank. */
  readonly ink: number
  /** Cell of a 1-based column of the source, within what is shown. */
  cellOf(column: number): number
}

function drawLine(line: SourceLine, marks: readonly Mark[], style: Style, room: number): DrawnLine {
  const touching = marks.filter((mark) => mark.line === line.number || mark.endLine === line.number)
  const focus = touching.find((mark) => mark.primary) ?? touching[0]
  const { text, dropped } = nearby(line.text, focus?.line === line.number ? focus.column : (focus?.endColumn ?? 1))
  const cells = cellsOf(shownSource(style, text))
  const whole = [...text]
  const cellAt = (column: number) =>
    cellsOf(shownSource(style, whole.slice(0, Math.max(0, column - 1 - dropped)).join(''))).length
  const ends = touching.flatMap((mark) => [
    ...(mark.line === line.number ? [cellAt(mark.column)] : []),
    ...(mark.endLine === line.number ? [cellAt(mark.endColumn)] : []),
  ])
  const from = windowStart(
    cells.length,
    Math.min(...ends),
    Math.max(...ends),
    focus === undefined ? 0 : cellAt(focus.line === line.number ? focus.column : focus.endColumn),
    room,
  )
  const visible = cells.length - from <= room && from === 0 ? cells : cut(cells, from, room, [...ellipsis(style)])
  const ink = visible.findIndex((cell) => cell !== ' ')
  return {
    cells: visible,
    ink: ink === -1 ? 0 : ink,
    cellOf: (column) => Math.max(0, Math.min(cellAt(column) - from, room)),
  }
}

/** A line's characters around `column` where it is very long. */
function nearby(text: string, column: number): { text: string; dropped: number } {
  if (text.length <= LONGEST_LINE) return { text, dropped: 0 }
  const characters = [...text]
  const dropped = Math.max(0, Math.min(column - LONGEST_LINE / 2, characters.length - LONGEST_LINE))
  return { text: characters.slice(dropped, dropped + LONGEST_LINE).join(''), dropped }
}

/** First cell to show so that all marks are seen, or else the one that matters. */
function windowStart(length: number, first: number, last: number, focus: number, room: number): number {
  if (length <= room || last <= room - 4 || !Number.isFinite(first)) return 0
  const lead = Math.min(16, room >> 2)
  const start = last - first <= room - 8 ? Math.min(first - 4, Math.max(first - lead, last + 4 - room)) : focus - lead
  return Math.max(0, Math.min(start, length - room))
}

function cut(cells: readonly string[], from: number, room: number, mark: readonly string[]): string[] {
  const window = cells.slice(from, from + room)
  if (window[0] === '') window[0] = ' '
  if (cells[from + room] === '') window[window.length - 1] = ' '
  if (from > 0) {
    window.splice(0, mark.length, ...mark)
    if (window[mark.length] === '') window[mark.length] = ' '
  }
  if (from + room < cells.length) {
    const at = window.length - mark.length
    if (window[at] === '') window[at - 1] = ' '
    window.splice(at, mark.length, ...mark)
  }
  return window
}

/** The rows below a source line: underlines, their labels, and where marks of several lines open and close. */
function markRows(
  line: number,
  drawn: DrawnLine,
  marks: readonly Mark[],
  bars: Bars,
  style: Style,
  room: number,
  role: Role,
): Row[] {
  const rows: Row[] = []
  const newRow = () => {
    const row = new Row()
    bars.drawOpen(row, role)
    rows.push(row)
    return row
  }
  const single = marks
    .filter((mark) => mark.line === line && mark.endLine === line)
    .map((mark) => {
      const start = Math.min(drawn.cellOf(mark.column), room - 1)
      return { mark, start, end: Math.max(drawn.cellOf(mark.endColumn), start + 1) }
    })
    .sort((one, other) => one.start - other.start)
  if (single.length > 0) {
    const row = newRow()
    for (const { mark, start, end } of single.toSorted(
      (one, other) => Number(one.mark.primary) - Number(other.mark.primary),
    )) {
      row.put(bars.width + start, [...(mark.primary ? '^' : '-').repeat(end - start)], mark.primary ? role : 'frame')
    }
    const labelled = single.filter(({ mark }) => mark.label !== undefined)
    const last = labelled.at(-1)
    const behind = Math.max(...single.map(({ end }) => end)) + 1
    const inline = last === undefined ? [] : cellsOf(shown(style, last.mark.label ?? ''))
    if (last !== undefined && behind + inline.length <= room) {
      row.put(bars.width + behind, inline, last.mark.primary ? role : 'frame')
      labelled.pop()
    }
    hangLabels(labelled, newRow, bars.width, style, room, role)
  }
  for (const mark of bars.openingBelow(line)) {
    const row = newRow()
    bars.underline(row, mark, Math.min(drawn.cellOf(mark.column), room - 1), role)
    bars.open(mark)
  }
  for (const mark of bars.closing(line)) {
    const row = newRow()
    const at = Math.max(0, drawn.cellOf(mark.endColumn) - 1)
    bars.underline(row, mark, at, role)
    bars.close(mark)
    const label = wrap(shown(style, mark.label ?? ''), Math.max(20, room - at - 2))
    const indent = bars.width + Math.min(at + 2, Math.max(0, room - 20))
    for (const [index, text] of label.entries()) {
      const target = index === 0 && indent >= bars.width + at + 2 ? row : newRow()
      target.put(indent, cellsOf(text), roleOf(mark, role))
    }
  }
  return rows
}

/** Labels that do not fit behind their underline: below it, the rightmost first, joined to it by a line. */
function hangLabels(
  labelled: readonly { mark: Mark; start: number }[],
  newRow: () => Row,
  left: number,
  style: Style,
  room: number,
  role: Role,
): void {
  for (let index = labelled.length - 1; index >= 0; index--) {
    const { mark, start } = labelled[index] as { mark: Mark; start: number }
    const others = labelled.slice(0, index)
    const stems = (row: Row, of: readonly { mark: Mark; start: number }[]) => {
      for (const one of of) row.put(left + one.start, ['|'], roleOf(one.mark, role))
    }
    stems(newRow(), labelled.slice(0, index + 1))
    const indent = Math.min(start, Math.max(0, room - 36))
    for (const text of wrap(shown(style, mark.label ?? ''), room - indent)) {
      const row = newRow()
      stems(
        row,
        others.filter((one) => one.start < indent),
      )
      row.put(left + indent, cellsOf(text), roleOf(mark, role))
    }
  }
}

function roleOf(mark: Mark, role: Role): Role {
  return mark.primary ? role : 'frame'
}

/** The bars left of the source that join first and last line of marks that span several; one lane for each. */
class Bars {
  readonly width: number
  readonly #lanes: Mark[][] = []
  readonly #open = new Set<Mark>()
  readonly #marks: Mark[]

  constructor(marks: readonly Mark[]) {
    this.#marks = marks.filter((mark) => mark.endLine > mark.line).sort((one, other) => one.line - other.line)
    for (const mark of this.#marks) {
      const free = this.#lanes.find((lane) => (lane.at(-1)?.endLine ?? 0) < mark.line)
      if (free === undefined) this.#lanes.push([mark])
      else free.push(mark)
    }
    this.width = this.#lanes.length * 2
  }

  /** The bars beside a source line; a mark that begins with the line's text opens right here. */
  draw(row: Row, role: Role, line: number, ink: number): void {
    this.drawOpen(row, role)
    for (const mark of this.#marks) {
      if (mark.line !== line || mark.column - 1 > ink) continue
      row.put(this.#laneOf(mark) * 2, ['/'], roleOf(mark, role))
      this.open(mark)
    }
  }

  drawOpen(row: Row, role: Role): void {
    for (const mark of this.#open) row.put(this.#laneOf(mark) * 2, ['|'], roleOf(mark, role))
  }

  underline(row: Row, mark: Mark, cell: number, role: Role): void {
    const from = this.#laneOf(mark) * 2 + 1
    for (let at = from; at < this.width + cell; at++) if (row.isFree(at)) row.put(at, ['_'], roleOf(mark, role))
    row.put(this.width + cell, [mark.primary ? '^' : '-'], roleOf(mark, role))
  }

  openingBelow(line: number): Mark[] {
    return this.#marks.filter((mark) => mark.line === line && !this.#open.has(mark))
  }

  closing(line: number): Mark[] {
    return this.#marks.filter((mark) => mark.endLine === line && this.#open.has(mark))
  }

  open(mark: Mark): void {
    this.#open.add(mark)
  }

  close(mark: Mark): void {
    this.#open.delete(mark)
  }

  #laneOf(mark: Mark): number {
    return this.#lanes.findIndex((lane) => lane.includes(mark))
  }
}

/** One line of the terminal, written cell by cell. */
class Row {
  readonly #cells: { text: string; role: Role | undefined }[] = []

  put(at: number, cells: readonly string[], role: Role | undefined): void {
    while (this.#cells.length < at) this.#cells.push({ text: ' ', role: undefined })
    for (const [index, text] of cells.entries()) this.#cells[at + index] = { text, role }
  }

  isFree(at: number): boolean {
    return (this.#cells[at]?.text ?? ' ') === ' '
  }

  text(style: Style): string {
    let out = ''
    let run = ''
    let role: Role | undefined
    const flush = () => {
      out += role === undefined ? run : paint(style, role, run)
      run = ''
    }
    for (const cell of this.#cells) {
      if (cell.role !== role) flush()
      role = cell.role
      run += cell.text
    }
    flush()
    return out
  }
}
