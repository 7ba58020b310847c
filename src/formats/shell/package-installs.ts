import type { ShellCommand, ShellWord } from '../../core/facts/script.ts'
import { isPython, programOf } from './interpreters.ts'
import { readArguments, textOf } from './options.ts'
import { MANAGERS, type Manager, type ManagerName } from './package-managers.ts'

/** A command that installs packages, in one form for every manager. */
export interface PackageInstall {
  /** Index in the list that was given. */
  readonly command: number
  readonly manager: ManagerName
  /** The verb as written (`install`, `add`, `ci`, `sync`, `dist-upgrade`); `install` for a bare `yarn`. */
  readonly action: string
  readonly packages: readonly RequestedPackage[]
  /** Options as written with their dashes (`-y`, `--index-url`); the value's word where one is given. */
  readonly flags: ReadonlyMap<string, ShellWord | undefined>
  /** Files that name more packages: `-r`, `-f environment.yml`. */
  readonly requirements: readonly ShellWord[]
  /** Places to install from beside the default: index, channel and registry options. */
  readonly indexes: readonly { readonly option: string; readonly word: ShellWord }[]
}

export interface RequestedPackage {
  readonly word: ShellWord
  /** As written, without version and extras; null for a path, a URL, or what a variable decides. */
  readonly name: string | null
  /** The version constraint as written (`==1.0`, `=1.0`, `@1.0`), `''` where there is none; null where it can't be told. */
  readonly version: string | null
}

/** Which commands install packages. */
export function packageInstalls(commands: readonly ShellCommand[]): PackageInstall[] {
  return commands.flatMap((command, index) => {
    const found = managerOf(command)
    if (found === undefined) return []
    const { manager, name, from } = found
    const given = readArguments(command.words, from, manager.options)
    const verb = findVerb(manager, given.operands)
    if (verb === undefined) return []
    const { action, rest } = verb
    if (verb.rest.length === 0 && [...given.flags.keys()].some((flag) => QUESTIONS.has(flag))) return []
    const flags = new Map<string, ShellWord | undefined>(given.flags)
    const collect = (names: readonly string[]) =>
      given.options.flatMap(({ name: option, value }) =>
        names.includes(option) && value !== undefined ? [{ option, word: value }] : [],
      )
    const separate = given.flags.get('--version') ?? given.flags.get('-v') ?? given.flags.get('--vers')
    const optional = collect(manager.packageOptions ?? [])
    const packages = [...optional, ...rest.map((word) => ({ option: '', word }))].map(({ option, word }) => {
      const requested = requestedPackage(word, manager)
      // `-e NAME` is a directory or a URL.
      if (EDITABLE.has(option)) return { ...requested, name: null, version: '' }
      const apart = manager.versionOption === true && requested.version === '' && separate !== undefined
      return apart ? { ...requested, version: separate.value } : requested
    })
    const requirements = collect(manager.requirementOptions ?? []).map(({ word }) => word)
    return [
      {
        command: index,
        manager: name,
        action,
        packages,
        flags,
        requirements,
        indexes: collect(manager.indexOptions ?? []),
      },
    ]
  })
}

/** `yarn --version` installs nothing. */
const QUESTIONS = new Set(['--version', '--help', '-h'])

const EDITABLE = new Set(['-e', '--editable'])

/** The manager that a command calls, and where its own words begin. */
function managerOf(command: ShellCommand): { manager: Manager; name: ManagerName; from: number } | undefined {
  const program = programOf(command)
  if (program === undefined) return undefined
  const at = (index: number) => command.words[index]?.value
  const named = (name: ManagerName, from: number) => ({ manager: MANAGERS[name], name, from })
  if (isPython(program)) {
    let from = 1
    while (/^-[bBdEiIOPqRsSuvx]+$/.test(at(from) ?? '')) from++
    const attached = at(from) === '-mpip'
    if (attached || (at(from) === '-m' && at(from + 1) === 'pip')) return named('pip', from + (attached ? 1 : 2))
    return at(from) === '-m' && at(from + 1) === 'uv' ? uvCommand(command, from + 2) : undefined
  }
  if (/^pip(\d(\.\d+)?)?$/.test(program)) return named('pip', 1)
  if (program === 'uv') return uvCommand(command, 1)
  if (program === 'apt-get' || program === 'aptitude') return named('apt', 1)
  if (program === 'tdnf' || program === 'dnf5') return named('dnf', 1)
  if (program === 'yarnpkg') return named('yarn', 1)
  return Object.hasOwn(MANAGERS, program) ? named(program as ManagerName, 1) : undefined
}

function uvCommand(command: ShellCommand, from: number): { manager: Manager; name: ManagerName; from: number } {
  let at = from
  while (command.words[at]?.value?.startsWith('-') === true) at++
  return command.words[at]?.value === 'pip'
    ? { manager: MANAGERS['uv pip'], name: 'uv pip', from: at + 1 }
    : { manager: MANAGERS.uv, name: 'uv', from }
}

/** The verb may have two words (`conda env create`, `yarn global add`, `uv tool install`). */
function findVerb(
  manager: Manager,
  operands: readonly ShellWord[],
): { action: string; rest: readonly ShellWord[] } | undefined {
  const first = operands[0]
  if (first === undefined) return manager.bare === undefined ? undefined : { action: manager.bare, rest: [] }
  const verb = first.value
  if (verb === null) return undefined
  const second = operands[1]?.value
  if (second !== null && second !== undefined && manager.verbs.has(`${verb} ${second}`)) {
    return { action: `${verb} ${second}`, rest: operands.slice(2) }
  }
  return manager.verbs.has(verb) ? { action: verb, rest: operands.slice(1) } : undefined
}

function requestedPackage(word: ShellWord, manager: Manager): RequestedPackage {
  const text = textOf(word)
  const whole: RequestedPackage = { word, name: null, version: word.value === null ? null : '' }
  if (text.startsWith('.') || text.startsWith('/')) return whole
  const channel = manager.channels === true ? text.indexOf('::') + 2 : 1
  const start = channel === 1 ? 0 : channel
  const from = start + (manager.scopes === true && text[start] === '@' ? 1 : 0)
  let end = from
  while (end < text.length && !manager.separators.includes(text[end] as string)) end++
  const name = text.slice(start, end)
  // A variable in the name leaves nothing to tell; one behind it (`torch==$V`) leaves the name.
  if (!/^[@\w]/.test(name) || /[$`*]/.test(name) || isPlace(name, text, manager)) return whole
  let version = text.slice(end)
  if (version.startsWith('[')) version = version.slice(version.indexOf(']') + 1)
  return { word, name, version: word.value === null ? null : version.trim() }
}

/** A path, an archive or a URL; `name @ https://…` is none, since its name ends before. */
function isPlace(name: string, text: string, manager: Manager): boolean {
  if (manager.paths !== true) return text.includes('://')
  if (name.includes(':') || (name.includes('/') && !name.startsWith('@'))) return true
  return name === text && /\.(whl|tar\.gz|tgz|zip|rpm|gem)$/.test(text)
}
