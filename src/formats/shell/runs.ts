import type { ShellCommand, ShellWord } from '../../core/facts/script.ts'
import { isPython } from './downloads.ts'
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
  const name = command.name?.toLowerCase()
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

function languageOf(name: string): string | undefined {
  if (isPython(name)) return 'python'
  if (name === 'nodejs') return 'node'
  const bare = name.replace(/[\d.]+$/, '')
  return Object.hasOwn(SCRIPT_OPTIONS, bare) ? bare : undefined
}

function isInput(word: ShellWord): boolean {
  return ['/dev/stdin', '/proc/self/fd/0', '/dev/fd/0'].includes(word.value ?? '')
}

/**
 * Indexes of the commands from `from` on that run the file `file` (a path as some command before wrote it): by an
 * interpreter, as a command, from standard input, or under a name that `mv`, `cp`, `ln`, `install` or `cat` gave it.
 */
export function runsOf(commands: readonly ShellCommand[], file: string, from = 0): number[] {
  const names = new Set([file])
  const runs: number[] = []
  for (let index = Math.max(0, from); index < commands.length; index++) {
    const command = commands[index] as ShellCommand
    if (runsOne(command, names)) runs.push(index)
    const copied = copiedTo(command, names)
    if (copied !== undefined && names.size < 32) names.add(copied)
    // `cat f | sh`
    if (command.name === 'cat' && command.words.slice(1).some((word) => isOneOf(word.value, names))) {
      const sink = pipedInto(commands, index)
      if (sink !== undefined) runs.push(sink)
    }
  }
  return [...new Set(runs)].sort((one, other) => one - other)
}

function runsOne(command: ShellCommand, names: ReadonlySet<string>): boolean {
  const word = command.words[0]?.value
  // A bare name is looked up in PATH: not the file here.
  if (word?.includes('/') === true && isOneOf(word, names)) return true
  const call = interpreterCall(command)
  if (call === undefined) return false
  if (isOneOf(call.file?.value, names)) return true
  const program = call.program === undefined ? '' : textOf(call.program).trim()
  if (program !== '' && !program.includes(' ') && program.includes('/') && isOneOf(program, names)) return true
  return (
    call.stdin && command.redirects.some(({ operator, target }) => operator.startsWith('<') && isOneOf(target, names))
  )
}

const COPIERS = new Set(['mv', 'cp', 'ln', 'install'])

function copiedTo(command: ShellCommand, names: ReadonlySet<string>): string | undefined {
  if (command.name === null || !COPIERS.has(command.name)) return undefined
  const { operands, flags } = readArguments(command.words, 1, {
    short: 'tmogS',
    long: new Set(['target-directory', 'mode', 'owner', 'group']),
  })
  const directory = flags.get('-t') ?? flags.get('--target-directory')
  const sources = directory === undefined ? operands.slice(0, -1) : operands
  const source = sources.find((word) => isOneOf(word.value, names))?.value
  const target = directory?.value ?? operands.at(-1)?.value
  if (source === undefined || source === null || target === null || target === undefined) return undefined
  const intoDirectory = directory !== undefined || target.endsWith('/') || target === '.' || sources.length > 1
  // `/usr/local/bin` has no extension to tell; a `bin` is a directory.
  if (!intoDirectory && !target.endsWith('/bin')) return target
  return `${target.replace(/\/+$/, '')}/${baseOf(source)}`
}

/** The first interpreter after `from` in its pipeline that reads its program from the pipe. */
export function pipedInto(commands: readonly ShellCommand[], from: number): number | undefined {
  const source = commands[from] as ShellCommand
  for (let index = 0; index < commands.length; index++) {
    const command = commands[index] as ShellCommand
    if (command.pipeline !== source.pipeline || command.position <= source.position) continue
    if (STOPS.has(command.name ?? '')) return undefined
    if (readsPipe(command)) return index
  }
  return undefined
}

/** Commands that do not hand on what they read. */
const STOPS = new Set(
  'tar bsdtar cpio unzip gpg gpg2 apt-key sha1sum sha224sum sha256sum sha384sum sha512sum shasum md5sum b2sum wc rpm dpkg install'.split(
    ' ',
  ),
)

function readsPipe(command: ShellCommand): boolean {
  const call = interpreterCall(command)
  if (call === undefined) return false
  const redirected =
    command.stdin !== undefined || command.redirects.some(({ operator }) => operator === '<' || operator === '0<')
  if (call.stdin && !redirected) return true
  // `| while read line; do eval "$line"; done`
  if (command.name === 'eval') return call.program?.value === null
  // `| xargs sh -c` takes the text as the program; with `-I{}` it stands inside it.
  if (!command.wrappers.includes('xargs')) return false
  return (
    isShell(command.name) &&
    (call.program === undefined ? call.file === undefined : textOf(call.program).includes('{}'))
  )
}

/** Equal paths; a relative one equals an absolute one of the same base name, since `cd` may have come before. */
function isOneOf(path: string | null | undefined, names: ReadonlySet<string>): boolean {
  if (path === null || path === undefined || path === '') return false
  const clean = withoutDot(path)
  for (const name of names) {
    const other = withoutDot(name)
    if (clean === other) return true
    if (clean.startsWith('/') !== other.startsWith('/') && baseOf(clean) === baseOf(other)) return true
  }
  return false
}

function withoutDot(path: string): string {
  let clean = path
  while (clean.startsWith('./')) clean = clean.slice(2)
  return clean
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
