/** How the rest of an instruction is cut into words: each function gives ranges of UTF-16 units of its text. */
import { isSpace, type Range } from './lines.ts'

/** Words of one instruction that are kept; no engine would take a line that holds more. */
export const MAX_WORDS = 20_000

/** `keyword rest`: where the keyword ends and the rest starts. */
export function splitKeyword(text: string, start: number, end: number): { keywordEnd: number; rest: number } {
  let keywordEnd = start
  while (keywordEnd < end && !isBlank(text.charCodeAt(keywordEnd))) keywordEnd++
  let rest = keywordEnd
  while (rest < end && isBlank(text.charCodeAt(rest))) rest++
  return { keywordEnd, rest }
}

export interface FlagRange extends Range {
  /** The flag after quote and backslash removal: `--mount=type=cache`. */
  readonly value: string
}

/** Leading `--flag` words, and where what follows them starts. The escape is always a backslash here. */
export function leadingFlags(text: string, from: number, end: number): { flags: FlagRange[]; rest: number } {
  const flags: FlagRange[] = []
  let at = from
  for (;;) {
    while (at < end && isSpace(text.charCodeAt(at))) at++
    if (at >= end || text[at] !== '-' || at + 1 >= end || text[at + 1] !== '-') return { flags, rest: at }
    const start = at
    let value = ''
    let quote = ''
    let quoted = false
    for (; at < end; at++) {
      const character = text[at] as string
      if (quote === '' && isSpace(text.charCodeAt(at))) break
      if (character === '\\') {
        if (++at < end) value += text[at]
        else at--
      } else if (quote === '' ? character === '"' || character === "'" : character === quote) {
        quote = quote === '' ? character : ''
        quoted = true
      } else {
        value += character
      }
    }
    // A lone `--` ends the flags.
    if (value === '--') return { flags, rest: at < end ? skipBlank(text, at, end) : at }
    if ((value !== '' || quoted) && flags.length < MAX_WORDS) flags.push({ start, end: at, value })
  }
}

/** Words split at blanks (not at line feeds), nothing unquoted: FROM, EXPOSE, COPY, ADD, VOLUME. */
export function blankSeparated(text: string, start = 0, end = text.length): Range[] {
  const words: Range[] = []
  let at = start
  while (at < end && words.length < MAX_WORDS) {
    while (at < end && isBlank(text.charCodeAt(at))) at++
    if (at >= end) break
    const from = at
    while (at < end && !isBlank(text.charCodeAt(at))) at++
    words.push({ start: from, end: at })
  }
  return words
}

/** Words split at white space outside quotes, quotes and escapes kept: ENV, LABEL, ARG. */
export function quotedWords(text: string, escaper: string): Range[] {
  const words: Range[] = []
  let at = 0
  while (at < text.length && words.length < MAX_WORDS) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++
    if (at >= text.length) break
    const start = at
    let quote = ''
    for (; at < text.length; at++) {
      const character = text[at] as string
      if (quote === '') {
        if (isSpace(text.charCodeAt(at))) break
        if (character === '"' || character === "'") quote = character
        else if (character === escaper) at++
      } else if (character === quote) {
        quote = ''
      } else if (character === escaper && quote !== "'") {
        at++
      }
    }
    at = Math.min(at, text.length)
    words.push({ start, end: at })
  }
  return words
}

export type JsonArray =
  | { readonly is: 'strings'; readonly words: readonly (Range & { readonly value: string })[] }
  /** An array with something else in it: BuildKit refuses the instruction. */
  | { readonly is: 'mixed' }
  | { readonly is: 'not' }

const NOT_JSON: JsonArray = { is: 'not' }

/** The exec form: the whole text is a JSON array of strings. Word ranges are those inside the quotes. */
export function jsonArray(text: string, start = 0): JsonArray {
  let at = start
  while (at < text.length && isSpace(text.charCodeAt(at))) at++
  if (text[at] !== '[') return NOT_JSON
  let parsed: unknown
  try {
    parsed = JSON.parse(text.slice(at))
  } catch {
    return NOT_JSON
  }
  if (!Array.isArray(parsed)) return NOT_JSON
  const words: (Range & { value: string })[] = []
  for (const value of parsed) {
    if (typeof value !== 'string') return { is: 'mixed' }
    if (words.length >= MAX_WORDS) break
    const open = text.indexOf('"', at)
    let close = open + 1
    while (text[close] !== '"') close += text[close] === '\\' ? 2 : 1
    words.push({ start: open + 1, end: close, value })
    at = close + 1
  }
  return { is: 'strings', words }
}

/** Blanks between words, as the parser's own splitting has them: no line feed, no Unicode space. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0b || code === 0x0c || code === 0x0d
}

function skipBlank(text: string, start: number, end: number): number {
  let at = start
  while (at < end && isSpace(text.charCodeAt(at))) at++
  return at
}
