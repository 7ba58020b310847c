import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SettingChange } from '../../core/fix.ts'
import { scan } from './testing/harness.ts'

const HEAD = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\nspec:\n  template:\n    spec:\n'

/** Lines of the pod spec, indented below `spec:`. */
function deployment(...lines: string[]): string {
  return HEAD + lines.map((line) => `      ${line}\n`).join('')
}

const APP = ['containers:', '- name: app # main', '  image: python:3.12']
const PLAIN = deployment(...APP)

const CASES: readonly {
  name: string
  text: string
  changes: readonly SettingChange[]
  is: string
  container?: string
}[] = [
  {
    name: 'a hardened container from nothing',
    text: PLAIN,
    changes: [
      { set: 'noNewPrivileges', value: true },
      { set: 'capabilities.drop', value: ['ALL'] },
      { set: 'seccomp', value: 'RuntimeDefault' },
      { set: 'readOnlyRoot', value: true },
    ],
    is: deployment(
      ...APP,
      '  securityContext:',
      '    allowPrivilegeEscalation: false',
      '    capabilities:',
      '      drop:',
      '      - ALL',
      '    seccompProfile:',
      '      type: RuntimeDefault',
      '    readOnlyRootFilesystem: true',
    ),
  },
  {
    name: 'privileged off',
    text: deployment(...APP, '  securityContext:', '    privileged: true # GPU'),
    changes: [{ set: 'privileged', value: false }],
    is: deployment(...APP, '  securityContext:', '    privileged: false # GPU'),
  },
  {
    name: 'privileged taken out, and the empty context with it',
    text: deployment(...APP, '  securityContext:', '    privileged: true', '  tty: true'),
    changes: [{ remove: 'privileged' }],
    is: deployment(...APP, '  tty: true'),
  },
  {
    name: 'flow style stays flow style',
    text: deployment(...APP, '  securityContext: {runAsUser: 0}'),
    changes: [{ set: 'user', value: '10001:10001' }],
    is: deployment(...APP, '  securityContext: {runAsUser: 10001, runAsGroup: 10001, runAsNonRoot: true}'),
  },
  {
    name: 'capabilities lose their prefix',
    text: PLAIN,
    changes: [{ set: 'capabilities.add', value: ['CAP_NET_BIND_SERVICE'] }],
    is: deployment(...APP, '  securityContext:', '    capabilities:', '      add:', '      - NET_BIND_SERVICE'),
  },
  {
    name: 'one capability less',
    text: deployment(...APP, '  securityContext:', '    capabilities:', '      add: [CAP_SYS_ADMIN, "NET_ADMIN"]'),
    changes: [{ removeItem: 'capabilities.add', item: 'SYS_ADMIN' }],
    is: deployment(...APP, '  securityContext:', '    capabilities:', '      add: ["NET_ADMIN"]'),
  },
  {
    name: 'a word of the command less',
    text: deployment(
      ...APP,
      '  command: ["jupyter", "lab", "--ServerApp.token="]',
      '  args:',
      '  - --a',
      '  - --b # why',
    ),
    changes: [
      { removeItem: 'entrypoint', item: '--ServerApp.token=' },
      { removeItem: 'command', item: '--a' },
    ],
    is: deployment(...APP, '  command: ["jupyter", "lab"]', '  args:', '  - --b # why'),
  },
  {
    name: 'limits beside a request',
    text: deployment(...APP, '  resources:', '    requests: {cpu: 1}'),
    changes: [
      { set: 'limits.memory', value: 4 * 2 ** 30 },
      { set: 'limits.cpus', value: 1.5 },
    ],
    is: deployment(
      ...APP,
      '  resources:',
      '    requests: {cpu: 1}',
      '    limits:',
      '      memory: 4Gi',
      '      cpu: 1500m',
    ),
  },
  {
    name: 'a size as Compose writes it',
    text: PLAIN,
    changes: [{ set: 'limits.memory', value: '4g' }],
    is: deployment(...APP, '  resources:', '    limits:', '      memory: 4Gi'),
  },
  {
    name: 'the host’s network given back',
    text: deployment('hostNetwork: true', ...APP),
    changes: [{ remove: 'namespaces.network' }],
    is: PLAIN,
  },
  {
    name: 'the token',
    text: PLAIN,
    changes: [{ set: 'serviceAccountToken', value: false }],
    is: deployment(...APP, 'automountServiceAccountToken: false'),
  },
  {
    name: 'a mount becomes read-only',
    text: deployment(...APP, '  volumeMounts:', '  - name: m', '    mountPath: /models/'),
    changes: [{ set: 'mounts[/models].readOnly', value: true }],
    is: deployment(...APP, '  volumeMounts:', '  - name: m', '    mountPath: /models/', '    readOnly: true'),
  },
  {
    name: 'a mount goes, and its volume that nobody else mounts',
    text: deployment(
      ...APP,
      '  volumeMounts:',
      '  - {name: sock, mountPath: /var/run/docker.sock}',
      '  - {name: m, mountPath: /m}',
      'volumes:',
      '- name: sock',
      '  hostPath: {path: /var/run/docker.sock}',
      '- name: m',
      '  emptyDir: {}',
    ),
    changes: [{ remove: 'mounts[/var/run/docker.sock]' }],
    is: deployment(
      ...APP,
      '  volumeMounts:',
      '  - {name: m, mountPath: /m}',
      'volumes:',
      '- name: m',
      '  emptyDir: {}',
    ),
  },
  {
    name: 'a mount goes, its volume stays for another container',
    text: deployment(
      ...APP,
      '  volumeMounts: [{name: s, mountPath: /s}]',
      '- {name: other, image: x, volumeMounts: [{name: s, mountPath: /s}]}',
      'volumes: [{name: s, hostPath: {path: /}}]',
    ),
    changes: [{ remove: 'mounts[/s]' }],
    container: 'app',
    is: deployment(
      ...APP,
      '- {name: other, image: x, volumeMounts: [{name: s, mountPath: /s}]}',
      'volumes: [{name: s, hostPath: {path: /}}]',
    ),
  },
  {
    name: 'a writable place for a read-only root',
    text: PLAIN,
    changes: [
      { set: 'readOnlyRoot', value: true },
      { set: 'mounts[/tmp]', value: 'empty-dir' },
    ],
    is: deployment(
      ...APP,
      '  securityContext:',
      '    readOnlyRootFilesystem: true',
      '  volumeMounts:',
      '  - name: tmp',
      '    mountPath: /tmp',
      'volumes:',
      '- name: tmp',
      '  emptyDir: {}',
    ),
  },
  {
    name: 'shared memory',
    text: PLAIN,
    changes: [{ set: 'limits.shm', value: 2 ** 30 }],
    is: deployment(
      ...APP,
      '  volumeMounts:',
      '  - name: shm',
      '    mountPath: /dev/shm',
      'volumes:',
      '- name: shm',
      '  emptyDir:',
      '    medium: Memory',
      '    sizeLimit: 1Gi',
    ),
  },
  {
    name: 'a variable goes',
    text: deployment(...APP, '  env:', '  - name: A', '    value: x', '  - name: TOKEN', '    value: abc'),
    changes: [{ remove: 'env[TOKEN]' }],
    is: deployment(...APP, '  env:', '  - name: A', '    value: x'),
  },
  {
    name: 'a variable comes, as text',
    text: PLAIN,
    changes: [{ set: 'env[HF_HUB_OFFLINE]', value: '1' }],
    is: deployment(...APP, '  env:', '  - name: HF_HUB_OFFLINE', '    value: "1"'),
  },
  {
    name: 'a host port gets an address',
    text: deployment(...APP, '  ports:', '  - containerPort: 80', '    hostPort: 8080'),
    changes: [{ set: 'ports[80/tcp].hostIp', value: '127.0.0.1' }],
    is: deployment(...APP, '  ports:', '  - containerPort: 80', '    hostPort: 8080', '    hostIP: 127.0.0.1'),
  },
  {
    name: 'a host port goes',
    text: deployment(...APP, '  ports: [{containerPort: 80, hostPort: 8080, hostIP: 0.0.0.0}]'),
    changes: [{ remove: 'ports[80/tcp]' }],
    is: deployment(...APP, '  ports: [{containerPort: 80}]'),
  },
  {
    name: 'an AppArmor annotation goes',
    text: `apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n    container.apparmor.security.beta.kubernetes.io/app: unconfined\n    a: b\nspec:\n  containers:\n  - name: app\n    image: x\n`,
    changes: [{ remove: 'apparmor' }],
    is: `apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n    a: b\nspec:\n  containers:\n  - name: app\n    image: x\n`,
  },
  {
    name: 'the second document, in a list',
    text: `a: 1\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p}\n  spec:\n    containers:\n    - name: app\n      image: x\n`,
    changes: [{ set: 'image', value: 'x:1' }],
    is: `a: 1\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p}\n  spec:\n    containers:\n    - name: app\n      image: x:1\n`,
  },
  {
    name: 'CRLF and JSON',
    text: '{\r\n  "apiVersion": "v1",\r\n  "kind": "Pod",\r\n  "metadata": {"name": "p"},\r\n  "spec": {"containers": [{"name": "app", "image": "x"}]}\r\n}\r\n',
    changes: [{ set: 'noNewPrivileges', value: true }],
    is: '{\r\n  "apiVersion": "v1",\r\n  "kind": "Pod",\r\n  "metadata": {"name": "p"},\r\n  "spec": {"containers": [{"name": "app", "image": "x", "securityContext": {"allowPrivilegeEscalation": false}}]}\r\n}\r\n',
  },
  {
    name: 'says it already',
    text: deployment(...APP, '  securityContext: {privileged: false}'),
    changes: [{ set: 'privileged', value: false }],
    is: 'refused: the manifest says it already',
  },
  {
    name: 'pids',
    text: PLAIN,
    changes: [{ set: 'limits.pids', value: 100 }],
    is: 'refused: a pod has no such field: the kubelet’s podPidsLimit holds for all pods of a node',
  },
  {
    name: 'a user by name',
    text: PLAIN,
    changes: [{ set: 'user', value: 'app' }],
    is: 'refused: Kubernetes takes users by number only',
  },
  {
    name: 'an unknown setting',
    text: PLAIN,
    changes: [{ set: 'networks[x]', value: 'y' }],
    is: 'refused: no field of a pod is known for "networks[x]"',
  },
  {
    name: 'what an alias owns',
    text: `x: &sc {privileged: true}\n${deployment(...APP, '  securityContext: *sc')}`,
    changes: [{ set: 'privileged', value: false }],
    is: 'refused: an alias (*sc) stands at spec.template.spec.containers[0].securityContext',
  },
  {
    name: 'what a merge key may own',
    text: `x: &base {securityContext: {privileged: true}}\n${deployment(...APP, '  <<: *base')}`,
    changes: [{ set: 'privileged', value: false }],
    is: 'refused: a merge key may own "securityContext"',
  },
]

for (const { name, text, changes, is, container } of CASES) {
  test(`kubernetes editor: ${name}`, () => {
    const after = scan(text).edited(changes, container)
    assert.equal(after, is)
    // A second time there is nothing to do.
    if (!after.startsWith('refused')) {
      const again = scan(after).edit(changes, container)
      assert.ok(
        !again.ok ||
          again.files.every(({ edits }) => edits.length === 0) ||
          changes.some((change) => 'set' in change && change.set === 'mounts[/tmp]'),
      )
    }
  })
}

test('kubernetes editor: what holds for the whole pod is said', () => {
  const text = deployment('hostPID: true', ...APP, '- {name: other, image: x}')
  const outcome = scan(text).edit([{ remove: 'namespaces.pid' }], 'app')
  assert.ok(outcome.ok)
  assert.match(outcome.shared ?? '', /all of its 2 containers/)
})

test('kubernetes editor: what a Service publishes is not the container’s to change', () => {
  const service =
    '---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: NodePort, selector: {app: x}, ports: [{port: 80}]}\n'
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: x}}\nspec: {containers: [{name: app, image: x}]}\n'
  const outcome = scan(pod + service).edit([{ set: 'ports[80/tcp].hostIp', value: '127.0.0.1' }])
  assert.ok(!outcome.ok)
  assert.match(outcome.why, /another object publishes the port/)
  assert.match(outcome.manual, /^Publish port 80 of container "app" .* on 127\.0\.0\.1 only\.$/)
})
