import type { WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { known, settingFix } from '../../core/setting.ts'
import { worksOnGpu } from '../kind-of-work.ts'
import { flagOf, type ProgramWord, programsOf } from '../programs.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/shm-too-small',
  reads: 'workload',
  area: 'configuration',
  severity: 'low',
  confidence: 'high',
  concepts: ['shm-too-small'],
  title: 'Several GPUs share 64 MB of memory between their processes',
  why: 'The processes of one model on several GPUs hand data to each other through /dev/shm. With the engine’s default of 64 MB they die with a bus error under load; the usual cure, ipc: host, opens the memory of every program on the host.',
  how: 'Give the service shared memory of its own: `shm_size: 8gb` in Compose, an emptyDir with `medium: Memory` and a size limit at /dev/shm in Kubernetes. It counts as the container’s memory.',
  refs: ['https://docs.vllm.ai/en/latest/deployment/docker.html'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    command: --model Qwen/Qwen3-32B --tensor-parallel-size 4\n    gpus: all\n',
        good: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    command: --model Qwen/Qwen3-32B --tensor-parallel-size 4\n    gpus: all\n    shm_size: 8gb\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  train:\n    image: example/train:1\n    command: torchrun --nproc_per_node=2 train.py\n    deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 2, capabilities: [gpu]}]}}}\n',
        good: 'services:\n  train:\n    image: example/train:1\n    command: torchrun --nproc_per_node=2 train.py\n    ipc: host\n    deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 2, capabilities: [gpu]}]}}}\n  one:\n    image: vllm/vllm-openai:v0.9.1\n    command: --model Qwen/Qwen3-8B --tensor-parallel-size 1\n    gpus: all\n',
      },
    },
    {
      'pod.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  containers:\n    - name: llm\n      image: vllm/vllm-openai:v0.9.1\n      args: ["--model=Qwen/Qwen3-32B", "--tensor-parallel-size=2"]\n      resources: {limits: {nvidia.com/gpu: 2}}\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  containers:\n    - name: llm\n      image: vllm/vllm-openai:v0.9.1\n      args: ["--model=Qwen/Qwen3-32B", "--tensor-parallel-size=2"]\n      resources: {limits: {nvidia.com/gpu: 2}}\n      volumeMounts: [{name: shm, mountPath: /dev/shm}]\n  volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 8Gi}}]\n',
      },
    },
  ],
  check(workload, report) {
    if (workload.phase === 'built' || !worksOnGpu(workload)) return
    const { limits, namespaces, mounts } = workload.settings
    const ipc = known(namespaces.ipc)?.mode
    if (limits.shm.is !== 'default' || (limits.shm.value ?? Number.POSITIVE_INFINITY) > 64 * 2 ** 20) return
    if (ipc === undefined || ipc === 'host' || ipc === 'container' || ipc === 'service') return
    if (mounts.items['/dev/shm'] !== undefined) return
    const found = parallelism(workload)
    if (found === undefined) return
    report({
      at: found.word.at,
      key: 'limits.shm',
      label: 'needs shared memory',
      message: `${atStart(workload.label)} spreads its work over ${found.processes} (${found.word.value}), with the default 64 MB of /dev/shm`,
      fix: settingFix(
        workload,
        {
          title: 'Give processes on several GPUs shared memory of their own',
          safety: 'review',
          breaks: 'containers with a tight limit on memory, which shared memory counts against',
        },
        { set: 'limits.shm', value: 8 * 2 ** 30 },
      ),
    })
  },
})

const FLAGS = [
  '--tensor-parallel-size',
  '-tp',
  '--tp',
  '--tp-size',
  '--tensor_parallel_size',
  '--num-shard',
  '--nproc_per_node',
  '--nproc-per-node',
  '--num_gpus',
  '--num_processes',
] as const

function parallelism(workload: WorkloadFact): { word: ProgramWord; processes: string } | undefined {
  for (const { words } of programsOf(workload)) {
    const flag = flagOf(words, FLAGS)
    const count = Number(flag?.value)
    const every = flag?.value === 'gpu' || flag?.value === 'auto'
    if (flag === undefined || (!every && !(Number.isInteger(count) && count > 1))) continue
    const word = { value: `${flag.name} ${flag.value}`, at: flag.at }
    return { word, processes: every ? 'all GPUs' : `${count} processes` }
  }
  return undefined
}
