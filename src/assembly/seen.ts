import type { FactStore } from '../core/fact-store.ts'
import type { ScanReport } from '../core/report.ts'

/** What was recognised, in numbers, for the summary's first lines. */
export function countSeen(facts: FactStore): ScanReport['seen'] {
  const declared = facts.all('workload').filter(({ dialect }) => dialect === 'compose').length
  const containers = facts.all('workload').filter(({ dialect }) => dialect === 'kubernetes').length
  const counts: readonly (readonly [string, string, number])[] = [
    ['Dockerfile', 'Dockerfiles', facts.all('dockerfile').length],
    ['Compose project', 'Compose projects', facts.all('compose-project').length],
    ['service', 'services', declared],
    ['Kubernetes object', 'Kubernetes objects', facts.all('kubernetes-object').length],
    ['container', 'containers', containers],
  ]
  return counts
    .filter(([, , count]) => count > 0)
    .map(([one, many, count]) => ({ what: count === 1 ? one : many, count }))
}
