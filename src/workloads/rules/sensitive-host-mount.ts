import type { View } from '../../core/fact.ts'
import type { Mount, Setting, WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { known, placeOf, settingFix } from '../../core/setting.ts'
import type { Severity } from '../../core/severity.ts'
import { engineSocketOf } from '../engine-sockets.ts'
import { type HostPathRisk, hostPathRisk } from '../host-paths.ts'
import { isGpuDevice, rolesOf } from '../kind-of-work.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/sensitive-host-mount',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: [
    'sensitive-host-mount',
    'host-root-writable',
    'home-credential-mount',
    'host-path-mount',
    'dev-dir-mounted',
    'gpu-hostpath-device',
  ],
  title: 'Container has a part of the host that gives power over it',
  why: 'A container’s walls end where a folder of the host is mounted. Some folders give whoever is inside the host itself (the file system, /etc, the engine’s files), others the keys that a user keeps in the home folder.',
  how: 'Mount the one folder that is needed, and read-only where the program only reads. Hand keys over as secrets, made for this service alone.',
  fine: 'An agent of the host that measures or backs it up, read-only, with nothing else in it.',
  controls: ['CIS-Docker-1.6:5.6', 'NIST-800-190:4.4.3', 'NIST-800-190:4.5.5', 'K8s-PSS:baseline'],
  refs: ['CWE-668', 'CWE-552'],
  peers: [
    'compose-lint:CL-0013',
    'compose-lint:CL-0025',
    'trivy:KSV-0023',
    'trivy:KSV-0121',
    'kubescape:C-0048',
    'kubescape:C-0045',
  ],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  notebook:
    image: acme/notebook:1.4
    volumes:
      - /:/host
      - ~/.aws:/root/.aws:ro
      - \${HOME}/.ssh:/root/.ssh
      - .:/work
`,
        good: `services:
  notebook:
    image: acme/notebook:1.4
    volumes:
      - .:/work
`,
      },
    },
    {
      // What only ever needs reading; data; a file of the project that is called like one of the host.
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    volumes:
      - /lib/modules:/lib/modules
`,
        good: `services:
  api:
    image: acme/api:1.4
    volumes:
      - /lib/modules:/lib/modules:ro
      - /etc/localtime:/etc/localtime
      - /etc/passwd:/etc/passwd:ro
      - /etc/letsencrypt:/etc/letsencrypt:ro
      - ./etc:/etc
      - /data/models:/models
      - ~/.cache/huggingface:/root/.cache/huggingface
      - ~/.ssh/known_hosts:/root/.ssh/known_hosts:ro
      - /var/log/api:/var/log/api
      - models:/root
volumes:
  models:
`,
      },
    },
    {
      'ds.yaml': {
        bad: `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  template:
    spec:
      containers:
        - name: agent
          image: acme/agent:1.4
          volumeMounts:
            - name: etc
              mountPath: /host/etc
      volumes:
        - name: etc
          hostPath: {path: /etc/}
`,
        good: `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  template:
    spec:
      containers:
        - name: agent
          image: acme/agent:1.4
          volumeMounts:
            - name: etc
              mountPath: /host/etc
      volumes:
        - name: etc
          emptyDir: {}
`,
      },
    },
    {
      'gpu.yaml': {
        bad: `apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - name: llm
      image: acme/llm:1.4
      volumeMounts:
        - name: gpu
          mountPath: /dev/nvidia0
  volumes:
    - name: gpu
      hostPath: {path: /dev/nvidia0}
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - name: llm
      image: acme/llm:1.4
      resources:
        limits: {nvidia.com/gpu: 1}
`,
      },
    },
  ],
  check(workload, report, view) {
    for (const [target, setting] of Object.entries(workload.settings.mounts.items)) {
      const mount = known(setting)
      if (mount === undefined || mount.kind !== 'bind' || mount.source === null) continue
      // The engine's socket and the folder that holds it are another rule's.
      if (engineSocketOf(target, setting) !== undefined) continue
      const risk = riskOf(workload, mount, mount.source)
      if (risk === undefined) continue
      const milder = milderBecause(workload, view, mount, risk)
      report({
        at: placeOf(setting),
        key: `mounts[${target}]`,
        message: `${atStart(workload.label)} may ${mount.readOnly ? 'read' : 'write to'} ${nameOf(risk, mount.source)}: whoever gets into it can ${risk.gain}`,
        label: mount.readOnly ? 'of the host, read-only' : 'of the host, writable',
        concepts:
          risk.concept === 'gpu-hostpath-device' || risk.concept === 'dev-dir-mounted'
            ? [risk.concept]
            : [...new Set([risk.concept, 'sensitive-host-mount', 'host-path-mount'])],
        severity: milder?.severity ?? risk.severity,
        because: milder?.because ?? `it may ${mount.readOnly ? 'read' : 'write to'} ${risk.what}`,
        fix: fixFor(workload, target, setting, mount, risk),
      })
    }
  },
})

/** `the host’s /sys`, `the SSH keys of the host’s user (~/.ssh)`: with the path, once. */
function nameOf({ what }: HostPathRisk, source: string): string {
  return what.includes(source.length > 1 ? source.replace(/\/$/, '') : '(/)') ? what : `${what} (${source})`
}

function riskOf(workload: WorkloadFact, mount: Mount, source: string): HostPathRisk | undefined {
  if (workload.dialect === 'kubernetes' && isGpuDevice(source)) {
    return {
      severity: 'medium',
      what: 'a GPU’s device file',
      gain: 'use the GPU past the scheduler’s count; the pod must be privileged for it to work at all',
      concept: 'gpu-hostpath-device',
      fineReadOnly: false,
    }
  }
  return hostPathRisk(source, mount.readOnly)
}

function milderBecause(
  workload: WorkloadFact,
  view: View,
  mount: Mount,
  risk: HostPathRisk,
): { severity: Severity; because: string } | undefined {
  if (known(workload.settings.privileged) === true && OPEN_TO_PRIVILEGED.test(mount.source ?? '')) {
    return { severity: 'low', because: 'it is privileged, which opens the kernel’s files and the devices to it anyway' }
  }
  if (!mount.readOnly || risk.concept === 'home-credential-mount') return undefined
  if (!isNodeAgent(workload) && !rolesOf(workload, view).has('monitoring')) return undefined
  return {
    severity: 'low',
    because: 'it is a monitoring agent, which reads the host by design, and the mount is read-only',
  }
}

/** A privileged container has a /sys of the same contents, writable, and every device. */
const OPEN_TO_PRIVILEGED = /^\/(?:sys|dev)(?:\/|$)/

/** Agents whose documentation has them read the host. */
function isNodeAgent(workload: WorkloadFact): boolean {
  const { image, build } = workload.settings
  const reference = known(image)
  if (reference === undefined || build.is === 'set') return false
  return NODE_AGENTS.test(`${reference.registry}/${reference.repository}`)
}

const NODE_AGENTS =
  /^(?:docker\.io\/(?:prom\/node-exporter|google\/cadvisor|telegraf|library\/telegraf|datadog\/agent|grafana\/(?:promtail|alloy|agent)|netdata\/netdata|fluent\/fluent-bit|fluent\/fluentd|timberio\/vector|otel\/opentelemetry-collector-contrib|newrelic\/infrastructure)|quay\.io\/prometheus\/node-exporter|(?:gcr\.io|ghcr\.io\/google|registry\.k8s\.io)\/cadvisor(?:\/cadvisor)?|gcr\.io\/datadoghq\/agent|docker\.elastic\.co\/beats\/(?:filebeat|metricbeat)|cr\.fluentbit\.io\/fluent\/fluent-bit)$/

function fixFor(workload: WorkloadFact, target: string, setting: Setting<Mount>, mount: Mount, risk: HostPathRisk) {
  const source = mount.source ?? ''
  // A volume of the pod is one mount of several containers; the mount itself is the container's own.
  if (!mount.readOnly && risk.fineReadOnly && setting.is === 'set')
    return settingFix(
      workload,
      {
        title: `Mount ${source} read-only in ${workload.label}`,
        safety: 'review',
        breaks: 'a program that writes there',
      },
      { set: `mounts[${target}].readOnly`, value: true },
    )
  return settingFix(
    workload,
    {
      title: `Take ${source} out of ${workload.label}`,
      safety: 'review',
      breaks:
        risk.concept === 'home-credential-mount'
          ? 'programs that sign in with these credentials: hand them a secret of their own'
          : 'programs that read it: mount the one folder or file below it that is needed',
    },
    { remove: `mounts[${target}]` },
  )
}
