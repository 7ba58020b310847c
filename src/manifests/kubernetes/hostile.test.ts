import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SettingChange } from '../../core/fix.ts'
import { SourceText } from '../../core/span.ts'
import { readYaml } from '../../formats/yaml/read.ts'
import { scan } from './testing/harness.ts'

const BASE = `apiVersion: apps/v1
kind: Deployment
metadata: {name: d, labels: {app: x}}
spec:
  template:
    metadata: &m {labels: {app: x}}
    spec:
      hostNetwork: true
      volumes: [{name: v, hostPath: {path: /}}]
      containers:
      - name: app
        image: python:3.12
        command: [sh, -c, "echo $(A)"]
        env: [{name: A, value: "1"}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}]
        ports: [{containerPort: 80, hostPort: 8080}]
        volumeMounts: [{name: v, mountPath: /v}]
        resources: {limits: {memory: 1Gi, nvidia.com/gpu: 1}}
        securityContext: {privileged: true, runAsUser: 0, capabilities: {add: [ALL]}}
---
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {type: NodePort, selector: {app: x}, ports: [{port: 80}]}
`

const LINES = BASE.split('\n')
const JUNK = [
  'null',
  '[]',
  '{}',
  '*m',
  '&m x',
  '- - -',
  '"\\x00"',
  '{{ x }}',
  '!!binary aGk=',
  '<<: *m',
  '__proto__: 1',
  '1e999',
  '-1',
  "''",
  '|',
  '\t',
  '? a',
  '[[[[',
  '9'.repeat(40),
  '\u0085',
]

/** The manifest with words and lines replaced, doubled, moved and cut. */
const mutated = fc
  .array(
    fc.tuple(
      fc.nat(LINES.length - 1),
      fc.constantFrom('value', 'drop', 'double', 'junk', 'cut'),
      fc.constantFrom(...JUNK),
      fc.nat(60),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((changes) => {
    const lines = [...LINES]
    for (const [at, how, junk, cut] of changes) {
      const line = lines[at] ?? ''
      if (how === 'value') lines[at] = line.replace(/: .*/, `: ${junk}`)
      else if (how === 'drop') lines[at] = ''
      else if (how === 'double') lines[at] = `${line}\n${line}`
      else if (how === 'junk') lines[at] = line.slice(0, cut) + junk + line.slice(cut)
      else lines[at] = line.slice(0, cut)
    }
    return lines.join('\n')
  })

const CHANGES: readonly SettingChange[] = [
  { set: 'privileged', value: false },
  { set: 'capabilities.drop', value: ['ALL'] },
  { set: 'user', value: '1000:1000' },
  { set: 'limits.memory', value: '1Gi' },
  { remove: 'namespaces.network' },
  { remove: 'mounts[/v]' },
  { remove: 'env[A]' },
  { set: 'env[A]', value: 'x' },
  { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
  { set: 'limits.shm', value: 1024 },
  { set: 'seccomp', value: 'default' },
]

test('kubernetes: no manifest makes it throw, and an edit leaves the file no worse', () => {
  let edited = 0
  fc.assert(
    fc.property(mutated, fc.constantFrom(...CHANGES), (text, change) => {
      const scanned = scan(text)
      for (const workload of scanned.facts.all('workload')) {
        const outcome = scanned.edit([change], workload.name)
        if (!outcome.ok) continue
        edited++
        const before = readYaml(SourceText.of(text), { version: '1.1' }).problems.filter(
          ({ level }) => level === 'error',
        ).length
        const after = scanned.edited([change], workload.name)
        const problems = readYaml(SourceText.of(after), { version: '1.1' }).problems.filter(
          ({ level }) => level === 'error',
        )
        assert.ok(
          problems.length <= before,
          `${JSON.stringify(change)}\n${text}\n=>\n${after}\n${JSON.stringify(problems)}`,
        )
      }
    }),
    { seed: 1, numRuns: 300 },
  )
  assert.ok(edited > 50, `${edited} edits`)
})

test('kubernetes: no bytes make it throw', () => {
  const prefix = Buffer.from('apiVersion: v1\nkind: Pod\n')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      scan({ 'x.yaml': Buffer.concat([prefix, bytes]) })
    }),
    { seed: 1, numRuns: 300 },
  )
})

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: x}}\nspec:\n  containers:\n'

for (const [name, text] of [
  ['many containers', POD + '  - {name: a, image: b, ports: [{containerPort: 1}]}\n'.repeat(20_000)],
  [
    'many variables',
    `${POD}  - name: a\n    image: b\n    env:\n${Array.from({ length: 20_000 }, (_, index) => `    - {name: A${index}, value: "$(A${index - 1})x"}\n`).join('')}`,
  ],
  [
    'many services',
    `${POD}  - {name: a, image: b}\n${'---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: NodePort, selector: {app: x}, ports: [{port: 80}]}\n'.repeat(5000)}`,
  ],
  ['deep', `${POD}  - {name: a, image: b, x: ${'{a: '.repeat(90)}1${'}'.repeat(90)}}\n`],
  ['aliases', `x: &a [1]\n${POD}  - {name: a, image: b, args: [${'*a, '.repeat(20_000)}]}\n`],
  [
    'many pods of an unknown kind',
    `apiVersion: x/v1\nkind: X\nmetadata: {name: p}\nspec:\n${Array.from({ length: 5000 }, (_, index) => `  k${index}: {containers: [{image: b}]}\n`).join('')}`,
  ],
] as const) {
  test(`kubernetes: ${name} cost bounded time`, () => {
    const before = process.cpuUsage().user
    scan(text)
    const seconds = (process.cpuUsage().user - before) / 1e6
    assert.ok(seconds < 10, `${seconds} s`)
  })
}

test('kubernetes: real manifests give facts or a stated skip', (t) => {
  const root = join(import.meta.dirname, '../../../../shared/realworld')
  if (!existsSync(root)) return t.skip('no collection of real manifests beside the repository')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ya?ml|json)$/.test(name))
  let manifests = 0
  for (const path of files.sort()) {
    const bytes = readFileSync(join(root, path))
    if (!/^kind:/m.test(bytes.toString())) continue
    manifests++
    const { facts, skipped } = scan({ [path]: bytes })
    assert.ok(facts.all('kubernetes-object').length > 0 || skipped.length > 0, path)
    for (const workload of facts.all('workload')) assert.notEqual(workload.settings.image.is, 'default', path)
  }
  assert.ok(manifests >= 90)
})
