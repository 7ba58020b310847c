/** File modes that a build gives: chmod, `install -m`, `mkdir -m`, COPY and ADD --chmod. */
import type { Instruction } from '../../core/facts/dockerfile.ts'
import type { TextEdit } from '../../core/fix.ts'
import type { Span } from '../../core/span.ts'
import { readArguments, textOf } from '../../formats/shell/meaning.ts'
import type { BuildCommand, BuildStage } from './build.ts'
import { isWritten } from './command-edits.ts'

export interface ModeGiven {
  readonly mode: string
  /** As written. */
  readonly paths: readonly string[]
  /** Everything below the paths too. */
  readonly recursive: boolean
  readonly span: Span
  readonly instruction: Instruction
  /** Index of the command in the stage's runs; undefined for COPY and ADD. */
  readonly run?: number
  /** Writes another mode in its place; undefined where it is not written out. */
  readonly replace: (mode: string) => TextEdit[] | undefined
}

export function modesGiven(stage: BuildStage): ModeGiven[] {
  const copied = stage.instructions.flatMap((instruction): ModeGiven[] => {
    if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') return []
    const flag = instruction.flags.find(({ name }) => name === 'chmod')
    if (flag?.value == null) return []
    const paths = [instruction.args.at(-1)?.value ?? '']
    const replace = (mode: string) => [{ span: flag.span, text: `--chmod=${mode}` }]
    return [{ mode: flag.value, paths, recursive: true, span: flag.span, instruction, replace }]
  })
  return [...copied, ...stage.runs.flatMap(byCommand)].sort((one, other) => one.span.start - other.span.start)
}

function byCommand(build: BuildCommand, run: number): ModeGiven[] {
  const { command, instruction } = build
  const given = (mode: string, paths: string[], recursive: boolean, index: number): ModeGiven[] => {
    const word = command.words[index]
    if (word === undefined) return []
    const at = textOf(word).lastIndexOf(mode)
    const whole = at === 0
    const replace = (text: string) => (whole && isWritten(word) ? [{ span: word.span, text }] : undefined)
    return [{ mode, paths, recursive, span: word.span, instruction, run, replace }]
  }
  if (command.name === 'chmod') {
    // A symbolic mode may start with a dash: `chmod -w f`.
    const at = command.words.findIndex(({ raw }, index) => index > 0 && !/^-(?:[RvcfHLP]+$|-)/.test(raw))
    const mode = command.words[at]?.value
    if (at === -1 || mode === null || mode === undefined) return []
    const flags = command.words.slice(1, at).map(textOf)
    const rest = command.words.slice(at + 1).map((word) => (textOf(word) === '{}' ? searched(build) : textOf(word)))
    const recursive =
      [...flags, ...rest].some((text) => /^-[a-zA-Z]*R/.test(text) || text === '--recursive') ||
      command.wrappers.some((wrapper) => wrapper.startsWith('find') || wrapper === 'xargs')
    return given(
      mode,
      rest.filter((text) => !text.startsWith('-')),
      recursive,
      at,
    )
  }
  if (command.name === 'install' || command.name === 'mkdir') {
    const read = readArguments(command.words, 1, {
      short: command.name === 'install' ? 'mogtS' : 'mZ',
      long: new Set(['mode', 'owner', 'group', 'target-directory', 'suffix', 'context']),
    })
    const mode = read.flags.get('-m') ?? read.flags.get('--mode')
    if (mode?.value == null) return []
    const index = command.words.findIndex(({ span }) => span.start === mode.span.start)
    const paths = command.name === 'install' ? read.operands.slice(-1) : read.operands
    return given(mode.value, paths.map(textOf), false, index)
  }
  return []
}

/** Where the `find` begins that runs the command on what it finds. */
function searched({ command, script }: BuildCommand): string {
  const find = command.within === undefined ? undefined : script.commands[command.within.command]
  const first = find?.name === 'find' ? find.words[1] : undefined
  return first === undefined || first.raw.startsWith('-') ? '{}' : textOf(first)
}

interface Clause {
  readonly who: string
  readonly operator: string
  readonly permissions: string
}

/** `u+rwX,o=r` in parts; undefined where it is no symbolic mode. */
function clausesOf(mode: string): Clause[] | undefined {
  const clauses: Clause[] = []
  for (const part of mode.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(part)
    if (match === null) return undefined
    clauses.push({ who: match[1] ?? '', operator: match[2] ?? '', permissions: match[3] ?? '' })
  }
  return clauses
}

function numberOf(mode: string): number | undefined {
  return /^[0-7]{3,5}$/.test(mode) ? Number.parseInt(mode, 8) : undefined
}

/** Everybody may write; without the sticky bit, which keeps others' files safe in a shared folder. */
export function isWorldWritable(mode: string): boolean {
  const bits = numberOf(mode)
  if (bits !== undefined) return (bits & 0o002) !== 0 && (bits & 0o1000) === 0
  const clauses = clausesOf(mode) ?? []
  const gives = (letters: RegExp, permission: string) =>
    clauses.some(
      ({ who, operator, permissions }) => operator !== '-' && letters.test(who) && permissions.includes(permission),
    )
  return (
    gives(/[oa]/, 'w') && !clauses.some(({ operator, permissions }) => operator !== '-' && permissions.includes('t'))
  )
}

/** The file runs as its owner, whoever starts it. */
export function setsUserId(mode: string): boolean {
  const bits = numberOf(mode)
  if (bits !== undefined) return (bits & 0o4000) !== 0
  return (clausesOf(mode) ?? []).some(
    ({ who, operator, permissions }) =>
      operator !== '-' && (who === '' || /[ua]/.test(who)) && permissions.includes('s'),
  )
}

/** The mode without the others' right to write; undefined where that takes more than one clause's change. */
export function withoutWorldWrite(mode: string): string | undefined {
  const bits = numberOf(mode)
  if (bits !== undefined) return (bits & ~0o002).toString(8).padStart(mode.length, '0')
  const clauses = clausesOf(mode)
  if (clauses?.length !== 1) return undefined
  const { who, operator, permissions } = clauses[0] as Clause
  if (!/[oa]/.test(who)) return undefined
  const rest = permissions.replace('w', '')
  return `ug${operator}${permissions}${rest === '' ? '' : `,o${operator}${rest}`}`
}
