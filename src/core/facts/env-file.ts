import type { FactBase } from '../fact.ts'
import type { Span } from '../span.ts'

/** A `.env`-style file: what Compose reads for interpolation and `env_file`. Values are masked. */
export interface EnvFileFact extends FactBase {
  readonly kind: 'env-file'
  readonly path: string
  readonly entries: readonly EnvFileEntry[]
  /** Lines that Compose would refuse. */
  readonly problems: readonly { span: Span; message: string }[]
}

export interface EnvFileEntry {
  readonly name: string
  /** After unquoting, variables unexpanded where `expands`; null for a bare name (taken from the shell). */
  readonly value: string | null
  readonly expands: boolean
  readonly span: Span
  readonly valueSpan?: Span
}
