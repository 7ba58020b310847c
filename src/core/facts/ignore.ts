import type { FactBase } from '../fact.ts'
import type { Span } from '../span.ts'

/** An inline ignore comment: `# bulkhead: ignore[rule/id] until=2027-03-01 reason: …`. */
export interface IgnoreFact extends FactBase {
  readonly kind: 'ignore'
  readonly path: string
  readonly span: Span
  readonly rules: readonly string[]
  /** ISO date, the last day on which it counts. */
  readonly until?: string
  readonly reason?: string
  /** What it governs: the next element that is not a comment (an instruction, a YAML entry). */
  readonly governs: Span
  /** Why the comment can't be read as an ignore, where it can't. */
  readonly problem?: string
}
