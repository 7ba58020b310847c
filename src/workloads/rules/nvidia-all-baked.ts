import type { Origin, Setting, WorkloadFact } from '../../core/facts/workload.ts'
import type { SettingChange } from '../../core/fix.ts'
import { defineRule } from '../../core/rule.ts'
import { isSet, known, placeOf, settingFix } from '../../core/setting.ts'
import { atStart, listed } from '../wording.ts'

export default defineRule({
  id: 'workload/nvidia-all-baked',
  reads: 'workload',
  area: 'configuration',
  severity: 'low',
  confidence: 'high',
  concepts: ['nvidia-all-baked'],
  title: 'Image asks for every GPU or every driver part by itself',
  why: 'Where NVIDIA’s runtime is the host’s default, the variables of the image decide: a container that nobody gave a GPU gets all of them, other tenants’ included. `all` driver capabilities also bring graphics, video and display libraries of the host into it.',
  how: 'Set NVIDIA_DRIVER_CAPABILITIES=compute,utility, leave NVIDIA_VISIBLE_DEVICES out, and choose devices where the container is run (`gpus:`, `nvidia.com/gpu`).',
  fine: 'The program draws or encodes video on the GPU and needs those parts.',
  controls: ['CIS-Docker-1.6:5.18'],
  refs: ['CWE-272', 'https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM ubuntu:24.04\nENV NVIDIA_VISIBLE_DEVICES=all\nENV NVIDIA_DRIVER_CAPABILITIES=all\nENV LANG=C.UTF-8\n',
        good: 'FROM ubuntu:24.04\nENV NVIDIA_DRIVER_CAPABILITIES=compute,utility\nENV LANG=C.UTF-8\n',
        fixed: 'FROM ubuntu:24.04\nENV NVIDIA_DRIVER_CAPABILITIES=compute,utility\nENV LANG=C.UTF-8\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\nENV NVIDIA_DRIVER_CAPABILITIES=all\n',
        good: 'FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\nENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility\n',
      },
      'compose.yaml':
        'services:\n  llm:\n    image: example/llm:1\n    runtime: nvidia\n    environment:\n      NVIDIA_VISIBLE_DEVICES: all\n',
    },
  ],
  check(workload, report) {
    if (workload.dialect !== 'dockerfile') return
    const { NVIDIA_VISIBLE_DEVICES: devices, NVIDIA_DRIVER_CAPABILITIES: capabilities } = workload.settings.env.items
    const found: { name: string; setting: Setting<string | null>; change: SettingChange }[] = []
    // On an image of NVIDIA's the variable says only what its base says.
    if (devices !== undefined && isOwnAll(devices) && !isOfNvidia(workload))
      found.push({
        name: 'NVIDIA_VISIBLE_DEVICES',
        setting: devices,
        change: { remove: 'env[NVIDIA_VISIBLE_DEVICES]' },
      })
    if (capabilities !== undefined && isOwnAll(capabilities))
      found.push({
        name: 'NVIDIA_DRIVER_CAPABILITIES',
        setting: capabilities,
        change: { set: 'env[NVIDIA_DRIVER_CAPABILITIES]', value: 'compute,utility' },
      })
    const [first] = found
    if (first === undefined) return
    report({
      at: placeOf(first.setting),
      key: `env[${first.name}]`,
      label: 'all',
      message: `${atStart(workload.label)} sets ${listed(found.map(({ name }) => name))} to "all"`,
      related: found.slice(1).map(({ setting }) => ({ at: placeOf(setting), label: 'all' })),
      fix: settingFix(
        workload,
        {
          title: 'Ask for compute only, and choose GPUs where the container is run',
          safety: 'review',
          breaks:
            'programs that draw or encode video, until those parts are named; hosts that gave GPUs by the variable alone, until `gpus:` says so',
        },
        ...found.map(({ change }) => change),
      ),
    })
  },
})

function isOwnAll(setting: Setting<string | null>): boolean {
  const by: Origin | undefined = isSet(setting) ? setting.by : undefined
  return by?.who === 'image' && known(setting)?.toLowerCase() === 'all'
}

function isOfNvidia({ settings }: WorkloadFact): boolean {
  const image = known(settings.image)
  if (image === undefined) return false
  return (
    image.registry === 'nvcr.io' ||
    (image.registry === 'docker.io' &&
      /^(?:nvidia\/cuda|pytorch\/pytorch|vllm\/|runpod\/|tensorflow\/tensorflow)/.test(image.repository))
  )
}
