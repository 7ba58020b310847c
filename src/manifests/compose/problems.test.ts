import assert from 'node:assert/strict'
import test from 'node:test'
import { closest } from './problems.ts'
import { scan } from './testing/harness.ts'

/** `CODE what the place covers [suggestion]`. */
function problems(text: string): string[] {
  const scanned = scan({ 'compose.yaml': text })
  return scanned
    .project()
    .problems.map(({ code, at, suggestion }) =>
      [code, scanned.at(at).slice(0, 30), ...(suggestion === undefined ? [] : [suggestion])].join(' '),
    )
}

const service = (body: string) => `services:\n  app: {image: a, ${body}}\n`

const TABLE: readonly (readonly [text: string, expected: readonly string[]])[] = [
  [service('priviledged: true'), ['unknown-key priviledged privileged']],
  [service('privileged: true, x-note: 1'), []],
  [service('zzz: 1'), ['unknown-key zzz']],
  ['service:\n  a: {image: b}\nservices:\n  a: {image: b}\n', ['unknown-key service services']],
  [service('build: {contxt: .}'), ['unknown-key contxt context']],
  [service('deploy: {resources: {limit: {cpus: 1}}}'), ['unknown-key limit limits']],
  [service('healthcheck: {intervall: 1s}'), ['unknown-key intervall interval']],
  [service('init: true, init: false'), ['duplicate-key init']],
  [service('user: 0'), ['wrong-type 0']],
  [service('user: "0"'), []],
  [service('privileged: 1'), ['wrong-type 1']],
  [service('privileged: "true"'), []],
  [service('privileged: maybe'), ['wrong-type maybe']],
  [service('cap_add: SYS_ADMIN'), ['wrong-type SYS_ADMIN']],
  [service('ports: [80, "81:81", {target: 1}]'), []],
  [service('environment: [[a]]'), ['wrong-type [a]']],
  [service('environment: {A: {b: c}}'), ['wrong-type {b: c}']],
  [service('pids_limit: ${N}, cpus: ${C:-1}'), []],
  [service('volumes: [data:/d]'), ['undeclared-volume data:/d']],
  [`${service('volumes: [dta:/d]')}volumes: {data: }\n`, ['undeclared-volume dta:/d data']],
  [`${service('volumes: [data:/d, ./x:/x, /y, "${Z}:/z"]')}volumes: {data: }\n`, []],
  [service('networks: [back, default]'), ['undeclared-network back']],
  [service('secrets: [s]'), ['undeclared-secret s']],
  [service('configs: [{source: c}]'), ['undeclared-config {source: c}']],
  [service('depends_on: [db]'), ['undeclared-service db']],
  [service('depends_on: {db: {condition: service_started, required: false}}'), []],
  ['services:\n  app: {init: true}\n  b: {image: x}\n', ['no-image app']],
  ['services:\n  app: {provider: {type: model}}\n', ['provider {type: model}']],
  [service('mem_limit: 1g, deploy: {resources: {limits: {cpus: "1"}}}'), ['conflicting-limits 1g']],
  [service('mem_limit: 1g, deploy: {resources: {limits: {memory: 1024m}}}'), []],
  [service('cpus: 2, deploy: {resources: {limits: {cpus: "1"}}}'), ['conflicting-limits 2']],
  [service('pids_limit: 5, deploy: {resources: {reservations: {cpus: "1"}}}'), []],
  [service('hostname: "${A/b/c}"'), ['bad-interpolation "${A/b/c}"']],
  [service('ports: ["::1:80:80", "80:80:80:80"]'), ['bad-port "::1:80:80"', 'bad-port "80:80:80:80"']],
  [service('volumes: ["./a:/b:ro:x"]'), ['bad-volume "./a:/b:ro:x"']],
  [
    service('mem_limit: lots, memswap_limit: -1, healthcheck: {interval: "10", timeout: 5s}'),
    ['bad-size lots', 'bad-duration "10"'],
  ],
  [service('extends: nobody'), ['unknown-service nobody']],
  ['services:\n  1: {image: a}\n', ['key-not-string 1']],
  ['x-a: {anything: [1]}\nversion: "3"\nname: n\nservices:\n  app: {image: a}\n', []],
]

for (const [text, expected] of TABLE) {
  test(`problems of ${text.split('\n').slice(0, 2).join(' ')}`, () => {
    assert.deepEqual(problems(text), expected)
  })
}

test('did you mean', () => {
  const names = ['privileged', 'ports', 'image', 'volumes', 'volumes_from', 'pid']
  const pairs = ['priviledged', 'prots', 'Image', 'volume', 'gpu', 'port', 'x'.repeat(100)].map((word) =>
    closest(word, names),
  )
  assert.deepEqual(pairs, ['privileged', 'ports', 'image', 'volumes', undefined, 'ports', undefined])
})
