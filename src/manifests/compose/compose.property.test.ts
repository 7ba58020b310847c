/** Random input: nothing throws, edits keep every byte that they do not change, and mean what they say. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import test from 'node:test'
import fc from 'fast-check'
import type { SettingChange } from '../../core/fix.ts'
import { SourceText } from '../../core/span.ts'
import { renderBlock, type YamlValue } from '../../formats/yaml/render.ts'
import { editService, type Files, scan } from './testing/harness.ts'

const KEYS = [
  'image',
  'build',
  'ports',
  'volumes',
  'environment',
  'env_file',
  'command',
  'deploy',
  'privileged',
  'extends',
  'networks',
  'security_opt',
  'healthcheck',
  'user',
  'secrets',
  'devices',
  'gpus',
  'post_start',
  'volumes_from',
  'ulimits',
  'tmpfs',
  'extra_hosts',
  'depends_on',
  '<<',
  '__proto__',
  'x-a',
  'provider',
  'runtime',
  'logging',
]
const word = fc.constantFrom(
  'app',
  '80:80',
  '${X}',
  '${X:-80}:80',
  './a:/b',
  'A=1',
  'true',
  'yes',
  '1',
  '$$',
  '',
  'host',
  'service:app',
  'no-new-privileges:true',
  '/dev/a',
  'sh -c "a | b"',
  '[::1]:1:1',
  '!',
  'a:b:c:d',
  '__proto__',
  'constructor=1',
)
const leaf = fc.oneof(word, fc.integer({ min: -2, max: 99999 }), fc.boolean(), fc.constant(null))
const tree = fc.letrec<{ node: YamlValue }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf as fc.Arbitrary<YamlValue>,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), word), tie('node'), { maxKeys: 4 }),
  ),
})).node
const service = fc.dictionary(fc.constantFrom(...KEYS), tree, { maxKeys: 8 })

test('no model throws', () => {
  const model = fc.record(
    {
      services: fc.dictionary(fc.constantFrom('app', 'db', '__proto__'), fc.oneof(service, tree), { maxKeys: 3 }),
      include: tree,
      networks: tree,
      volumes: tree,
      secrets: tree,
      name: tree,
    },
    { requiredKeys: ['services'] },
  )
  fc.assert(
    fc.property(model, model, (one, other) => {
      const files: Files = {
        'compose.yaml': JSON.stringify(one),
        'compose.override.yaml': renderBlock(other as unknown as YamlValue, 0, { step: 2, listStep: 2, newline: '\n' }),
        '.env': 'X=$X$Y\nCOMPOSE_FILE=\n',
      }
      const scanned = scan(files)
      for (const workload of scanned.facts.all('workload')) {
        JSON.stringify(workload)
        editService(
          files,
          workload.name,
          [{ remove: 'privileged' }, { set: 'noNewPrivileges', value: true }],
          workload.path,
        )
      }
    }),
    { seed: 1, numRuns: 100 },
  )
})

test('no text throws', () => {
  const line = fc.constantFrom(
    'services:',
    '  app:',
    '    image: a',
    '    <<: *x',
    '  a: &x',
    '    - "80:80"',
    '    ports:',
    '{',
    '}',
    '- ',
    '*x',
    '!reset',
    '    environment: [A=$X',
    '\t',
    '---',
    '? a',
    ': b',
    '    command: |',
    '# bulkhead: ignore[x] reason: y',
    '\u0000',
    '\uDC80',
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 14 }), (lines) => {
      scan({ 'compose.yaml': `services:\n${lines.join('\n')}`, '.env': lines.join('\n') })
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('a scan of the same files gives the same facts', () => {
  const files: Files = {
    'b/compose.yaml': 'services: {a: {image: x, ports: ["80"]}}',
    'a/compose.yaml': 'services: {b: {build: .}}',
  }
  const reversed = Object.fromEntries(Object.entries(files).reverse())
  const subjects = (given: Files) => scan(given).projects.map((project) => JSON.stringify(project))
  assert.deepEqual(subjects(files), subjects(reversed))
})

const PARTS = [
  'privileged: true',
  'init: true # init',
  'user: "0"',
  'ports: ["80:80", "127.0.0.1:81:81"] # ports',
  'ports:\n  # first\n  - "80:80" # web\n  - target: 81\n    published: 8081',
  'security_opt:\n  - seccomp:unconfined\n\n  - label=disable',
  'cap_add: [SYS_ADMIN, NET_ADMIN]',
  'volumes:\n  - ./m:/m\n  - d:/d:ro',
  'environment:\n  - A=1\n  - B=2',
  'environment: {A: 1, B: "2"}',
  'deploy:\n  resources:\n    limits:\n      cpus: "2"\n    reservations:\n      memory: 1g',
  'command: >-\n  serve --a\n  --b c',
  'ipc: host',
  'labels:\n  x: "é"',
] as const

const CHANGES: readonly { readonly change: SettingChange; readonly is: (text: string) => boolean }[] = [
  { change: { remove: 'privileged' }, is: (text) => settingsOf(text).privileged.is === 'default' },
  { change: { set: 'noNewPrivileges', value: true }, is: (text) => written(settingsOf(text).noNewPrivileges) === true },
  { change: { set: 'readOnlyRoot', value: true }, is: (text) => written(settingsOf(text).readOnlyRoot) === true },
  {
    change: { set: 'capabilities.drop', value: ['ALL'] },
    is: (text) => JSON.stringify(written(settingsOf(text).capabilities.drop)) === '["ALL"]',
  },
  {
    change: { removeItem: 'capabilities.add', item: 'SYS_ADMIN' },
    is: (text) => JSON.stringify(written(settingsOf(text).capabilities.add)) === '["NET_ADMIN"]',
  },
  {
    change: { set: 'limits.memory', value: 3 * 1024 ** 3 },
    is: (text) => written(settingsOf(text).limits.memory) === 3 * 1024 ** 3,
  },
  { change: { set: 'limits.pids', value: 77 }, is: (text) => written(settingsOf(text).limits.pids) === 77 },
  { change: { set: 'user', value: '10001:10001' }, is: (text) => written(settingsOf(text).user.uid) === 10001 },
  { change: { remove: 'seccomp' }, is: (text) => settingsOf(text).seccomp.is === 'default' },
  { change: { remove: 'namespaces.ipc' }, is: (text) => settingsOf(text).namespaces.ipc.is === 'default' },
  { change: { set: 'env[A]', value: '9' }, is: (text) => written(settingsOf(text).env.items.A) === '9' },
  { change: { remove: 'env[A]' }, is: (text) => settingsOf(text).env.items.A === undefined },
  {
    change: { set: 'mounts[/m].readOnly', value: true },
    is: (text) =>
      (written(settingsOf(text).mounts.items['/m']) as { readOnly?: boolean } | undefined)?.readOnly === true,
  },
  {
    change: { set: 'ports[80/tcp].hostIp', value: '127.0.0.1' },
    is: (text) => JSON.stringify(written(settingsOf(text).ports.items['80/tcp'])).includes('"hostIp":"127.0.0.1"'),
  },
  {
    change: { set: 'ports[81/tcp].hostIp', value: '127.0.0.1' },
    is: (text) => JSON.stringify(written(settingsOf(text).ports.items['81/tcp'])).includes('"hostIp":"127.0.0.1"'),
  },
  {
    change: { removeItem: 'command', item: '--b' },
    is: (text) =>
      JSON.stringify(written(settingsOf(text).command)).includes('"--a"') &&
      !JSON.stringify(written(settingsOf(text).command)).includes('"--b"'),
  },
]

function settingsOf(text: string) {
  return scan({ 'compose.yaml': text }).service('app').settings
}

function written(setting: { readonly is: string; readonly value?: unknown } | undefined): unknown {
  return setting?.is === 'set' ? setting.value : undefined
}

test('edits of random services mean what they say, keep every other byte, and are done once', () => {
  const parts = fc.uniqueArray(fc.constantFrom(...PARTS), {
    minLength: 1,
    maxLength: 7,
    selector: (part) => part.split(':')[0],
  })
  const columns = fc.constantFrom(2, 4)
  const newline = fc.constantFrom('\n', '\r\n')
  let edited = 0
  fc.assert(
    fc.property(
      parts,
      columns,
      newline,
      fc.constantFrom(...CHANGES),
      fc.boolean(),
      (chosen, step, lineEnd, { change, is }, last) => {
        const pad = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by))
        const body = pad(['image: a', ...chosen].join('\n'), step * 2)
        const text =
          `# é\nservices:\n${pad('app:', step)}\n${body}\n${last ? '' : `${pad('z: {image: z}', step)}\n`}# end\n`.replaceAll(
            '\n',
            lineEnd,
          )
        const { outcome, files } = editService({ 'compose.yaml': text }, 'app', [change])
        if (!outcome.ok) return
        edited++
        const after = files['compose.yaml'] as string
        assert.ok(is(after), `${JSON.stringify(change)}\n${text}\n=>\n${after}`)
        const source = SourceText.of(text)
        const edits = outcome.files[0]?.edits ?? []
        const kept = edits.reduce(
          (length, edit) => length - (edit.span.end - edit.span.start) + Buffer.byteLength(edit.text),
          source.bytes.length,
        )
        assert.equal(Buffer.byteLength(after), kept)
        assert.ok(after.endsWith(`# end${lineEnd}`) && after.startsWith('# é'))
        assert.equal(after.replaceAll('\r\n', '').includes('\r'), false)
        if (lineEnd === '\r\n') assert.equal(/(?<!\r)\n/.test(after), false)
        const again = editService({ 'compose.yaml': after }, 'app', [change])
        assert.ok(!again.outcome.ok || again.files['compose.yaml'] === after, 'a second run changes nothing')
      },
    ),
    { seed: 1, numRuns: 250 },
  )
  assert.ok(edited > 100, `${edited} edits were written`)
})

test('hostile projects cost a bounded time, and what was not read is said', () => {
  const many = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n')
  const hostile: Files[] = [
    // Anchors that multiply, bases that are copied, one file included over and over, ranges of ports.
    {
      'compose.yaml': `x-a: &a\n${many(200, (index) => `  k${index}: v`)}\nservices:\n${many(3000, (index) => `  s${index}: {image: a, <<: *a}`)}\n`,
    },
    {
      'compose.yaml': `services:\n  b:\n    image: a\n    environment:\n${many(1000, (index) => `      k${index}: v`)}\n${many(3000, (index) => `  s${index}: {extends: b}`)}\n`,
    },
    {
      'compose.yaml': `include:\n${many(1000, () => '  - {path: inc.yaml, env_file: e.env}')}\n`,
      'inc.yaml': 'services: {a: {image: b}}',
      'e.env': 'A=1',
    },
    { 'compose.yaml': `services:\n  a:\n    image: a\n    ports:\n${many(3000, () => '      - 1-999:1-999')}\n` },
    {
      'compose.yaml': `services:\n  a: {image: a, environment: {${many(3000, (index) => `k${index}: $Z,`)}}}\n`,
      '.env':
        many(60, (index) => `${index === 0 ? 'A0=xxxxxxxx' : `A${index}=$A${index - 1}$A${index - 1}`}`) + '\nZ=$A14',
    },
    {
      'compose.yaml': `services:\n${many(40, (index) => `  s${index}: {image: a, volumes_from: [s${index + 1}, s${index + 2}]}`)}\n`,
    },
    {
      'compose.yaml': `services:\n  a:\n    image: a\n    networks: [${many(5000, (index) => `n${index},`)}]\nnetworks:\n${many(5000, (index) => `  m${index}: {}`)}\n`,
    },
    {
      'compose.yaml': `services: {a: {image: a}}\n`,
      ...Object.fromEntries(
        Array.from({ length: 150 }, (_, index) => [`compose.o${index}.yaml`, 'services: {a: {init: true}}']),
      ),
    },
  ]
  const skipped = hostile.map((files) => {
    const started = performance.now()
    const codes = scan(files).skipped.map(({ code }) => code)
    assert.ok(performance.now() - started < 10_000, Object.values(files)[0]?.slice(0, 80))
    return codes
  })
  assert.ok(skipped[0]?.includes('limit-nodes'))
  assert.ok(skipped[1]?.includes('compose-extends'))
})

const REALWORLD = join(import.meta.dirname, '../../../../shared/realworld')

test('public Compose files: all are read, with unknowns and problems that hold', (t) => {
  let repositories: string[]
  try {
    repositories = readdirSync(REALWORLD, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    )
  } catch {
    t.skip('../shared/realworld is absent')
    return
  }
  let read = 0
  for (const repository of repositories) {
    const root = join(REALWORLD, repository)
    const files: Record<string, string> = {}
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile() && /compose[^/]*\.ya?ml$|Dockerfile$/i.test(path))
        files[relative(root, path)] = readFileSync(path, 'utf8')
    }
    const scanned = scan(files)
    read += scanned.facts.all('compose-file').length
    const errors = scanned.projects.flatMap((project) =>
      project.problems.map((problem) => `${repository} ${problem.at.path}: ${problem.message}`),
    )
    assert.deepEqual(errors, [])
    assert.deepEqual(
      scanned.skipped.filter(({ code }) => code !== 'compose-env-file'),
      [],
    )
  }
  assert.equal(read, 34)
})
