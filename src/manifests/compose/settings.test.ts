/** A service's keys as a workload's settings. */
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Setting, Settings } from '../../core/facts/workload.ts'
import { type Files, scan, serviceOf } from './testing/harness.ts'

type Pick = (settings: Settings) => Setting<unknown> | undefined

/** A setting in short: its value as JSON, `default V`, `? why`, `open`. */
function short(setting: Setting<unknown> | undefined): string {
  if (setting === undefined) return 'none'
  if (setting.is === 'set') return JSON.stringify(setting.value)
  if (setting.is === 'default') return `default ${JSON.stringify(setting.value)}`
  return setting.is === 'unknown' ? `? ${setting.why}` : 'open'
}

const NO = '? ${X} is not set in .env'

const TABLE: readonly (readonly [body: string, pick: Pick, expected: string])[] = [
  ['', (s) => s.privileged, 'default false'],
  ['privileged: true', (s) => s.privileged, 'true'],
  ['privileged: yes', (s) => s.privileged, 'true'],
  ['privileged: "true"', (s) => s.privileged, 'true'],
  ['privileged: ${X:-true}', (s) => s.privileged, 'true'],
  ['privileged: ${X}', (s) => s.privileged, NO],
  ['privileged: 1', (s) => s.privileged, '? Compose refuses the value'],
  ['privileged: [a]', (s) => s.privileged, '? Compose refuses the value: a single value belongs here'],
  ['cap_add: [SYS_ADMIN, NET_RAW]', (s) => s.capabilities.add, '["SYS_ADMIN","NET_RAW"]'],
  ['cap_add: [$X]', (s) => s.capabilities.add, NO],
  ['', (s) => s.capabilities.drop, 'default []'],
  ['security_opt: [no-new-privileges]', (s) => s.noNewPrivileges, 'true'],
  ['security_opt: ["no-new-privileges:true", "no-new-privileges=false"]', (s) => s.noNewPrivileges, 'false'],
  ['security_opt: ["no-new-privileges:yes"]', (s) => s.noNewPrivileges, '? Docker refuses the value'],
  ['security_opt: ["seccomp:unconfined"]', (s) => s.seccomp, '{"mode":"unconfined"}'],
  ['security_opt: ["seccomp=builtin"]', (s) => s.seccomp, '{"mode":"default"}'],
  ['security_opt: ["seccomp=./p.json"]', (s) => s.seccomp, '{"mode":"custom","name":"./p.json"}'],
  ['security_opt: ["apparmor=unconfined"]', (s) => s.apparmor, '{"mode":"unconfined"}'],
  ['security_opt: ["label=disable"]', (s) => s.selinux, '{"mode":"unconfined"}'],
  ['security_opt: ["systempaths=unconfined"]', (s) => s.maskedPaths, 'false'],
  ['security_opt: ["$X"]', (s) => s.noNewPrivileges, NO],
  ['', (s) => s.noNewPrivileges, 'default false'],
  ['network_mode: host', (s) => s.namespaces.network, '{"mode":"host"}'],
  ['network_mode: service:db', (s) => s.namespaces.network, '{"mode":"service","of":"db"}'],
  ['pid: host', (s) => s.namespaces.pid, '{"mode":"host"}'],
  ['ipc: shareable', (s) => s.namespaces.ipc, '{"mode":"shareable"}'],
  ['', (s) => s.namespaces.user, 'default {"mode":"host"}'],
  ['user: "1000:2000"', (s) => s.user.gid, '2000'],
  ['user: "1000"', (s) => s.user.uid, '1000'],
  ['user: 00', (s) => s.user.uid, '0'],
  ['user: "+0"', (s) => s.user.uid, '0'],
  ['user: "-0:-0"', (s) => s.user.gid, '0'],
  ['user: "-1"', (s) => s.user.uid, '? which uid "-1" has is written in the image'],
  ['user: ":5"', (s) => s.user.uid, '0'],
  ['user: root', (s) => s.user.uid, '0'],
  ['user: root', (s) => s.user.gid, 'default 0'],
  ['user: node', (s) => s.user.name, '"node"'],
  ['user: node', (s) => s.user.uid, '? which uid "node" has is written in the image'],
  ['user: "${X}:1"', (s) => s.user.uid, NO],
  ['user: "${X}"', (s) => s.user.uid, NO],
  ['read_only: on', (s) => s.readOnlyRoot, 'true'],
  ['use_api_socket: true', (s) => s.engineSocket, 'true'],
  ['mem_limit: 2g', (s) => s.limits.memory, '2147483648'],
  ['mem_limit: 0', (s) => s.limits.memory, 'null'],
  ['', (s) => s.limits.memory, 'default null'],
  ['deploy: {resources: {limits: {memory: 512M, cpus: "1.5", pids: 100}}}', (s) => s.limits.memory, '536870912'],
  ['deploy: {resources: {limits: {memory: 512M, cpus: "1.5", pids: 100}}}', (s) => s.limits.cpus, '1.5'],
  ['pids_limit: -1', (s) => s.limits.pids, 'null'],
  ['shm_size: 8gb', (s) => s.limits.shm, '8589934592'],
  ['', (s) => s.limits.shm, 'default 67108864'],
  ['ulimits: {memlock: -1, nofile: {soft: 1, hard: 2}}', (s) => s.limits.ulimits.items.nofile, '{"soft":1,"hard":2}'],
  ['gpus: all', (s) => s.gpus, '[{"driver":"","count":null,"ids":[]}]'],
  [
    'deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 2, capabilities: [gpu]}]}}}',
    (s) => s.gpus,
    '[{"driver":"nvidia","count":2,"ids":[]}]',
  ],
  [
    'deploy: {resources: {reservations: {devices: [{capabilities: [gpu], device_ids: ["0", "3"]}]}}}',
    (s) => s.gpus,
    '[{"driver":"","count":2,"ids":["0","3"]}]',
  ],
  ['runtime: nvidia', (s) => s.gpus, '[{"driver":"nvidia","count":null,"ids":[]}]'],
  ['runtime: nvidia\nenvironment: [NVIDIA_VISIBLE_DEVICES=void]', (s) => s.gpus, 'default []'],
  ['devices: [nvidia.com/gpu=all]', (s) => s.gpus, '[{"driver":"nvidia.com/gpu","count":null,"ids":[]}]'],
  ['', (s) => s.gpus, 'default []'],
  [
    'devices: ["/dev/fuse:/dev/fuse:rw"]',
    (s) => s.devices.items['/dev/fuse'],
    '{"source":"/dev/fuse","permissions":"rw"}',
  ],
  ['device_cgroup_rules: ["a *:* rwm"]', (s) => s.deviceRules, '["a *:* rwm"]'],
  [
    'ports: ["8888:8888"]',
    (s) => s.ports.items['8888/tcp'],
    '{"container":8888,"protocol":"tcp","bindings":[{"hostIp":"","hostPort":8888,"by":"publish"}]}',
  ],
  [
    'ports: [{target: 80, published: "8080", host_ip: 127.0.0.1, protocol: udp}]',
    (s) => s.ports.items['80/udp'],
    '{"container":80,"protocol":"udp","bindings":[{"hostIp":"127.0.0.1","hostPort":8080,"by":"publish"}]}',
  ],
  [
    'ports: ["127.0.0.1:1:80", "2:80"]',
    (s) => s.ports.items['80/tcp'],
    '{"container":80,"protocol":"tcp","bindings":[{"hostIp":"127.0.0.1","hostPort":1,"by":"publish"},{"hostIp":"","hostPort":2,"by":"publish"}]}',
  ],
  [
    'ports: ["1-2:80-81", "0.0.0.0:1:80", "1:80/tcp"]',
    (s) => s.ports.items['80/tcp'],
    '{"container":80,"protocol":"tcp","bindings":[{"hostIp":"","hostPort":1,"by":"publish"}]}',
  ],
  ['ports: ["${X}:1:80"]', (s) => s.ports.items['80/tcp'], NO],
  ['ports: ["127.0.0.1:1:80", "${X}:1:80"]', (s) => s.ports.items['80/tcp'], NO],
  [
    'ports: ["${X}:80"]',
    (s) => s.ports.items['80/tcp'],
    '{"container":80,"protocol":"tcp","bindings":[{"hostIp":"","hostPort":null,"by":"publish"}]}',
  ],
  [
    'volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]',
    (s) => s.mounts.items['/var/run/docker.sock'],
    '{"kind":"bind","source":"/var/run/docker.sock","readOnly":true}',
  ],
  ['volumes: ["${X}:/data"]', (s) => s.mounts.items['/data'], NO],
  [
    'volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1m}}]',
    (s) => s.mounts.items['/t'],
    '{"kind":"tmpfs","source":null,"readOnly":false,"exec":false,"size":1048576}',
  ],
  ['tmpfs: /run/', (s) => s.mounts.items['/run'], '{"kind":"tmpfs","source":null,"readOnly":false,"exec":false}'],
  ['secrets: [token]', (s) => s.secrets.items['/run/secrets/token'], '{"kind":"secret","source":null,"readOnly":true}'],
  ['environment: {A: 1.10, B: yes, C: true, D: 0755}', (s) => s.env.items.A, '"1.1"'],
  ['environment: {A: 1.10, B: yes, C: true, D: 0755}', (s) => s.env.items.D, '"493"'],
  ['environment: [A]', (s) => s.env.items.A, '? A is taken from the shell that starts Compose'],
  ['environment: [URL=http://$X/]', (s) => s.env.items.URL, NO],
  ['command: serve --port 80', (s) => s.command, '["serve","--port","80"]'],
  ['command: [a, "b c", "$$x"]', (s) => s.command, '["a","b c","$x"]'],
  ['command: serve ${X} --y=${Y}', (s) => s.command, '["serve","${X}","--y=${Y}"]'],
  ['command: ${X}', (s) => s.command, NO],
  ['command: a "b', (s) => s.command, '? Compose refuses the command: a quote or parenthesis has no end'],
  ['entrypoint: sh', (s) => s.command, 'null'],
  ['entrypoint: []\ncommand: [x]', (s) => s.entrypoint, 'null'],
  ['healthcheck: {test: curl -f x}', (s) => s.health, '{"test":["CMD-SHELL","curl -f x"],"disabled":false}'],
  ['healthcheck: {disable: true}', (s) => s.health, '{"test":["NONE"],"disabled":true}'],
  ['restart: always', (s) => s.restart, '"always"'],
  ['restart: no', (s) => s.restart, '"no"'],
  ['restart: always\ndeploy: {restart_policy: {condition: none}}', (s) => s.restart, '"no"'],
  ['logging: {driver: none}', (s) => s.logging, '{"driver":"none"}'],
  [
    'post_start: [{command: [a], privileged: true, user: root}]',
    (s) => s.hooks,
    '[{"when":"post_start","command":["a"],"privileged":true,"user":"root"}]',
  ],
  ['extra_hosts: {a: 1.2.3.4}', (s) => s.extraHosts, '["a=1.2.3.4"]'],
  ['sysctls: [net.core.somaxconn=1]', (s) => s.sysctls.items['net.core.somaxconn'], '"1"'],
  ['networks: {back: {aliases: [x]}}', (s) => s.networks.items.back, '{"aliases":["x"],"internal":false}'],
  ['', (s) => s.networks.items.default, 'default {"aliases":[],"internal":false}'],
]

for (const [body, pick, expected] of TABLE) {
  test(`service: ${body === '' ? 'nothing' : body} (${pick.toString().slice(7)})`, () => {
    assert.equal(short(withoutPlaces(pick(serviceOf(body).settings))), expected)
  })
}

/** Values without the places inside them. */
function withoutPlaces(setting: Setting<unknown> | undefined): Setting<unknown> | undefined {
  if (setting?.is !== 'set' && setting?.is !== 'default') return setting
  const words = (value: unknown) =>
    Array.isArray(value) && value.every((item) => typeof item?.value === 'string')
      ? value.map((item) => item.value)
      : value
  const strip = (key: string, value: unknown) => (key === 'at' ? undefined : value)
  return { ...setting, value: words(JSON.parse(JSON.stringify(setting.value, strip))) }
}

test('wholeness: what hides items is said', () => {
  const whole = (body: string, others?: Files) => {
    const { env, mounts, ports, labels } = serviceOf(body, others).settings
    return [env.whole, mounts.whole, ports.whole, labels.whole]
  }
  assert.deepEqual(whole('init: true'), ['open', true, true, 'open'])
  assert.deepEqual(whole('env_file: gone.env'), [false, true, true, 'open'])
  assert.deepEqual(whole('env_file: {path: gone.env, required: false}'), [false, true, true, 'open'])
  assert.deepEqual(whole('env_file: a.env', { 'a.env': 'A=1' }), ['open', true, true, 'open'])
  assert.deepEqual(whole('volumes: ["x:$X"]\nports: ["80:$X"]\nlabel_file: l'), ['open', false, false, false])
})

test('the environment: env_file below environment, the last file wins, and each knows its file', () => {
  const files: Files = {
    'compose.yaml':
      'services:\n  app:\n    image: x\n    env_file: [one.env, {path: two.env}, {path: raw.env, format: raw}]\n    environment: [C=3, BARE, FROM]\n',
    'one.env': 'A=1\nB=1\nC=1\n',
    'two.env': 'B="2"\nD=$BARE/$A/${NONE:-n}\nE=$NONE\n',
    'raw.env': "R='$A'\nS=$A\n",
    '.env': 'BARE=bare\n',
  }
  const scanned = scan(files)
  const { items } = scanned.service('app').settings.env
  const told = Object.entries(items).map(
    ([name, setting]) =>
      `${name} ${short(setting)} ${'by' in setting ? `${setting.by?.at?.path}:${scanned.at(setting.by?.at)}` : ''}`,
  )
  assert.deepEqual(told.sort(), [
    'A "1" one.env:1',
    'B "2" two.env:"2"',
    'BARE "bare" compose.yaml:BARE',
    'C "3" compose.yaml:3',
    'D "bare/1/n" two.env:$BARE/$A/${NONE:-n}',
    'E ? ${NONE} is not set in .env two.env:$NONE',
    'FROM ? FROM is taken from the shell that starts Compose compose.yaml:FROM',
    'R "$A" raw.env:\'$A\'',
    'S "$A" raw.env:$A',
  ])
  const c = items.C
  assert.deepEqual(c?.is === 'set' && c.hides?.map((origin) => origin.at?.path), ['one.env'])
})

test('origins: exact spans, keys by value, what is hidden, and how it came', () => {
  const scanned = scan({
    'compose.yaml':
      'x-base: &base\n  ipc: host\nservices:\n  app:\n    <<: *base\n    image: app:1\n    ports: ["8888:8888"]\n    command: serve --allow "x y"\n    security_opt:\n      - seccomp=unconfined\n      - no-new-privileges:false\n',
    'compose.override.yaml': 'services: {app: {image: "app:${TAG:-2}"}}',
  })
  const { settings } = scanned.service('app')
  const seen = (setting: Setting<unknown> | undefined) =>
    setting?.is === 'set'
      ? [setting.by.at?.path, setting.by.at?.key, scanned.at(setting.by.at), setting.by.at?.via ?? '']
      : []
  assert.deepEqual(seen(settings.image), ['compose.override.yaml', 'services.app.image', '"app:${TAG:-2}"', 'override'])
  assert.deepEqual(settings.image.is === 'set' && settings.image.hides?.map((origin) => scanned.at(origin.at)), [
    'app:1',
  ])
  assert.deepEqual(seen(settings.namespaces.ipc), ['compose.yaml', 'services.app.ipc', 'host', 'merge'])
  assert.deepEqual(seen(settings.ports.items['8888/tcp']), [
    'compose.yaml',
    'services.app.ports[8888/tcp]',
    '"8888:8888"',
    '',
  ])
  assert.deepEqual(seen(settings.noNewPrivileges), [
    'compose.yaml',
    'services.app.security_opt[no-new-privileges]',
    'no-new-privileges:false',
    '',
  ])
  const words = settings.command.is === 'set' ? settings.command.value : null
  assert.deepEqual(
    words?.map((word) => scanned.at(word.at)),
    ['serve', '--allow', '"x y"'],
  )
})

test('a service over the Dockerfile that it builds', () => {
  const files: Files = {
    'compose.yaml':
      'services:\n  app:\n    build: {context: app, target: run, args: {WHO: "7"}}\n    environment: {B: own}\n  other:\n    build: app\n    entrypoint: [x]\n  remote: {build: "https://example.com/a.git"}\n',
    'app/Dockerfile':
      'FROM debian AS run\nARG WHO=0\nUSER $WHO\nENV A=1 B=2\nEXPOSE 80\nVOLUME /v\nENTRYPOINT ["e"]\nCMD ["c"]\nFROM run AS last\nUSER 9\n',
  }
  const scanned = scan(files)
  const app = scanned.service('app', 'compose.yaml')
  assert.equal(short(app.settings.user.uid), '7')
  assert.equal(short(app.settings.env.items.A), '"1"')
  assert.equal(short(app.settings.env.items.B), '"own"')
  assert.equal(short(withoutPlaces(app.settings.command)), '["c"]')
  assert.equal(app.settings.mounts.items['/v']?.is, 'set')
  const other = scanned.service('other')
  assert.equal(short(other.settings.user.uid), '9')
  assert.equal(short(other.settings.command), 'null')
  const built = other.builtFrom === undefined ? undefined : scanned.facts.byId('workload', other.builtFrom)
  assert.equal(built?.path, 'app/Dockerfile')
  assert.equal(scanned.service('remote').settings.user.uid.is, 'unknown')
})

test('volumes_from brings another service’s mounts', () => {
  const { settings } = scan({
    'compose.yaml':
      'services:\n  a: {image: a, volumes_from: ["b:ro", "container:x"]}\n  b: {image: b, volumes: ["data:/d"], volumes_from: [a]}\nvolumes: {data: }\n',
  }).service('a')
  const mount = settings.mounts.items['/d']
  assert.equal(mount?.is === 'set' && mount.value.readOnly, true)
  assert.equal(settings.mounts.whole, false)
})

test('an address option of the network moves ports that name none', () => {
  const { settings } = scan({
    'compose.yaml':
      'services: {a: {image: a, ports: ["80:80"]}}\nnetworks: {default: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}}\n',
  }).service('a')
  const port = settings.ports.items['80/tcp']
  assert.equal(port?.is === 'set' && port.value.bindings[0]?.hostIp, '127.0.0.1')
})

test('profiles and scale 0 make a service conditional', () => {
  assert.equal(serviceOf('profiles: [gpu, all]').conditional, 'profile "gpu", "all"')
  assert.equal(serviceOf('scale: 0').conditional, 'scale: 0')
  assert.equal(serviceOf('init: true').conditional, undefined)
})

test('scripts: commands as exec calls, a shell entrypoint joined with its command, hooks', () => {
  const scanned = scan({
    'compose.yaml':
      'services:\n  a: {image: a, entrypoint: /bin/sh, command: ["-c", "curl x | bash"]}\n  b: {image: b, command: jupyter lab --allow-root, post_start: [{command: chmod 777 /x}]}\n',
  })
  const told = scanned.facts
    .all('script')
    .map((script) => [
      script.origin.in === 'workload' && script.origin.as,
      script.commands.map((command) => command.name).join(' '),
    ])
  assert.deepEqual(told, [
    ['entrypoint', 'sh curl bash'],
    ['command', 'jupyter'],
    ['hook', 'chmod'],
  ])
})
