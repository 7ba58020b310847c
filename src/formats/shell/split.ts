export interface SplitWord {
  readonly value: string
  /** UTF-16 offsets in the text; the range covers the word's quotes. */
  readonly start: number
  readonly end: number
}

/**
 * Splits a string command into words as Compose does (go-shellwords without expansion): quotes and backslashes go,
 * `$V` and `$( )` stay as they are, and an unquoted `; & | < >` ends the command without a word.
 * Undefined where Compose refuses the text: unbalanced quotes or parentheses, a backslash at the end.
 */
export function splitWords(text: string): SplitWord[] | undefined {
  const words: SplitWord[] = []
  let value = ''
  let start = -1
  /** `'`, `"`, a backquote, `(` for a `$( )`, or none. */
  let quote = ''
  let at = 0
  scan: for (; at < text.length; at++) {
    const char = text[at] as string
    if (char === '\\' && quote !== "'") {
      const next = text[++at]
      if (next === undefined) return undefined
      if (start === -1) start = at - 1
      value += quote === '`' || quote === '(' ? `\\${next}` : (ESCAPES.get(next) ?? next)
      continue
    }
    if (quote !== '') {
      const closing = quote === '(' ? ')' : quote
      if (char === '(' && quote === '(') return undefined
      if (char === closing) quote = ''
      if (char !== closing || closing === ')' || closing === '`') value += char
      continue
    }
    switch (char) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        if (start !== -1) words.push({ value, start, end: at })
        value = ''
        start = -1
        continue
      case ')':
        return undefined
      case '(':
        if (!value.endsWith('$')) return undefined
        quote = '('
        value += char
        continue
      case ';':
      case '&':
      case '|':
      case '<':
      case '>':
        // `2>`: the digits are the redirect's.
        if (char === '>' && isDigits(value)) start = -1
        break scan
    }
    if (start === -1) start = at
    if (char === "'" || char === '"') quote = char
    else {
      if (char === '`') quote = char
      value += char
    }
  }
  if (quote !== '') return undefined
  if (start !== -1) words.push({ value, start, end: at })
  return words
}

const ESCAPES = new Map([
  ['t', '\t'],
  ['n', '\n'],
])

function isDigits(text: string): boolean {
  for (const char of text) if (char < '0' || char > '9') return false
  return text !== ''
}
