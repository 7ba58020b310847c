import type { Area, Severity } from './severity.ts'
import type { Span } from './span.ts'

/** The configuration after precedence (flag > environment > file > default) was resolved. */
export interface Config {
  readonly failOn: Severity | 'never'
  /** Areas and rule ids to look at; empty: all. */
  readonly only: readonly string[]
  readonly allRules: boolean
  /** Areas that must have been checked (exit 3 otherwise). */
  readonly require: readonly Area[]
  readonly exclude: readonly string[]
  readonly includeIgnored: boolean
  readonly waivers: readonly Waiver[]
  readonly severities: Readonly<Record<string, Severity | 'off'>>
  readonly limits: Limits
  /** Dockerfile stage to ship; default: the last. */
  readonly stage?: string
  /** Compose profiles that are on; `*`: all (the default: every service is judged). */
  readonly profiles: readonly string[]
  /** Fingerprints that a baseline froze, and the file that did. */
  readonly baseline?: { readonly path: string; readonly fingerprints: ReadonlySet<string> }
}

export interface Waiver {
  readonly rule: string
  /** Path glob, relative to the target. */
  readonly path?: string
  readonly subject?: string
  readonly fingerprint?: string
  readonly reason: string
  readonly until?: string
  /** `bulkhead.yaml:12`. */
  readonly by: string
  /** Where it stands in that file. */
  readonly span?: Span
}

/** Bounds on what a target may cost us. Sizes in bytes, times in milliseconds. */
export interface Limits {
  readonly files: number
  readonly depth: number
  readonly textFile: number
  readonly time: number
  readonly findingsPerRule: number
  readonly factsPerFile: number
}

export const DEFAULT_LIMITS: Limits = {
  files: 2_000_000,
  depth: 64,
  textFile: 8 * 1024 * 1024,
  time: 15 * 60_000,
  findingsPerRule: 5_000,
  factsPerFile: 20_000,
}
