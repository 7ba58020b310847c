import type { Span } from '../../core/span.ts'

/** A piece of shell text that remembers where each of its characters stands in the file. */
export interface MappedText {
  readonly text: string
  /** The file's span of the range `[start, end)` of `text`. */
  span(start: number, end: number): Span
  /** The outermost text behind that range, as written. */
  raw(start: number, end: number): string
}

/** Where a run of a value's characters came from: one to one (`exact`), or all from the whole source range. */
export interface Chunk {
  readonly at: number
  readonly length: number
  readonly start: number
  readonly end: number
  readonly exact: boolean
}

/**
 * Stands in a value for a part that can't be told. A noncharacter, so that no valid text holds it; a text that does
 * is read as "could not tell" there.
 */
export const UNKNOWN = '\uFDD0'

/** A text made of `chunks` of `outer`: a nested script that is another script's word. */
export function nestedText(text: string, chunks: readonly Chunk[], outer: MappedText): MappedText {
  const range = (start: number, end: number): [number, number] => {
    const first = chunkAt(chunks, start)
    const last = end > start ? chunkAt(chunks, end - 1) : first
    if (first === undefined || last === undefined) return [0, 0]
    const from = first.exact ? first.start + clamp(start - first.at, first.length) : first.start
    const to =
      end <= start && last.exact ? from : last.exact ? last.start + clamp(end - last.at, last.length) : last.end
    return [from, Math.max(from, to)]
  }
  return {
    text,
    span: (start, end) => outer.span(...range(start, end)),
    raw: (start, end) => outer.raw(...range(start, end)),
  }
}

/** The last chunk that begins at or before `at` (chunks are in order). */
function chunkAt(chunks: readonly Chunk[], at: number): Chunk | undefined {
  let low = 0
  let high = chunks.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((chunks[middle] as Chunk).at <= at) low = middle
    else high = middle - 1
  }
  return chunks[low]
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most))
}

/**
 * The decoded text of backquotes with escapes in them, `[start, end)` of `outer` being the backquotes' whole range.
 * A backslash goes before `$`, a backquote and a backslash (within double quotes before `"` too).
 */
export function backquotedText(decoded: string, start: number, end: number, outer: MappedText): MappedText {
  const chunks: Chunk[] = []
  let from = start + 1
  for (let at = 0; at < decoded.length; at++) {
    const escaped = outer.text[from] === '\\' && '$`\\"'.includes(outer.text[from + 1] ?? ' ')
    const size = escaped && outer.text[from + 1] === decoded[at] ? 2 : 1
    if (from + size > end || outer.text[from + size - 1] !== decoded[at]) {
      return nestedText(decoded, [{ at: 0, length: decoded.length, start, end, exact: false }], outer)
    }
    const last = chunks.at(-1)
    if (size === 1 && last?.exact === true)
      chunks[chunks.length - 1] = { ...last, length: last.length + 1, end: from + 1 }
    else chunks.push({ at, length: 1, start: from, end: from + size, exact: size === 1 })
    from += size
  }
  return nestedText(decoded, chunks, outer)
}
