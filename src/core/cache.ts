/**
 * A layer's facts, kept under what they depend on: the layer's identity, the code of every analyzer, the secrets
 * engine and the limits. `target` and `id` are not in them: they are added when the facts are placed in a run.
 */
import { createHash } from 'node:crypto'
import type { Limits } from './config.ts'
import type { CoverageRecord } from './coverage-ledger.ts'
import type { LayerFact } from './fact-store.ts'

export interface CachedLayer {
  readonly facts: readonly LayerFact[]
  readonly coverage: CoverageRecord
}

export interface LayerCache {
  get(key: string): CachedLayer | undefined
  put(key: string, layer: CachedLayer): void
}

export function layerCacheKey(
  layer: string,
  analyzerVersions: Readonly<Record<string, string>>,
  secretsVersion: string,
  limits: Limits,
): string {
  const versions = Object.entries(analyzerVersions).sort(([one], [other]) => (one < other ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([layer, versions, secretsVersion, Object.entries(limits).sort()]))
    .digest('hex')
}
