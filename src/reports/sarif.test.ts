import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import type { ScanReport } from '../core/report.ts'
import { SourceText } from '../core/span.ts'
import { type SarifOptions, sarif } from './sarif.ts'
import {
  believableReport,
  HOSTILE,
  hostileReport,
  largeReport,
  sampleFinding,
  sampleFix,
  sampleLocation,
  sampleReport,
  sampleRules,
} from './testing/sample-report.ts'

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON, whose shape the tests are about
type Json = any

function read(report: ScanReport, options: Partial<SarifOptions> = {}): { run: Json; cut: Json; text: string } {
  const { text, cut } = sarif(report, { rules: sampleRules, ...options })
  const log = JSON.parse(text)
  assert.equal(log.version, '2.1.0')
  assert.equal(log.runs.length, 1)
  return { run: log.runs[0], cut, text }
}

const REPORTS: Readonly<Record<string, ScanReport>> = {
  empty: sampleReport(),
  believable: believableReport(),
  hostile: hostileReport(),
  large: largeReport(100),
}

const SCHEMA = new URL('../../../shared/schemas/sarif-2.1.0.schema.json', import.meta.url)

for (const [name, report] of Object.entries(REPORTS)) {
  test(`the ${name} report follows the official schema`, (t) => {
    if (!existsSync(SCHEMA)) return t.skip('../shared/schemas/sarif-2.1.0.schema.json is not here')
    const ajv = new Ajv({ strict: false, allErrors: true })
    // The package is CommonJS: its types and what Node gives differ.
    ;(addFormats as unknown as (ajv: Ajv) => void)(ajv)
    const schema = JSON.parse(readFileSync(SCHEMA, 'utf8'))
    // Draft 4: its `id` and `$schema` are not known to this validator, the rest means the same.
    delete schema.id
    delete schema.$schema
    const validate = ajv.compile(schema)
    for (const source of [undefined, () => SourceText.of('x\n'.repeat(200))]) {
      const { text } = sarif(report, { rules: sampleRules, category: 'a', ...(source && { source }) })
      assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors?.slice(0, 5), null, 2))
    }
  })

  test(`the ${name} report holds together`, () => {
    const { run } = read(report)
    const { rules, notifications } = run.tool.driver
    assert.equal(run.columnKind, 'unicodeCodePoints')
    for (const result of run.results) {
      assert.equal(rules[result.ruleIndex].id, result.ruleId)
      assert.equal(result.locations.length, 1)
      assert.ok(result.locations[0].physicalLocation.region.startLine >= 1)
      assert.ok(result.partialFingerprints['bulkhead/v1'].length > 0)
      const linked = [...result.message.text.matchAll(/(?<!\\)\]\((\d+)\)/g)].map(([, id]) => Number(id))
      const ids = (result.relatedLocations ?? []).map((location: Json) => location.id)
      assert.deepEqual(linked, ids.slice(0, 10))
    }
    const used = new Set(run.results.map((result: Json) => result.ruleId))
    assert.deepEqual(new Set(rules.map((rule: Json) => rule.id)), used)
    for (const rule of rules) {
      assert.ok(rule.properties.tags.length <= 20)
      assert.equal(new Set(rule.properties.tags).size, rule.properties.tags.length)
    }
    const known = new Set(notifications.map((one: Json) => one.id))
    for (const one of run.invocations[0].toolExecutionNotifications) assert.ok(known.has(one.descriptor.id))
  })

  test(`the ${name} report names files by relative URIs that decode to paths`, () => {
    const { text } = read(report)
    const uris = [...text.matchAll(/"uri":"((?:[^"\\]|\\.)*)"/g)].map(([, uri]) => uri as string)
    for (const uri of uris) {
      assert.match(uri, /^[\w\-.~!$&'()*+,;=@/%]+$/)
      assert.doesNotMatch(uri, /^\//)
      assert.doesNotMatch(uri, /%(?![0-9A-F]{2})/)
    }
  })
}

test('a result says where, how bad, and what belongs to it', () => {
  const { run } = read(believableReport())
  const [result] = run.results
  assert.equal(result.ruleId, 'workload/engine-socket')
  assert.equal(result.level, 'error')
  assert.deepEqual(result.locations[0].physicalLocation, {
    artifactLocation: { uri: 'compose.yaml', uriBaseId: 'SRCROOT' },
    region: { startLine: 31, startColumn: 9, endLine: 31, endColumn: 20 },
  })
  assert.equal(result.locations[0].message.text, 'the engine, writable')
  assert.equal(result.relatedLocations[0].physicalLocation.artifactLocation.uri, 'agent/Dockerfile')
  assert.match(
    result.message.text,
    /^Service "agent" mounts .+\nSeverity critical \(.+high\): .+\nSee also: \[runs as root\]\(1\)$/,
  )
  assert.deepEqual(
    run.results.map((one: Json) => one.level),
    ['error', 'error', 'error', 'error', 'error', 'warning', 'note', 'note', 'error', 'error', 'error'],
  )
})

test('a rule has the worst severity of its findings, and help', () => {
  const { run } = read(believableReport())
  const rule = run.tool.driver.rules.find((one: Json) => one.id === 'workload/engine-socket')
  assert.equal(rule.name, 'WorkloadEngineSocket')
  assert.equal(rule.defaultConfiguration.level, 'error')
  assert.deepEqual(rule.properties, {
    tags: ['security', 'external/cwe/cwe-250', 'configuration', 'docker-socket', 'agent-host-access'],
    precision: 'high',
    'problem.severity': 'error',
    'security-severity': '9.5',
  })
  assert.match(rule.help.markdown, /\*\*How to fix it\.\*\* Write the narrower setting\./)
  assert.match(rule.help.markdown, /\[CWE-250\]\(https:\/\/cwe\.mitre\.org\/data\/definitions\/250\.html\)/)
  assert.match(rule.help.text, /How to fix it: Write the narrower setting\./)
  assert.equal(rule.helpUri, 'https://docs.docker.com/engine/security/protect-access/')
  const info = run.tool.driver.rules.find((one: Json) => one.id === 'host/no-user-namespaces')
  assert.ok(!('security-severity' in info.properties))
  assert.ok(!('helpUri' in info))
})

test('a rule that is not known is described by its findings', () => {
  const { run } = read(sampleReport({ findings: [sampleFinding({ rule: 'new/one' })] }), { rules: () => undefined })
  const [rule] = run.tool.driver.rules
  assert.equal(rule.shortDescription.text, 'Port is published on every network interface')
  assert.equal(rule.properties['security-severity'], '8.0')
})

test('what was suppressed is marked, or left out where asked', () => {
  const { run } = read(believableReport())
  const suppressions = run.results.map((one: Json) => one.suppressions?.[0]).filter((one: Json) => one !== undefined)
  assert.deepEqual(suppressions, [
    {
      kind: 'inSource',
      status: 'accepted',
      justification: 'waived by compose.yaml:40: behind the company proxy (until 2026-12-04)',
    },
    { kind: 'external', status: 'accepted', justification: 'baselined by .bulkhead-baseline.json' },
    { kind: 'external', status: 'accepted', justification: 'not-affected by vex.json: the function is never called' },
  ])
  const omitted = read(believableReport(), { suppressed: 'omit' }).run
  assert.equal(omitted.results.length, run.results.length - 3)
  const notes = omitted.invocations[0].toolExecutionNotifications.map((one: Json) => one.message.text)
  assert.ok(notes.includes('1 finding is suppressed by bulkhead.yaml:4'))
})

test('edits are byte regions without the source, and text regions with it', () => {
  const text = `${'# é\n'.repeat(3)}ports: ["8888:8888"]\n`
  const at = Buffer.byteLength(text.slice(0, text.indexOf('8888')))
  const edits = [
    { span: { start: at + 4, end: at + 5 }, text: '' },
    { span: { start: at, end: at }, text: '127.0.0.1:' },
  ]
  const fix = sampleFix({ steps: [{ do: 'edit', target: '.', path: 'compose.yaml', edits }] })
  const report = sampleReport({ findings: [sampleFinding({ fixes: [fix.id] })], fixes: [fix] })
  const change = (run: Json) => run.results[0].fixes[0].artifactChanges[0]
  assert.deepEqual(change(read(report).run), {
    artifactLocation: { uri: 'compose.yaml', uriBaseId: 'SRCROOT' },
    replacements: [
      {
        deletedRegion: { byteOffset: at, byteLength: 0 },
        insertedContent: { binary: Buffer.from('127.0.0.1:').toString('base64') },
      },
      { deletedRegion: { byteOffset: at + 4, byteLength: 1 } },
    ],
  })
  assert.deepEqual(change(read(report, { source: () => SourceText.of(text) }).run).replacements, [
    {
      deletedRegion: { startLine: 4, startColumn: 10, endLine: 4, endColumn: 10 },
      insertedContent: { text: '127.0.0.1:' },
    },
    { deletedRegion: { startLine: 4, startColumn: 14, endLine: 4, endColumn: 15 } },
  ])
  const bytes = new SourceText(Buffer.concat([Buffer.from([0xff]), Buffer.from(text)]))
  assert.equal(change(read(report, { source: () => bytes }).run).replacements[0].deletedRegion.byteLength, 0)
})

test('a fix that needs a hand besides, or has very many edits, is not offered as one', () => {
  const edit = { do: 'edit', target: '.', path: 'a', edits: [{ span: { start: 0, end: 0 }, text: 'x' }] } as const
  const mixed = sampleFix({ steps: [edit, { do: 'manual', text: 'revoke it' }] })
  const many = sampleFix({ steps: Array.from({ length: 21 }, () => edit) })
  for (const [fix, left] of [
    [mixed, 0],
    [many, 1],
  ] as const) {
    const { run, cut } = read(sampleReport({ findings: [sampleFinding({ fixes: [fix.id] })], fixes: [fix] }))
    assert.ok(!('fixes' in run.results[0]))
    assert.equal(cut.length, left)
  }
})

test('coverage gaps are notifications', () => {
  const { run } = read(hostileReport())
  const [invocation] = run.invocations
  assert.equal(invocation.executionSuccessful, false)
  assert.equal(invocation.exitCode, 3)
  const levels = invocation.toolExecutionNotifications.map((one: Json) => [one.descriptor.id, one.level])
  assert.deepEqual(levels, [
    ['coverage/not-checked', 'note'],
    ['coverage/partly', 'note'],
    ['skipped/unreadable', 'error'],
    ['analyzer-failed', 'warning'],
    ['suppressed', 'note'],
  ])
})

test('the least severe results are cut, and it is said', () => {
  const { run, cut } = read(largeReport(100), { limits: { results: 30 } })
  assert.equal(run.results.length, 30)
  assert.deepEqual(new Set(run.results.map((one: Json) => one.properties.severity)), new Set(['critical', 'high']))
  assert.deepEqual(cut, [{ what: 'results', count: 70, why: 'at most 30 results are kept' }])
  assert.match(run.invocations[0].toolExecutionNotifications[0].message.text, /^70 results left out: at most 30/)
})

test('suppressed results are cut before open ones', () => {
  const findings = [
    sampleFinding({ severity: 'critical', status: { is: 'baselined' } }),
    sampleFinding({ severity: 'info' }, 2),
  ]
  const { run } = read(sampleReport({ findings }), { limits: { results: 1 } })
  assert.equal(run.results[0].properties.severity, 'info')
})

test('the file stays within the size after gzip: fixes go first, then results', () => {
  const report = largeReport(400)
  const whole = gzipSync(read(report).text).length
  const noFixes = gzipSync(read({ ...report, fixes: [] }).text).length
  const first = read(report, { limits: { compressedBytes: noFixes + 200 } })
  assert.ok(noFixes + 200 < whole)
  assert.deepEqual(
    first.cut.map((one: Json) => [one.what, one.count]),
    [['fixes', 40]],
  )
  assert.equal(first.run.results.length, 400)
  const second = read(report, { limits: { compressedBytes: Math.floor(noFixes / 2) } })
  assert.ok(gzipSync(second.text).length <= noFixes / 2)
  assert.ok(second.run.results.length > 50 && second.run.results.length < 400)
  assert.equal(second.cut[0].what, 'results')
  assert.equal(second.cut[0].count, 400 - second.run.results.length)
})

test('further places of a result are cut', () => {
  const locations = Array.from({ length: 150 }, (_, index) => sampleLocation({ line: index + 1, role: 'related' }))
  const { run, cut } = read(sampleReport({ findings: [sampleFinding({ locations })] }))
  assert.equal(run.results[0].relatedLocations.length, 100)
  assert.equal(cut[0].count, 49)
  assert.equal(cut[0].what, 'locations')
})

test('files are named from the root of the repository', () => {
  const cases = [
    [{ id: 't', kind: 'directory', name: '.' }, 'a/b.yaml', undefined, 'a/b.yaml', true],
    [{ id: 't', kind: 'directory', name: './deploy/' }, 'b.yaml', undefined, 'deploy/b.yaml', true],
    [{ id: 't', kind: 'file', name: 'deploy/Dockerfile' }, 'Dockerfile', undefined, 'deploy/Dockerfile', true],
    [{ id: 't', kind: 'file', name: 'deploy/c.yaml' }, 'base.yaml', undefined, 'deploy/base.yaml', true],
    [{ id: 't', kind: 'directory', name: '.' }, 'b.yaml', { cwd: '/r/sub', root: '/r' }, 'sub/b.yaml', true],
    [{ id: 't', kind: 'directory', name: '/r/x' }, 'b.yaml', { cwd: '/q', root: '/r' }, 'x/b.yaml', true],
    [{ id: 't', kind: 'directory', name: '../out' }, 'b.yaml', { cwd: '/r', root: '/r' }, 'file:///out/b.yaml', false],
    [{ id: 't', kind: 'image', name: 'me/model:1.2' }, 'etc/passwd', undefined, 'me/model%3A1.2/etc/passwd', false],
    [{ id: 't', kind: 'host', name: 'localhost' }, '', undefined, 'localhost', false],
  ] as const
  for (const [target, path, base, uri, based] of cases) {
    const finding = sampleFinding({ locations: [sampleLocation({ target: 't', path })] })
    const { run } = read(sampleReport({ targets: [target], findings: [finding] }), base === undefined ? {} : { base })
    const location = run.results[0].locations[0].physicalLocation.artifactLocation
    assert.deepEqual(location, based ? { uri, uriBaseId: 'SRCROOT' } : { uri })
  }
})

test('messages hold no link of a target’s making, and no raw control character', () => {
  const { run, text } = read(hostileReport())
  assert.doesNotMatch(text.trimEnd(), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  for (const result of run.results) {
    assert.doesNotMatch(result.message.text, /(?<!\\)\]\((?!\d+\))/)
    assert.doesNotMatch(result.message.text, /[\u001b\u009b\u202e]/)
  }
  assert.ok(run.results.some((one: Json) => one.message.text.startsWith(HOSTILE.script)))
})

test('a category names the analysis; by default the upload step does', () => {
  assert.equal(read(sampleReport(), { category: 'backend' }).run.automationDetails.id, 'backend/')
  assert.ok(!('automationDetails' in read(sampleReport()).run))
})
