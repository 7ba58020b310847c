/** Variable expansion as BuildKit does it, three-valued, over a scope of what is known at a point of a build. */
import { type Lexed, lex, type Variable } from './lexer.ts'

export type { Variable } from './lexer.ts'

export interface Expansion {
  /** null: not known. */
  readonly value: string | null
  /** Why it is not known. */
  readonly why?: string
  /** Variables that took part, in order. */
  readonly names: readonly string[]
  /** What BuildKit would refuse. */
  readonly error?: string
}

export type Lookup = (name: string) => Variable

/** One word: quotes and escapes removed, variables replaced, white space kept. */
export function expandWord(text: string, lookup: Lookup, escaper: string): Expansion {
  const lexed = lexWith(text, lookup, escaper)
  return { value: lexed.unknown === undefined ? lexed.text : null, ...about(lexed) }
}

/** Words: split at white space after substitution (EXPOSE). null: not known. */
export function expandWords(
  text: string,
  lookup: Lookup,
  escaper: string,
): Omit<Expansion, 'value'> & { readonly words: readonly string[] | null } {
  const lexed = lexWith(text, lookup, escaper)
  return { words: lexed.unknown === undefined ? lexed.words.map((word) => word.value) : null, ...about(lexed) }
}

function lexWith(text: string, lookup: Lookup, escaper: string): Lexed {
  // Most words hold nothing to expand: the lexer is for the others.
  if (!/[$"'\\`]/.test(text)) return { text, words: plainWords(text), names: [] }
  return lex(text, { escape: escaper, lookup })
}

function plainWords(text: string): Lexed['words'] {
  if (!/[\t\n\v\f\r ]/.test(text)) return text === '' ? [] : [{ value: text, start: 0, end: 0 }]
  return text
    .split(/[\t\n\v\f\r ]+/)
    .filter((word) => word !== '')
    .map((value) => ({ value, start: 0, end: 0 }))
}

function about(lexed: Lexed): { names: readonly string[]; why?: string; error?: string } {
  return {
    names: lexed.names,
    ...(lexed.unknown === undefined ? {} : { why: lexed.unknown }),
    ...(lexed.error === undefined ? {} : { error: lexed.error }),
  }
}
