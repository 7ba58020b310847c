/** The project that a workload belongs to, for fixes that mend all of its workloads alike. */
import type { WorkloadFact } from '../core/facts/workload.ts'

/**
 * The project's first file, with which a Compose service's subject starts; the folder of a manifest, for manifests that
 * lie together are applied together.
 */
export function projectOf(workload: WorkloadFact): string {
  if (workload.dialect === 'kubernetes')
    return workload.path.slice(0, workload.path.lastIndexOf('/') + 1) || workload.path
  return workload.subject.split('#', 1)[0] ?? workload.path
}

/** `the services of compose.yaml`. */
export function allOfProject(workload: WorkloadFact): string {
  return `the ${workload.dialect === 'kubernetes' ? 'containers' : 'services'} of ${projectOf(workload)}`
}
