import type { CallerCan, Role } from '../../core/facts/role.ts'

/** A switch on the command line or in the environment that decides about authentication. */
export interface AuthSwitch {
  /** `--api-key`, `--NotebookApp.token`; compared whole, before any `=`. */
  readonly flag?: string
  readonly env?: string
  /** Values for which the switch counts, lower case; default: any that is not empty. `''` is the empty value. */
  readonly values?: readonly string[]
}

export type DefaultAuthentication = 'on' | 'off' | 'depends' | 'not-applicable'

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
  /**
   * Scripts that are the service: their names alone say nothing. One of the flags has to stand among the arguments, or
   * the image to be built from a clone of the repository; and they serve others than themselves only with `listens`.
   */
  readonly scripts?: {
    readonly names: readonly string[]
    readonly flags: readonly string[]
    /** `github.com/owner/name`, lower case. */
    readonly repositories: readonly string[]
    readonly listens: readonly string[]
  }
  /** Container ports that it serves on by default; the first is the main one. */
  readonly ports: readonly number[]
  /** Variables that hold another port, or `host:port`. */
  readonly portIn?: readonly string[]
  /** As it comes, without any switch. `depends`: a file or the version decides. */
  readonly authentication: DefaultAuthentication
  /** Where images before a major version come otherwise. */
  readonly before?: { readonly major: number; readonly authentication: DefaultAuthentication }
  readonly on?: readonly AuthSwitch[]
  readonly off?: readonly AuthSwitch[]
  /** Switches that keep it on whatever `off` says: a password beside an empty token. */
  readonly onDespite?: readonly AuthSwitch[]
  /** First major version that does not know the switches any more. */
  readonly switchesBefore?: number
  /** Flags that name a configuration file, which may decide otherwise. */
  readonly fileFlags?: readonly string[]
  /** Ends of a word that is a configuration file (`redis-server /etc/redis.conf`). */
  readonly fileSuffixes?: readonly string[]
  /** Paths in the container of configuration files that decide where they are mounted: a file, or its folder. */
  readonly files?: readonly string[]
  /** Variables whose words the image adds to the command. */
  readonly argumentsIn?: readonly string[]
  /** What an unauthenticated caller can do, after "anyone who reaches it can". */
  readonly reach: string
  readonly callerCan: CallerCan
  /** Switches that let callers do more. */
  readonly grants?: readonly (AuthSwitch & { readonly reach: string; readonly callerCan: CallerCan })[]
  readonly source?: string
}

/** Values that programs read as no, lower case. */
export const FALSE: readonly string[] = ['false', '0', 'no', 'off']
/** Values that programs read as yes, lower case. */
export const TRUE: readonly string[] = ['true', '1', 'yes', 'on']
