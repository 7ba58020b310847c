/**
 * Reads `.env` files by the rules of Compose's own reader (compose-go, `dotenv`): they differ from a shell's and from
 * those of most languages' libraries. One linear pass; an unreadable line costs that line only.
 */
import type { EnvFileEntry, EnvFileFact } from '../../core/facts/env-file.ts'
import type { SourceText } from '../../core/span.ts'

export interface EnvFile {
  readonly entries: readonly EnvFileEntry[]
  readonly problems: EnvFileFact['problems']
  /** True where the bounds on entries ended the reading. */
  readonly truncated: boolean
}

const MAX_ENTRIES = 10_000
const MAX_PROBLEMS = 100

/** `value` of each entry is unquoted; where it `expands`, its `$` are those of Compose's interpolation. */
export function parseEnvFile(source: SourceText): EnvFile {
  const reader = new EnvReader(source)
  reader.readAll()
  return { entries: reader.entries, problems: reader.problems, truncated: reader.truncated }
}

class EnvReader {
  readonly entries: EnvFileEntry[] = []
  readonly problems: { span: { start: number; end: number }; message: string }[] = []
  truncated = false
  readonly #source: SourceText
  readonly #text: string
  #at = 0

  constructor(source: SourceText) {
    this.#source = source
    this.#text = source.text
  }

  readAll() {
    while (this.#toStatement()) {
      if (this.entries.length >= MAX_ENTRIES || this.problems.length >= MAX_PROBLEMS) {
        this.truncated = true
        return
      }
      this.#statement()
    }
  }

  /** Moves to the next character that is neither white space nor a comment's. */
  #toStatement(): boolean {
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] as string
      if (char === '#') this.#at = this.#lineEnd(this.#at)
      else if (isAnySpace(char)) this.#at++
      else return true
    }
    return false
  }

  #statement() {
    const start = this.#at
    if (/^export[\t\v\f\r \u0085\u00a0]/.test(this.#text.slice(start, start + 7))) {
      this.#at = this.#skipSpaces(start + 6)
    }
    const nameStart = this.#at
    const nameEnd = this.#nameEnd(nameStart)
    if (nameEnd === undefined) return
    const name = trimEnd(this.#text.slice(nameStart, nameEnd))
    if (/\s/.test(name)) return this.#refuse(nameStart, `the name "${shorten(name)}" holds a space`)
    const separator = this.#text[nameEnd]
    if (separator !== '=' && separator !== ':') {
      if (name === '') return this.#refuse(start, '"export" without a name')
      this.entries.push({ name, value: null, expands: false, span: this.#source.span(start, nameStart + name.length) })
      this.#at = nameEnd
      return
    }
    if (name === '') return this.#refuse(start, 'a value without a name')
    this.#value(name, start, this.#skipSpaces(nameEnd + 1))
  }

  /** Where the name ends: at `=`, `:`, a line break or the file's end. Undefined where a character may not stand in it. */
  #nameEnd(start: number): number | undefined {
    for (let at = start; at < this.#text.length; at++) {
      const char = this.#text[at] as string
      if (char === '=' || char === ':' || char === '\n') return at
      if (isLineSpace(char) || /[\p{L}\p{N}_.\-[\]\ud800-\udfff]/u.test(char)) continue
      this.#refuse(start, `"${shorten(char)}" can't stand in a name`)
      return undefined
    }
    return this.#text.length
  }

  #value(name: string, start: number, valueStart: number) {
    const quote = this.#text[valueStart]
    if (quote === '"' || quote === "'") return this.#quoted(name, start, valueStart, quote)
    const lineEnd = this.#lineEnd(valueStart)
    const line = this.#text.slice(valueStart, lineEnd)
    const comment = line.indexOf(' #')
    const value = trimEnd(comment === -1 ? line : line.slice(0, comment))
    this.#push(name, value, true, start, valueStart, valueStart + value.length)
    this.#at = lineEnd
  }

  #quoted(name: string, start: number, valueStart: number, quote: string) {
    const parts: string[] = []
    let plain = valueStart + 1
    for (let at = plain; at < this.#text.length; at++) {
      const char = this.#text[at]
      if (char === '\\') {
        if (this.#text[at + 1] === quote) {
          parts.push(this.#text.slice(plain, at))
          plain = at + 1
        }
        at++
      } else if (char === quote) {
        const raw = parts.join('') + this.#text.slice(plain, at)
        const text = raw.replaceAll('\r\n', '\n')
        this.#push(name, quote === '"' ? unquoted(text) : text, quote === '"', start, valueStart, at + 1)
        this.#at = at + 1
        return
      }
    }
    this.#refuse(start, `the quoted value of ${shorten(name)} has no end`)
  }

  #push(name: string, value: string, expands: boolean, start: number, valueStart: number, end: number) {
    this.entries.push({
      name,
      value,
      expands: expands && value.includes('$'),
      span: this.#source.span(start, end),
      valueSpan: this.#source.span(valueStart, end),
    })
  }

  #refuse(start: number, message: string) {
    const end = this.#lineEnd(start)
    this.problems.push({ span: this.#source.span(start, end), message })
    this.#at = Math.max(end, this.#at)
  }

  #lineEnd(from: number): number {
    const end = this.#text.indexOf('\n', from)
    return end === -1 ? this.#text.length : end
  }

  #skipSpaces(from: number): number {
    let at = from
    while (at < this.#text.length && isLineSpace(this.#text[at] as string)) at++
    return at
  }
}

/** Shell-like escapes of a double-quoted value; an escaped dollar becomes Compose's own escape, `$$`. */
function unquoted(text: string): string {
  return text.replace(/\\([abcfnrtv$"\\]|0[0-7]{0,3})/g, (all, what: string) => {
    if (what === '$') return '$$'
    if (what.startsWith('0')) return what.length === 1 ? all : String.fromCharCode(Number.parseInt(what.slice(1), 8))
    return ESCAPES[what] ?? what
  })
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  c: '\\c',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** `String.trimEnd` that also knows U+0085, in one pass. */
function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && isAnySpace(text[end - 1] as string)) end--
  return text.slice(0, end)
}

function isLineSpace(char: string): boolean {
  return (
    char === ' ' ||
    char === '\t' ||
    char === '\r' ||
    char === '\v' ||
    char === '\f' ||
    char === '\u0085' ||
    char === '\u00a0'
  )
}

function isAnySpace(char: string): boolean {
  return char === '\n' || isLineSpace(char) || (char > '\u007f' && /\s/.test(char))
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
