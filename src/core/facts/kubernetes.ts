import type { FactBase } from '../fact.ts'
import type { Span } from '../span.ts'
import type { TreeMap } from '../tree.ts'

/** One Kubernetes object of a manifest (a list's items are objects of their own). */
export interface KubernetesObjectFact extends FactBase {
  readonly kind: 'kubernetes-object'
  readonly path: string
  readonly span: Span
  readonly document: number
  readonly apiVersion: string
  readonly objectKind: string
  readonly name: string
  readonly namespace?: string
  readonly labels: Readonly<Record<string, string>>
  readonly tree: TreeMap
  /** Where in the tree its pod spec stands, where it has one: `['spec', 'template', 'spec']`. */
  readonly podSpec?: readonly string[]
  readonly newline: '\n' | '\r\n'
}
