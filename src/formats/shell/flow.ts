import type { ShellCommand, ShellWord } from '../../core/facts/script.ts'
import { type InterpreterCall, interpreterCall } from './interpreters.ts'
import { readArguments, textOf } from './options.ts'
import { isShell } from './shell-call.ts'
import { concerns, isCheck, stops } from './verification.ts'

/**
 * Where a script's data goes: pipes, files, variables. Built once for a list of commands, with an index for each
 * question, so that a script of many downloads does not cost the square of its length.
 */
export class ScriptFlow {
  readonly commands: readonly ShellCommand[]
  /** How each command is called as an interpreter. */
  readonly calls: readonly (InterpreterCall | undefined)[]
  /** Indexes of commands in `<( )` and `>( )`. */
  readonly inProcessSubstitution: readonly number[]
  readonly #errexit: boolean
  readonly #pipelines = new Map<number, number[]>()
  /** Indexes of commands by the base name of a path that they may run or copy. */
  readonly #byBase = new Map<string, number[]>()
  /** Indexes of commands that run or print a text, by the variables in it. */
  readonly #byVariable = new Map<string, number[]>()
  readonly #checks: readonly number[]
  readonly #stops = new Map<number, boolean>()

  constructor(commands: readonly ShellCommand[], errexit: boolean) {
    this.commands = commands
    this.#errexit = errexit
    this.calls = commands.map(interpreterCall)
    this.inProcessSubstitution = indexes(commands, ({ within }) => within?.how === 'process-substitution')
    this.#checks = indexes(commands, (command) => isCheck(command, commands))
    commands.forEach((command, index) => {
      add(this.#pipelines, command.pipeline, index)
      for (const base of this.#basesOf(command, this.calls[index])) add(this.#byBase, base, index)
      for (const name of variablesIn(textsRun(command, this.calls[index]))) add(this.#byVariable, name, index)
    })
  }

  /** Indexes of the commands of one pipeline. */
  pipelineOf(command: ShellCommand): readonly number[] {
    return this.#pipelines.get(command.pipeline) ?? []
  }

  /** Indexes after `from` of commands that run or print the variable's value. */
  usesOf(variable: string, from: number): readonly number[] {
    return (this.#byVariable.get(variable) ?? []).filter((index) => index > from)
  }

  /** The first interpreter after a command in its pipeline that reads its program from the pipe. */
  pipedInto(from: number): number | undefined {
    const source = this.commands[from] as ShellCommand
    for (const index of this.pipelineOf(source)) {
      const command = this.commands[index] as ShellCommand
      if (command.position <= source.position) continue
      if (STOPS.has(command.name ?? '')) return undefined
      if (readsPipe(command, this.calls[index])) return index
    }
    return undefined
  }

  /** Indexes from `from` on of the commands that run the file, in order. */
  runsOf(file: string, from: number): number[] {
    const names = new Set([file])
    const runs = new Set<number>()
    const queue = [baseOf(file)]
    for (const base of queue) {
      for (const index of this.#byBase.get(base) ?? []) {
        if (index < from) continue
        const command = this.commands[index] as ShellCommand
        if (runsOne(command, this.calls[index], names)) runs.add(index)
        const copied = copiedTo(command, names)
        if (copied !== undefined && names.size < MOST_NAMES && !names.has(copied)) {
          names.add(copied)
          if (!queue.includes(baseOf(copied))) queue.push(baseOf(copied))
        }
        // `cat f | sh`
        const piped = command.name === 'cat' ? this.pipedInto(index) : undefined
        if (piped !== undefined && command.words.slice(1).some((word) => isWord(word, names))) runs.add(piped)
      }
    }
    return [...runs].sort((one, other) => one - other)
  }

  /**
   * True where a command between two others checks a hash or a signature of `file` and its failure keeps the second
   * from running. A check that names other files only is none; one that reads a list of sums is taken to hold the file.
   */
  verifiedBetween(fetch: number, sink: number, file: string): boolean {
    return this.#checks.some(
      (index) => index > fetch && index < sink && this.#stopsScript(index) && concerns(index, baseOf(file), this),
    )
  }

  #stopsScript(check: number): boolean {
    const known = this.#stops.get(check) ?? stops(check, this, this.#errexit)
    this.#stops.set(check, known)
    return known
  }

  #basesOf(command: ShellCommand, call: InterpreterCall | undefined): Iterable<string> {
    const words = command.name === 'cat' || COPIERS.has(command.name ?? '') ? command.words : command.words.slice(0, 1)
    if (call === undefined)
      return words.length === 1 ? [baseOfWord(words[0] as ShellWord)] : new Set(words.map(baseOfWord))
    const bases = new Set(words.map(baseOfWord))
    if (call.file !== undefined) bases.add(baseOfWord(call.file))
    if (call.program !== undefined) bases.add(baseOfWord(call.program))
    if (call.stdin) for (const { target } of command.redirects) if (target !== null) bases.add(baseOf(target))
    return bases
  }
}

/**
 * Indexes of the commands from `from` on that run the file `file` (a path as some command before, or an earlier
 * script, wrote it): by an interpreter, as a command, from standard input, or under a name that `mv`, `cp`, `ln` or
 * `install` gave it. A relative path equals an absolute one of the same base name, since `cd` may have come before.
 */
export function runsOf(commands: readonly ShellCommand[], file: string, from = 0): number[] {
  return new ScriptFlow(commands, false).runsOf(file, from)
}

/** Several scripts that run one after the other (a stage's RUNs) as one list, renumbered. */
export function joinScripts(scripts: readonly (readonly ShellCommand[])[]): ShellCommand[] {
  const joined: ShellCommand[] = []
  let pipelines = 0
  for (const commands of scripts) {
    const start = joined.length
    let next = pipelines
    for (const command of commands) {
      const pipeline = command.pipeline + pipelines
      next = Math.max(next, pipeline + 1)
      const moved = { ...command, index: start + command.index, pipeline }
      joined.push(
        command.within === undefined
          ? moved
          : { ...moved, within: { ...command.within, command: start + command.within.command } },
      )
    }
    pipelines = next
  }
  return joined
}

const MOST_NAMES = 32

function runsOne(command: ShellCommand, call: InterpreterCall | undefined, names: ReadonlySet<string>): boolean {
  const word = command.words[0]
  // A bare name is looked up in PATH: not the file here.
  if (word !== undefined && textOf(word).includes('/') && isWord(word, names)) return true
  if (call === undefined) return false
  if (call.file !== undefined && isWord(call.file, names)) return true
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
  const source = sources.find((word) => isWord(word, names))
  const last = directory ?? operands.at(-1)
  if (source === undefined || last === undefined) return undefined
  const target = textOf(last)
  const intoDirectory = directory !== undefined || target.endsWith('/') || target === '.' || sources.length > 1
  // `/usr/local/bin` has no extension to tell; a `bin` is a directory.
  if (!intoDirectory && !target.endsWith('/bin')) return target
  return `${target.replace(/\/+$/, '')}/${baseOf(textOf(source))}`
}

/** Commands that do not hand on what they read. */
const STOPS = new Set(
  'tar bsdtar cpio unzip gpg gpg2 apt-key sha1sum sha224sum sha256sum sha384sum sha512sum shasum md5sum b2sum wc rpm dpkg install'.split(
    ' ',
  ),
)

function readsPipe(command: ShellCommand, call: InterpreterCall | undefined): boolean {
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

/** Texts that a command runs or prints, as written. */
function textsRun(command: ShellCommand, call: InterpreterCall | undefined): string[] {
  const name = command.name ?? ''
  if (name === 'eval' || name === 'echo' || name === 'printf') return command.words.slice(1).map(({ raw }) => raw)
  const texts = call?.program === undefined ? [] : [call.program.raw]
  return call?.stdin === true && command.stdin !== undefined ? [...texts, command.stdin] : texts
}

/** Names after `$` and `${`. */
function variablesIn(texts: readonly string[]): Iterable<string> {
  if (texts.length === 0) return []
  const names = new Set<string>()
  for (const text of texts) {
    for (let at = text.indexOf('$'); at !== -1; at = text.indexOf('$', at + 1)) {
      const start = text[at + 1] === '{' ? at + 2 : at + 1
      let end = start
      while (end < text.length && /\w/.test(text[end] as string)) end++
      if (end > start) names.add(text.slice(start, end))
    }
  }
  return names
}

function indexes(commands: readonly ShellCommand[], wanted: (command: ShellCommand) => boolean): number[] {
  return commands.flatMap((command, index) => (wanted(command) ? [index] : []))
}

function add<K>(map: Map<K, number[]>, key: K, index: number): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [index])
  else list.push(index)
}

/** Paths are compared as written: `/tmp/$NAME` is itself. */
function isWord(word: ShellWord, names: ReadonlySet<string>): boolean {
  return isOneOf(textOf(word), names)
}

/** Equal paths; a relative one equals an absolute one of the same base name, since `cd` may have come before. */
function isOneOf(path: string | null | undefined, names: ReadonlySet<string>): boolean {
  if (path === null || path === undefined || path === '') return false
  const clean = withoutDot(path)
  for (const name of names) {
    const other = withoutDot(name)
    if (clean === other) return true
    // `cd` may have come between the two.
    const [absolute, relative] = clean.startsWith('/') ? [clean, other] : [other, clean]
    if (absolute.startsWith('/') !== relative.startsWith('/') && baseOf(absolute) === baseOf(relative)) return true
    if (clean.endsWith(`/${other}`) || other.endsWith(`/${clean}`)) return true
  }
  return false
}

function withoutDot(path: string): string {
  let clean = path
  while (clean.startsWith('./')) clean = clean.slice(2)
  return clean
}

function baseOfWord(word: ShellWord): string {
  return baseOf(textOf(word).trim())
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
