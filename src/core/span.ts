/**
 * Where something stands in a file: half-open byte offsets into the file as it is on disk.
 *
 * Parsers work on JavaScript strings (UTF-16) and everybody else on bytes; this is the only file that converts.
 * Bytes that are not UTF-8 become lone surrogates U+DC80…U+DCFF (as Python's surrogateescape does), so a file or a
 * path that is not UTF-8 survives the round trip unharmed.
 */

/** Half-open byte range `[start, end)`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Line and column, both 1-based; the column counts Unicode characters as an editor does. */
export interface LineColumn {
  readonly line: number
  readonly column: number
}

/** A text file: its bytes, its decoded text, and the conversions between offsets. */
export class SourceText {
  readonly bytes: Uint8Array
  /** The decoded text, without a byte-order mark. */
  readonly text: string
  /** Byte-order mark's length in bytes: 0 or 3. */
  readonly bomLength: number
  /** True where every byte is valid UTF-8. */
  readonly isUtf8: boolean
  readonly #ascii: boolean
  /** Byte offset of every 128th UTF-16 unit of `text`. */
  #marks: Uint32Array | undefined
  #lineStarts: number[] | undefined

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.bomLength = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    const body = this.bomLength === 0 ? bytes : bytes.subarray(this.bomLength)
    const decoded = decodeText(body)
    this.text = decoded.text
    this.isUtf8 = decoded.isUtf8
    this.#ascii = decoded.text.length === body.length && decoded.isUtf8
  }

  static of(text: string): SourceText {
    return new SourceText(encodeText(text))
  }

  /** Byte offset of the UTF-16 offset `at` (clamped to the text). */
  toByte(at: number): number {
    const offset = Math.max(0, Math.min(at, this.text.length))
    if (this.#ascii) return offset + this.bomLength
    this.#marks ??= markOffsets(this.text)
    const mark = offset >> MARK_SHIFT
    let byte = this.#marks[mark] ?? 0
    for (let index = mark << MARK_SHIFT; index < offset; index++) byte += unitBytes(this.text, index)
    return byte + this.bomLength
  }

  /** UTF-16 offset of the byte offset `at`; inside a character, of that character's first unit. */
  toUnit(at: number): number {
    const target = Math.max(0, Math.min(at, this.bytes.length) - this.bomLength)
    if (this.#ascii) return target
    this.#marks ??= markOffsets(this.text)
    let low = 0
    let high = this.#marks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#marks[middle] ?? 0) <= target) low = middle
      else high = middle - 1
    }
    let byte = this.#marks[low] ?? 0
    let index = low << MARK_SHIFT
    while (index < this.text.length) {
      const next = byte + unitBytes(this.text, index)
      if (next > target) break
      byte = next
      index++
    }
    return index
  }

  /** The span of the UTF-16 range `[start, end)`. */
  span(start: number, end: number): Span {
    return { start: this.toByte(start), end: this.toByte(end) }
  }

  /** The text that `span` covers. */
  slice(span: Span): string {
    return this.text.slice(this.toUnit(span.start), this.toUnit(span.end))
  }

  /** Line and column of a byte offset. */
  lineColumn(at: number): LineColumn {
    const unit = this.toUnit(at)
    const line = this.#lineOf(unit)
    const start = this.#starts()[line - 1] ?? 0
    let column = 1
    for (let index = start; index < unit; index++) if (!isLowSurrogateOfPair(this.text, index)) column++
    return { line, column }
  }

  get lineCount(): number {
    return this.#starts().length
  }

  /** A line's text (1-based) without its line break; `''` where there is no such line. */
  line(number: number): string {
    const starts = this.#starts()
    const start = starts[number - 1]
    if (start === undefined) return ''
    const end = starts[number] ?? this.text.length
    return this.text.slice(start, end).replace(/\r?\n$/, '')
  }

  /** The span of a whole line (1-based) with its line break. */
  lineSpan(number: number): Span {
    const starts = this.#starts()
    const start = starts[number - 1] ?? this.text.length
    return this.span(start, starts[number] ?? this.text.length)
  }

  #starts(): number[] {
    if (this.#lineStarts === undefined) {
      const starts = [0]
      for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1)
      this.#lineStarts = starts
    }
    return this.#lineStarts
  }

  #lineOf(unit: number): number {
    const starts = this.#starts()
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= unit) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}

/** Decodes UTF-8; each byte that is not part of a valid sequence becomes U+DC00 + byte. */
export function decodeText(bytes: Uint8Array): { text: string; isUtf8: boolean } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString('utf8')
  if (!text.includes('\uFFFD') || buffer.equals(Buffer.from(text, 'utf8'))) return { text, isUtf8: true }
  let out = ''
  let valid = 0
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    out += buffer.toString('utf8', valid, at) + String.fromCharCode(0xdc00 + (bytes[at] ?? 0))
    at++
    valid = at
  }
  return { text: out + buffer.toString('utf8', valid), isUtf8: false }
}

/** The bytes of a text made by {@link decodeText}: its exact inverse. */
export function encodeText(text: string): Uint8Array {
  if (!/[\uDC80-\uDCFF]/.test(text)) return Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  let plain = 0
  for (let at = 0; at < text.length; at++) {
    if (!isEscapedByte(text, at)) continue
    parts.push(Buffer.from(text.slice(plain, at), 'utf8'), Buffer.from([text.charCodeAt(at) - 0xdc00]))
    plain = at + 1
  }
  parts.push(Buffer.from(text.slice(plain), 'utf8'))
  return Buffer.concat(parts)
}

/** True where the spans share a byte, or one is empty and touches the other. */
export function overlaps(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end
}

const MARK_SHIFT = 7

function markOffsets(text: string): Uint32Array {
  const marks = new Uint32Array((text.length >> MARK_SHIFT) + 1)
  let byte = 0
  for (let index = 0; index < text.length; index++) {
    if ((index & ((1 << MARK_SHIFT) - 1)) === 0) marks[index >> MARK_SHIFT] = byte
    byte += unitBytes(text, index)
  }
  if ((text.length & ((1 << MARK_SHIFT) - 1)) === 0) marks[text.length >> MARK_SHIFT] = byte
  return marks
}

/** Bytes that the UTF-16 unit at `index` stands for; a pair's four bytes are counted at its high surrogate. */
function unitBytes(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  if (unit < 0x80) return 1
  if (unit < 0x800) return 2
  if (unit < 0xd800 || unit > 0xdfff) return 3
  if (unit < 0xdc00) return isLowSurrogateOfPair(text, index + 1) ? 4 : 3
  return isLowSurrogateOfPair(text, index) ? 0 : isEscapedByte(text, index) ? 1 : 3
}

function isLowSurrogateOfPair(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  if (!(unit >= 0xdc00 && unit <= 0xdfff) || index === 0) return false
  const before = text.charCodeAt(index - 1)
  return before >= 0xd800 && before <= 0xdbff
}

function isEscapedByte(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0xdc80 && unit <= 0xdcff && !isLowSurrogateOfPair(text, index)
}

/** Length of the valid UTF-8 sequence at `at` (RFC 3629, table of well-formed sequences), or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  const second = bytes[at + 1] ?? 0
  if (first >= 0xc2 && first <= 0xdf) return isContinuation(second) ? 2 : 0
  const third = bytes[at + 2] ?? 0
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80
    const high = first === 0xed ? 0x9f : 0xbf
    return second >= low && second <= high && isContinuation(third) ? 3 : 0
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80
    const high = first === 0xf4 ? 0x8f : 0xbf
    const fourth = bytes[at + 3] ?? 0
    return second >= low && second <= high && isContinuation(third) && isContinuation(fourth) ? 4 : 0
  }
  return 0
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf
}
