/**
 * A parsed document (YAML, JSON, TOML …) as facts carry it: plain JSON, every node with its span, aliases unexpanded
 * so that a document cannot grow, text already masked.
 */
import type { Span } from './span.ts'

export type TreeNode = TreeMap | TreeList | TreeScalar | TreeAlias

interface NodeBase {
  readonly span: Span
  /** Set on an anchored node; an alias names it by this number. */
  readonly id?: number
  readonly anchor?: string
  /** Explicit tag as written (`!reset`, `!!binary`). */
  readonly tag?: string
}

export interface TreeMap extends NodeBase {
  readonly type: 'map'
  readonly flow: boolean
  readonly entries: readonly TreeEntry[]
}

export interface TreeEntry {
  readonly key: string
  readonly keySpan: Span
  /** Set where the key itself was not a plain string (a number, a null, a collection). */
  readonly keyNotString?: true
  readonly value: TreeNode
}

export interface TreeList extends NodeBase {
  readonly type: 'list'
  readonly flow: boolean
  readonly items: readonly TreeNode[]
}

export interface TreeScalar extends NodeBase {
  readonly type: 'scalar'
  /** The typed value under the document's schema (YAML 1.2 core, or 1.1 for Kubernetes). */
  readonly value: string | number | boolean | null
  /** The scalar's text after unquoting and unescaping, before typing. */
  readonly text: string
  readonly style: 'plain' | 'single' | 'double' | 'block'
}

export interface TreeAlias extends NodeBase {
  readonly type: 'alias'
  readonly name: string
  /** `id` of the node meant; absent where no such anchor stands before the alias. */
  readonly to?: number
}
