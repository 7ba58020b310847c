import type { WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { manualFix } from '../../core/setting.ts'
import { type Hardening, hardeningFix, lacksPrivilegeSwitch, missingHardening } from '../hardening.ts'
import { allOfProject, projectOf } from '../project.ts'
import { atStart, listed } from '../wording.ts'

export default defineRule({
  id: 'workload/never-hardened',
  reads: 'workload',
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: [
    'caps-not-dropped',
    'no-new-privileges-missing',
    'security-opt-missing',
    'seccomp-not-set',
    'rootfs-writable',
    'memory-unlimited',
    'cpu-unlimited',
    'pids-unlimited',
  ],
  title: 'Container runs with the engine’s defaults',
  why: 'The defaults are made so that everything runs, not so that little can go wrong: an intruder has fourteen capabilities, may gain rights by set-uid programs, changes the program on disk, and takes all memory and processes of the machine.',
  how: 'Drop all capabilities and add back what is used, forbid new privileges, make the root file system read-only with a tmpfs or volume for what is written, and limit memory and processes from what is measured.',
  fine: 'A container on a developer’s machine that nobody else reaches. Seccomp need not be set where every node’s kubelet runs with `seccompDefault: true`.',
  controls: [
    'CIS-Docker-1.6:5.4',
    'CIS-Docker-1.6:5.11',
    'CIS-Docker-1.6:5.12',
    'CIS-Docker-1.6:5.13',
    'CIS-Docker-1.6:5.26',
    'CIS-Docker-1.6:5.29',
    'NIST-800-190:4.4.3',
    'K8s-PSS:restricted',
  ],
  refs: ['CWE-250', 'CWE-770'],
  peers: [
    'compose-lint:CL-0003',
    'compose-lint:CL-0006',
    'compose-lint:CL-0007',
    'compose-lint:CL-0026',
    'trivy:KSV-0001',
    'trivy:KSV-0003',
    'trivy:KSV-0014',
    'trivy:KSV-0018',
    'checkov:CKV_K8S_20',
    'checkov:CKV_K8S_22',
    'checkov:CKV_K8S_13',
    'checkov:CKV_K8S_37',
    'kubescape:C-0016',
    'kubescape:C-0017',
    'trivy:KSV-0030',
    'checkov:CKV_K8S_31',
    'kubescape:C-0055',
  ],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    user: "10001:10001"
    read_only: true
    mem_limit: 2g
    cpus: 2
`,
        good: `services:
  api:
    image: acme/api:1.4
    user: "10001:10001"
    read_only: true
    mem_limit: 2g
    cpus: 2
    cap_drop: [all]
    security_opt: [no-new-privileges]
    deploy:
      resources:
        limits:
          pids: 100
`,
        fixed: `services:
  api:
    image: acme/api:1.4
    user: "10001:10001"
    read_only: true
    mem_limit: 2g
    cpus: 2
    cap_drop:
      - ALL
    security_opt:
      - no-new-privileges:true
    pids_limit: 4096
`,
      },
    },
    {
      // Two services, one fix; what the database's entrypoint needs is added back.
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    read_only: true
    mem_limit: 2g
    cpus: 2
    pids_limit: 200
    security_opt:
      - no-new-privileges:false
  db:
    image: postgres:17
    read_only: true
    mem_limit: 2g
    cpus: 2
    pids_limit: 200
    security_opt:
      - no-new-privileges:true
`,
        good: `services:
  api:
    image: acme/api:1.4
    read_only: true
    mem_limit: 2g
    cpus: 2
    pids_limit: 200
    security_opt:
      - no-new-privileges:true
    cap_drop:
      - ALL
  db:
    image: postgres:17
    read_only: true
    mem_limit: 2g
    cpus: 2
    pids_limit: 200
    security_opt:
      - no-new-privileges:true
    cap_drop:
      - ALL
    cap_add:
      - CHOWN
      - DAC_OVERRIDE
      - FOWNER
      - SETGID
      - SETUID
`,
      },
    },
    {
      // Limits must be measured: nothing is written for them.
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    read_only: true
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
`,
        good: `services:
  api:
    image: acme/api:1.4
    read_only: true
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    deploy:
      resources:
        limits:
          memory: 2g
          cpus: "2"
          pids: 100
`,
      },
    },
    {
      // The kubelet limits processes; a CPU limit is no protection; a patch says only what it changes.
      'deploy.yaml': {
        bad: `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      containers:
        - name: api
          image: acme/api:1.4
          resources:
            limits:
              memory: 1Gi
          securityContext:
            readOnlyRootFilesystem: true
            seccompProfile:
              type: RuntimeDefault
`,
        good: `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      containers:
        - name: api
          image: acme/api:1.4
          resources:
            limits:
              memory: 1Gi
          securityContext:
            readOnlyRootFilesystem: true
            seccompProfile:
              type: RuntimeDefault
            capabilities:
              drop:
                - ALL
            allowPrivilegeEscalation: false
`,
      },
    },
    {
      // Kubernetes filters no system calls unless it is told to.
      'pod.yaml': {
        bad: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
    - name: api
      image: acme/api:1.4
      resources: {limits: {memory: 1Gi}}
      securityContext:
        readOnlyRootFilesystem: true
        allowPrivilegeEscalation: false
        capabilities: {drop: [ALL]}
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  securityContext:
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: api
      image: acme/api:1.4
      resources: {limits: {memory: 1Gi}}
      securityContext:
        readOnlyRootFilesystem: true
        allowPrivilegeEscalation: false
        capabilities: {drop: [ALL]}
`,
      },
    },
  ],
  check(workload, report) {
    if (workload.phase !== 'declared') return
    const missing = missingHardening(workload)
    if (missing.length === 0) return
    const isGrave = lacksPrivilegeSwitch(missing)
    const lacksSecurityOption = missing.includes('no-new-privileges') && workload.dialect === 'compose'
    report({
      at: undefined,
      key: isGrave ? 'hardening' : 'limits',
      message: `${atStart(workload.label)} ${wordsOf(missing)}`,
      label: `${missing.length} ${missing.length === 1 ? 'switch' : 'switches'} at the engine’s default`,
      concepts: [...missing.map((one) => CONCEPTS[one]), ...(lacksSecurityOption ? ['security-opt-missing'] : [])],
      ...severityOf(missing, isGrave),
      fix: (isGrave || missing.includes('seccomp') ? hardeningFix(workload) : undefined) ?? byHand(workload, missing),
    })
  },
})

function severityOf(missing: readonly Hardening[], isGrave: boolean): { severity: 'low'; because: string } | undefined {
  if (isGrave) return undefined
  if (missing.every((one) => one === 'seccomp'))
    return { severity: 'low', because: 'only the seccomp filter is missing, which a node may set for all its pods' }
  const because = missing.every((one) => one === 'read-only')
    ? 'it drops capabilities and forbids new privileges; only its root file system is writable'
    : 'its privileges are cut already; what is missing protects its neighbours from overload'
  return { severity: 'low', because }
}

/** `keeps …, may gain … and has no limit on memory and processes`. */
function wordsOf(missing: readonly Hardening[]): string {
  const limits = missing.flatMap((one) => LIMITS[one] ?? [])
  const noLimits = limits.length === 0 ? [] : [`has no limit on ${listed(limits)}`]
  return listed([...missing.flatMap((one) => WORDS[one] ?? []), ...noLimits])
}

const WORDS: Partial<Record<Hardening, string>> = {
  capabilities: 'keeps the default capabilities',
  'no-new-privileges': 'may gain privileges by set-uid programs',
  seccomp: 'has no seccomp filter',
  'read-only': 'can change its own root file system',
}

const CONCEPTS: Readonly<Record<Hardening, string>> = {
  capabilities: 'caps-not-dropped',
  'no-new-privileges': 'no-new-privileges-missing',
  seccomp: 'seccomp-not-set',
  'read-only': 'rootfs-writable',
  memory: 'memory-unlimited',
  cpus: 'cpu-unlimited',
  pids: 'pids-unlimited',
}

function byHand(workload: WorkloadFact, missing: readonly Hardening[]) {
  const project = projectOf(workload)
  const limits = missing.flatMap((one) => LIMITS[one] ?? [])
  const steps = [
    ...(missing.includes('read-only')
      ? [
          workload.dialect === 'kubernetes'
            ? 'set `readOnlyRootFilesystem: true` and give an emptyDir for each folder that the program writes'
            : 'set `read_only: true` and give a tmpfs or volume for each folder that the program writes (`docker diff` lists them)',
        ]
      : []),
    ...(limits.length > 0 ? [`limit ${listed(limits)} to half more than its measured peak`] : []),
  ].join('; ')
  return manualFix(
    `Limit what ${allOfProject(workload)} may write and use`,
    `${atStart(workload.label)}: ${steps}.`,
    `limits ${project}`,
  )
}

const LIMITS: Partial<Record<Hardening, string>> = { memory: 'memory', cpus: 'processors', pids: 'processes' }
