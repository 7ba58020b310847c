import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { settingFix } from '../../core/setting.ts'
import { rolesOf } from '../kind-of-work.ts'
import { projectOf } from '../project.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/service-account-token',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'low',
  confidence: 'high',
  concepts: ['sa-token-automount'],
  title: 'Pod is handed a token of the cluster’s API that it did not ask for',
  why: 'Kubernetes mounts a token of the namespace’s default service account into every pod. Whoever gets into one signs in to the cluster’s API with it and has whatever was ever granted to that account.',
  how: 'Set `automountServiceAccountToken: false`. A pod that talks to the API gets an account of its own, with the few rights it needs.',
  fine: 'The program talks to the Kubernetes API as the default account on purpose.',
  controls: ['NIST-800-190:4.3.2', 'CIS-Kubernetes:5.1.6'],
  refs: ['CWE-250'],
  peers: ['trivy:KSV-0036', 'checkov:CKV_K8S_38', 'kubescape:C-0034'],
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
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  automountServiceAccountToken: false
  containers:
    - name: api
      image: acme/api:1.4
`,
      },
    },
    {
      // An account of its own, or a token on purpose, is somebody's choice.
      'pod.yaml': {
        bad: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
    - name: api
      image: acme/api:1.4
    - name: metrics
      image: acme/metrics:1.4
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  serviceAccountName: api-reader
  containers:
    - name: api
      image: acme/api:1.4
`,
      },
    },
  ],
  check(workload, report, view) {
    const { serviceAccountToken: token } = workload.settings
    // Written, or an account that somebody chose: not the default that nobody thought of.
    if (token.is !== 'default' || !token.value || token.by.who !== 'default') return
    if (!isFirstOfPod(workload, view)) return
    const roles = rolesOf(workload, view)
    const runsForeignCode = roles.has('notebook') || roles.has('agent')
    // The controller of a custom kind may choose the account.
    if (!runsForeignCode && !BUILT_IN.has(workload.group?.split('/', 1)[0] ?? '')) return
    report({
      at: undefined,
      key: 'serviceAccountToken',
      message: `${atStart(workload.label)} is handed the API token of its namespace’s default service account${runsForeignCode ? ', and runs code of others by design' : ''}`,
      label: 'automountServiceAccountToken is not false',
      ...(runsForeignCode
        ? { severity: 'medium', because: 'it runs code of others by design, which finds the token' }
        : {}),
      fix: settingFix(
        workload,
        {
          title: `Mount no API token into the pods of ${projectOf(workload)}`,
          group: `token ${projectOf(workload)}`,
          safety: 'review',
          breaks: 'a program in the pod that talks to the Kubernetes API',
        },
        { set: 'serviceAccountToken', value: false },
      ),
    })
  },
})

/** The token is the pod's: told once for all of its containers. */
function isFirstOfPod(workload: WorkloadFact, view: View): boolean {
  const siblings = view
    .at('workload', workload.target, workload.path)
    .filter((other) => other.group === workload.group && other.part !== 'init')
  return siblings[0] === undefined || siblings[0].id === workload.id
}

const BUILT_IN: ReadonlySet<string> = new Set([
  'Pod',
  'Deployment',
  'DaemonSet',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
])
