import type { Area } from './severity.ts'

/** What was looked at, what was skipped and why. "Could not tell" is never "clean". */
export interface Coverage {
  readonly areas: Readonly<Record<Area, AreaCoverage>>
  readonly skipped: readonly Skipped[]
  readonly analyzers: readonly AnalyzerCoverage[]
  readonly knowledge: readonly { readonly id: string; readonly date: string }[]
  /** Findings not shown as open, by who said so. */
  readonly suppressed: readonly { readonly by: string; readonly count: number }[]
  /** Files seen and read. */
  readonly files: { readonly seen: number; readonly read: number }
}

export type AreaCoverage = 'checked' | 'partly' | 'not-checked' | 'not-applicable'

export interface Skipped {
  /** Stable word: `ignored-by-git`, `too-large`, `unreadable`, `not-rendered`, `limit-files` … */
  readonly code: string
  /** A path or pattern (escaped for nobody yet: reports neutralise it). */
  readonly what: string
  readonly why: string
  readonly count: number
  /** True where the user named it, so that its absence makes the scan incomplete (exit 3). */
  readonly required: boolean
  readonly target?: string
}

export interface AnalyzerCoverage {
  readonly id: string
  readonly status: 'ok' | 'partly' | 'failed'
  readonly files: number
  readonly errors: readonly { readonly path: string; readonly message: string; readonly stack?: string }[]
}
