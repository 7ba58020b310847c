import type { Setting, WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { isSet, known, placeOf, settingFix } from '../../core/setting.ts'
import type { Severity } from '../../core/severity.ts'
import { allOfProject, projectOf } from '../project.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/confinement-disabled',
  reads: 'workload',
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['seccomp-unconfined', 'apparmor-unconfined', 'selinux-disabled', 'proc-mount-unmasked'],
  title: 'The kernel’s confinement of the container is switched off',
  why: 'The default profiles close about sixty system calls and the writable corners of /proc and /sys to a container. Without them every kernel bug that needs one of those calls is a way out.',
  how: 'Take the entry out: the engine’s default profile fits nearly everything. Where a program needs one call more, write a profile that adds it. ROCm and PyTorch run under the default one.',
  fine: 'A debugger, profiler or nested engine on a developer’s machine.',
  controls: [
    'CIS-Docker-1.6:5.2',
    'CIS-Docker-1.6:5.3',
    'CIS-Docker-1.6:5.22',
    'NIST-800-190:4.4.3',
    'K8s-PSS:baseline',
  ],
  refs: ['CWE-693'],
  peers: ['compose-lint:CL-0009', 'trivy:KSV-0002', 'trivy:KSV-0104', 'trivy:KSV-0027', 'kubescape:C-0055'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  train:
    image: acme/train:1.4
    security_opt:
      - seccomp:unconfined
      - apparmor=unconfined
      - label=disable
      - systempaths=unconfined
      - no-new-privileges:true
`,
        good: `services:
  train:
    image: acme/train:1.4
    security_opt:
      - no-new-privileges:true
`,
      },
    },
    {
      // Named profiles are somebody's choice.
      'compose.yaml': {
        bad: `services:
  train:
    image: acme/train:1.4
    security_opt: ["seccomp=unconfined"]
`,
        good: `services:
  train:
    image: acme/train:1.4
    security_opt: ["seccomp=./seccomp.json", "label=type:svirt_t"]
`,
      },
    },
    {
      'pod.yaml': {
        bad: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
    - name: api
      image: acme/api:1.4
      securityContext:
        seccompProfile:
          type: Unconfined
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
    - name: api
      image: acme/api:1.4
      securityContext:
        seccompProfile:
          type: RuntimeDefault
`,
      },
    },
  ],
  check(workload, report) {
    // Privileged switches all of them off: that is one finding, and another rule's.
    if (known(workload.settings.privileged) === true) return
    for (const { address, concept, isOff, message, severity, because } of rowsFor(workload)) {
      const setting = workload.settings[address] as Setting<unknown>
      if (!isOff) continue
      report({
        at: placeOf(setting),
        key: address,
        message: `${atStart(workload.label)} ${message}`,
        label: 'switched off',
        concepts: [concept],
        ...(severity === undefined || because === undefined ? {} : { severity, because }),
        fix: settingFix(
          workload,
          {
            title: `Put the default confinement of ${allOfProject(workload)} back`,
            group: `confinement ${projectOf(workload)}`,
            safety: 'review',
            breaks: BREAKS,
          },
          workload.dialect === 'kubernetes' && (address === 'seccomp' || address === 'apparmor')
            ? { set: address, value: 'default' }
            : { remove: address },
        ),
      })
    }
  },
})

type Address = 'seccomp' | 'apparmor' | 'selinux' | 'maskedPaths'

interface Row {
  readonly address: Address
  readonly concept: string
  readonly isOff: boolean
  readonly message: string
  readonly severity?: Severity
  readonly because?: string
}

function rowsFor(workload: WorkloadFact): readonly Row[] {
  const { seccomp, apparmor, selinux, maskedPaths } = workload.settings
  const isKubernetes = workload.dialect === 'kubernetes'
  return [
    {
      address: 'seccomp',
      concept: 'seccomp-unconfined',
      isOff: isSet(seccomp) && seccomp.value.mode === 'unconfined',
      message: 'runs without a seccomp filter: every system call of the kernel is open to it',
      ...(isKubernetes
        ? { severity: 'medium', because: 'Kubernetes filters nothing by default either, unless the kubelet is told to' }
        : {}),
    },
    {
      address: 'apparmor',
      concept: 'apparmor-unconfined',
      isOff: isSet(apparmor) && apparmor.value.mode === 'unconfined',
      message: 'runs without an AppArmor profile: mounting and writing to /proc and /sys are no longer refused',
      ...(isKubernetes ? { severity: 'medium', because: 'other walls of the pod stay' } : {}),
    },
    {
      address: 'selinux',
      concept: 'selinux-disabled',
      isOff: isSet(selinux) && selinux.value.mode === 'unconfined',
      message: 'runs without SELinux labels: on a host with SELinux it may touch every file that its user may touch',
      severity: 'medium',
      because: 'it counts on hosts with SELinux only',
    },
    {
      address: 'maskedPaths',
      concept: 'proc-mount-unmasked',
      isOff: isSet(maskedPaths) && !maskedPaths.value,
      message:
        'sees the masked and read-only parts of /proc and /sys: kernel memory, keys and the SysRq trigger among them',
    },
  ]
}

const BREAKS =
  'debuggers, profilers, nested engines and programs that mount file systems; bind mounts without :z or :Z on hosts with SELinux'
