import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scan } from './testing/harness.ts'

const DEPLOYMENT =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n    metadata: {labels: {app: x, tier: y}}\n    spec:\n      containers:\n      - {name: a, image: i, ports: [{containerPort: 8000, name: http}]}\n      - {name: b, image: i, ports: [{containerPort: 9000}]}\n'

function service(spec: string, metadata = ''): string {
  return `---\napiVersion: v1\nkind: Service\nmetadata: {name: s${metadata}}\nspec: {selector: {app: x}, ports: [{port: 80, targetPort: http}]${spec === '' ? '' : `, ${spec}`}}\n`
}

/** Bindings of a container's ports: `8000/tcp by hostIp:hostPort`. */
function bindings(text: string, container = 'a'): string[] {
  const { items } = scan(text).workload(container).settings.ports
  return Object.entries(items).flatMap(([key, setting]) =>
    setting.is === 'set' ? setting.value.bindings.map((one) => `${key} ${one.by} ${one.hostIp}:${one.hostPort}`) : [],
  )
}

const INGRESS = (port: string, tls = '') =>
  `---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: g}\nspec: {${tls}rules: [{http: {paths: [{path: /, backend: {service: {name: s, port: {${port}}}}}]}}]}\n`

for (const [name, text, is] of [
  ['a ClusterIP Service opens nothing outside', service(''), []],
  ['NodePort', service('type: NodePort'), ['8000/tcp node-port :null']],
  ['LoadBalancer', service('type: LoadBalancer'), ['8000/tcp load-balancer :80']],
  [
    'an internal LoadBalancer is on the nodes only',
    service('type: LoadBalancer', ', annotations: {networking.gke.io/load-balancer-type: Internal}'),
    ['8000/tcp node-port :null'],
  ],
  ['external addresses', service('externalIPs: [192.0.2.1]'), ['8000/tcp external-ip 192.0.2.1:80']],
  ['an Ingress in front', service('') + INGRESS('number: 80'), ['8000/tcp ingress :80']],
  ['an Ingress with TLS', service('') + INGRESS('number: 80', 'tls: [{hosts: [h]}], '), ['8000/tcp ingress :443']],
  ['an Ingress to another port', service('') + INGRESS('number: 81'), []],
  ['a selector that does not match', service('type: NodePort').replace('app: x', 'app: z'), []],
  ['a selector of which one pair matches', service('type: NodePort').replace('app: x', 'app: x, tier: z'), []],
  ['a namespace on one side only', service('type: NodePort', ', namespace: n'), ['8000/tcp node-port :null']],
  [
    'a port by number that none declares is the first container’s',
    service('type: NodePort').replace('targetPort: http', 'targetPort: 7000'),
    ['7000/tcp node-port :null'],
  ],
] as const) {
  test(`kubernetes ports: ${name}`, () => assert.deepEqual(bindings(DEPLOYMENT + text), is))
}

test('kubernetes ports: a Service’s port belongs to the container that declares it', () => {
  const text = DEPLOYMENT + service('type: NodePort').replace('targetPort: http', 'targetPort: 9000')
  assert.deepEqual([bindings(text, 'a'), bindings(text, 'b')], [[], ['9000/tcp node-port :null']])
})

test('kubernetes ports: different namespaces do not meet', () => {
  const text = DEPLOYMENT.replace('{name: d}', '{name: d, namespace: m}') + service('type: NodePort', ', namespace: n')
  assert.deepEqual(bindings(text), [])
})

test('kubernetes ports: the place is the Service’s', () => {
  const scanned = scan({ 'd.yaml': DEPLOYMENT, 's.yaml': service('type: NodePort') })
  const port = scanned.workload('a').settings.ports.items['8000/tcp']
  assert.ok(port?.is === 'set')
  assert.deepEqual(
    [port.value.bindings[0]?.at?.path, scanned.at(port.value.bindings[0]?.at)],
    ['s.yaml', 'type: NodePort'],
  )
})

test('kubernetes ports: hostPort and the host’s network', () => {
  const own = DEPLOYMENT.replace('containerPort: 8000', 'containerPort: 8000, hostPort: 80, hostIP: 10.0.0.1')
  assert.deepEqual(bindings(own), ['8000/tcp host-port 10.0.0.1:80'])
  const host = DEPLOYMENT.replace('    spec:\n', '    spec:\n      hostNetwork: true\n')
  assert.deepEqual(bindings(host), ['8000/tcp host-network :8000'])
  assert.equal(scan(host).workload('a').settings.ports.whole, false)
})
