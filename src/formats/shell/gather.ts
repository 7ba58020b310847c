import type { ShellCommand } from '../../core/facts/script.ts'
import type { ShellLimits } from './limits.ts'
import type { Scope } from './scope.ts'
import { type MappedText, UNKNOWN } from './text.ts'
import { assignmentAt, nameOf, type Unwrapped } from './unwrap.ts'
import type { Field, Substitution } from './words.ts'

export type Redirect = ShellCommand['redirects'][number]
export type AssignmentFact = ShellCommand['assignments'][number]

/** Where a node stands: what its commands inherit. */
export interface Place {
  readonly text: MappedText
  readonly scope: Scope
  /** How many scripts are around this one. */
  readonly depth: number
  readonly always: boolean
  readonly wrappers: readonly string[]
  readonly asUser?: string | undefined
  readonly within?: ShellCommand['within'] | undefined
  /** The pipeline that the node is a member of. */
  readonly pipeline?: { readonly id: number; readonly position: number } | undefined
  readonly after: ShellCommand['after']
  /** Redirects of the compound commands around. */
  readonly redirects: readonly Redirect[]
  /** True where the node's status is the script's. */
  readonly last: boolean
  readonly loops: number
  readonly bash: boolean
}

/** A simple command whose words are expanded. */
export interface Simple {
  readonly start: number
  readonly end: number
  readonly fields: readonly Field[]
  readonly assignments: readonly AssignmentFact[]
  readonly redirects: readonly Redirect[]
  readonly stdin?: { readonly field: Field; readonly how: 'here-doc' | 'here-string' } | undefined
  readonly found: readonly Substitution[]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

class LimitReached extends Error {}

/** Gathers the commands of one reading and keeps its limits. */
export class Gatherer {
  readonly limits: ShellLimits
  readonly #commands: Mutable<ShellCommand>[] = []
  #pipelines = 0
  #spent = 0
  #problem: string | undefined

  constructor(limits: ShellLimits) {
    this.limits = limits
  }

  get problem(): string | undefined {
    return this.#problem
  }

  /** Notes what stops the reading from being whole; the first note counts. */
  note(problem: string): void {
    this.#problem ??= problem
  }

  tooDeep(): void {
    this.note(`scripts within scripts go deeper than ${this.limits.depth}`)
  }

  newPipeline(): number {
    return this.#pipelines++
  }

  guard<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      // The parser and this walk recurse: a hostile text may exhaust the stack, which is caught here.
      this.note(error instanceof LimitReached ? error.message : 'the script is nested too deeply to be read')
      return undefined
    }
  }

  /** Puts a command down; `shadowed` where its name is a function's. */
  put(simple: Simple, unwrapped: Unwrapped, place: Place, shadowed: boolean): ShellCommand {
    if (this.#commands.length >= this.limits.commands) {
      throw new LimitReached(`more than ${this.limits.commands} commands`)
    }
    const { text } = place
    const index = this.#commands.length
    const first = unwrapped.words[0]
    const user = unwrapped.asUser
    const asUser = user === undefined ? place.asUser : typeof user === 'string' ? user : written(user, text)
    const assigned = unwrapped.assignments.map((field) => {
      const equals = assignmentAt(field.text)
      const value = field.value === null ? null : field.value.slice(equals + 1)
      return { name: field.text.slice(0, equals), value, span: text.span(field.start, field.end) }
    })
    const command: Mutable<ShellCommand> = {
      index,
      span: text.span(simple.start, simple.end),
      name: shadowed ? null : nameOf(first),
      words: unwrapped.words.map((field) => ({
        value: field.value,
        raw: text.raw(field.start, field.end),
        span: text.span(field.start, field.end),
        quoted: field.quoted,
      })),
      wrappers: [...place.wrappers, ...unwrapped.wrappers],
      assignments: [...simple.assignments, ...assigned],
      redirects: [...simple.redirects, ...place.redirects],
      pipeline: place.pipeline?.id ?? this.newPipeline(),
      position: place.pipeline?.position ?? 0,
      pipelineLength: 1,
      after: place.after,
      always: place.always,
    }
    if (asUser !== undefined) command.asUser = asUser
    if (place.within !== undefined) command.within = place.within
    if (simple.stdin !== undefined) command.stdin = written(simple.stdin.field, text).slice(0, this.limits.stdin)
    this.#commands.push(command)
    return command
  }

  /** The position after the last that the pipeline of `command` uses, `command` and what came since counted. */
  nextPosition(command: ShellCommand): number {
    let next = command.position + 1
    for (let index = command.index; index < this.#commands.length; index++) {
      const used = this.#commands[index] as ShellCommand
      if (used.pipeline === command.pipeline) next = Math.max(next, used.position + 1)
    }
    return next
  }

  /** The commands in source order. */
  finish(): ShellCommand[] {
    const lengths = new Map<number, number>()
    for (const { pipeline, position } of this.#commands) {
      lengths.set(pipeline, Math.max(lengths.get(pipeline) ?? 0, position + 1))
    }
    const ordered = this.#commands.toSorted(
      (one, other) => one.span.start - other.span.start || one.index - other.index,
    )
    const moved = new Int32Array(ordered.length)
    ordered.forEach((command, index) => {
      moved[command.index] = index
    })
    ordered.forEach((command, index) => {
      command.index = index
      command.pipelineLength = lengths.get(command.pipeline) ?? 1
      if (command.within !== undefined) {
        command.within = { ...command.within, command: moved[command.within.command] ?? 0 }
      }
    })
    return ordered
  }

  spend(units: number): boolean {
    this.#spent += units
    if (this.#spent <= this.limits.expanded) return true
    this.note(`variables and nested texts have more than ${this.limits.expanded} characters`)
    return false
  }
}

/** A field's text with the parts that can't be told as they are written. */
function written(field: Field, text: MappedText): string {
  if (!field.text.includes(UNKNOWN)) return field.text
  return field.chunks
    .map((chunk) => {
      const piece = field.text.slice(chunk.at, chunk.at + chunk.length)
      return piece === UNKNOWN ? text.text.slice(chunk.start, chunk.end) : piece
    })
    .join('')
}
