import type { ShellCommand, ShellWord } from '../../core/facts/script.ts'

/** Which of a program's options take a value. */
export interface ValuedOptions {
  /** Letters whose value is attached or the next word. */
  readonly short?: string
  /** Names without dashes, whose value follows `=` or is the next word. */
  readonly long?: ReadonlySet<string>
  /** True where long names have one dash and letters do not cluster (`go`, PowerShell); compared without case. */
  readonly oneDash?: boolean
}

export interface Arguments {
  /** Options by their name as written, dashes included; the value's word where one is given, else undefined. */
  readonly flags: ReadonlyMap<string, ShellWord | undefined>
  /** The same in order, repeated ones too. */
  readonly options: readonly { readonly name: string; readonly value: ShellWord | undefined }[]
  readonly operands: readonly ShellWord[]
}

/** Sorts a command's words from `from` on into options and operands; options may stand anywhere before `--`. */
export function readArguments(words: readonly ShellWord[], from: number, valued: ValuedOptions): Arguments {
  const options: { name: string; value: ShellWord | undefined }[] = []
  const operands: ShellWord[] = []
  for (let at = from; at < words.length; at++) {
    const word = words[at] as ShellWord
    const text = textOf(word)
    if (text === '--') {
      operands.push(...words.slice(at + 1))
      break
    }
    if (!text.startsWith('-') || text === '-') {
      operands.push(word)
      continue
    }
    if (text.startsWith('--') || valued.oneDash === true) {
      const equals = text.indexOf('=')
      const name = equals === -1 ? text : text.slice(0, equals)
      const bare = name.replace(/^--?/, '')
      const known = valued.long?.has(valued.oneDash === true ? bare.toLowerCase() : bare) === true
      const value = equals !== -1 ? rest(word, equals + 1) : known ? words[++at] : undefined
      options.push({ name, value })
      continue
    }
    for (let index = 1; index < text.length; index++) {
      const letter = text[index] as string
      const takes = valued.short?.includes(letter) === true
      const attached = index + 1 < text.length
      // `-i=URL` is no cluster.
      if (!takes && !/[\w@#?]/.test(letter)) break
      options.push({ name: `-${letter}`, value: takes ? (attached ? rest(word, index + 1) : words[++at]) : undefined })
      if (takes) break
    }
  }
  return { flags: new Map(options.map(({ name, value }) => [name, value])), options, operands }
}

/**
 * The value of the last of the options `names` (with their dashes: `--user`, `-u`) that is given: `--user=x`,
 * `--user x`, `-u x`, `-ux`, `-xu x`. Null where the value can't be told, undefined where none is given or has a value.
 * `valued` holds other letters that take a value, so that `-ofu` is read as `-o fu`.
 */
export function optionValue(command: ShellCommand, names: readonly string[], valued = ''): string | null | undefined {
  return optionWord(command, names, valued)?.value
}

/** The word that {@link optionValue} gives the value of. */
export function optionWord(command: ShellCommand, names: readonly string[], valued = ''): ShellWord | undefined {
  let found: ShellWord | undefined
  for (const { name, value } of argumentsFor(command, names, valued).options) {
    if (value !== undefined && names.includes(name)) found = value
  }
  return found
}

/** True where one of the options `names` (with their dashes) is given, alone, with a value, or in a cluster (`-xyz`). */
export function hasFlag(command: ShellCommand, names: readonly string[], valued = ''): boolean {
  const flags = new Set(names)
  const oneDash = names.filter((name) => isOneDash(name))
  return (
    argumentsFor(command, [], valued).options.some(({ name }) => flags.has(name)) ||
    (oneDash.length > 0 && command.words.some((word) => oneDash.includes(textOf(word).split('=', 1)[0] ?? '')))
  )
}

/** A word's value, as written where it can't be told. */
export function textOf(word: ShellWord): string {
  return word.value ?? unquoted(word.raw)
}

function argumentsFor(command: ShellCommand, names: readonly string[], valued: string): Arguments {
  if (names.some(isOneDash)) {
    const long = new Set(names.map((name) => name.replace(/^--?/, '').toLowerCase()))
    return readArguments(command.words, 1, { oneDash: true, long })
  }
  const letters = names.filter((name) => !name.startsWith('--')).map((name) => name.slice(1))
  const long = new Set(names.filter((name) => name.startsWith('--')).map((name) => name.slice(2)))
  return readArguments(command.words, 1, { short: valued + letters.join(''), long })
}

/** `-OutFile`, `-ldflags`: a name of several letters after one dash. */
function isOneDash(name: string): boolean {
  return name.length > 2 && !name.startsWith('--')
}

function rest(word: ShellWord, from: number): ShellWord {
  const raw = unquoted(word.raw).slice(from)
  return { ...word, value: word.value === null ? null : word.value.slice(from), raw }
}

function unquoted(raw: string): string {
  return /^(["']).*\1$/s.test(raw) ? raw.slice(1, -1) : raw
}
