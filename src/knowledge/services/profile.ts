import type { Role } from '../../core/facts/role.ts'

/** A switch on the command line or in the environment that decides about authentication. */
export interface AuthSwitch {
  /** `--api-key`, `--NotebookApp.token`; compared whole, before any `=`. */
  readonly flag?: string
  readonly env?: string
  /** Values for which the switch counts, lower case; default: any that is not empty. `''` is the empty value. */
  readonly values?: readonly string[]
}

export interface ServiceProfile {
  readonly product: string
  readonly name: string
  readonly role: Role
  /** Repositories (`library/` left out for official ones) with at most one `*` at an end. */
  readonly images: readonly string[]
  /** Base names of programs. */
  readonly commands?: readonly string[]
  /** Modules run by `python -m`. */
  readonly modules?: readonly string[]
  /** Container ports that it serves on by default; the first is the main one. */
  readonly ports: readonly number[]
  /** As it comes, without any switch. `depends`: a file or the version decides. */
  readonly authentication: 'on' | 'off' | 'depends' | 'not-applicable'
  readonly on?: readonly AuthSwitch[]
  readonly off?: readonly AuthSwitch[]
  /** What an unauthenticated caller can do, after "anyone who reaches it can". */
  readonly reach: string
  readonly source?: string
}

/** Values that programs read as no, lower case. */
export const FALSE: readonly string[] = ['false', '0', 'no', 'off']
/** Values that programs read as yes, lower case. */
export const TRUE: readonly string[] = ['true', '1', 'yes', 'on']
