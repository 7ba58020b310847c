/** Changes of settings as byte-exact edits: what the file says after, and what is refused. */
import assert from 'node:assert/strict'
import test from 'node:test'
import type { SettingChange } from '../../core/fix.ts'
import { editService, type Files, indent } from './testing/harness.ts'

interface Case {
  readonly title: string
  /** Body of service `app` (an image is added), before and after; or, where it starts with `services:`, a whole file. */
  readonly before: string
  /** `{ why }`: refused, with these words. */
  readonly after: string | { readonly why: RegExp }
  readonly change: SettingChange | readonly SettingChange[]
  readonly others?: Files
}

function file(body: string): string {
  if (/^(?:services|x-\w+|include):/m.test(body)) return body
  return `# head\nservices:\n  app:\n    image: a:1 # tag\n${indent(body, 4)}${body === '' ? '' : '\n'}  other:\n    image: b\n`
}

const CASES: readonly Case[] = [
  {
    title: 'privileged goes',
    before: 'privileged: true # why\ninit: true',
    after: 'init: true',
    change: { remove: 'privileged' },
  },
  {
    title: 'read-only root',
    before: 'init: true',
    after: 'init: true\nread_only: true',
    change: { set: 'readOnlyRoot', value: true },
  },
  { title: 'user', before: 'user: root', after: 'user: "1000:1000"', change: { set: 'user', value: '1000:1000' } },
  {
    title: 'no-new-privileges where there is nothing',
    before: 'init: true',
    after: 'init: true\nsecurity_opt:\n  - no-new-privileges:true',
    change: { set: 'noNewPrivileges', value: true },
  },
  {
    title: 'no-new-privileges appended',
    before: 'security_opt:\n  - "label=disable" # x\ninit: true',
    after: 'security_opt:\n  - "label=disable" # x\n  - "no-new-privileges:true"\ninit: true',
    change: { set: 'noNewPrivileges', value: true },
  },
  {
    title: 'no-new-privileges: false is replaced',
    before: 'security_opt: [seccomp=unconfined, "no-new-privileges:false"]',
    after: 'security_opt: [seccomp=unconfined, "no-new-privileges:true"]',
    change: { set: 'noNewPrivileges', value: true },
  },
  {
    title: 'seccomp entry goes, the list stays',
    before: 'security_opt:\n  - seccomp:unconfined\n  - label=disable',
    after: 'security_opt:\n  - label=disable',
    change: { remove: 'seccomp' },
  },
  {
    title: 'the last entry takes its key along',
    before: 'security_opt: [apparmor=unconfined]\ninit: true',
    after: 'init: true',
    change: { remove: 'apparmor' },
  },
  {
    title: 'capabilities dropped',
    before: 'init: true',
    after: 'init: true\ncap_drop:\n  - ALL',
    change: { set: 'capabilities.drop', value: ['ALL'] },
  },
  {
    title: 'capabilities replaced',
    before: 'cap_drop: [NET_RAW]',
    after: 'cap_drop:\n  - ALL',
    change: { set: 'capabilities.drop', value: ['ALL'] },
  },
  {
    title: 'one capability goes',
    before: 'cap_add:\n  - SYS_ADMIN # mount\n  - CHOWN',
    after: 'cap_add:\n  - CHOWN',
    change: { removeItem: 'capabilities.add', item: 'SYS_ADMIN' },
  },
  {
    title: 'port H:P',
    before: 'ports:\n  - "8888:8888" # ui',
    after: 'ports:\n  - "127.0.0.1:8888:8888" # ui',
    change: { set: 'ports[8888/tcp].hostIp', value: '127.0.0.1' },
  },
  {
    title: 'port P, plain number',
    before: 'ports:\n  - 8888',
    after: 'ports:\n  - "127.0.0.1::8888"',
    change: { set: 'ports[8888/tcp].hostIp', value: '127.0.0.1' },
  },
  {
    title: 'port 0.0.0.0:H:P/udp',
    before: "ports: ['0.0.0.0:53:53/udp']",
    after: "ports: ['127.0.0.1:53:53/udp']",
    change: { set: 'ports[53/udp].hostIp', value: '127.0.0.1' },
  },
  {
    title: 'port [::]:H:P',
    before: 'ports: ["[::]:80:80"]',
    after: 'ports: ["127.0.0.1:80:80"]',
    change: { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
  },
  {
    title: 'port ${VAR:-H}:P',
    before: 'ports: ["${PORT:-80}:80"]',
    after: 'ports: ["127.0.0.1:${PORT:-80}:80"]',
    change: { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
  },
  {
    title: 'port ${BIND:-0.0.0.0}:H:P is the variable’s',
    before: 'ports: ["${BIND:-0.0.0.0}:80:80"]',
    after: { why: /variable/ },
    change: { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
  },
  {
    title: 'port in long form',
    before: 'ports:\n  - target: 80\n    published: "80"',
    after: 'ports:\n  - target: 80\n    published: "80"\n    host_ip: 127.0.0.1',
    change: { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
  },
  {
    title: 'every open binding of the port, and only those',
    before: 'ports: ["1:80", "127.0.0.1:2:80", "3:80", "4:81"]',
    after: 'ports: ["127.0.0.1:1:80", "127.0.0.1:2:80", "127.0.0.1:3:80", "4:81"]',
    change: { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
  },
  {
    title: 'ipc: host goes',
    before: 'ipc: host\nshm_size: 1g',
    after: 'shm_size: 1g',
    change: { remove: 'namespaces.ipc' },
  },
  {
    title: 'memory without a limits block',
    before: 'init: true',
    after: 'init: true\nmem_limit: 2g',
    change: { set: 'limits.memory', value: 2 * 1024 ** 3 },
  },
  {
    title: 'memory in the limits block',
    before: 'deploy:\n  resources:\n    limits:\n      cpus: "1"',
    after: 'deploy:\n  resources:\n    limits:\n      cpus: "1"\n      memory: 512m',
    change: { set: 'limits.memory', value: 512 * 1024 ** 2 },
  },
  {
    title: 'pids without a block beside reservations',
    before: 'deploy:\n  resources:\n    reservations:\n      cpus: "1"',
    after: 'deploy:\n  resources:\n    reservations:\n      cpus: "1"\npids_limit: 200',
    change: { set: 'limits.pids', value: 200 },
  },
  {
    title: 'shared memory',
    before: 'shm_size: "64m"',
    after: 'shm_size: "8g"',
    change: { set: 'limits.shm', value: 8 * 1024 ** 3 },
  },
  {
    title: 'a variable goes from a mapping',
    before: 'environment:\n  A: 1\n  B: 2',
    after: 'environment:\n  B: 2',
    change: { remove: 'env[A]' },
  },
  {
    title: 'a variable goes from a list, the last with its key',
    before: 'environment:\n  - A=1\ninit: true',
    after: 'init: true',
    change: { remove: 'env[A]' },
  },
  {
    title: 'a variable is set in a list',
    before: 'environment: ["A=1"]',
    after: 'environment: ["A=2", "B=x"]',
    change: [
      { set: 'env[A]', value: '2' },
      { set: 'env[B]', value: 'x' },
    ],
  },
  {
    title: 'a variable is set in a mapping',
    before: 'environment:\n  A: "1"',
    after: 'environment:\n  A: "2"',
    change: { set: 'env[A]', value: '2' },
  },
  {
    title: 'a variable of an env_file is hidden',
    before: 'env_file: a.env',
    after: 'env_file: a.env\nenvironment:\n  A: "${A}"',
    change: { set: 'env[A]', value: '${A}' },
    others: { 'a.env': 'A=1' },
  },
  {
    title: 'a variable of an env_file cannot go',
    before: 'env_file: a.env',
    after: { why: /a\.env sets it/ },
    change: { remove: 'env[A]' },
    others: { 'a.env': 'A=1' },
  },
  {
    title: 'a mount goes',
    before: 'volumes:\n  - /var/run/docker.sock:/var/run/docker.sock\n  - d:/d',
    after: 'volumes:\n  - d:/d',
    change: { remove: 'mounts[/var/run/docker.sock]' },
  },
  {
    title: 'a mount read-only, short',
    before: 'volumes:\n  - "./m:/m"\n  - ./n:/n:z',
    after: 'volumes:\n  - "./m:/m:ro"\n  - "./n:/n:z,ro"',
    change: [
      { set: 'mounts[/m].readOnly', value: true },
      { set: 'mounts[/n].readOnly', value: true },
    ],
  },
  {
    title: 'a mount read-only, long',
    before: 'volumes:\n  - type: bind\n    source: ./m\n    target: /m',
    after: 'volumes:\n  - type: bind\n    source: ./m\n    target: /m\n    read_only: true',
    change: { set: 'mounts[/m].readOnly', value: true },
  },
  {
    title: 'a tmpfs beside one in scalar form',
    before: 'tmpfs: /run',
    after: 'tmpfs:\n  - /run\n  - /tmp',
    change: { set: 'mounts[/tmp]', value: { kind: 'tmpfs' } },
  },
  {
    title: 'a device goes',
    before: 'devices: [/dev/mem, /dev/kfd]',
    after: 'devices: [/dev/kfd]',
    change: { remove: 'devices[/dev/mem]' },
  },
  {
    title: 'a word goes from a list',
    before: 'command: ["jupyter", "lab", "--allow-root"]',
    after: 'command: ["jupyter", "lab"]',
    change: { removeItem: 'command', item: '--allow-root' },
  },
  {
    title: 'a word goes from a string',
    before: 'command: jupyter lab --allow-root --port 1 # c',
    after: 'command: jupyter lab --port 1 # c',
    change: { removeItem: 'command', item: '--allow-root' },
  },
  {
    title: 'a word goes from a folded block',
    before: 'command: >\n  vllm serve x\n  --trust-remote-code\n  --port 1',
    after: 'command: >\n  vllm serve x\n  --port 1',
    change: { removeItem: 'command', item: '--trust-remote-code' },
  },
  {
    title: 'a command is replaced',
    before: 'command: a b',
    after: 'command:\n  - a\n  - c',
    change: { set: 'command', value: ['a', 'c'] },
  },
  { title: 'nothing to do', before: 'cap_drop: [ALL]', after: { why: /already/ }, change: [] },
  {
    title: 'a variable owns a scalar',
    before: 'privileged: ${P:-true}',
    after: { why: /variable/ },
    change: { remove: 'privileged' },
  },
  {
    title: 'a merge key’s scalar is hidden by an own key',
    before: 'x-b: &b\n  privileged: true\nservices:\n  app:\n    <<: *b\n    image: a\n',
    after: 'x-b: &b\n  privileged: true\nservices:\n  app:\n    <<: *b\n    image: a\n    privileged: false\n',
    change: { remove: 'privileged' },
  },
  {
    title: 'a merge key’s list is copied and changed',
    before: 'x-b: &b\n  ports:\n    - 80:80\n    - 81:81\nservices:\n  app:\n    <<: *b\n    image: a\n',
    after:
      'x-b: &b\n  ports:\n    - 80:80\n    - 81:81\nservices:\n  app:\n    <<: *b\n    image: a\n    ports:\n      - "127.0.0.1:80:80"\n      - "81:81"\n',
    change: { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
  },
  {
    title: 'an item that is an alias becomes one of its own',
    before: 'x-v: &v ./m:/m\nservices:\n  app:\n    image: a\n    volumes:\n      - *v\n',
    after: 'x-v: &v ./m:/m\nservices:\n  app:\n    image: a\n    volumes:\n      - ./m:/m:ro\n',
    change: { set: 'mounts[/m].readOnly', value: true },
  },
  {
    title: 'an extended service’s scalar is hidden, its lists are not ours',
    before:
      'services:\n  base:\n    image: a\n    privileged: true\n    cap_add: [SYS_ADMIN]\n  app:\n    extends: base\n    init: true\n',
    after:
      'services:\n  base:\n    image: a\n    privileged: true\n    cap_add: [SYS_ADMIN]\n  app:\n    extends: base\n    init: true\n    privileged: false\n',
    change: { remove: 'privileged' },
  },
  {
    title: 'a capability of an extended service cannot be taken out',
    before: 'services:\n  base:\n    image: a\n    cap_add: [SYS_ADMIN]\n  app:\n    extends: base\n    init: true\n',
    after: { why: /extend|written/ },
    change: { removeItem: 'capabilities.add', item: 'SYS_ADMIN' },
  },
  {
    title: 'what is unknown',
    before: 'init: true',
    after: { why: /no Compose key/ },
    change: { set: 'gpus', value: 1 },
  },
  {
    title: 'flow mappings',
    before: 'services: {app: {image: a, privileged: true, init: true}}\n',
    after: 'services: {app: {image: a, init: true}}\n',
    change: { remove: 'privileged' },
  },
  {
    title: 'several at once',
    before: 'privileged: true\ncap_add: [A]\nports: ["80:80"]',
    after: 'ports: ["127.0.0.1:80:80"]\nread_only: true\ncap_drop:\n  - ALL',
    change: [
      { remove: 'privileged' },
      { removeItem: 'capabilities.add', item: 'A' },
      { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
      { set: 'readOnlyRoot', value: true },
      { set: 'capabilities.drop', value: ['ALL'] },
    ],
  },
]

for (const { title, before, after, change, others } of CASES) {
  test(`compose edit: ${title}`, () => {
    const files = { 'compose.yaml': file(before), ...others }
    const changes = (Array.isArray(change) ? change : [change]) as readonly SettingChange[]
    const { outcome, files: edited } = editService(files, 'app', changes)
    if (typeof after !== 'string') {
      assert.equal(outcome.ok, false)
      assert.match(outcome.ok ? '' : outcome.why, after.why)
      return
    }
    assert.equal(outcome.ok, true, outcome.ok ? '' : outcome.why)
    assert.equal(edited['compose.yaml'], file(after))
    // Windows line ends stay.
    const crlf = editService({ ...files, 'compose.yaml': file(before).replaceAll('\n', '\r\n') }, 'app', changes)
    assert.equal(crlf.files['compose.yaml'], file(after).replaceAll('\n', '\r\n'))
  })
}

test('the winning file is edited', () => {
  const files = {
    'compose.yaml': 'services:\n  app:\n    image: a\n    ports: ["80:80"]\n',
    'compose.override.yaml': 'services:\n  app:\n    privileged: true\n    ports: ["81:81"]\n',
  }
  const { outcome, files: edited } = editService(files, 'app', [
    { remove: 'privileged' },
    { set: 'ports[81/tcp].hostIp', value: '127.0.0.1' },
    { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
  ])
  assert.equal(outcome.ok, true)
  assert.equal(edited['compose.override.yaml'], 'services:\n  app:\n    ports: ["127.0.0.1:81:81"]\n')
  assert.equal(edited['compose.yaml'], 'services:\n  app:\n    image: a\n    ports: ["127.0.0.1:80:80"]\n')
})

test('a service that others take by its anchor says so', () => {
  const files = { 'compose.yaml': 'services:\n  app: &app\n    image: a\n    privileged: true\n  two:\n    <<: *app\n' }
  const { outcome } = editService(files, 'app', [{ remove: 'privileged' }])
  assert.match((outcome.ok && outcome.shared) || '', /\*app/)
})

test('a value that another file hides shows again, so the default is written', () => {
  const files = {
    'compose.yaml': 'services:\n  app:\n    image: a\n    privileged: true\n',
    'compose.override.yaml': 'services:\n  app:\n    privileged: true\n',
  }
  const { files: edited } = editService(files, 'app', [{ remove: 'privileged' }])
  assert.equal(edited['compose.override.yaml'], 'services:\n  app:\n    privileged: false\n')
})

test('what the Dockerfile says is hidden by a key of the service', () => {
  const files = { 'compose.yaml': 'services:\n  app:\n    build: .\n', Dockerfile: 'FROM debian\nUSER root\n' }
  const { files: edited, outcome } = editService(files, 'app', [{ set: 'user', value: '1000:1000' }])
  assert.equal(outcome.ok, true)
  assert.equal(edited['compose.yaml'], 'services:\n  app:\n    build: .\n    user: "1000:1000"\n')
})

test('an included service is mended in its own file, where alone it may be said', () => {
  const files = {
    'compose.yaml': 'include: [inc.yaml]\nservices:\n  other: {image: b}\n',
    'inc.yaml':
      'services:\n  app:\n    image: a\n    privileged: true\n    user: root\n    ports: ["80:80"]\n' +
      '    volumes:\n      - /var/run/docker.sock:/s\n      - data:/d\n    environment:\n      A: 1\n      B: 2\n',
  }
  const { files: edited, outcome } = editService(files, 'app', [
    { remove: 'privileged' },
    { set: 'user', value: '1000:1000' },
    { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
    { remove: 'mounts[/s]' },
    { remove: 'env[A]' },
  ])
  assert.match((outcome.ok && outcome.shared) || '', /inc\.yaml may be a part of other projects too/)
  assert.equal(
    edited['inc.yaml'],
    'services:\n  app:\n    image: a\n    user: "1000:1000"\n    ports: ["127.0.0.1:80:80"]\n' +
      '    volumes:\n      - data:/d\n    environment:\n      B: 2\n',
  )
})

test('an included service gets what nobody says in its own file, and says that others may take it', () => {
  const files = {
    'compose.yaml': 'include: [inc.yaml]\nservices:\n  other: {image: b}\n',
    'inc.yaml': 'services:\n  app:\n    image: a\n',
  }
  const { files: edited, outcome } = editService(files, 'app', [{ set: 'readOnlyRoot', value: true }])
  assert.match((outcome.ok && outcome.shared) || '', /inc\.yaml/)
  assert.equal(edited['inc.yaml'], 'services:\n  app:\n    image: a\n    read_only: true\n')
})
