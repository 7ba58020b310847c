import type { FactBase } from '../fact.ts'

/** A `.dockerignore` (or `NAME.dockerignore`) file. */
export interface IgnoreFileFact extends FactBase {
  readonly kind: 'ignore-file'
  readonly path: string
  /** In order; `!` kept; comments and blanks left out. */
  readonly patterns: readonly string[]
}
