import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { SourceText } from '../../core/span.ts'
import type { TreeMap } from '../../core/tree.ts'
import { readYaml } from '../../formats/yaml/read.ts'
import { literal } from './interpolate.ts'
import { loadDocument } from './load.ts'
import { mergeFiles, toMapping, withoutResets } from './merge.ts'
import { get, type Mapping, type Value } from './value.ts'

function load(text: string): Mapping {
  const tree = readYaml(SourceText.of(text), { version: '1.2' }).documents[0] as TreeMap
  return loadDocument(tree, {
    path: 'f.yaml',
    home: '',
    variables: (name) => (name === 'V' ? literal('v') : undefined),
  }).value
}

/** Values as plain JSON. */
function plain(value: Value | undefined): unknown {
  if (value === undefined) return undefined
  if (value.kind === 'scalar') return value.value
  if (value.kind === 'list') return value.items.map(plain)
  return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry.value)]))
}

function merged(base: string, over: string): unknown {
  const [one, other] = [base, over].map((body) => load(`services: {a: {${body}}}`))
  return plain(get(withoutResets(mergeFiles(one as Mapping, other as Mapping)), 'services', 'a'))
}

const TABLE: readonly (readonly [base: string, over: string, expected: object])[] = [
  ['image: a, init: true', 'image: b', { image: 'b', init: true }],
  ['image: a', 'image: null', { image: 'a' }],
  ['command: [a, b]', 'command: [c]', { command: ['c'] }],
  ['command: a', 'command: null', { command: null }],
  ['healthcheck: {test: [x], retries: 1}', 'healthcheck: {test: [y]}', { healthcheck: { test: ['y'], retries: 1 } }],
  ['environment: [A=1, B=2]', 'environment: {B: 3, C: null}', { environment: { A: '1', B: 3, C: null } }],
  ['environment: {A: 1}', 'environment: [A]', { environment: { A: null } }],
  ['environment: [A=1]', 'environment: {A: null, B: null}', { environment: { A: null, B: null } }],
  ['build: {args: {A: 1}}', 'build: {args: {A: null}}', { build: { args: { A: null } } }],
  ['ports: ["443"]', 'ports: ["443/tcp", "443/udp"]', { ports: ['443/tcp', '443/udp'] }],
  ['labels: {a: 1}', 'labels: [b=2]', { labels: { a: 1, b: '2' } }],
  ['cap_add: [A]', 'cap_add: [B, A]', { cap_add: ['A', 'B'] }],
  ['env_file: a', 'env_file: [b]', { env_file: ['a', 'b'] }],
  ['tmpfs: /a', 'tmpfs: /b', { tmpfs: ['/a', '/b'] }],
  ['ports: ["80:80"]', 'ports: ["127.0.0.1:80:80", "80:80"]', { ports: ['80:80', '127.0.0.1:80:80'] }],
  ['ports: ["80:80"]', 'ports: [{target: 80, published: 80}]', { ports: [{ target: 80, published: 80 }] }],
  ['volumes: ["va:/x", "vb:/y"]', 'volumes: ["vc:/x:ro"]', { volumes: ['vc:/x:ro', 'vb:/y'] }],
  [
    'volumes: ["va:/x"]',
    'volumes: [{type: bind, source: ., target: /x}]',
    { volumes: [{ type: 'bind', source: '.', target: '/x' }] },
  ],
  ['devices: ["/dev/a"]', 'devices: ["/dev/b:/dev/a"]', { devices: ['/dev/b:/dev/a'] }],
  ['secrets: [s]', 'secrets: [{source: s, target: s}]', { secrets: [{ source: 's', target: 's' }] }],
  [
    'security_opt: ["no-new-privileges:true", "no-new-privileges:false"]',
    'security_opt: ["no-new-privileges:true"]',
    {
      security_opt: ['no-new-privileges:false', 'no-new-privileges:true'],
    },
  ],
  ['build: .', 'build: {target: x}', { build: { context: '.', target: 'x' } }],
  ['networks: [a]', 'networks: {b: {aliases: [c]}}', { networks: { a: null, b: { aliases: ['c'] } } }],
  [
    'depends_on: [a]',
    'depends_on: {a: {condition: service_healthy}}',
    { depends_on: { a: { condition: 'service_healthy' } } },
  ],
  [
    'logging: {driver: a, options: {x: 1}}',
    'logging: {driver: b, options: {y: 2}}',
    { logging: { driver: 'b', options: { y: 2 } } },
  ],
  [
    'logging: {driver: a, options: {x: 1}}',
    'logging: {options: {y: 2}}',
    { logging: { driver: 'a', options: { x: 1, y: 2 } } },
  ],
  ['ulimits: {nofile: 1}', 'ulimits: {nofile: {soft: 2, hard: 3}}', { ulimits: { nofile: { soft: 2, hard: 3 } } }],
  ['ports: ["80:80"], init: true', 'ports: !reset [], init: !reset true', {}],
  ['ports: ["80:80"]', 'ports: !override ["81:81"]', { ports: ['81:81'] }],
  ['environment: {A: 1, B: 2}', 'environment: {A: !reset null}', { environment: { B: 2 } }],
  [
    'deploy: {resources: {limits: {cpus: 1}}}',
    'deploy: {resources: {limits: {memory: 1g}}}',
    { deploy: { resources: { limits: { cpus: 1, memory: '1g' } } } },
  ],
  ['image: a', '__proto__: {x: 1}', { image: 'a', ['__proto__']: { x: 1 } }],
]

for (const [base, over, expected] of TABLE) {
  test(`merge: ${over} over ${base}`, () => assert.deepEqual(merged(base, over), expected))
}

test('merge keys are shallow, own keys win in any order, the first anchor of a list wins', () => {
  const value = load(
    'x-a: &a {environment: {A: 1}, image: a, init: true}\nx-b: &b {image: b, restart: always}\ns:\n  image: own\n  <<: [*a, *b]\n  environment: {B: 2}\n',
  )
  assert.deepEqual(plain(get(value, 's')), { image: 'own', environment: { B: 2 }, init: true, restart: 'always' })
  assert.equal(get(value, 's', 'init')?.at.via, 'merge')
  assert.equal(get(value, 's', 'image')?.at.via, undefined)
})

test('a list of pairs as a mapping: each value has a place of its own', () => {
  const text = 'environment:\n  - A=one\n  - "B=$V x"\n  - C\n'
  const value = load(text)
  const map = toMapping(get(value, 'environment') as Value)
  assert.deepEqual(plain(map), { A: 'one', B: 'v x', C: null })
  const at = map.entries.get('A')?.value.at
  assert.deepEqual([at?.key, text.slice(at?.span?.start, at?.span?.end)], ['environment.A', 'one'])
})

test('an alias bomb costs a constant, and aliases to themselves end', () => {
  const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 12; level++)
    bomb.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    )
  const started = performance.now()
  load(bomb.join('\n'))
  load('a: &a {b: *a, <<: *a}')
  load('a: &a [*a]')
  assert.ok(performance.now() - started < 3_000)
})

const scalar = fc.constantFrom(
  '80:80',
  '127.0.0.1:80:80',
  'a:/x',
  'b:/y',
  'A=1',
  'A=2',
  'B',
  'no-new-privileges:true',
  'x',
  '1',
  'null',
  'true',
)
const key = fc.constantFrom(
  'ports',
  'volumes',
  'environment',
  'cap_add',
  'security_opt',
  'command',
  'networks',
  'labels',
  'tmpfs',
  'logging',
  'build',
)
const body = fc.dictionary(
  key,
  fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('A', 'B', 'driver', 'context'), scalar, { maxKeys: 3 }),
  ),
  { maxKeys: 5 },
)

test('laying a file over again changes nothing', () => {
  fc.assert(
    fc.property(body, body, (one, other) => {
      const [base, over] = [one, other].map((service) => load(JSON.stringify({ services: { a: service } }))) as [
        Mapping,
        Mapping,
      ]
      // The first time may change the spelling (a lone value becomes a list), never the meaning after that.
      const twice = mergeFiles(mergeFiles(base, over), over)
      assert.deepEqual(plain(mergeFiles(twice, over)), plain(twice))
      const same = mergeFiles(base, base)
      assert.deepEqual(plain(mergeFiles(same, base)), plain(same))
    }),
    { seed: 1, numRuns: 400 },
  )
})
