import type { WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { known, knownItems, placeOf, settingFix } from '../../core/setting.ts'
import { compareSeverity, type Severity, shiftSeverity } from '../../core/severity.ts'
import { addedCapabilities, bareCapability, capabilityRisk } from '../capabilities.ts'
import { isGpuDevice } from '../kind-of-work.ts'
import { atStart, because, listed } from '../wording.ts'

export default defineRule({
  id: 'workload/dangerous-capability',
  reads: 'workload',
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['dangerous-capability', 'capability-added', 'ptrace-for-gpu'],
  title: 'Container is given more capabilities than the engine’s default',
  why: 'Capabilities are the pieces into which root’s power is cut. Some of them (SYS_ADMIN, SYS_MODULE, SYS_RAWIO, DAC_READ_SEARCH, BPF) are enough to leave the container; others let it watch or disturb its neighbours.',
  how: 'Take the capability out, or keep the one that the program is seen to use. GPUs need none: NVIDIA’s toolkit hands devices over, and for ROCm the devices /dev/kfd and /dev/dri with the groups video and render do.',
  fine: 'A program whose purpose it is: NET_ADMIN for a VPN in its own network, SYS_TIME for a time server, IPC_LOCK with RDMA.',
  controls: ['CIS-Docker-1.6:5.4', 'NIST-800-190:4.4.3', 'K8s-PSS:baseline'],
  refs: ['CWE-250'],
  peers: [
    'compose-lint:CL-0011',
    'compose-lint:CL-0024',
    'trivy:KSV-0005',
    'trivy:KSV-0022',
    'checkov:CKV_K8S_39',
    'checkov:CKV_K8S_25',
    'kubescape:C-0046',
  ],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    cap_drop: [ALL]
    cap_add:
      - CAP_SYS_ADMIN
      - CHOWN
`,
        good: `services:
  api:
    image: acme/api:1.4
    cap_drop: [ALL]
    cap_add:
      - CHOWN
`,
      },
    },
    {
      // Default capabilities, and IPC_LOCK where there is RDMA.
      'compose.yaml': {
        bad: `services:
  train:
    image: rocm/pytorch:rocm6.2
    cap_add: [SYS_PTRACE]
    security_opt: ["seccomp=unconfined"]
    devices: [/dev/kfd, /dev/dri]
`,
        good: `services:
  train:
    image: rocm/pytorch:rocm6.2
    cap_add: [NET_BIND_SERVICE, setuid, IPC_LOCK]
    devices: [/dev/kfd, /dev/dri, /dev/infiniband]
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
        capabilities:
          drop: [ALL]
          add: [NET_ADMIN, SYS_MODULE]
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
    - name: api
      image: acme/api:1.4
      securityContext:
        capabilities:
          drop: [ALL, SYS_MODULE]
          add: [SYS_MODULE, NET_BIND_SERVICE]
`,
      },
    },
  ],
  check(workload, report) {
    const { add } = workload.settings.capabilities
    const judged = addedCapabilities(workload)
      .map((name) => judge(name, workload))
      .filter((one) => one !== undefined)
      .sort((one, other) => compareSeverity(one.severity, other.severity))
    const worst = judged[0]
    if (worst === undefined) return
    const names = judged.map(({ name }) => name)
    const forGpu = names.includes('SYS_PTRACE') && isRocmRecipe(workload)
    const written = (known(add) ?? []).filter((name) => names.includes(bareCapability(name)))
    const serious = judged.filter(({ severity }) => compareSeverity(severity, 'medium') <= 0)
    report({
      at: placeOf(add),
      key: 'capabilities.add',
      message: `${atStart(workload.label)} is given ${listed(names)}${names.length === 1 ? ', which' : `: ${worst.name}`} lets it ${worst.gives}${forGpu ? '; its GPU does not need SYS_PTRACE' : ''}`,
      label: `lets it ${worst.gives}`,
      severity: worst.severity,
      because: because([`${worst.name} lets it ${worst.gives}`, ...worst.reasons]) as string,
      concepts: [
        ...(serious.length > 0 ? ['dangerous-capability'] : []),
        'capability-added',
        ...(forGpu ? ['ptrace-for-gpu'] : []),
      ],
      fix: settingFix(
        workload,
        {
          title: `Take ${listed(names)} from ${workload.label}`,
          safety: 'review',
          breaks: 'what the program does with them: keep those that it is seen to use',
        },
        ...written.map((item) => ({ removeItem: 'capabilities.add', item })),
      ),
    })
  },
})

interface Judged {
  readonly name: string
  readonly gives: string
  readonly severity: Severity
  readonly reasons: readonly string[]
}

function judge(name: string, workload: WorkloadFact): Judged | undefined {
  const risk = capabilityRisk(name)
  if (risk === undefined) return undefined
  const { settings } = workload
  const isHostPid = known(settings.namespaces.pid)?.mode === 'host'
  const isHostNetwork = known(settings.namespaces.network)?.mode === 'host'
  if (name === 'IPC_LOCK' && hasRdma(workload)) return undefined
  const { gives } = risk
  if (name === 'SYS_PTRACE' && isHostPid)
    return { name, gives, severity: 'critical', reasons: ['it sees the processes of the host'] }
  const raised: { severity: Severity; reasons: string[] } =
    name === 'NET_ADMIN' && isHostNetwork
      ? { severity: 'high', reasons: ['its network is the host’s'] }
      : name === 'SYS_PTRACE' && known(settings.seccomp)?.mode === 'unconfined' && settings.seccomp.is === 'set'
        ? { severity: 'high', reasons: ['its system calls are not filtered either'] }
        : { severity: risk.severity, reasons: [] }
  const uid = known(settings.user.uid)
  const isOther = known(settings.user.mustBeNonRoot) === true || (uid !== undefined && uid !== 0)
  if (!isOther) return { name, gives, ...raised }
  // The capability is in the bounding set only: a program that carries it in its file is needed to use it.
  if (known(settings.noNewPrivileges) === true)
    return {
      name,
      gives,
      severity: 'low',
      reasons: ['it does not run as root and may not gain privileges, so no program inside can use it'],
    }
  return {
    name,
    gives,
    severity: shiftSeverity(raised.severity, -1),
    reasons: [...raised.reasons, 'it does not run as root, so only a set-uid program inside could use it'],
  }
}

function hasRdma({ settings }: WorkloadFact): boolean {
  return (
    knownItems(settings.devices).some(({ value }) => value.source.startsWith('/dev/infiniband')) ||
    knownItems(settings.mounts).some(({ value }) => value.source?.startsWith('/dev/infiniband') === true)
  )
}

/** AMD's documentation of old told everybody to add SYS_PTRACE and to switch seccomp off. */
function isRocmRecipe({ settings }: WorkloadFact): boolean {
  return knownItems(settings.devices).some(({ value }) => isGpuDevice(value.source))
}
