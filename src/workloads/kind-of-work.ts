/** What a workload does, as far as rules weigh it: its roles, and whether it works on a GPU. */
import type { View } from '../core/fact.ts'
import type { Role } from '../core/facts/role.ts'
import type { ImageReference, WorkloadFact } from '../core/facts/workload.ts'
import { known, knownItems } from '../core/setting.ts'

export function rolesOf(workload: WorkloadFact, view: View): ReadonlySet<Role> {
  const facts = view.at('role', workload.target, workload.path).filter((fact) => fact.workload === workload.id)
  return new Set(facts.map(({ role }) => role))
}

/** It asks for GPUs, is handed their devices, or its image is made for them. */
export function worksOnGpu(workload: WorkloadFact): boolean {
  const { gpus, devices, mounts, image, env } = workload.settings
  if ((known(gpus)?.length ?? 0) > 0) return true
  if (knownItems(devices).some(({ value }) => isGpuDevice(value.source))) return true
  if (knownItems(mounts).some(({ value }) => value.source !== null && isGpuDevice(value.source))) return true
  if (
    knownItems(env).some(({ key, value }) => key === 'NVIDIA_VISIBLE_DEVICES' && !/^(?:none|void)?$/.test(value ?? ''))
  )
    return true
  const reference = known(image)
  return reference !== undefined && isGpuImage(reference)
}

/** Device files of GPUs and other accelerators: made for use by containers. */
export function isGpuDevice(path: string): boolean {
  return /^\/dev\/(?:nvidia[\w-]*(?:\/.*)?|kfd|dri(?:\/.*)?|dxg|accel(?:\/.*)?|davinci.*|hisi_hdc|habanalabs.*)$/.test(
    path,
  )
}

function isGpuImage({ registry, repository, tag = '' }: ImageReference): boolean {
  if (registry === 'docker.io' && /^(?:nvidia\/cuda|rocm\/)/.test(repository)) return true
  if (registry === 'nvcr.io' && /^nvidia\/(?!k8s\/|cloud-native\/|k8s-)/.test(repository)) return true
  return /(?:^|[-_.])(?:cuda|cu1[12]\d|rocm|gpu)(?:$|[-_.\d])/.test(tag)
}
