import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Setting, Settings } from '../../core/facts/workload.ts'
import { scan } from './testing/harness.ts'

/** A pod with fields of its spec and of its container, both in block style. */
function pod(container: string, spec = '', before = ''): string {
  const indent = (text: string, by: number) => text.trim().replaceAll('\n', `\n${' '.repeat(by)}`)
  const ownSpec = spec === '' ? '' : `  ${indent(spec, 2)}\n`
  return `${before}apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: x}}\nspec:\n${ownSpec}  containers:\n  - name: app\n    image: python:3.12\n    ${indent(container, 4)}\n`
}

function shown(setting: Setting<unknown>): unknown {
  if (setting.is === 'set') return ['set', setting.value, setting.by.who]
  if (setting.is === 'default') return ['default', setting.value]
  return [setting.is]
}

type Pick = (settings: Settings) => Setting<unknown>

const SC = (fields: string) => `securityContext:\n  ${fields.replaceAll('\n', '\n  ')}`

const CASES: readonly [name: string, text: string, pick: Pick, is: unknown][] = [
  ['privileged', pod(SC('privileged: true')), (s) => s.privileged, ['set', true, 'container']],
  ['privileged by default', pod(''), (s) => s.privileged, ['default', false]],
  ['privileged, no boolean', pod(SC('privileged: "true"')), (s) => s.privileged, ['unknown']],
  ['escalation off', pod(SC('allowPrivilegeEscalation: false')), (s) => s.noNewPrivileges, ['set', true, 'container']],
  ['escalation by default', pod(''), (s) => s.noNewPrivileges, ['default', false]],
  [
    'capabilities',
    pod(SC('capabilities: {drop: [ALL], add: [CAP_SYS_ADMIN]}')),
    (s) => s.capabilities.add,
    ['set', ['CAP_SYS_ADMIN'], 'container'],
  ],
  ['capabilities by default', pod(''), (s) => s.capabilities.drop, ['default', []]],
  ['seccomp by default', pod(''), (s) => s.seccomp, ['default', { mode: 'unconfined' }]],
  [
    'seccomp of the pod',
    pod('', SC('seccompProfile: {type: RuntimeDefault}')),
    (s) => s.seccomp,
    ['set', { mode: 'default' }, 'pod'],
  ],
  [
    'seccomp of the container over the pod’s',
    pod(SC('seccompProfile: {type: Unconfined}'), SC('seccompProfile: {type: RuntimeDefault}')),
    (s) => s.seccomp,
    ['set', { mode: 'unconfined' }, 'container'],
  ],
  [
    'user of the container over the pod’s',
    pod(SC('runAsUser: 0'), SC('runAsUser: 1000')),
    (s) => s.user.uid,
    ['set', 0, 'container'],
  ],
  ['user of the pod', pod('', SC('runAsUser: 1000')), (s) => s.user.uid, ['set', 1000, 'pod']],
  ['user of the image', pod(''), (s) => s.user.uid, ['default', 0]],
  ['user of an unknown image', pod('').replace('python:3.12', 'example.com/x/y:1'), (s) => s.user.uid, ['unknown']],
  ['privileged of the pod does not exist', pod('', SC('privileged: true')), (s) => s.privileged, ['default', false]],
  ['runAsNonRoot', pod('', SC('runAsNonRoot: yes')), (s) => s.user.mustBeNonRoot, ['set', true, 'pod']],
  ['groups', pod('', SC('supplementalGroups: [44]\nfsGroup: 100')), (s) => s.user.groups, ['set', [44, 100], 'pod']],
  ['host namespaces', pod('', 'hostIPC: true'), (s) => s.namespaces.ipc, ['set', { mode: 'host' }, 'pod']],
  ['host network by default', pod(''), (s) => s.namespaces.network, ['default', { mode: 'private' }]],
  ['user namespace', pod('', 'hostUsers: false'), (s) => s.namespaces.user, ['set', { mode: 'private' }, 'pod']],
  [
    'shared process namespace',
    pod('', 'shareProcessNamespace: true'),
    (s) => s.namespaces.pid,
    ['set', { mode: 'shareable' }, 'pod'],
  ],
  ['read-only root', pod(SC('readOnlyRootFilesystem: true')), (s) => s.readOnlyRoot, ['set', true, 'container']],
  ['procMount', pod(SC('procMount: Unmasked')), (s) => s.maskedPaths, ['set', false, 'container']],
  [
    'SELinux off',
    pod(SC('seLinuxOptions: {type: spc_t}')),
    (s) => s.selinux,
    ['set', { mode: 'unconfined', name: 'spc_t' }, 'container'],
  ],
  [
    'AppArmor',
    pod(SC('appArmorProfile: {type: Unconfined}')),
    (s) => s.apparmor,
    ['set', { mode: 'unconfined' }, 'container'],
  ],
  [
    'AppArmor by annotation',
    pod('').replace(
      'labels: {app: x}',
      'annotations: {container.apparmor.security.beta.kubernetes.io/app: unconfined}',
    ),
    (s) => s.apparmor,
    ['set', { mode: 'unconfined' }, 'pod'],
  ],
  ['memory', pod('resources: {limits: {memory: 1.5Gi}}'), (s) => s.limits.memory, ['set', 1.5 * 2 ** 30, 'container']],
  ['memory by default', pod('resources: {requests: {memory: 1Gi}}'), (s) => s.limits.memory, ['default', null]],
  ['memory of the pod', pod('', 'resources: {limits: {memory: 1G}}'), (s) => s.limits.memory, ['set', 1e9, 'pod']],
  ['cpus', pod('resources: {limits: {cpu: 500m}}'), (s) => s.limits.cpus, ['set', 0.5, 'container']],
  ['a quantity that is none', pod('resources: {limits: {cpu: lots}}'), (s) => s.limits.cpus, ['unknown']],
  ['pids are the kubelet’s', pod(''), (s) => s.limits.pids, ['open']],
  ['shared memory by default', pod(''), (s) => s.limits.shm, ['default', 64 * 2 ** 20]],
  [
    'shared memory',
    pod(
      'volumeMounts: [{name: d, mountPath: /dev/shm}]',
      'volumes: [{name: d, emptyDir: {medium: Memory, sizeLimit: 1Gi}}]',
    ),
    (s) => s.limits.shm,
    ['set', 2 ** 30, 'container'],
  ],
  ['pull policy of a tag', pod(''), (s) => s.pullPolicy, ['default', 'IfNotPresent']],
  ['pull policy of latest', pod('').replace('python:3.12', 'python'), (s) => s.pullPolicy, ['default', 'Always']],
  ['image that a variable fills in', pod('').replace('python:3.12', '${IMAGE}'), (s) => s.image, ['unknown']],
  [
    'health',
    pod('livenessProbe: {httpGet: {port: 1}}'),
    (s) => s.health,
    ['set', { test: ['livenessProbe: httpGet'], disabled: false }, 'container'],
  ],
  ['no health', pod(''), (s) => s.health, ['default', null]],
  ['token by default', pod(''), (s) => s.serviceAccountToken, ['default', true]],
  ['token off', pod('', 'automountServiceAccountToken: false'), (s) => s.serviceAccountToken, ['set', false, 'pod']],
  [
    'token off by the account',
    pod(
      '',
      'serviceAccountName: a',
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\nautomountServiceAccountToken: false\n---\n',
    ),
    (s) => s.serviceAccountToken,
    ['set', false, 'pod'],
  ],
  [
    'extra hosts',
    pod('', 'hostAliases: [{ip: 10.0.0.1, hostnames: [a, b]}]'),
    (s) => s.extraHosts,
    ['set', ['a:10.0.0.1', 'b:10.0.0.1'], 'pod'],
  ],
  [
    'exposed ports',
    pod('ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}]'),
    (s) => s.exposed,
    ['set', ['80/tcp', '53/udp'], 'container'],
  ],
]

for (const [name, text, pick, is] of CASES) {
  test(`kubernetes settings: ${name}`, () => assert.deepEqual(shown(pick(scan(text).workload().settings)), is))
}

test('kubernetes settings: what the container writes hides what the pod writes', () => {
  const scanned = scan(pod(SC('runAsUser: 0'), SC('runAsUser: 1000')))
  const { uid } = scanned.workload().settings.user
  assert.ok(uid.is === 'set')
  assert.deepEqual(
    [scanned.at(uid.by.at), scanned.at(uid.hides?.[0]?.at), uid.slot?.key],
    ['runAsUser: 0', 'runAsUser: 1000', 'spec.containers[app].securityContext.runAsUser'],
  )
})

test('kubernetes settings: command replaces the entrypoint and drops the image’s arguments; args replace those', () => {
  const both = scan(pod('command: [sh, -c]\nargs: ["echo $(A) $$(A) $(B)"]\nenv: [{name: A, value: x}]')).workload()
    .settings
  const words = (setting: Settings['command']) =>
    setting.is === 'set' ? (setting.value?.map((word) => word.value) ?? null) : setting.is
  assert.deepEqual([words(both.entrypoint), words(both.command)], [['sh', '-c'], ['echo x $(A) $(B)']])
  const command = scan(pod('command: [run]')).workload().settings
  assert.deepEqual([words(command.entrypoint), words(command.command)], [['run'], null])
})

test('kubernetes settings: environment', () => {
  const maps = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {A: map, B: map}\n---\n'
  const env =
    'envFrom:\n- configMapRef: {name: m}\nenv:\n- {name: A, value: own}\n- {name: C, value: "$(B)-$(D)"}\n- {name: S, valueFrom: {secretKeyRef: {name: s, key: k}}}\n- {name: K, valueFrom: {configMapKeyRef: {name: m, key: A}}}\n- {name: __proto__, value: x}'
  const { items, whole } = scan(pod(env, '', maps)).workload().settings.env
  const values = ['A', 'B', 'C', 'S', 'K', '__proto__'].map((name) => {
    const setting = Object.hasOwn(items, name) ? items[name] : undefined
    return setting?.is === 'set' ? setting.value : setting?.is
  })
  assert.deepEqual(values, ['own', 'map', 'map-$(D)', 'unknown', 'map', 'x'])
  assert.notEqual(whole, false)
  assert.equal(scan(pod('envFrom: [{secretRef: {name: s}}]')).workload().settings.env.whole, false)
})

test('kubernetes settings: mounts', () => {
  const mounts = ['sock:/var/run/docker.sock', 'e:/e', 's:/s', 'c:/c', 'v:/v/', 'n:/n', 'x:/x'].map(
    (one) => `{name: ${one.split(':')[0]}, mountPath: ${one.split(':')[1]}}`,
  )
  const volumes =
    'volumes:\n- {name: sock, hostPath: {path: /var/run/docker.sock}}\n- name: e\n  emptyDir:\n- {name: s, secret: {secretName: t}}\n- {name: c, configMap: {name: m}}\n- {name: v, persistentVolumeClaim: {claimName: data}}\n- {name: n, nfs: {server: h, path: /}}'
  const { items } = scan(pod(`volumeMounts: [${mounts.join(', ')}]`, volumes)).workload().settings.mounts
  const kinds = Object.entries(items).map(([path, setting]) =>
    setting.is === 'set' ? [path, setting.value.kind, setting.value.source, setting.value.readOnly] : [path],
  )
  assert.deepEqual(kinds, [
    ['/var/run/docker.sock', 'bind', '/var/run/docker.sock', false],
    ['/e', 'empty-dir', null, false],
    ['/s', 'secret', 't', true],
    ['/c', 'config', 'm', true],
    ['/v', 'volume', 'data', false],
    ['/n', 'other', 'n', false],
    ['/x', 'other', 'x', false],
  ])
})

test('kubernetes settings: accelerators', () => {
  const gpus = (text: string) => {
    const setting = scan(text).workload().settings.gpus
    return setting.is === 'set' ? setting.value.map(({ driver, count }) => [driver, count]) : setting.is
  }
  assert.deepEqual(gpus(pod('resources: {limits: {nvidia.com/gpu: 2, amd.com/gpu: "1", cpu: 1}}')), [
    ['nvidia', 2],
    ['amd', 1],
  ])
  assert.deepEqual(gpus(pod('env: [{name: NVIDIA_VISIBLE_DEVICES, value: all}]')), [['nvidia', null]])
  assert.deepEqual(gpus(pod('env: [{name: NVIDIA_VISIBLE_DEVICES, value: void}]')), 'default')
})

test('kubernetes settings: init, sidecar and ephemeral containers are workloads', () => {
  const text = pod(
    '',
    'initContainers:\n- {name: i, image: a}\n- {name: s, image: a, restartPolicy: Always}\nephemeralContainers:\n- {name: e, image: a}',
  )
  assert.deepEqual(
    scan(text)
      .facts.all('workload')
      .map((one) => [one.name, one.part]),
    [
      ['app', 'main'],
      ['i', 'init'],
      ['s', 'sidecar'],
      ['e', 'ephemeral'],
    ],
  )
})

test('kubernetes settings: subjects, groups and conditions', () => {
  const text =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: n}\nspec: {replicas: 0, template: {spec: {containers: [{name: a, image: b}]}}}\n'
  const workload = scan({ 'x/d.yaml': text }).workload()
  assert.deepEqual(
    [workload.subject, workload.group, workload.label, workload.conditional],
    ['x/d.yaml#Deployment/n/d/a', 'Deployment/n/d', 'container "a" of Deployment "d"', 'replicas: 0'],
  )
})

test('kubernetes settings: a patch decides only what it says', () => {
  const patch =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: a, securityContext: {privileged: true}}]}}}\n'
  const workload = scan(patch).workload()
  assert.deepEqual(
    [workload.settings.privileged.is, workload.settings.seccomp.is, workload.settings.user.uid.is, workload.confidence],
    ['set', 'open', 'open', 'medium'],
  )
  assert.match(workload.conditional ?? '', /patch/)
})

test('kubernetes settings: a kustomization names its patches', () => {
  const whole =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}\n'
  const files = {
    'o/kustomization.yaml': 'resources: [../base]\npatches:\n- path: ./p.yaml\n',
    'o/p.yaml': whole,
    'o/q.yaml': whole,
  }
  const { facts } = scan(files)
  assert.deepEqual(
    facts.all('workload').map((one) => [one.path, one.conditional !== undefined]),
    [
      ['o/p.yaml', true],
      ['o/q.yaml', false],
    ],
  )
})

test('kubernetes settings: two groups with containers of one name are told apart', () => {
  const group = (name: string) =>
    `{groupName: ${name}, template: {spec: {containers: [{name: ray, image: "rayproject/ray:2"}]}}}`
  const text = `apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: r}\nspec: {workerGroupSpecs: [${group('small')}, ${group('large')}]}\n`
  assert.deepEqual(
    scan(text)
      .facts.all('workload')
      .map((one) => one.subject),
    ['k8s.yaml#RayCluster/r/ray', 'k8s.yaml#RayCluster/r/large/ray'],
  )
})

test('kubernetes settings: KubeRay makes the command of a head, and its service', () => {
  const text =
    'apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: r}\nspec:\n  headGroupSpec:\n    serviceType: LoadBalancer\n    rayStartParams: {dashboard-host: "0.0.0.0"}\n    template: {spec: {containers: [{name: h, image: "rayproject/ray:2"}]}}\n'
  const { entrypoint, ports } = scan(text).workload().settings
  assert.deepEqual(entrypoint.is === 'set' && entrypoint.value?.map((word) => word.value), [
    'ray',
    'start',
    '--head',
    '--dashboard-host=0.0.0.0',
  ])
  assert.deepEqual(Object.keys(ports.items), ['6379/tcp', '8265/tcp', '10001/tcp'])
})

test('kubernetes settings: commands and hooks are scripts', () => {
  const text = pod(
    'command: [sh, -c, "curl http://x | sh"]\nlifecycle: {postStart: {exec: {command: [chmod, "777", /x]}}}',
  )
  const scripts = scan(text).facts.all('script')
  assert.deepEqual(
    scripts.map((one) => one.origin.as),
    ['entrypoint', 'hook'],
  )
  assert.ok(scripts[0]?.commands.some((command) => command.name === 'curl'))
  assert.equal(scripts[1]?.commands[0]?.name, 'chmod')
})

for (const [title, item, shown] of [
  ['by its name', '- image: x\n      name: app\n      env: []', 'name: app'],
  ['without a name by its first line', '- image: x\n      env:\n        - {name: A, value: b}', 'image: x'],
  ['in braces as it stands', '- {name: app, image: x}', '{name: app, image: x}'],
] as const) {
  test(`kubernetes: a container is shown ${title}`, () => {
    const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    ${item}\n`
    const { path, span } = scan(text).workload()
    assert.ok(path !== undefined && span !== undefined)
    assert.equal(scan(text).at({ path, span }), shown)
  })
}
