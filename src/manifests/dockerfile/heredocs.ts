/** Which words of a RUN, COPY or ADD line open a here-document: decided before any shell sees the line. */
import { lex, type Variable } from './lexer.ts'

export interface HeredocWord {
  readonly name: string
  /** False where any part of the word is quoted. */
  readonly expands: boolean
  readonly stripTabs: boolean
  /** Units of the line. */
  readonly start: number
  readonly end: number
}

const UNSET: Variable = { is: 'unset' }
const lookup = (): Variable => UNSET

/** The here-documents that a joined line opens, in order. The lexer's escape is `\` whatever the file's is. */
export function heredocWords(line: string): HeredocWord[] {
  if (!line.includes('<<')) return []
  const lexed = lex(line, { escape: '\\', lookup, rawQuotes: true, rawEscapes: true, keepUnset: true })
  const found: HeredocWord[] = []
  for (const word of lexed.words) {
    const heredoc = parseHeredocWord(word.value)
    if (heredoc !== undefined) found.push({ ...heredoc, start: word.start, end: word.end })
  }
  return found
}

/** `[fd]<<[-]WORD` standing alone. */
export function parseHeredocWord(word: string): { name: string; expands: boolean; stripTabs: boolean } | undefined {
  const match = /^\d*<<(-?)\s*([^<\s][^<]*)$/.exec(word)
  if (match === null) return undefined
  const rest = match[2] as string
  const bare = lex(rest, { escape: '\\', lookup, keepUnset: true })
  const name = bare.words[0]?.value
  if (name === undefined || bare.words.length !== 1) return undefined
  const raw = lex(rest, { escape: '\\', lookup, rawQuotes: true, keepUnset: true })
  return { name, expands: quotes(raw.words[0]?.value ?? '') === quotes(name), stripTabs: match[1] === '-' }
}

function quotes(text: string): number {
  return text.replace(/[^"']/g, '').length
}
