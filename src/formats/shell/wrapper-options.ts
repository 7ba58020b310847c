import type { Field } from './words.ts'

export interface OptionTable {
  /** Letters that take a value: attached, or the next word. */
  readonly short?: string
  /** Letters whose value can only be attached. */
  readonly optional?: string
  /** Long names that take the next word where no `=` gives the value. */
  readonly long?: readonly string[]
}

export interface ReadOptions {
  /** Every option met, by letter or long name without dashes; the value is the option's own word where it has none. */
  readonly options: ReadonlyMap<string, Field>
  /** Index of the first word that is no option. */
  readonly next: number
  /** The other words, where `permute` was asked for. */
  readonly operands: readonly Field[]
}

/**
 * Reads the options that stand at `words[at]` and after, up to the first other word or `--` (which is passed over).
 * With `permute`, options are found among the operands too, as GNU programs do.
 */
export function readOptions(words: readonly Field[], at: number, table: OptionTable, permute = false): ReadOptions {
  const options = new Map<string, Field>()
  const operands: Field[] = []
  let next = at
  for (; next < words.length; next++) {
    const word = words[next] as Field
    const text = word.text
    if (text === '--') {
      next++
      operands.push(...words.slice(next))
      break
    }
    if (!text.startsWith('-') || (text === '-' && permute)) {
      if (!permute) break
      operands.push(word)
    } else if (text.startsWith('--')) {
      const equals = text.indexOf('=')
      const name = text.slice(2, equals === -1 ? undefined : equals)
      const takesNext = equals === -1 && table.long?.includes(name) === true
      const value = takesNext ? words[++next] : equals === -1 ? word : slice(word, equals + 1)
      options.set(name, value ?? word)
    } else {
      for (let index = 1; index < text.length; index++) {
        const letter = text[index] as string
        const rest = index + 1 < text.length
        if (table.optional?.includes(letter) === true) {
          options.set(letter, rest ? slice(word, index + 1) : word)
          break
        }
        if (table.short?.includes(letter) === true) {
          options.set(letter, (rest ? slice(word, index + 1) : words[++next]) ?? word)
          break
        }
        options.set(letter, word)
      }
    }
  }
  return { options, next: Math.min(next, words.length), operands }
}

/** The rest of a word from `from` on. */
function slice(word: Field, from: number): Field {
  const text = word.text.slice(from)
  const chunks = word.chunks
    .filter((chunk) => chunk.at + chunk.length > from)
    .map((chunk) => {
      const cut = Math.max(0, from - chunk.at)
      const start = chunk.exact ? chunk.start + cut : chunk.start
      return { ...chunk, at: chunk.at + cut - from, length: chunk.length - cut, start }
    })
  return { ...word, text, value: word.value === null ? null : text, chunks }
}
