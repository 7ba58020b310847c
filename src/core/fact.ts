/**
 * Facts: what is there, never whether it is good. Plain JSON (no class, Map, Buffer, cycle), so that they can be cached
 * per layer, sorted, sent between processes and stored.
 *
 * Each kind of fact is declared in a file of `facts/`; this union is the list of them.
 */
import type { ComposeFileFact, ComposeProjectFact } from './facts/compose.ts'
import type { DockerfileFact } from './facts/dockerfile.ts'
import type { EnvFileFact } from './facts/env-file.ts'
import type { IgnoreFact } from './facts/ignore.ts'
import type { IgnoreFileFact } from './facts/ignore-file.ts'
import type { KubernetesObjectFact } from './facts/kubernetes.ts'
import type { RoleFact } from './facts/role.ts'
import type { ScriptFact } from './facts/script.ts'
import type { CredentialFact, SecretFact } from './facts/secret.ts'
import type { WorkloadFact } from './facts/workload.ts'
import type { Confidence } from './severity.ts'
import type { Span } from './span.ts'

export type Fact =
  | DockerfileFact
  | ScriptFact
  | ComposeFileFact
  | ComposeProjectFact
  | EnvFileFact
  | KubernetesObjectFact
  | WorkloadFact
  | RoleFact
  | SecretFact
  | CredentialFact
  | IgnoreFact
  | IgnoreFileFact

export type FactKind = Fact['kind']
export type FactOf<K extends FactKind> = Extract<Fact, { kind: K }>

/** `kind:target:subject`, made unique in a run by a counter. */
export type FactId = string

export interface FactBase {
  readonly kind: string
  /** Added when the fact is placed in a run. */
  readonly id: FactId
  /** Added when the fact is placed in a run. */
  readonly target: string
  readonly layer?: string
  readonly path?: string
  readonly span?: Span
  /** What the fact is about, unique among its kind within the target and free of line numbers: `compose.yaml#api`. */
  readonly subject: string
  /** Id of the analyzer, resolver or matcher that said so. */
  readonly analyzer: string
  readonly confidence: Confidence
}

type Placed = 'id' | 'target' | 'analyzer'
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** A fact as an analyzer or resolver emits it: the run adds id, target and analyzer (and the layer, for an analyzer). */
export type NewFact = DistributiveOmit<Fact, Placed>
export type NewFactOf<K extends FactKind> = Omit<FactOf<K>, Placed>

/** Read access to all facts of a run, in sorted order. */
export interface View {
  all<K extends FactKind>(kind: K): readonly FactOf<K>[]
  /** Facts of a kind in one target. */
  in<K extends FactKind>(kind: K, target: string): readonly FactOf<K>[]
  byId<K extends FactKind>(kind: K, id: FactId): FactOf<K> | undefined
  /** Facts of a kind about a file. */
  at<K extends FactKind>(kind: K, target: string, path: string): readonly FactOf<K>[]
}
