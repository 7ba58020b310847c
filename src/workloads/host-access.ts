/** Ways out of a container that are open at once: they make whatever else is wrong with it worse. */
import type { WorkloadFact } from '../core/facts/workload.ts'
import { known } from '../core/setting.ts'
import { engineSocketOf } from './engine-sockets.ts'
import { hostPathRisk } from './host-paths.ts'

/** In words, the worst first; undefined where the container has no such way. */
export function wayToTheHost(workload: WorkloadFact): string | undefined {
  const { privileged, engineSocket, mounts, namespaces } = workload.settings
  if (known(privileged) === true) return 'it is privileged'
  const entries = Object.entries(mounts.items)
  if (known(engineSocket) === true || entries.some(([target, mount]) => engineSocketOf(target, mount) !== undefined))
    return 'it holds a container engine’s socket'
  const path = entries.find(([, mount]) => {
    const value = known(mount)
    if (value?.kind !== 'bind' || value.source === null) return false
    const severity = hostPathRisk(value.source, value.readOnly)?.severity
    return severity === 'critical'
  })
  if (path !== undefined) return `it may write to ${known(path[1])?.source ?? 'a path'} of the host`
  return known(namespaces.pid)?.mode === 'host' ? 'it sees the processes of the host' : undefined
}
