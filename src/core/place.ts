import type { Span } from './span.ts'

/** A place in a file of the fact's own target: where a value is written. */
export interface Place {
  /** Relative to the target, `/`-separated; a member of an archive is `ARCHIVE!INNER`. */
  readonly path: string
  readonly layer?: string
  readonly span?: Span
  /** Address by value inside the file: `services.api.ports[8888]`, `ENV.HF_TOKEN`. */
  readonly key?: string
  /** How the value came from there, where it was not simply written in place. */
  readonly via?: 'anchor' | 'extends' | 'override' | 'include' | 'interpolation' | 'merge'
}
