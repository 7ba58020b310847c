import type { FactBase, FactId } from '../fact.ts'
import type { Place } from '../place.ts'

export const ROLES = [
  'notebook',
  'model-server',
  'trainer',
  'vector-database',
  'tracking-server',
  'agent',
  'ai-ui',
  'cluster-head',
  'database',
  'cache',
  'object-store',
  'queue',
  'proxy',
  'monitoring',
] as const
export type Role = (typeof ROLES)[number]

/** What an unauthenticated caller of a service can do: run code on it, change what it holds, use it, or only look. */
export type CallerCan = 'run-code' | 'change' | 'use' | 'read'

/** What a workload is, recognised from its image, command, ports and environment, with the evidence. */
export interface RoleFact extends FactBase {
  readonly kind: 'role'
  readonly workload: FactId
  readonly role: Role
  /** The product in the knowledge table (`jupyter`, `ollama`, `postgres`). */
  readonly product: string
  readonly productName: string
  readonly evidence: readonly { what: string; at?: Place }[]
  /** Does it ask a caller who they are? `unknown` where a file or variable decides. */
  readonly authentication: 'on' | 'off' | 'unknown' | 'not-applicable'
  readonly authenticationBecause: string
  readonly authenticationAt?: Place
  /** The switch that makes it ask: `VLLM_API_KEY`, `--requirepass`. */
  readonly switchedOnBy?: string
  /** What a caller who is not asked can do, after "anyone who reaches it can". */
  readonly reach?: string
  /** The worst of it; absent where it is not known. */
  readonly callerCan?: CallerCan
  /** Container ports on which it serves. */
  readonly ports: readonly number[]
}
