import { defineRule } from '../../core/rule.ts'
import { hardeningFix, missingHardening } from '../hardening.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/seccomp-default-off',
  reads: 'workload',
  area: 'configuration',
  severity: 'low',
  confidence: 'medium',
  concepts: ['seccomp-not-set'],
  title: 'Pod asks for no seccomp filter, and Kubernetes sets none by itself',
  why: 'Docker filters about sixty dangerous system calls for every container; Kubernetes does so only where the pod asks for it or the kubelet is started with `seccompDefault`. Without the filter every kernel bug behind those calls is open.',
  how: 'Set `seccompProfile: {type: RuntimeDefault}` in the security context.',
  fine: 'Every node’s kubelet runs with `seccompDefault: true`.',
  controls: ['NIST-800-190:4.4.3', 'K8s-PSS:restricted'],
  refs: ['CWE-693'],
  peers: ['trivy:KSV-0030', 'checkov:CKV_K8S_31', 'kubescape:C-0055'],
  examples: [
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
      securityContext:
        allowPrivilegeEscalation: false
        capabilities: {drop: [ALL]}
`,
      },
    },
  ],
  check(workload, report) {
    if (workload.dialect !== 'kubernetes' || !missingHardening(workload).includes('seccomp')) return
    const fix = hardeningFix(workload)
    report({
      at: undefined,
      key: 'seccomp',
      message: `${atStart(workload.label)} asks for no seccomp profile: it runs without a filter unless its node’s kubelet sets one`,
      label: 'no seccompProfile',
      ...(fix === undefined ? {} : { fix }),
    })
  },
})
