import type { FactBase } from '../fact.ts'
import type { Place } from '../place.ts'
import type { Span } from '../span.ts'

/**
 * A shell script found in a file (a RUN, a shell-form CMD, a Compose command that calls `sh -c`), parsed and unwrapped.
 * An exec-form command is a script of one command, so that rules read both alike.
 */
export interface ScriptFact extends FactBase {
  readonly kind: 'script'
  readonly path: string
  readonly span: Span
  readonly origin: ScriptOrigin
  /** `sh` where the default shell runs it, else the interpreter's base name (`bash`, `python3`, `cmd`). */
  readonly shell: string
  readonly errexit: boolean
  readonly pipefail: boolean
  /** Every simple command in source order, nested scripts (`sh -c`, `$( )`, here-docs) included. */
  readonly commands: readonly ShellCommand[]
  /** Set where the parser could not follow the text: the commands are then what it understood before. */
  readonly problem?: string
}

export type ScriptOrigin =
  | {
      readonly in: 'dockerfile'
      /** Id of the `dockerfile` fact's subject and the indexes in it. */
      readonly dockerfile: string
      readonly stage: number
      readonly instruction: number
      readonly as: 'run' | 'cmd' | 'entrypoint' | 'healthcheck'
      /** True where the stage is the shipped one or the shipped one is built from it. */
      readonly ships: boolean
    }
  | {
      readonly in: 'workload'
      readonly workload: string
      readonly as: 'entrypoint' | 'command' | 'hook'
      readonly at?: Place
    }

export interface ShellCommand {
  readonly index: number
  readonly span: Span
  /** The command's base name after unwrapping (`curl`, not `/usr/bin/sudo`); null where it can't be told. */
  readonly name: string | null
  /** Words after unwrapping, the command word first. */
  readonly words: readonly ShellWord[]
  /** What was unwrapped, outermost first: `sudo`, `env`, `sh -c`. */
  readonly wrappers: readonly string[]
  readonly assignments: readonly { readonly name: string; readonly value: string | null; readonly span: Span }[]
  readonly redirects: readonly { readonly operator: string; readonly target: string | null; readonly span: Span }[]
  /** Commands of one pipeline share a number; `position` counts from 0. */
  readonly pipeline: number
  readonly position: number
  readonly pipelineLength: number
  /** How its list joins it to the command before. */
  readonly after: 'start' | '&&' | '||' | ';' | '|'
  /** False in a branch, loop, function body, or right of `||`: it may not run. */
  readonly always: boolean
  /** User it runs as where a wrapper says so (`sudo -u`, `gosu`, `su`). */
  readonly asUser?: string
  /** How a nested command's output or text reaches its outer one. */
  readonly within?: {
    readonly command: number
    readonly how: 'substitution' | 'process-substitution' | 'argument' | 'here-doc' | 'here-string'
  }
  /** Body of a here-doc or here-string on its standard input, masked, capped at 16 KiB. */
  readonly stdin?: string
}

export interface ShellWord {
  /** Value after quote removal and expansion of what is known; null where a variable or substitution decides. */
  readonly value: string | null
  /** As written (masked). */
  readonly raw: string
  readonly span: Span
  readonly quoted: boolean
}
