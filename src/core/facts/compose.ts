import type { FactBase, FactId } from '../fact.ts'
import type { Place } from '../place.ts'
import type { Severity } from '../severity.ts'
import type { TreeMap } from '../tree.ts'

/** One YAML file with a Compose model in it, as written. */
export interface ComposeFileFact extends FactBase {
  readonly kind: 'compose-file'
  readonly path: string
  /** One per document. */
  readonly documents: readonly TreeMap[]
  readonly newline: '\n' | '\r\n'
  /** Looks like a Compose file by name; else only by content. */
  readonly named: boolean
}

/** Files that Compose loads together, merged and interpolated. */
export interface ComposeProjectFact extends FactBase {
  readonly kind: 'compose-project'
  /** The first file. */
  readonly path: string
  readonly name: string
  /** Every file that took part, in merge order. */
  readonly files: readonly string[]
  readonly services: readonly ComposeServiceSummary[]
  readonly networks: readonly {
    readonly name: string
    readonly internal: boolean
    readonly external: boolean
    readonly at: Place
  }[]
  readonly volumes: readonly { readonly name: string; readonly external: boolean; readonly at: Place }[]
  /** What Compose would refuse (`error`) or ignore. */
  readonly problems: readonly ComposeProblem[]
  /** Variables that interpolation found unset and undefaulted. */
  readonly unset: readonly { readonly name: string; readonly at: Place }[]
}

export interface ComposeServiceSummary {
  readonly name: string
  readonly workload: FactId
  readonly profiles: readonly string[]
  readonly dependsOn: readonly string[]
  readonly networks: readonly string[]
  readonly at: Place
}

export interface ComposeProblem {
  readonly code: string
  readonly message: string
  readonly at: Place
  readonly level: 'error' | 'warning'
  readonly suggestion?: string
  readonly severity?: Severity
}
