/**
 * One logical line → an `Instruction`. Structure is read from the text as written; every string that is kept is cut from
 * the masked text at the same offsets.
 */
import type {
  Argument,
  DockerfileProblem,
  Heredoc,
  Instruction,
  InstructionFlag,
  Pair,
} from '../../core/facts/dockerfile.ts'
import { lex, type Variable } from './lexer.ts'
import { type JoinedLine, type LogicalLine, type Range, skipSpaces, trimmedEnd } from './lines.ts'
import { carrierOf, type Mask, maskRange, maskValue } from './masking.ts'
import {
  blankSeparated,
  type FlagRange,
  type JsonArray,
  jsonArray,
  leadingFlags,
  quotedWords,
  splitKeyword,
} from './words.ts'

/** How a line is cut, before its here-documents are read. Units of the joined line. */
export interface Shape {
  readonly keyword: string
  readonly keywordRange: Range
  readonly onbuild: boolean
  readonly flags: readonly FlagRange[]
  readonly flagsRange: Range
  readonly text: Range
  readonly json: JsonArray
}

const JSON_KEYWORDS = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'SHELL', 'COPY', 'ADD', 'VOLUME', 'HEALTHCHECK'])
const HEREDOC_KEYWORDS = new Set(['RUN', 'COPY', 'ADD'])

export function shapeOf(joined: JoinedLine): Shape {
  const all = joined.text
  const end = trimmedEnd(all, 0, all.length)
  let start = skipSpaces(all, 0, end)
  let split = splitKeyword(all, start, end)
  let keyword = all.slice(start, split.keywordEnd).toUpperCase()
  const onbuild = keyword === 'ONBUILD'
  let leading = leadingFlags(all, split.rest, end)
  if (onbuild) {
    start = leading.rest
    split = splitKeyword(all, start, end)
    keyword = all.slice(start, split.keywordEnd).toUpperCase()
    leading = leadingFlags(all, split.rest, end)
  }
  const text = { start: Math.min(leading.rest, end), end }
  return {
    keyword,
    keywordRange: { start, end: split.keywordEnd },
    onbuild,
    flags: leading.flags,
    flagsRange: { start: split.rest, end: leading.rest },
    text,
    json: jsonOf(keyword, all.slice(text.start, text.end)),
  }
}

export function mayHoldHeredocs(shape: Shape): boolean {
  return HEREDOC_KEYWORDS.has(shape.keyword) && shape.json.is !== 'strings'
}

/** The words of HEALTHCHECK after its type start here (units of the text). */
export function healthcheckCommandStart(text: string): number {
  const { rest } = splitKeyword(text, 0, text.length)
  return rest
}

export interface Built {
  readonly instruction: Instruction
  readonly problems: readonly DockerfileProblem[]
}

export interface BuildContext {
  readonly index: number
  readonly stage: number
  readonly escape: string
  readonly mask: Mask
  readonly heredocs: readonly Heredoc[]
  /** End of the instruction with its here-documents, in source units. */
  readonly end: number
}

export function buildInstruction(line: LogicalLine, shape: Shape, context: BuildContext): Built {
  const { joined } = line
  const problems: DockerfileProblem[] = []
  const raw = joined.text.slice(shape.text.start, shape.text.end)
  const pairs = pairsOf(shape, raw, context.escape, joined, problems)
  const text = maskedText(joined, shape, pairs, context.mask)
  const span = (start: number, end: number) => joined.span(shape.text.start + start, shape.text.start + end)
  const argument = (range: Range): Argument => ({
    value: unquote(text.slice(range.start, range.end), context.escape),
    span: span(range.start, range.end),
  })
  let exec: Argument[] | undefined
  if (shape.json.is === 'strings') {
    exec = shape.json.words.map((word) => ({
      value: jsonString(text.slice(word.start, word.end)),
      span: span(word.start, word.end),
    }))
  }
  const instruction: Instruction = {
    index: context.index,
    keyword: shape.keyword.length > 32 ? maskKeyword(joined, shape, context.mask) : shape.keyword,
    ...(shape.onbuild ? { onbuild: true as const } : {}),
    span: joined.source.span(line.range.start, Math.max(line.range.end, context.end)),
    keywordSpan: joined.span(shape.keywordRange.start, shape.keywordRange.end),
    stage: context.stage,
    flags: flagsOf(joined, shape, context.mask),
    text,
    textSpan: span(0, raw.length),
    map: joined.map(shape.text.start, shape.text.end),
    ...(exec === undefined ? {} : { exec }),
    args: argumentRanges(shape, raw, exec).map((range) => ('value' in range ? range : argument(range))),
    ...(pairs === undefined ? {} : { pairs: pairs.map((pair) => pairOf(pair, text, context.escape, span)) }),
    heredocs: context.heredocs,
    ...(line.comments.length === 0
      ? {}
      : { comments: line.comments.map((comment) => joined.source.span(comment.start, comment.end)) }),
  }
  return { instruction, problems }
}

/** Quotes and escapes removed, variables left as written; as written where the quotes do not match. */
export function unquote(text: string, escaper: string): string {
  if (!/["'\\`]/.test(text)) return text
  const lexed = lex(text, { escape: escaper, lookup: unset, keepUnset: true })
  return lexed.error === undefined ? lexed.text : text
}

const UNSET: Variable = { is: 'unset' }
const unset = (): Variable => UNSET

interface PairRange {
  readonly key: Range
  readonly value: Range | undefined
  readonly whole: Range
}

function jsonOf(keyword: string, text: string): JsonArray {
  if (!JSON_KEYWORDS.has(keyword)) return { is: 'not' }
  return keyword === 'HEALTHCHECK' ? jsonArray(text, healthcheckCommandStart(text)) : jsonArray(text)
}

function argumentRanges(
  shape: Shape,
  raw: string,
  exec: readonly Argument[] | undefined,
): readonly (Range | Argument)[] {
  switch (shape.keyword) {
    case 'FROM':
    case 'EXPOSE':
      return blankSeparated(raw)
    case 'COPY':
    case 'ADD':
    case 'VOLUME':
      return exec ?? blankSeparated(raw)
    case 'USER':
    case 'WORKDIR':
    case 'STOPSIGNAL':
    case 'MAINTAINER':
      return raw === '' ? [] : [{ start: 0, end: raw.length }]
    case 'HEALTHCHECK':
      return raw === '' ? [] : [{ start: 0, end: splitKeyword(raw, 0, raw.length).keywordEnd }]
    case 'SHELL':
      return exec ?? []
    default:
      return []
  }
}

/** `KEY=value` words of ENV, LABEL and ARG; ENV and LABEL also take the legacy `KEY rest of line`. */
function pairsOf(
  shape: Shape,
  raw: string,
  escaper: string,
  joined: JoinedLine,
  problems: DockerfileProblem[],
): PairRange[] | undefined {
  const { keyword } = shape
  if (keyword !== 'ENV' && keyword !== 'LABEL' && keyword !== 'ARG') return undefined
  const words = quotedWords(raw, escaper)
  const first = words[0]
  if (first === undefined) return []
  if (keyword !== 'ARG' && !raw.slice(first.start, first.end).includes('=')) {
    const { keywordEnd, rest } = splitKeyword(raw, 0, raw.length)
    const key = { start: 0, end: keywordEnd }
    if (rest < raw.length)
      return [{ key, value: { start: rest, end: raw.length }, whole: { start: 0, end: raw.length } }]
    const span = joined.span(shape.text.start, shape.text.end)
    problems.push({ code: 'missing-value', message: `${keyword} needs a name and a value`, span, level: 'error' })
    return []
  }
  const pairs: PairRange[] = []
  for (const word of words) {
    const equals = raw.slice(word.start, word.end).indexOf('=')
    const span = () => joined.span(shape.text.start + word.start, shape.text.start + word.end)
    if (equals === 0) {
      problems.push({ code: 'blank-name', message: `${keyword} names can not be blank`, span: span(), level: 'error' })
    } else if (equals > 0) {
      const split = word.start + equals
      pairs.push({ key: { start: word.start, end: split }, value: { start: split + 1, end: word.end }, whole: word })
    } else if (keyword === 'ARG') {
      pairs.push({ key: word, value: undefined, whole: word })
    } else {
      problems.push({
        code: 'missing-equals',
        message: `${keyword} takes NAME=value words; this one has no "="`,
        span: span(),
        level: 'error',
      })
    }
  }
  return pairs
}

/** The instruction's text, masked: the values of pairs under their own names, the rest line by line. */
function maskedText(joined: JoinedLine, shape: Shape, pairs: readonly PairRange[] | undefined, mask: Mask): string {
  const { start, end } = shape.text
  const carrier = carrierOf(shape.keyword)
  if (pairs === undefined) return maskRange(joined, start, end, carrier, shape.keyword.slice(0, 32), mask)
  const around: string[] = [' '.repeat(start)]
  const values: string[] = []
  let at = start
  for (const { key, value } of pairs) {
    if (value === undefined) continue
    const range = { start: start + value.start, end: start + value.end }
    const name = joined.text.slice(start + key.start, start + key.end)
    values.push(maskValue(joined, range, carrier, `${shape.keyword}.${name.slice(0, 256)}`, mask))
    around.push(joined.text.slice(at, range.start), ' '.repeat(range.end - range.start))
    at = range.end
  }
  around.push(joined.text.slice(at, end))
  const rest = maskRange(joined, start, end, carrier, shape.keyword, mask, around.join(''))
  const parts: string[] = []
  let done = 0
  let index = 0
  for (const { value } of pairs) {
    if (value === undefined) continue
    parts.push(rest.slice(done, value.start), values[index++] as string)
    done = value.end
  }
  parts.push(rest.slice(done))
  return parts.join('')
}

function pairOf(
  pair: PairRange,
  text: string,
  escaper: string,
  span: (start: number, end: number) => Pair['span'],
): Pair {
  const raw = pair.value === undefined ? null : text.slice(pair.value.start, pair.value.end)
  const rawKey = text.slice(pair.key.start, pair.key.end)
  const key = unquote(rawKey, escaper)
  return {
    key,
    ...(key === rawKey ? {} : { rawKey }),
    keySpan: span(pair.key.start, pair.key.end),
    value: raw === null ? null : unquote(raw, escaper),
    ...(pair.value === undefined ? {} : { valueSpan: span(pair.value.start, pair.value.end) }),
    raw,
    span: span(pair.whole.start, pair.whole.end),
  }
}

function flagsOf(joined: JoinedLine, shape: Shape, mask: Mask): InstructionFlag[] {
  if (shape.flags.length === 0) return []
  const { start, end } = shape.flagsRange
  const masked = maskRange(joined, start, end, carrierOf(shape.keyword), shape.keyword.slice(0, 32), mask)
  return shape.flags.map((flag) => {
    const written = masked.slice(flag.start - start, flag.end - start)
    const value = leadingFlags(written, 0, written.length).flags[0]?.value ?? written
    const equals = value.indexOf('=')
    return {
      name: value.slice(2, equals === -1 ? undefined : equals),
      value: equals === -1 ? null : value.slice(equals + 1),
      span: joined.span(flag.start, flag.end),
    }
  })
}

/** A keyword longer than any real one may be anything, a key's text included. */
function maskKeyword(joined: JoinedLine, shape: Shape, mask: Mask): string {
  const { start, end } = shape.keywordRange
  return maskRange(joined, start, end, 'file', 'instruction', mask).toUpperCase()
}

function jsonString(inner: string): string {
  if (!inner.includes('\\')) return inner
  try {
    return String(JSON.parse(`"${inner}"`))
  } catch {
    return inner
  }
}
