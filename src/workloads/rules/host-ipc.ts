import { defineRule } from '../../core/rule.ts'
import { known, placeOf, settingFix } from '../../core/setting.ts'
import { rolesOf, worksOnGpu } from '../kind-of-work.ts'
import { allOfProject, projectOf } from '../project.ts'
import { atStart } from '../wording.ts'

/** Enough for data loaders and for NCCL within one machine; it counts as memory only where it is used. */
const SHARED_MEMORY = 8 * 1024 ** 3

export default defineRule({
  id: 'workload/host-ipc',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['host-ipc', 'ipc-host-for-shm'],
  title: 'Container shares the host’s memory segments',
  why: 'It can read and write the shared memory and semaphores of the host’s programs and of every other container that does the same: a database’s buffers, a model’s tensors.',
  how: 'Take the setting out and give the container shared memory of its own: `shm_size: 8gb` in Compose, an `emptyDir` of medium Memory with a size limit at /dev/shm on Kubernetes.',
  fine: 'A tool that works on the host’s shared memory on purpose.',
  controls: ['CIS-Docker-1.6:5.17', 'NIST-800-190:4.4.3', 'K8s-PSS:baseline'],
  refs: ['CWE-653'],
  peers: ['compose-lint:CL-0010', 'trivy:KSV-0008', 'checkov:CKV_K8S_18', 'kubescape:C-0038'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  llm:
    image: vllm/vllm-openai:v0.8.5
    ipc: host
    gpus: all
`,
        good: `services:
  llm:
    image: vllm/vllm-openai:v0.8.5
    gpus: all
    shm_size: 8gb
`,
      },
    },
    {
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    ipc: host
`,
        good: `services:
  api:
    image: acme/api:1.4
    ipc: shareable
`,
      },
    },
    {
      'pod.yaml': {
        bad: `apiVersion: v1
kind: Pod
metadata: {name: train}
spec:
  hostIPC: true
  containers:
    - name: train
      image: acme/train:1.4
      resources:
        limits:
          nvidia.com/gpu: 2
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: train}
spec:
  containers:
    - name: train
      image: acme/train:1.4
      resources:
        limits:
          nvidia.com/gpu: 2
`,
      },
    },
  ],
  check(workload, report, view) {
    const { namespaces, limits } = workload.settings
    if (known(namespaces.ipc)?.mode !== 'host') return
    const roles = rolesOf(workload, view)
    const forSharedMemory = worksOnGpu(workload) || roles.has('trainer') || roles.has('model-server')
    const hasOwn = limits.shm.is === 'set'
    const host = workload.dialect === 'kubernetes' ? 'node' : 'host'
    report({
      at: placeOf(namespaces.ipc),
      key: 'namespaces.ipc',
      message: `${atStart(workload.label)} shares the memory segments of the ${host}${forSharedMemory ? ': shared memory of its own is enough for data loaders and NCCL' : ': it can read and write what other programs keep there'}`,
      label: `the ${host}’s shared memory`,
      concepts: forSharedMemory ? ['host-ipc', 'ipc-host-for-shm'] : ['host-ipc'],
      ...(forSharedMemory
        ? {
            severity: 'medium',
            because: 'the container works with a GPU or a model: the setting is there for the size of shared memory',
          }
        : {}),
      fix: settingFix(
        workload,
        {
          title: `Give ${allOfProject(workload)} shared memory of their own`,
          group: `shared memory ${projectOf(workload)}`,
          safety: 'review',
          breaks: forSharedMemory
            ? 'containers that exchange tensors over shared memory, until they share it by name; batches that need more than 8 GiB'
            : 'programs that exchange data with others over shared memory',
        },
        { remove: 'namespaces.ipc' },
        ...(forSharedMemory && !hasOwn ? [{ set: 'limits.shm', value: SHARED_MEMORY } as const] : []),
      ),
    })
  },
})
