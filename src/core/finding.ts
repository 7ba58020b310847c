import type { FactId } from './fact.ts'
import type { FixId } from './fix.ts'
import type { Area, Confidence, Severity } from './severity.ts'
import type { Span } from './span.ts'

export type Fingerprint = string
export type RuleId = string

/** Text that has passed the secrets masker. */
export type Masked = string

export interface Finding {
  /** Rule + subject + key path by value; never target, layer, line. */
  readonly fingerprint: Fingerprint
  readonly rule: RuleId
  readonly area: Area
  readonly title: string
  /** Stands alone: says what is wrong here. */
  readonly message: Masked
  readonly subject: string
  readonly confidence: Confidence
  readonly severity: Severity
  readonly severityBase: Severity
  /** What raised or lowered it, in words. */
  readonly severityBecause: readonly string[]
  /** The first is the primary one. */
  readonly locations: readonly Location[]
  readonly evidence: readonly Masked[]
  readonly fixes: readonly FixId[]
  readonly facts: readonly FactId[]
  readonly refs: readonly string[]
  readonly controls: readonly string[]
  readonly concepts: readonly string[]
  readonly status: FindingStatus
}

export interface FindingStatus {
  readonly is: 'open' | 'waived' | 'baselined' | 'not-affected'
  /** File (and line) that says so. */
  readonly by?: string
  readonly reason?: string
  readonly until?: string
}

export interface Location {
  readonly target: string
  readonly layer?: string
  readonly path: string
  readonly span?: Span
  readonly key?: string
  readonly role: 'primary' | 'related' | 'introduced-by'
  readonly label?: Masked
  /** 1-based, filled in when the finding is illustrated. */
  readonly line?: number
  readonly column?: number
  readonly endLine?: number
  readonly endColumn?: number
  readonly excerpt?: Excerpt
}

/** Source lines around a location, masked. */
export interface Excerpt {
  readonly firstLine: number
  readonly lines: readonly Masked[]
}
