import { defineRule } from '../../core/rule.ts'
import { known, placeOf, settingFix } from '../../core/setting.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/host-pid',
  reads: 'workload',
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['host-pid'],
  title: 'Container sees the processes of the host',
  why: 'It reads the command lines and, as root, the environment and memory of every process of the host, keys included, and can stop them. With one more capability it takes one of them over.',
  how: 'Take the setting out. To look into one other container share its processes only (`pid: "service:NAME"`, `shareProcessNamespace`).',
  fine: 'A monitoring or debugging agent of the host itself.',
  controls: ['CIS-Docker-1.6:5.16', 'NIST-800-190:4.4.3', 'K8s-PSS:baseline'],
  refs: ['CWE-653'],
  peers: ['compose-lint:CL-0010', 'trivy:KSV-0010', 'checkov:CKV_K8S_17', 'kubescape:C-0038'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    pid: host
  db:
    image: acme/db:1
`,
        good: `services:
  api:
    image: acme/api:1.4
    pid: "service:db"
  db:
    image: acme/db:1
`,
      },
    },
    {
      'pod.yaml': {
        bad: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  hostPID: true
  containers:
    - name: api
      image: acme/api:1.4
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  shareProcessNamespace: true
  containers:
    - name: api
      image: acme/api:1.4
`,
      },
    },
  ],
  check(workload, report) {
    const { pid } = workload.settings.namespaces
    if (known(pid)?.mode !== 'host') return
    const host = workload.dialect === 'kubernetes' ? 'node' : 'host'
    report({
      at: placeOf(pid),
      key: 'namespaces.pid',
      message: `${atStart(workload.label)} sees the processes of the ${host}: it reads their command lines, environment and memory, and can stop them`,
      label: `the ${host}’s processes`,
      fix: settingFix(
        workload,
        {
          title: `Give ${workload.label} a process table of its own`,
          safety: 'review',
          breaks: `tools that watch or signal processes of the ${host}`,
        },
        { remove: 'namespaces.pid' },
      ),
    })
  },
})
