import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObjectFact } from '../../core/facts/kubernetes.ts'
import { at } from '../../formats/yaml/tree.ts'
import { scan } from './testing/harness.ts'

const CONTAINERS = 'containers: [{name: app, image: "python:3.12"}]'
const POD = `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {${CONTAINERS}}\n`

function objects(text: string, path = 'k8s.yaml'): readonly KubernetesObjectFact[] {
  return scan({ [path]: text }).facts.all('kubernetes-object')
}

test('kubernetes: documents and lists are taken apart', () => {
  const list = `apiVersion: v1\nkind: List\nitems:\n- ${POD.trim().replaceAll('\n', '\n  ')}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c, namespace: n, labels: {a: b}}\n`
  const found = objects(`${POD}---\n${list}---\n# nothing\n`)
  assert.deepEqual(
    found.map(({ subject, document, within, podSpecs }) => [subject, document, within, podSpecs]),
    [
      ['k8s.yaml#Pod/p', 0, undefined, [['spec']]],
      ['k8s.yaml#Pod/p', 1, ['items', '0'], [['spec']]],
      ['k8s.yaml#ConfigMap/n/c', 1, ['items', '1'], undefined],
    ],
  )
  assert.deepEqual(found[2]?.labels, { a: 'b' })
})

test('kubernetes: JSON manifests', () => {
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'a', image: 'b' }] },
  })
  assert.deepEqual(
    objects(text, 'pod.json').map(({ podSpecs }) => podSpecs),
    [[['spec']]],
  )
})

/** A value under a path of keys, in flow style; `*` is a list of one. */
function nested(path: string, value: string): string {
  return path.split('.').reduceRight((inner, step) => (step === '*' ? `[${inner}]` : `{${step}: ${inner}}`), value)
}

for (const [apiVersion, kind, path] of [
  ['apps/v1', 'Deployment', 'spec.template.spec'],
  ['apps/v1', 'StatefulSet', 'spec.template.spec'],
  ['batch/v1', 'Job', 'spec.template.spec'],
  ['batch/v1', 'CronJob', 'spec.jobTemplate.spec.template.spec'],
  ['v1', 'PodTemplate', 'template.spec'],
  ['batch.volcano.sh/v1alpha1', 'Job', 'spec.tasks.*.template.spec'],
  ['serving.knative.dev/v1', 'Service', 'spec.template.spec'],
  ['ray.io/v1', 'RayCluster', 'spec.headGroupSpec.template.spec'],
  ['ray.io/v1', 'RayCluster', 'spec.workerGroupSpecs.*.template.spec'],
  ['ray.io/v1', 'RayJob', 'spec.rayClusterSpec.workerGroupSpecs.*.template.spec'],
  ['ray.io/v1', 'RayService', 'spec.rayClusterConfig.headGroupSpec.template.spec'],
  ['kubeflow.org/v1', 'PyTorchJob', 'spec.pytorchReplicaSpecs.Master.template.spec'],
  ['kubeflow.org/v1', 'Notebook', 'spec.template.spec'],
  ['jobset.x-k8s.io/v1alpha2', 'JobSet', 'spec.replicatedJobs.*.template.spec.template.spec'],
  ['leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', 'spec.leaderWorkerTemplate.workerTemplate.spec'],
  ['serving.kserve.io/v1beta1', 'InferenceService', 'spec.predictor'],
  ['serving.kserve.io/v1alpha1', 'ServingRuntime', 'spec'],
  ['argoproj.io/v1alpha1', 'Rollout', 'spec.template.spec'],
  ['sparkoperator.k8s.io/v1beta2', 'SparkApplication', 'spec.driver.template.spec'],
] as const) {
  test(`kubernetes: the pod spec of a ${kind} stands at ${path}`, () => {
    const [object] = objects(
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n${nested(path, `{${CONTAINERS}}`).slice(1, -1)}\n`,
    )
    assert.deepEqual(object?.podSpecs, [path.split('.').map((step) => (step === '*' ? '0' : step))])
    assert.equal(object?.confidence, 'high')
    const workloads = scan(
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n${nested(path, `{${CONTAINERS}}`).slice(1, -1)}\n`,
    ).facts.all('workload')
    assert.deepEqual(
      workloads.map((one) => one.label),
      [`container "app" of ${kind} "x"`],
    )
  })
}

test('kubernetes: Argo templates hold single containers', () => {
  const text =
    'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {generateName: w-}\nspec:\n  templates:\n  - name: a\n    container: {image: "busybox:1", command: [sh, -c, "id"]}\n  - name: b\n    steps: [[{name: s, template: a}]]\n  - name: c\n    script: {image: "python:3", source: "print()"}\n'
  assert.deepEqual(
    scan(text)
      .facts.all('workload')
      .map((one) => one.subject),
    ['k8s.yaml#Workflow/w-/container', 'k8s.yaml#Workflow/w-/script'],
  )
})

test('kubernetes: an unknown kind is read by the shape of its parts, with less confidence', () => {
  const [object] = objects(
    `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {deep: [{pod: {${CONTAINERS}}}]}\n`,
  )
  assert.deepEqual(
    [object?.podSpecs, object?.byShape, object?.confidence],
    [[['spec', 'deep', '0', 'pod']], true, 'medium'],
  )
})

test('kubernetes: built-in kinds without pods are not searched, and definitions are kept by their head', () => {
  const map = objects(
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {containers: [{name: a, image: b}]}\n',
  )
  assert.equal(map[0]?.podSpecs, undefined)
  const [crd] = objects(
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\nspec: {versions: [{containers: [{image: x}]}]}\n',
  )
  assert.deepEqual(
    [crd?.podSpecs, crd?.tree.entries.map((entry) => entry.key)],
    [undefined, ['apiVersion', 'kind', 'metadata']],
  )
})

for (const [name, text] of [
  ['Helm', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n'],
  ['Helm in quotes', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: "{{ .Values.name }}"\n'],
  ['Helm blocks', '{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n'],
  ['Jinja', 'apiVersion: v1\nkind: Pod\nmetadata:\n  {% if x %}\n  name: y\n  {% endif %}\n'],
] as const) {
  test(`kubernetes: an unrendered template (${name}) is skipped aloud`, () => {
    const { facts, skipped } = scan(text)
    assert.deepEqual([facts.all('kubernetes-object').length, skipped.map((one) => one.code)], [0, ['not-rendered']])
  })
}

test('kubernetes: templates that a controller fills in later are manifests', () => {
  const text = POD.replace('image: "python:3.12"', 'image: "python:3.12", args: ["--model={{.Name}}"]')
  assert.equal(scan(text).facts.all('workload').length, 1)
})

test('kubernetes: broken YAML is said, and what can be read is read', () => {
  const { facts, skipped } = scan(`${POD}---\napiVersion: v1\nkind: Pod\nmetadata: {name: q\nspec: {}\n`)
  assert.ok(facts.all('kubernetes-object').length >= 1)
  assert.deepEqual(
    skipped.map((one) => one.code),
    ['unparsable'],
  )
})

test('kubernetes: other YAML is left alone, in silence', () => {
  for (const text of [
    'services:\n  a: {image: b}\n',
    'kind: x\n',
    'apiVersion: 1\n',
    '',
    '- apiVersion: v1\n  kind: Pod\n',
    'a: [',
  ]) {
    const { facts, skipped } = scan(text)
    assert.deepEqual([facts.everything().length, skipped.length], [0, 0], text)
  }
})

test('kubernetes: the last of two equal keys counts, and yes is true', () => {
  const text = POD.replace('spec: {', 'spec: {hostPID: no, hostPID: yes, ')
  const scanned = scan(text)
  const { pid } = scanned.workload().settings.namespaces
  assert.ok(pid.is === 'set')
  assert.deepEqual(
    [pid.value.mode, pid.by.who, pid.by.at?.key, scanned.at(pid.by.at)],
    ['host', 'pod', 'spec.hostPID', 'hostPID: yes'],
  )
})

test('kubernetes: a variable’s text is handed over under the variable’s name', () => {
  const text = POD.replace(
    'image: "python:3.12"',
    'image: "python:3.12", command: [run, --token=abc], env: [{name: TOKEN, value: abcdef}]',
  )
  const handed = scan(text).texts.map(({ text: one, key, carrier }) => [one, key, carrier])
  assert.deepEqual(
    handed.find(([one]) => one === 'abcdef'),
    ['abcdef', 'spec.containers[app].env[TOKEN]', 'environment'],
  )
  assert.deepEqual(
    handed.find(([one]) => one === '--token=abc'),
    ['--token=abc', 'spec.containers[app].command[1]', 'command'],
  )
})

test('kubernetes: values of a Secret are handed over decoded, and never kept', () => {
  const password = 'hunter2-hunter2'
  const encoded = Buffer.from(password).toString('base64')
  const text = `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  tls.key: ${encoded}\n  block: |\n    ${encoded}\nstringData:\n  plain: "${password}"\n`
  const { facts, texts } = scan(text)
  assert.deepEqual(
    texts.filter((one) => one.text === password).map(({ key }) => key),
    ['data[tls.key]', 'data.block', 'stringData.plain'],
  )
  const stored = JSON.stringify(facts.everything())
  assert.ok(!stored.includes(password) && !stored.includes(encoded))
  const [secret] = facts.all('kubernetes-object')
  const kept = at(secret?.tree, ['stringData', 'plain'], new Map())
  assert.equal(kept?.type === 'scalar' && kept.text, '*'.repeat(password.length))
})

test('kubernetes: what masking changes is all that facts hold', () => {
  const text = POD.replace(
    'image: "python:3.12"',
    'image: "python:3.12", env: [{name: A, value: sesame}, {name: B, value: "x-$(A)"}]',
  )
  const { facts } = scan(text, (one) => one.replaceAll('sesame', '******'))
  assert.ok(!JSON.stringify(facts.everything()).includes('sesame'))
})

test('kubernetes: ignore comments', () => {
  const text =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  # bulkhead: ignore[workload/host-pid] until=2027-01-01 reason: debugging\n  hostPID: true\n  containers: [{name: a, image: b}]\n'
  const scanned = scan(text)
  const [ignore] = scanned.facts.all('ignore')
  assert.deepEqual(
    [ignore?.rules, ignore?.reason, scanned.at({ path: 'k8s.yaml', span: ignore?.governs ?? { start: 0, end: 0 } })],
    [['workload/host-pid'], 'debugging', 'hostPID: true'],
  )
})
