import { defineRule } from '../../core/rule.ts'
import { known, manualFix, placeOf } from '../../core/setting.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/gpu-all-devices',
  reads: 'workload',
  area: 'configuration',
  severity: 'info',
  confidence: 'high',
  concepts: ['gpu-all-devices'],
  offByDefault: true,
  title: 'Service gets every GPU of the host',
  why: 'On a host that several services share, each GPU that a service does not need is memory of others that it can fill, and a driver that it can crash for them.',
  how: 'Give it the devices that it needs, by number or name: `count: 1`, or `device_ids: ["0"]`.',
  fine: 'The host has one GPU, or serves this one service only.',
  controls: ['CIS-Docker-1.6:5.18'],
  refs: ['CWE-272'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: example/llm:1\n    gpus: all\n',
        good: 'services:\n  llm:\n    image: example/llm:1\n    gpus:\n      - driver: nvidia\n        device_ids: ["0"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: example/llm:1\n    deploy: {resources: {reservations: {devices: [{driver: nvidia, count: all, capabilities: [gpu]}]}}}\n',
        good: 'services:\n  llm:\n    image: example/llm:1\n    deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}\n',
      },
    },
  ],
  check(workload, report) {
    const { gpus } = workload.settings
    const all = (known(gpus) ?? []).find(({ count, ids }) => count === null && ids.length === 0)
    if (all === undefined) return
    report({
      at: all.at ?? placeOf(gpus),
      key: 'gpus',
      message: `${atStart(workload.label)} gets every GPU of the host`,
      fix: manualFix(
        'Give services the GPUs that they need',
        `Name the devices of ${workload.label}: \`device_ids: ["0"]\`.`,
        `gpus of ${workload.path}`,
      ),
    })
  },
})
