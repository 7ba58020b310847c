import type { Config, Limits, Waiver } from '../core/config.ts'
import type { Area, Severity } from '../core/severity.ts'

/** What one source (flags, environment, file) says; absent: it says nothing. */
export interface Settings {
  readonly failOn?: Severity | 'never'
  readonly only?: readonly string[]
  readonly allRules?: boolean
  readonly require?: readonly Area[]
  readonly exclude?: readonly string[]
  readonly includeIgnored?: boolean
  readonly waivers?: readonly Waiver[]
  readonly severities?: Readonly<Record<string, Severity | 'off'>>
  readonly limits?: Partial<Limits>
  readonly stage?: string
  readonly profiles?: readonly string[]
  /** Path of a baseline file, relative to the source: the file's folder, else the current one. */
  readonly baseline?: string
}

/** The settings after precedence, before the baseline file is read. */
export type ResolvedSettings = Omit<Config, 'baseline'> & {
  readonly baseline?: { readonly path: string; readonly from: SettingSource }
}

export type SettingSource = 'flag' | 'environment' | 'file'

/** Something wrong in a configuration, and where. */
export interface ConfigProblem {
  /** File as named, or a variable: `bulkhead.yaml`, `BULKHEAD_FAIL_ON`. */
  readonly source: string
  /** 1-based; absent where the file as a whole, or no file, is meant. */
  readonly line?: number
  readonly column?: number
  readonly message: string
}

/** A configuration that cannot be used: bad usage, exit code 2. */
export class ConfigError extends Error {
  readonly code = 'config'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(problemLine).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** `bulkhead.yaml:3:5: unknown key "fail_on"`. */
export function problemLine(problem: ConfigProblem): string {
  const at = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`
  return `${problem.source}${at}: ${problem.message}`
}
