import type { ShellCommand, ShellWord } from '../../core/facts/script.ts'
import { readArguments, textOf, type ValuedOptions } from './options.ts'
import { isShell, shellCall } from './shell-call.ts'

/** How an interpreter is called: what it takes its program from. */
export interface InterpreterCall {
  /** Its program comes from standard input. */
  readonly stdin: boolean
  /** The word that is its program (`-c`, `eval`). */
  readonly program?: ShellWord
  /** The word that names its program's file. */
  readonly file?: ShellWord
}

const SCRIPT_OPTIONS: Readonly<Record<string, ValuedOptions>> = {
  python: { short: 'cmWX', long: new Set(['check-hash-based-pycs']) },
  perl: { short: 'eEIMmx' },
  ruby: { short: 'eIrCK', long: new Set(['encoding', 'require']) },
  node: { short: 'epr', long: new Set(['eval', 'print', 'require', 'import', 'loader', 'input-type']) },
  php: { short: 'rfdcBRFEz' },
}

/** Letters that make the option's value, not a file, the program. */
const PROGRAM_OPTIONS = ['-c', '-e', '-E', '-p', '-r', '--eval', '--print']

/** Reads a call of a shell or a language's interpreter; undefined where the command is none. */
export function interpreterCall(command: ShellCommand): InterpreterCall | undefined {
  const name = programOf(command)
  if (name === undefined) return undefined
  if (isShell(name)) {
    const call = shellCall(command.words.map((word) => ({ text: textOf(word), value: word.value, word })))
    if (call.script !== undefined) return { stdin: false, program: call.script.word }
    return call.file === undefined ? { stdin: call.stdin } : { stdin: call.stdin, file: call.file.word }
  }
  const first = command.words[1]
  if (name === '.' || name === 'source') {
    if (first === undefined) return { stdin: false }
    return isInput(first) ? { stdin: true, file: first } : { stdin: false, file: first }
  }
  if (name === 'eval') return first === undefined ? { stdin: false } : { stdin: false, program: first }
  if (name === 'iex' || name === 'invoke-expression')
    return { stdin: true, ...(first === undefined ? {} : { program: first }) }
  const options = SCRIPT_OPTIONS[languageOf(name) ?? '']
  if (options === undefined) return undefined
  const words = command.words
  for (let at = 1; at < words.length; at++) {
    const text = textOf(words[at] as ShellWord)
    if (text === '-') return { stdin: true }
    if (!text.startsWith('-'))
      return isInput(words[at] as ShellWord) ? { stdin: true } : { stdin: false, file: words[at] as ShellWord }
    if (text === '-m' && isPython(name)) return { stdin: false }
    const given = readArguments(words.slice(at, at + 2), 0, options)
    const program = given.options.find(
      ({ name: option, value }) => value !== undefined && PROGRAM_OPTIONS.includes(option),
    )
    if (program?.value !== undefined && (name !== 'node' || program.name !== '-r'))
      return { stdin: false, program: program.value }
    // The option took the next word where that is no operand of its own.
    if (
      given.options.length > 0 &&
      given.operands.length === 0 &&
      at + 1 < words.length &&
      !textOf(words[at + 1] as ShellWord).startsWith('-')
    )
      at++
  }
  return { stdin: true }
}

/** The program's name in lower case; `python$VERSION` is some Python, whatever the version. */
export function programOf(command: ShellCommand): string | undefined {
  if (command.name !== null) return command.name.toLowerCase()
  const first = command.words[0]
  if (first === undefined) return undefined
  const base = textOf(first).slice(textOf(first).lastIndexOf('/') + 1)
  return /^(python|pip)\$(\w+|\{\w+\})$/.exec(base)?.[1]
}

function languageOf(name: string): string | undefined {
  if (isPython(name)) return 'python'
  if (name === 'nodejs') return 'node'
  const bare = name.replace(/[\d.]+$/, '')
  return Object.hasOwn(SCRIPT_OPTIONS, bare) ? bare : undefined
}

function isInput(word: ShellWord): boolean {
  return ['/dev/stdin', '/proc/self/fd/0', '/dev/fd/0'].includes(word.value ?? '')
}

export function isPython(name: string): boolean {
  return /^(python|pypy)(\d(\.\d+)?)?$/.test(name)
}
