import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanFiles } from '../assembly/rule-harness.ts'
import type { Finding } from '../core/finding.ts'

const RULES = new Set(
  [
    'service-without-authentication',
    'notebook-token-disabled',
    'notebook-exposed',
    'database-published',
    'port-all-interfaces',
  ].map((name) => `workload/${name}`),
)

/** One Compose service, and what is told about who reaches it: one finding at most. */
const SERVICES: readonly (readonly [service: string, told: string])[] = [
  ['image: "vllm/vllm-openai:v1", ports: ["8000:8000"]', 'service-without-authentication high'],
  ['image: "vllm/vllm-openai:v1", ports: ["127.0.0.1:8000:8000"]', ''],
  ['image: "vllm/vllm-openai:v1", ports: ["[::1]:8000:8000"]', ''],
  ['image: "vllm/vllm-openai:v1", ports: ["172.17.0.1:8000:8000"]', ''],
  ['image: "vllm/vllm-openai:v1", ports: ["192.168.1.5:8000:8000"]', 'service-without-authentication medium'],
  ['image: "vllm/vllm-openai:v1", expose: ["8000"]', ''],
  ['image: "vllm/vllm-openai:v1", ports: ["${BIND}:8000:8000"]', ''],
  ['image: "vllm/vllm-openai:v1", ports: ["8000:8000"], command: --host 127.0.0.1', ''],
  ['image: "vllm/vllm-openai:v1", ports: ["9090:9090"]', 'port-all-interfaces medium'],
  [
    'image: "vllm/vllm-openai:v1", ports: ["8000:8000"], environment: {VLLM_API_KEY: "${KEY}"}',
    'port-all-interfaces medium',
  ],
  ['image: "vllm/vllm-openai:v1", ports: ["8000:8000/udp"]', 'port-all-interfaces medium'],
  ['image: "vllm/vllm-openai:v1", network_mode: host', 'service-without-authentication high'],
  ['image: "ollama/ollama:1", ports: ["11434:11434"]', 'service-without-authentication high'],
  ['image: "rayproject/ray:2.52.0", ports: ["8265:8265"]', 'service-without-authentication critical'],
  ['image: "prom/prometheus:v3", ports: ["9090:9090"]', 'service-without-authentication medium'],
  ['image: "memcached:1", ports: ["11211:11211"]', 'service-without-authentication high'],
  ['image: "lscr.io/linuxserver/code-server:4", ports: ["8443:8443"]', 'service-without-authentication critical'],
  ['image: "codercom/code-server:4", command: --auth none, ports: ["8080:8080"]', 'notebook-token-disabled critical'],
  [
    'image: "codercom/code-server:4", command: --auth none, ports: ["127.0.0.1:8080:8080"]',
    'notebook-token-disabled medium',
  ],
  ['image: "codercom/code-server:4", command: --auth none', 'notebook-token-disabled high'],
  ['image: "codercom/code-server:4", ports: ["8080:8080"]', 'notebook-exposed medium'],
  ['image: "postgres:17", ports: ["5432:5432"]', 'database-published medium'],
  ['image: "postgres:17", ports: ["127.0.0.1:5432:5432"]', ''],
  ['image: "ghcr.io/open-webui/open-webui:1", ports: ["3000:8080"]', 'port-all-interfaces low'],
  ['image: "nginx:1", ports: ["8080:80"]', ''],
  ['image: "example/web:1", ports: ["80:3000", "443:3443"]', ''],
  ['image: "example/web:1", ports: ["${PORT}:80"]', ''],
  ['image: "example/web:1", ports: ["8080:80"]', 'port-all-interfaces low'],
  ['image: "example/web:1", ports: ["3000:3000"]', 'port-all-interfaces medium'],
  ['image: "example/web:1", network_mode: host', ''],
]

for (const [service, told] of SERVICES) {
  test(`{${service}} → ${told === '' ? 'nothing' : told}`, async () => {
    assert.equal(listed(await exposures({ 'compose.yaml': `services: {it: {${service}}}\n` })), told)
  })
}

const POD = (name: string, image: string, port: number): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: ${name}}}\nspec:\n  containers:\n    - {name: ${name}, image: "${image}", ports: [{containerPort: ${port}}]}\n`
const SERVICE = (name: string, type: string, port: number, annotations = ''): string =>
  `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}, annotations: {${annotations}}}\nspec: {type: ${type}, selector: {app: ${name}}, ports: [{port: ${port}}]}\n`
const INGRESS = (name: string, port: number): string =>
  `---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ${name}}\nspec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${name}, port: {number: ${port}}}}}]}}]}\n`

const MANIFESTS: readonly (readonly [what: string, text: string, told: string])[] = [
  ['ClusterIP', POD('llm', 'vllm/vllm-openai:v1', 8000) + SERVICE('llm', 'ClusterIP', 8000), ''],
  [
    'NodePort',
    POD('llm', 'vllm/vllm-openai:v1', 8000) + SERVICE('llm', 'NodePort', 8000),
    'service-without-authentication high',
  ],
  [
    'LoadBalancer',
    POD('ray', 'rayproject/ray:2.52.0', 8265) + SERVICE('ray', 'LoadBalancer', 8265),
    'service-without-authentication critical',
  ],
  [
    'Ingress',
    POD('llm', 'vllm/vllm-openai:v1', 8000) + SERVICE('llm', 'ClusterIP', 8000) + INGRESS('llm', 8000),
    'service-without-authentication high',
  ],
  ['a web application by LoadBalancer', POD('web', 'example/web:1', 8000) + SERVICE('web', 'LoadBalancer', 8000), ''],
  [
    'a database by LoadBalancer',
    POD('db', 'postgres:17', 5432) + SERVICE('db', 'LoadBalancer', 5432),
    'database-published medium',
  ],
  [
    'a notebook by LoadBalancer',
    POD('lab', 'quay.io/jupyter/scipy-notebook:x', 8888) + SERVICE('lab', 'LoadBalancer', 8888),
    'notebook-exposed high',
  ],
  [
    'a notebook by Ingress',
    POD('lab', 'quay.io/jupyter/scipy-notebook:x', 8888) + SERVICE('lab', 'ClusterIP', 8888) + INGRESS('lab', 8888),
    '',
  ],
]

for (const [what, text, told] of MANIFESTS) {
  test(`Kubernetes: ${what} → ${told === '' ? 'nothing' : told}`, async () => {
    assert.equal(listed(await exposures({ 'pod.yaml': text })), told)
  })
}

test('KubeRay’s own switch for tokens counts', async () => {
  const cluster = (mode: string): string =>
    `apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: c}\nspec:\n  authOptions: {mode: ${mode}}\n  headGroupSpec:\n    serviceType: LoadBalancer\n    rayStartParams: {}\n    template: {spec: {containers: [{name: h, image: "rayproject/ray:2.53.0"}]}}\n`
  assert.equal(listed(await exposures({ 'ray.yaml': cluster('token') })), '')
  assert.equal(listed(await exposures({ 'ray.yaml': cluster('disabled') })), 'service-without-authentication critical')
})

test('all ports of a project are bound by one fix, whichever rules told of them', async () => {
  const compose =
    'services:\n  llm: {image: "vllm/vllm-openai:v1", ports: ["8000:8000"]}\n  db: {image: "postgres:17", ports: ["5432:5432"]}\n  api: {image: "example/api:1", ports: ["9000:9000"]}\n'
  const { report } = await scanFiles({ 'compose.yaml': compose })
  const found = report.findings.filter(({ rule }) => RULES.has(rule))
  assert.equal(found.length, 3)
  assert.equal(new Set(found.flatMap(({ fixes }) => fixes)).size, 1)
  const fix = report.fixes.find(({ id }) => found[0]?.fixes.includes(id))
  const edits = (fix?.steps ?? []).flatMap((step) => (step.do === 'edit' ? step.edits : []))
  assert.equal(edits.filter(({ text }) => text.includes('127.0.0.1')).length, 3)
})

async function exposures(files: Record<string, string>): Promise<Finding[]> {
  const { report } = await scanFiles(files)
  return report.findings.filter(({ rule }) => RULES.has(rule))
}

function listed(findings: readonly Finding[]): string {
  return findings.map(({ rule, severity }) => `${rule.replace('workload/', '')} ${severity}`).join(', ')
}
