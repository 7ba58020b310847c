import type { FactBase } from '../fact.ts'
import type { Span } from '../span.ts'
import type { TreeMap } from '../tree.ts'

/** One Kubernetes object of a manifest (a list's items are objects of their own). */
export interface KubernetesObjectFact extends FactBase {
  readonly kind: 'kubernetes-object'
  readonly path: string
  readonly span: Span
  /** Index of its document in the file. */
  readonly document: number
  /** Where in the document the object stands, where that is not its root: `['items', '2']`. */
  readonly within?: readonly string[]
  readonly apiVersion: string
  readonly objectKind: string
  readonly name: string
  readonly namespace?: string
  readonly labels: Readonly<Record<string, string>>
  /** Values of Secrets are blanked; of kinds that no reader asks for (CustomResourceDefinition) only the head is kept. */
  readonly tree: TreeMap
  /**
   * Where in the tree its pod specs stand (a RayCluster has several), list indexes as digits:
   * `[['spec', 'workerGroupSpecs', '0', 'template', 'spec']]`.
   */
  readonly podSpecs?: readonly (readonly string[])[]
  /** True where the pod specs were found by their shape: the kind itself is not known. */
  readonly byShape?: true
  readonly newline: '\n' | '\r\n'
}
