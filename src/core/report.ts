import type { Coverage } from './coverage.ts'
import type { Fact } from './fact.ts'
import type { Finding } from './finding.ts'
import type { Fix } from './fix.ts'

export interface TargetSummary {
  readonly id: string
  readonly kind: TargetKind
  /** As the user named it. */
  readonly name: string
}

export type TargetKind = 'directory' | 'file' | 'image' | 'container' | 'host' | 'sbom'

export interface Verdict {
  readonly outcome: 'pass' | 'fail' | 'incomplete' | 'empty'
  readonly reasons: readonly string[]
  readonly exitCode: number
}

/** What a scan found: the one thing that reports are made from. Everything in it is masked. */
export interface ScanReport {
  readonly schema: 'bulkhead.scan/1'
  readonly tool: { readonly name: 'bulkhead'; readonly version: string }
  /** ISO 8601, the `now` that the scan was judged at. */
  readonly date: string
  readonly targets: readonly TargetSummary[]
  readonly findings: readonly Finding[]
  readonly fixes: readonly Fix[]
  readonly coverage: Coverage
  readonly verdict: Verdict
  /** What was recognised, in numbers, for the summary: `{ Dockerfiles: 3, services: 9 }`. */
  readonly seen: readonly { readonly what: string; readonly count: number }[]
  readonly failOn: string
  readonly facts?: readonly Fact[]
}
