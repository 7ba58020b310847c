import { defineRule } from '../../core/rule.ts'
import { known, placeOf, settingFix } from '../../core/setting.ts'
import { worksOnGpu } from '../kind-of-work.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/privileged',
  reads: 'workload',
  area: 'configuration',
  severity: 'critical',
  confidence: 'high',
  concepts: ['privileged', 'gpu-privileged'],
  title: 'Container is privileged',
  why: 'A privileged container has every capability, every device of the host and no seccomp, AppArmor or SELinux around it: whoever gets into it mounts the host’s disk and is root on the host. Dropped capabilities do not help.',
  how: 'Take the switch out and give the container what it needs by name: a device, one capability, or a GPU by reservation (`deploy.resources.reservations.devices`, `nvidia.com/gpu`). GPUs never need it.',
  fine: 'A node agent or a Docker-in-Docker runner on machines of its own, which hold nothing else.',
  controls: ['CIS-Docker-1.6:5.5', 'NIST-800-190:4.4.3', 'K8s-PSS:baseline'],
  refs: ['CWE-250'],
  peers: ['compose-lint:CL-0002', 'trivy:KSV-0017', 'checkov:CKV_K8S_16', 'kubescape:C-0057'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  trainer:
    image: acme/trainer:1.4
    privileged: true
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              count: 1
              capabilities: [gpu]
`,
        good: `services:
  trainer:
    image: acme/trainer:1.4
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              count: 1
              capabilities: [gpu]
`,
      },
    },
    {
      // A merge key brings it: an own key hides it.
      'compose.yaml': {
        bad: `x-base: &base
  privileged: yes
services:
  api:
    <<: *base
    image: acme/api:1.4
`,
        good: `services:
  api:
    image: acme/api:1.4
    privileged: \${PRIVILEGED}
`,
      },
    },
    {
      'pod.yaml': {
        bad: `apiVersion: v1
kind: Pod
metadata:
  name: agent
spec:
  containers:
    - name: agent
      image: acme/agent:2.0
      securityContext:
        privileged: true
        runAsUser: 10001
`,
        good: `apiVersion: v1
kind: Pod
metadata:
  name: agent
spec:
  securityContext:
    privileged: true
  containers:
    - name: agent
      image: acme/agent:2.0
      securityContext:
        privileged: false
        runAsUser: 10001
`,
      },
    },
  ],
  check(workload, report) {
    const { privileged, gpus } = workload.settings
    if (known(privileged) !== true) return
    const onGpu = worksOnGpu(workload)
    const lacksRequest = onGpu && (known(gpus) ?? []).length === 0
    const severity = severityOf(workload)
    const isKubernetes = workload.dialect === 'kubernetes'
    const fix = settingFix(
      workload,
      {
        title: `Take privileged off ${workload.label}`,
        safety: 'review',
        breaks: onGpu
          ? 'what the program does to the host beside the GPU, whose devices the reservation hands over'
          : 'what the program does to the host’s devices, mounts or kernel settings: give it that device or capability by name',
      },
      { remove: 'privileged' },
    )
    report({
      at: placeOf(privileged),
      key: 'privileged',
      message: `${atStart(workload.label)} is privileged: whoever gets into it is root on the ${isKubernetes ? 'node' : 'host'}${onGpu ? '; its GPU does not need that' : ''}`,
      label: 'all capabilities, all devices, no confinement',
      concepts: onGpu ? ['privileged', 'gpu-privileged'] : ['privileged'],
      ...severity,
      fix: lacksRequest
        ? {
            ...fix,
            steps: [
              ...fix.steps,
              {
                do: 'manual',
                text: isKubernetes
                  ? `Ask for the GPU in ${workload.label}: resources.limits, nvidia.com/gpu: 1 (or the name of your device plugin).`
                  : `Reserve the GPU for ${workload.label}: deploy.resources.reservations.devices with driver nvidia and capabilities [gpu]; for ROCm the devices /dev/kfd and /dev/dri.`,
              },
            ],
          }
        : fix,
    })
  },
})

function severityOf({
  dialect,
  part,
}: {
  dialect: string
  part: string
}): { severity: 'high' | 'medium'; because: string } | undefined {
  if (dialect !== 'kubernetes') return undefined
  return part === 'init'
    ? { severity: 'medium', because: 'it is an init container: it ends before the pod serves anybody' }
    : {
        severity: 'high',
        because: 'it reaches one node, not the whole cluster',
      }
}
