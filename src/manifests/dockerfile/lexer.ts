/**
 * BuildKit's word lexer: quotes, escapes and `$VARIABLE` forms of ENV, USER, FROM and the like. It is not a shell: `$(id)`
 * and backticks are literal, `${V:0:3}` is an error, a name that is not set is empty.
 *
 * Three-valued: a variable may be known, unset, undecided (an ARG without default: whoever builds decides) or unknown.
 * The result is unknown where one of the last two takes part; `${V:-x}` and `${V+x}` of an undecided one are read as
 * unset, because there the file itself says what is meant without it.
 */
import { isSpace } from './lines.ts'
import { type Pattern, parsePattern, removePrefix, removeSuffix, replacePattern } from './patterns.ts'

export type Variable =
  | { readonly is: 'value'; readonly value: string }
  | { readonly is: 'unset' }
  | { readonly is: 'undecided'; readonly why: string }
  | { readonly is: 'unknown'; readonly why: string }

export interface LexOptions {
  readonly escape: string
  readonly lookup: (name: string) => Variable
  /** Keep quotes in the result. */
  readonly rawQuotes?: boolean
  /** Keep escape characters in the result. */
  readonly rawEscapes?: boolean
  /** Leave variables that are unset as they are written. */
  readonly keepUnset?: boolean
}

export interface LexedWord {
  readonly value: string
  /** Units of the input. */
  readonly start: number
  readonly end: number
}

export interface Lexed {
  readonly text: string
  /** The result split at unquoted white space, after substitution. */
  readonly words: readonly LexedWord[]
  /** Variables that were looked up, in order, once each. */
  readonly names: readonly string[]
  /** Why the result is not known. */
  readonly unknown?: string
  /** What BuildKit would refuse. */
  readonly error?: string
}

/** Values longer than this are given up as unknown: `ENV A=$A$A` doubles. */
export const MAX_VALUE = 65_536
const MAX_DEPTH = 64

export function lex(text: string, options: LexOptions): Lexed {
  const lexer = new Lexer(text, options)
  try {
    const result = lexer.run()
    const unknown =
      lexer.unknown ?? (result.length > Math.max(MAX_VALUE, text.length) ? 'its value grows too long' : undefined)
    return {
      text: result,
      words: lexer.words.finish(),
      names: [...lexer.names],
      ...(unknown === undefined ? {} : { unknown }),
    }
  } catch (error) {
    if (!(error instanceof LexError)) throw error
    return { text: '', words: [], names: [...lexer.names], error: error.message, unknown: error.message }
  }
}

class LexError extends Error {}

class Words {
  readonly #words: LexedWord[] = []
  #word = ''
  #start = 0
  #end = 0
  #inWord = false

  add(text: string, start: number, end: number): void {
    for (let at = 0; at < text.length; at++) {
      if (!isSpace(text.charCodeAt(at))) this.addRaw(text[at] as string, start, end)
      else if (this.#inWord && this.#word !== '') this.#close()
    }
  }

  addRaw(text: string, start: number, end: number): void {
    if (!this.#inWord) this.#start = start
    this.#word += text
    this.#inWord = true
    this.#end = end
  }

  finish(): LexedWord[] {
    if (this.#word !== '') this.#close()
    return this.#words
  }

  #close(): void {
    this.#words.push({ value: this.#word, start: this.#start, end: this.#end })
    this.#word = ''
    this.#inWord = false
  }
}

class Lexer {
  readonly words = new Words()
  readonly names = new Set<string>()
  unknown: string | undefined
  readonly #text: string
  readonly #options: LexOptions
  #at = 0
  #depth = 0
  #produced = 0

  constructor(text: string, options: LexOptions) {
    this.#text = text
    this.#options = options
  }

  run(): string {
    return this.#until(undefined, this.#options.rawEscapes === true, this.words)
  }

  #until(stop: string | undefined, rawEscapes: boolean, words: Words | undefined): string {
    if (++this.#depth > MAX_DEPTH) throw new LexError('substitutions are nested too deeply')
    let result = ''
    while (this.#at < this.#text.length) {
      const start = this.#at
      const character = this.#text[start] as string
      if (character === stop) {
        this.#at++
        this.#depth--
        return result
      }
      if (character === "'" || character === '"' || character === '$') {
        const value =
          character === '$' ? this.#dollar() : character === '"' ? this.#doubleQuoted(rawEscapes) : this.#singleQuoted()
        result += value
        if (character === '$') words?.add(value, start, this.#at)
        else words?.addRaw(value, start, this.#at)
        continue
      }
      if (character === '<') {
        const value = this.#angle()
        result += value
        words?.addRaw(value, start, this.#at)
        continue
      }
      this.#at++
      if (character !== this.#options.escape) {
        // Runs of plain characters are taken at once: values may be long.
        const run = this.#plainRun(stop)
        result += character + run
        words?.add(character, start, start + 1)
        if (words !== undefined)
          for (let k = 0; k < run.length; k++) words.add(run[k] as string, start + 1 + k, start + 2 + k)
        continue
      }
      if (rawEscapes) {
        words?.addRaw(character, start, this.#at)
        result += character
      }
      const escaped = this.#text[this.#at]
      if (escaped === undefined) break
      this.#at++
      words?.addRaw(escaped, start, this.#at)
      result += escaped
    }
    if (stop !== undefined) throw new LexError(`unexpected end of statement while looking for matching ${stop}`)
    this.#depth--
    return result
  }

  #plainRun(stop: string | undefined): string {
    const start = this.#at
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]
      if (character === stop || character === "'" || character === '"' || character === '$' || character === '<') break
      if (character === this.#options.escape) break
      this.#at++
    }
    return this.#text.slice(start, this.#at)
  }

  /** `<<` and the blanks behind it are one word with what follows: `<< EOF` opens a here-document. */
  #angle(): string {
    const start = this.#at++
    if (this.#text[this.#at] === '<') {
      this.#at++
      while (this.#at < this.#text.length && isSpace(this.#text.charCodeAt(this.#at))) this.#at++
    }
    return this.#text.slice(start, this.#at)
  }

  #singleQuoted(): string {
    const close = this.#text.indexOf("'", this.#at + 1)
    if (close === -1) throw new LexError('unexpected end of statement while looking for matching single-quote')
    const value =
      this.#options.rawQuotes === true ? this.#text.slice(this.#at, close + 1) : this.#text.slice(this.#at + 1, close)
    this.#at = close + 1
    return value
  }

  #doubleQuoted(rawEscapes: boolean): string {
    const quote = this.#options.rawQuotes === true ? '"' : ''
    let result = quote
    this.#at++
    for (;;) {
      const character = this.#text[this.#at]
      if (character === undefined)
        throw new LexError('unexpected end of statement while looking for matching double-quote')
      if (character === '"') {
        this.#at++
        return result + quote
      }
      if (character === '$') {
        result += this.#dollar()
        continue
      }
      this.#at++
      if (character !== this.#options.escape) {
        result += character
        continue
      }
      if (rawEscapes) result += character
      const next = this.#text[this.#at]
      if (next === undefined) continue
      if (next === '"' || next === '$' || next === this.#options.escape) {
        this.#at++
        result += next
      } else {
        result += character
      }
    }
  }

  #dollar(): string {
    const start = this.#at++
    if (this.#text[this.#at] !== '{') {
      const name = this.#name()
      if (name === '') return '$'
      const variable = this.#lookup(name)
      if (variable.is === 'unset' && this.#options.keepUnset === true) return this.#text.slice(start, this.#at)
      return this.#valueOf(variable)
    }
    this.#at++
    const first = this.#text[this.#at]
    if (first === undefined) throw new LexError("syntax error: missing '}'")
    if (first === '{' || first === '}' || first === ':') throw new LexError('syntax error: bad substitution')
    const name = this.#name()
    let operator = this.#text[this.#at++]
    if (operator === undefined) throw new LexError("syntax error: missing '}'")
    if (operator === '}') {
      const variable = this.#lookup(name)
      if (variable.is === 'unset' && this.#options.keepUnset === true) return '${' + name + '}'
      return this.#valueOf(variable)
    }
    if (operator === '/') return this.#replace(name)
    let written = operator
    const emptyIsUnset = operator === ':'
    if (emptyIsUnset) {
      operator = this.#text[this.#at++] ?? ''
      written += operator
    } else if (!'+-?#%'.includes(operator)) {
      throw new LexError(`unsupported modifier (${operator}) in substitution`)
    }
    return this.#modified(name, operator, written, emptyIsUnset)
  }

  #modified(name: string, operator: string, written: string, emptyIsUnset: boolean): string {
    const outer = this.unknown
    this.unknown = undefined
    const word = this.#nested('}', operator === '#' || operator === '%')
    const wordUnknown = this.unknown
    this.unknown = outer
    const variable = this.#lookup(name)
    if (variable.is === 'unset' && this.#options.keepUnset === true) return '${' + name + written + word + '}'
    if (operator === '-' || operator === '+') {
      if (variable.is === 'unknown') return this.#valueOf(variable)
      const present = variable.is === 'value' && !(emptyIsUnset && variable.value === '')
      if (present === (operator === '+')) {
        this.unknown ??= wordUnknown
        return this.#produce(word)
      }
      return present && variable.is === 'value' ? this.#produce(variable.value) : ''
    }
    this.unknown ??= wordUnknown
    if (operator === '?') {
      if (variable.is === 'unset') throw new LexError(`${name}: ${word === '' ? 'is not allowed to be unset' : word}`)
      if (emptyIsUnset && variable.is === 'value' && variable.value === '') {
        throw new LexError(`${name}: ${word === '' ? 'is not allowed to be empty' : word}`)
      }
      return this.#valueOf(variable)
    }
    if (operator !== '#' && operator !== '%') throw new LexError(`unsupported modifier (${written}) in substitution`)
    const greedy = word.startsWith(operator)
    const pattern = this.#pattern(greedy ? word.slice(1) : word)
    const value = this.#valueOf(variable)
    const left = operator === '#' ? removePrefix(value, pattern, greedy) : removeSuffix(value, pattern, greedy)
    return this.#bounded(left)
  }

  #replace(name: string): string {
    const all = this.#text[this.#at] === '/'
    if (all) this.#at++
    const pattern = this.#nested('/', true)
    const replacement = this.#nested('}', true)
    const variable = this.#lookup(name)
    if (variable.is === 'unset' && this.#options.keepUnset === true) return '${' + `${name}/${pattern}/${replacement}}`
    return this.#bounded(replacePattern(this.#valueOf(variable), this.#pattern(pattern), replacement, all))
  }

  #nested(stop: string, rawEscapes: boolean): string {
    try {
      return this.#until(stop, rawEscapes, undefined)
    } catch (error) {
      if (error instanceof LexError && this.#at >= this.#text.length)
        throw new LexError(`syntax error: missing '${stop}'`)
      throw error
    }
  }

  #pattern(text: string): Pattern {
    const pattern = parsePattern(text)
    if (pattern === undefined) throw new LexError(`invalid pattern (${text}) in substitution`)
    return pattern
  }

  #bounded(value: string | undefined): string {
    if (value !== undefined) return this.#produce(value)
    this.unknown ??= 'its value is too long to match a pattern against'
    return ''
  }

  /** A name; one of digits; or a special parameter. */
  #name(): string {
    const start = this.#at
    const first = this.#text[start]
    if (first === undefined) return ''
    if (/\p{Nd}/u.test(first)) {
      while (this.#at < this.#text.length && /\p{Nd}/u.test(this.#text[this.#at] as string)) this.#at++
    } else if ('@*#?-$!'.includes(first)) {
      this.#at++
    } else {
      while (this.#at < this.#text.length && /[\p{L}\p{Nd}_]/u.test(this.#text[this.#at] as string)) this.#at++
    }
    return this.#text.slice(start, this.#at)
  }

  #lookup(name: string): Variable {
    this.names.add(name)
    return this.#options.lookup(name)
  }

  #valueOf(variable: Variable): string {
    if (variable.is === 'value') return this.#produce(variable.value)
    if (variable.is !== 'unset') this.unknown ??= variable.why
    return ''
  }

  /** Substituted text is bounded over the whole input: a short word may name a long variable many times. */
  #produce(value: string): string {
    this.#produced += value.length
    if (this.#produced <= MAX_VALUE * 4) return value
    this.unknown ??= 'its value grows too long'
    return ''
  }
}
