/**
 * Physical lines → logical lines, as BuildKit's scanner joins them: the escape character and blanks at the end of a line
 * continue it, joined without a space; comments and blank lines inside are skipped; an escaped escape does not continue.
 */
import type { SourceText, Span } from '../../core/span.ts'

/** A range of UTF-16 units of the source, half-open. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Part of a joined line: `length` units from `at` in the joined text stand at `from` in the source. */
interface Piece {
  readonly at: number
  readonly from: number
  readonly length: number
}

/** Breakpoints kept for characters that are not ASCII; beyond, positions inside them are interpolated. */
const MAX_BREAKPOINTS = 4096

/** One instruction's line with its continuations joined, and where each unit of it stands in the file. */
export class JoinedLine {
  readonly source: SourceText
  readonly text: string
  readonly #pieces: readonly Piece[]

  constructor(source: SourceText, ranges: readonly Range[]) {
    const pieces: Piece[] = []
    let text = ''
    for (const range of ranges) {
      pieces.push({ at: text.length, from: range.start, length: range.end - range.start })
      text += source.text.slice(range.start, range.end)
    }
    this.source = source
    this.text = text
    this.#pieces = pieces
  }

  /** Where the units `[start, end)` of the joined text stand in the file, the bytes between them included. */
  span(start: number, end: number): Span {
    const from = this.#unit(start)
    if (end <= start) return this.source.span(from, from)
    return this.source.span(from, this.#unit(end - 1) + 1)
  }

  /** The contiguous stretches of `[start, end)`: ranges of the joined text with their places in the source. */
  stretches(start: number, end: number): { readonly start: number; readonly end: number; readonly from: number }[] {
    const found: { start: number; end: number; from: number }[] = []
    for (let index = this.#pieceAt(start); index < this.#pieces.length; index++) {
      const piece = this.#pieces[index] as Piece
      if (piece.at >= end) break
      const low = Math.max(start, piece.at)
      const high = Math.min(end, piece.at + piece.length)
      if (high > low) found.push({ start: low, end: high, from: piece.from + (low - piece.at) })
    }
    return found
  }

  /** The map of an instruction's `text` that is `[start, end)` of this line: see `Instruction.map`. */
  map(start: number, end: number): [number, number][] {
    const pairs: [number, number][] = []
    let room = MAX_BREAKPOINTS
    for (const stretch of this.stretches(start, end)) {
      const low = stretch.from
      const high = low + (stretch.end - stretch.start)
      pairs.push([stretch.start - start, this.source.toByte(low)])
      let width = 1
      for (let at = low; at < high && room > 0; at++) {
        const next = bytesPerUnit(this.source.text, at)
        if (next === width) continue
        if (at > low) {
          pairs.push([stretch.start - start + (at - low), this.source.toByte(at)])
          room--
        }
        width = next
      }
      pairs.push([stretch.end - start, this.source.toByte(high)])
    }
    if (pairs.length === 0) pairs.push([0, this.source.toByte(this.#unit(start))])
    return pairs
  }

  #unit(at: number): number {
    const piece = this.#pieces[this.#pieceAt(at)]
    return piece === undefined ? 0 : piece.from + Math.min(at - piece.at, piece.length)
  }

  #pieceAt(at: number): number {
    let low = 0
    let high = this.#pieces.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#pieces[middle]?.at ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** A logical line and what its reading noticed. */
export interface LogicalLine {
  readonly joined: JoinedLine
  /** From the first character that is not blank to the end of the last line that contributed. */
  readonly range: Range
  /** Comments skipped inside it. */
  readonly comments: readonly Range[]
  readonly emptyContinuation: boolean
}

/** A cursor over the physical lines of a source. */
export class LineReader {
  readonly #text: string
  /** Start of the next physical line, in units; the text's length at the end. */
  at = 0

  constructor(text: string) {
    this.#text = text
  }

  get done(): boolean {
    return this.at >= this.#text.length
  }

  /** The next physical line without its line break (`\r`s before it included in the break). */
  next(): Range & { readonly next: number } {
    const start = this.at
    const feed = this.#text.indexOf('\n', start)
    const next = feed === -1 ? this.#text.length : feed + 1
    let end = feed === -1 ? this.#text.length : feed
    while (end > start && this.#text.charCodeAt(end - 1) === 0x0d) end--
    this.at = next
    return { start, end, next }
  }
}

/**
 * Reads the next logical line, or the comment or blank line that stands there.
 * `escaper` is the escape character.
 */
export function readLogicalLine(
  source: SourceText,
  reader: LineReader,
  escaper: string,
): { comment: Range } | { blank: true } | { line: LogicalLine } {
  const first = reader.next()
  const start = skipSpaces(source.text, first.start, first.end)
  if (start === first.end) return { blank: true }
  if (source.text[start] === '#') return { comment: { start, end: first.end } }
  const ranges: Range[] = []
  const comments: Range[] = []
  let emptyContinuation = false
  let end = first.end
  let content = continued(source.text, start, first.end, escaper)
  ranges.push({ start, end: content ?? first.end })
  while (content !== undefined && !reader.done) {
    const line = reader.next()
    const text = skipSpaces(source.text, line.start, line.end)
    if (text === line.end) {
      emptyContinuation = true
    } else if (source.text[text] === '#') {
      comments.push({ start: text, end: line.end })
    } else {
      content = continued(source.text, line.start, line.end, escaper)
      ranges.push({ start: line.start, end: content ?? line.end })
      end = line.end
    }
  }
  return { line: { joined: new JoinedLine(source, ranges), range: { start, end }, comments, emptyContinuation } }
}

/** White space as Go's `unicode.IsSpace` has it. */
export function isSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d)
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

export function skipSpaces(text: string, start: number, end: number): number {
  let at = start
  while (at < end && isSpace(text.charCodeAt(at))) at++
  return at
}

/** End of `[start, end)` without trailing white space. */
export function trimmedEnd(text: string, start: number, end: number): number {
  let at = end
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--
  return at
}

/** Where the line's content ends before the escape that continues it; undefined where nothing continues it. */
function continued(text: string, start: number, end: number, escaper: string): number | undefined {
  let at = end
  while (at > start && (text[at - 1] === ' ' || text[at - 1] === '\t')) at--
  if (at === start || text[at - 1] !== escaper) return undefined
  if (at - 1 > start && text[at - 2] === escaper) return undefined
  return at - 1
}

/** UTF-8 bytes per UTF-16 unit; both units of a surrogate pair count two. */
function bytesPerUnit(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit < 0x80) return 1
  if (unit < 0x800) return 2
  if (unit < 0xd800 || unit > 0xdfff) return 3
  if (unit < 0xdc00) return isLow(text.charCodeAt(at + 1)) ? 2 : 3
  if (isHigh(text.charCodeAt(at - 1))) return 2
  // An undecodable byte (see core/span.ts).
  return unit >= 0xdc80 && unit <= 0xdcff ? 1 : 3
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
