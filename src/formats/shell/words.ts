import {
  type ArrayValue,
  forEachChild,
  type HereDoc,
  type ParameterExpansionPart,
  type ParsedScript,
  type SyntaxNode,
  type Word,
  type WordPart,
} from 'unbash'
import { braceAlternatives, hasGlob, removePattern } from './patterns.ts'
import type { Scope } from './scope.ts'
import { backquotedText, type Chunk, type MappedText, UNKNOWN } from './text.ts'

/** A word after expansion; offsets are those of the text that it stands in. */
export interface Field {
  /** Null where a variable or a substitution decides. */
  readonly value: string | null
  /** The value with {@link UNKNOWN} for each part that can't be told. */
  readonly text: string
  readonly chunks: readonly Chunk[]
  readonly start: number
  readonly end: number
  readonly quoted: boolean
}

/** A `$( )`, backquotes, `<( )` or `>( )` met while expanding a word. */
export interface Substitution {
  readonly script: ParsedScript
  readonly how: 'substitution' | 'process-substitution'
  readonly text: MappedText
}

export interface ExpandContext {
  readonly text: MappedText
  readonly scope: Scope
  /** True where the shell expands `{a,b}`. */
  readonly braces: boolean
  readonly valueLimit: number
  /** Takes from the reading's budget; false where it is spent. */
  spend(units: number): boolean
  /** Says that something was too deeply nested to be looked at. */
  tooDeep(): void
  /** Where substitutions are put; absent: they were collected already. */
  readonly found?: Substitution[] | undefined
}

/** Expands a word into none, one, or several fields: unquoted variables split at blanks, braces multiply. */
export function expandWord(word: Word, context: ExpandContext): Field[] {
  const braces = context.braces ? (word.parts ?? []).filter((part) => part.type === 'BraceExpansion') : []
  if (braces.length === 0) return new Expansion(context).word(word, true)
  const fields: Field[] = []
  for (const choice of combinations(braces)) {
    const inner = fields.length === 0 ? context : { ...context, found: undefined }
    fields.push(...new Expansion(inner, choice).word(word, true))
  }
  return fields
}

/** Expands a word that stays one: an assignment's value, a redirect's target, a here-string. */
export function expandSingle(word: Word, context: ExpandContext): Field {
  return new Expansion(context).word(word, false)[0] as Field
}

/** Expands an array's elements only for their substitutions. */
export function visitArray(value: ArrayValue, context: ExpandContext): void {
  for (const element of value.elements) expandWord(element, context)
}

/** The body as the command reads it. */
export function expandHereDoc(doc: HereDoc, context: ExpandContext): Field {
  return new Expansion(context).hereDoc(doc)
}

/** Collects the substitutions anywhere in a node that is not a word: `[[ ]]`, `(( ))`, a `case` pattern. */
export function visitSubstitutions(node: SyntaxNode, context: ExpandContext, depth = 0): void {
  switch (node.type) {
    case 'CommandExpansion':
    case 'ArithmeticCommandExpansion':
    case 'ProcessSubstitution': {
      if (node.script === undefined || context.found === undefined) return
      const { source } = node.script
      const text = source === undefined ? context.text : backquotedText(source, node.pos, node.end, context.text)
      const how = node.type === 'ProcessSubstitution' ? 'process-substitution' : 'substitution'
      context.found.push({ script: node.script, how, text })
      return
    }
    case 'ArithmeticExpansion':
      // The parser reads each level of `$(( $(( … )) ))` anew when it is looked into.
      if (depth >= ARITHMETIC_DEPTH) context.tooDeep()
      else forEachChild(node, (child) => visitSubstitutions(child, context, depth + 1))
      return
    default:
      forEachChild(node, (child) => visitSubstitutions(child, context, depth))
  }
}

const ARITHMETIC_DEPTH = 8

type Where = 'bare' | 'double' | 'here-doc'

const COMBINATIONS = 64
const MOST_BRACES = 8

function combinations(braces: readonly WordPart[]): Map<WordPart, string | null>[] {
  if (braces.length > MOST_BRACES) return [new Map(braces.map((brace) => [brace, null]))]
  let all: Map<WordPart, string | null>[] = [new Map()]
  for (const brace of braces) {
    const alternatives = braceAlternatives(brace.text)
    if (alternatives === undefined || alternatives.length * all.length > COMBINATIONS) {
      for (const choice of all) choice.set(brace, null)
    } else {
      all = all.flatMap((choice) => alternatives.map((value) => new Map(choice).set(brace, value)))
    }
  }
  return all
}

class Expansion {
  readonly #context: ExpandContext
  readonly #choice: ReadonlyMap<WordPart, string | null> | undefined
  #fields: Field[] = []
  #text = ''
  #chunks: Chunk[] = []
  #quoted = false
  #split = false
  /** True once the current field exists though it may be empty. */
  #present = false

  constructor(context: ExpandContext, choice?: ReadonlyMap<WordPart, string | null>) {
    this.#context = context
    this.#choice = choice
  }

  word(word: Word, split: boolean): Field[] {
    this.#split = split
    const parts = word.parts
    if (parts === undefined) this.#literal(word.pos, word.end, 'bare', word.value)
    else for (const part of parts) this.#part(part, 'bare')
    if (this.#present || !split) this.#finish()
    return this.#fields.map((field) => ({ ...field, start: word.pos, end: word.end }))
  }

  hereDoc(doc: HereDoc): Field {
    const { body, delimiter, operator } = doc
    if (delimiter?.quoted === true) this.#exact(body.text, body.pos)
    else if (body.parts === undefined) this.#literal(body.pos, body.end, 'here-doc')
    else for (const part of body.parts) this.#part(part, 'here-doc')
    if (operator === '<<-') this.#stripTabs()
    this.#finish()
    return { ...(this.#fields[0] as Field), start: body.pos, end: body.end }
  }

  #part(part: WordPart, where: Where): void {
    const quoted = where !== 'bare'
    switch (part.type) {
      case 'Literal':
        this.#literal(part.pos, part.end, where, part.value)
        return
      case 'Glob':
        if (part.parts !== undefined) for (const inner of part.parts) this.#visit(inner)
        this.#exact(part.text, part.pos)
        return
      case 'SingleQuoted':
        this.#quoted = true
        this.#exact(part.value, part.pos + 1)
        return
      case 'AnsiCQuoted':
        this.#quoted = true
        if (part.value.length === part.end - part.pos - 3) this.#exact(part.value, part.pos + 2)
        else this.#opaque(part.value, part.pos, part.end)
        return
      case 'DoubleQuoted':
      case 'LocaleString':
        this.#quoted = true
        this.#present = true
        for (const inner of part.parts) this.#part(inner, 'double')
        return
      case 'SimpleExpansion': {
        const name = joinLines(part.text.slice(1))
        const known = this.#context.scope.get(name)
        if (known.is === 'value') this.#value(known.value, part.pos, part.end, quoted)
        else if (known.is !== 'unset') this.#unknown(part.pos, part.end)
        else if (quoted) this.#present = true
        return
      }
      case 'ParameterExpansion':
        this.#parameter(part, quoted)
        return
      case 'CommandExpansion':
        this.#collect(part.script, 'substitution', part.pos, part.end)
        this.#unknown(part.pos, part.end)
        return
      case 'ProcessSubstitution':
        this.#collect(part.script, 'process-substitution', part.pos, part.end)
        this.#unknown(part.pos, part.end)
        return
      case 'ArithmeticExpansion':
        if (part.expression !== undefined) visitSubstitutions(part.expression, this.#context)
        this.#unknown(part.pos, part.end)
        return
      case 'ExtendedGlob':
        for (const inner of part.parts ?? []) this.#visit(inner)
        this.#exact(part.text, part.pos)
        return
      case 'BraceExpansion': {
        for (const inner of part.parts ?? []) this.#visit(inner)
        const chosen = this.#choice?.get(part)
        if (chosen === undefined) this.#exact(part.text, part.pos)
        else if (chosen === null) this.#unknown(part.pos, part.end)
        else this.#opaque(chosen, part.pos, part.end)
        return
      }
    }
  }

  #parameter(part: ParameterExpansionPart, quoted: boolean): void {
    const value = this.#parameterValue(part)
    if (value === null) this.#unknown(part.pos, part.end)
    else if (typeof value === 'string') this.#value(value, part.pos, part.end, quoted)
    else {
      // The default of `${V:-default}`: its own parts keep their places.
      if (value.parts === undefined) this.#literal(value.pos, value.end, quoted ? 'double' : 'bare', value.value)
      else for (const inner of value.parts) this.#part(inner, quoted ? 'double' : 'bare')
      if (quoted) this.#present = true
    }
  }

  /** A value, null where it can't be told, or the operand that takes its place. */
  #parameterValue(part: ParameterExpansionPart): string | null | Word {
    const { parameter, operation, prefix, index } = part
    if (prefix !== undefined || index !== undefined) {
      this.#visitOperation(part)
      return null
    }
    const { scope } = this.#context
    const known = scope.get(parameter)
    const value = known.is === 'value' ? known.value : known.is === 'unset' ? '' : null
    if (operation === undefined) return value
    if (operation.type === 'Default') {
      const { operator, operand } = operation
      const present = known.is === 'value' && (known.value !== '' || !operator.startsWith(':'))
      const missing = known.is === 'unset' || (known.is === 'value' && !present)
      const plus = operator.endsWith('+')
      // Where nothing sets it, a default is what the file says; an alternative or an error can't be told.
      const used = plus ? present : operator.endsWith('?') ? false : missing || known.is === 'absent'
      if (!used) {
        for (const inner of operand.parts ?? []) this.#visit(inner)
        if (plus) return missing ? '' : null
        return present ? value : null
      }
      if (operator.endsWith('=')) {
        const assigned = expandSingle(operand, { ...this.#context, found: undefined })
        scope.set(parameter, assigned.value)
      }
      return operand
    }
    this.#visitOperation(part)
    if (value === null || value.length > 256) return null
    switch (operation.type) {
      case 'Remove': {
        const pattern = this.#operand(operation.operand)
        if (pattern === null || pattern.length > 32 || !this.#context.spend(value.length * pattern.length)) return null
        return removePattern(value, operation.operator, pattern)
      }
      case 'Replace': {
        const pattern = this.#operand(operation.pattern)
        const replacement = this.#operand(operation.replacement)
        if (pattern === null || replacement === null || pattern === '' || hasGlob(pattern)) return null
        if (operation.operator === '//') return value.split(pattern).join(replacement)
        if (operation.operator === '/') return value.replace(pattern, () => replacement)
        return null
      }
      case 'Slice': {
        const from = this.#operand(operation.offset)
        const length = operation.length === undefined ? '' : this.#operand(operation.length)
        if (from === null || length === null || !/^\d{1,6}$/.test(from) || !/^\d{0,6}$/.test(length)) return null
        return value.slice(Number(from), length === '' ? undefined : Number(from) + Number(length))
      }
      case 'CaseModification':
        if (operation.operand !== undefined) return null
        if (operation.operator === '^^') return value.toUpperCase()
        return operation.operator === ',,' ? value.toLowerCase() : null
      default:
        return null
    }
  }

  #operand(word: Word): string | null {
    return expandSingle(word, { ...this.#context, found: undefined }).value
  }

  /** Collects the substitutions of a part whose value is of no use. */
  #visit(part: WordPart): void {
    new Expansion(this.#context).#part(part, 'bare')
  }

  #visitOperation(part: ParameterExpansionPart): void {
    const operation = part.operation
    if (operation === undefined) return
    for (const key of ['operand', 'pattern', 'replacement', 'offset', 'length'] as const) {
      const word = (operation as unknown as Record<string, Word | undefined>)[key]
      for (const inner of word?.parts ?? []) this.#visit(inner)
    }
  }

  #collect(script: ParsedScript | undefined, how: Substitution['how'], start: number, end: number): void {
    const { found, text } = this.#context
    if (script === undefined || found === undefined) return
    found.push({
      script,
      how,
      text: script.source === undefined ? text : backquotedText(script.source, start, end, text),
    })
  }

  #literal(start: number, end: number, where: Where, expected?: string): void {
    const source = this.#context.text.text.slice(start, end)
    if (where === 'bare' && source !== '') this.#present = true
    if (!source.includes('\\')) {
      if (expected === undefined || expected === source) this.#exact(source, start)
      else this.#opaque(expected, start, end)
      return
    }
    if (where === 'bare') this.#quoted = true
    let plain = 0
    for (let at = 0; at < source.length; at++) {
      if (source[at] !== '\\') continue
      const next = source[at + 1]
      if (next === undefined) break
      if (where !== 'bare' && next !== '\n' && !(where === 'double' ? '$`"\\' : '$`\\').includes(next)) {
        at++
        continue
      }
      this.#exact(source.slice(plain, at), start + plain)
      if (next !== '\n') this.#opaque(next, start + at, start + at + 2)
      at++
      plain = at + 1
    }
    this.#exact(source.slice(plain), start + plain)
  }

  #value(value: string, start: number, end: number, quoted: boolean): void {
    if (!this.#context.spend(value.length)) {
      this.#unknown(start, end)
      return
    }
    if (quoted || !this.#split) {
      this.#opaque(value, start, end)
      this.#present ||= quoted
      return
    }
    for (const piece of value.split(/([ \t\n]+)/)) {
      if (piece === '') continue
      if (piece.trim() !== '') this.#opaque(piece, start, end)
      else if (this.#present) this.#finish()
    }
  }

  #exact(value: string, start: number): void {
    this.#present = true
    if (value !== '') this.#append(value, start, start + value.length, true)
  }

  #opaque(value: string, start: number, end: number): void {
    this.#present = true
    this.#append(value, start, end, false)
  }

  #unknown(start: number, end: number): void {
    this.#opaque(UNKNOWN, start, end)
  }

  #append(value: string, start: number, end: number, exact: boolean): void {
    this.#chunks.push({ at: this.#text.length, length: value.length, start, end, exact })
    this.#text += value
  }

  #finish(): void {
    const text = this.#text
    const value = text.includes(UNKNOWN) || text.length > this.#context.valueLimit ? null : text
    this.#fields.push({ value, text, chunks: this.#chunks, start: 0, end: 0, quoted: this.#quoted })
    this.#text = ''
    this.#chunks = []
    this.#present = false
  }

  /** `<<-`: the tabs that begin the body's lines are not there for the reader. */
  #stripTabs(): void {
    const chunks = this.#chunks
    const text = this.#text
    this.#chunks = []
    this.#text = ''
    let lineStart = true
    for (const chunk of chunks) {
      const piece = text.slice(chunk.at, chunk.at + chunk.length)
      if (!chunk.exact) {
        this.#append(piece, chunk.start, chunk.end, false)
        lineStart = piece.endsWith('\n')
        continue
      }
      let from = 0
      for (let at = 0; at < piece.length; at++) {
        if (lineStart && piece[at] === '\t') {
          this.#exact(piece.slice(from, at), chunk.start + from)
          from = at + 1
        } else lineStart = piece[at] === '\n'
      }
      this.#exact(piece.slice(from), chunk.start + from)
    }
  }
}

/** A name may be cut by a continuation: `$V\` + newline + `AR`. */
function joinLines(text: string): string {
  return text.includes('\\') ? text.split('\\\n').join('') : text
}
