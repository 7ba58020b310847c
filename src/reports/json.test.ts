import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Fact } from '../core/fact.ts'
import type { RoleFact } from '../core/facts/role.ts'
import type { WorkloadFact } from '../core/facts/workload.ts'
import { rulesJson, scanJson } from './json.ts'
import {
  believableReport,
  HOSTILE,
  hostileReport,
  largeReport,
  SAMPLE_RULES,
  sampleFinding,
  sampleReport,
} from './testing/sample-report.ts'

const validScan = schema('scan-1')
const validRules = schema('rules-1')

function schema(name: string): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true })
  // The package is CommonJS: its types and what Node gives differ.
  ;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
  const url = new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url)
  return ajv.compile(JSON.parse(readFileSync(url, 'utf8')))
}

function assertValid(validate: ValidateFunction, value: unknown): void {
  assert.ok(validate(value), JSON.stringify(validate.errors?.slice(0, 5), null, 2))
}

const REPORTS = {
  empty: sampleReport(),
  believable: believableReport(),
  hostile: hostileReport(),
  large: largeReport(200),
  'with facts': { ...sampleReport(), facts: sampleFacts() },
} as const

for (const [name, report] of Object.entries(REPORTS)) {
  test(`the ${name} report follows the published schema`, () => assertValid(validScan, JSON.parse(scanJson(report))))
}

test('the schema refuses what it does not name, at every level', () => {
  const paths = [
    [],
    ['findings', 0],
    ['findings', 0, 'locations', 0],
    ['findings', 0, 'locations', 0, 'excerpt'],
    ['findings', 0, 'status'],
    ['fixes', 0],
    ['fixes', 0, 'steps', 0],
    ['fixes', 0, 'steps', 0, 'edits', 0],
    ['fixes', 3, 'steps', 0, 'changes', 0],
    ['coverage'],
    ['coverage', 'areas'],
    ['coverage', 'skipped', 0],
    ['coverage', 'analyzers', 1, 'errors', 0],
    ['verdict'],
    ['targets', 0],
    ['tool'],
  ]
  for (const path of paths) {
    const report = JSON.parse(scanJson(believableReport()))
    const part = path.reduce((value, key) => value[key], report)
    assertValid(validScan, report)
    part.unheard = 1
    assert.ok(!validScan(report), `accepted at ${path.join('.')}`)
  }
})

test('every property that the schema names is described', () => {
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, child] of Object.entries(value)) {
      if (key === 'properties' && !/(?:if)$/.test(path)) {
        for (const [name, property] of Object.entries(child as Record<string, Record<string, unknown>>)) {
          const described = ['description', '$ref', 'const'].some((word) => word in property)
          assert.ok(described, `${path}.${name} has no description`)
        }
      }
      visit(child, `${path}.${key}`)
    }
  }
  for (const validate of [validScan, validRules]) visit(validate.schema, '')
})

test('a finding has all that the report promises, and nothing of ours', () => {
  const report = JSON.parse(scanJson(believableReport()))
  const [finding] = report.findings
  assert.deepEqual(Object.keys(finding), [
    'rule',
    'fingerprint',
    'severity',
    'severityBase',
    'severityBecause',
    'confidence',
    'title',
    'message',
    'subject',
    'area',
    'concepts',
    'refs',
    'controls',
    'locations',
    'evidence',
    'fixes',
    'status',
  ])
  assert.deepEqual(finding.locations[1], {
    target: '.',
    path: 'agent/Dockerfile',
    line: 12,
    column: 9,
    endLine: 12,
    endColumn: 20,
    key: 'services.notebook.ports[8888]',
    role: 'related',
    label: 'runs as root',
    excerpt: { firstLine: 12, lines: ['USER root'] },
  })
  const waived = report.findings.find((one: { status: { is: string } }) => one.status.is === 'waived')
  assert.deepEqual(waived.status, {
    is: 'waived',
    by: 'compose.yaml:40',
    reason: 'behind the company proxy',
    until: '2026-12-04',
  })
})

test('fixes give byte offsets; stacks and spans of places stay inside', () => {
  const text = scanJson(believableReport())
  const [fix] = JSON.parse(text).fixes
  assert.deepEqual(fix.steps, [
    { do: 'edit', target: '.', path: 'compose.yaml', edits: [{ start: 211, end: 211, text: '127.0.0.1:' }] },
  ])
  assert.doesNotMatch(text, /"span"|"stack"|nowhere/)
})

test('the order of keys is that of this file, not of the caller', () => {
  const reversed = <T>(value: T): T =>
    (Array.isArray(value)
      ? value.map(reversed)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, item]) => [key, reversed(item)]),
          )
        : value) as T
  const report = { ...believableReport(), facts: undefined }
  const { facts: _, ...rest } = report
  // Changes of settings are passed on as they are.
  const plain = { ...rest, fixes: rest.fixes.filter(({ id }) => id !== 'fix-socket') }
  assert.equal(scanJson(reversed(plain)), scanJson(plain))
})

test('hostile text keeps its value, and acts on nothing', () => {
  const text = scanJson(hostileReport())
  assert.doesNotMatch(
    text.replaceAll('\n', ''),
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u,
  )
  assert.doesNotMatch(text, /##\[|##vso\[/)
  const messages = JSON.parse(text).findings.map((finding: { message: string }) => finding.message)
  for (const value of Object.values(HOSTILE)) assert.ok(messages.includes(value), JSON.stringify(value))
})

test('the text ends in a line break, and is the same for the same report', () => {
  assert.match(scanJson(sampleReport()), /\}\n$/)
  assert.equal(scanJson(believableReport()), scanJson(believableReport()))
})

test('rules follow their schema and keep their order', () => {
  const report = JSON.parse(rulesJson(SAMPLE_RULES))
  assertValid(validRules, report)
  assert.deepEqual(
    report.rules.map((rule: { id: string }) => rule.id),
    SAMPLE_RULES.map(({ id }) => id),
  )
  assert.equal(report.rules.find((rule: { id: string }) => rule.id === 'workload/no-healthcheck').enabled, false)
})

test('workloads name the files that their settings come from, without offsets', () => {
  const { facts } = JSON.parse(scanJson({ ...sampleReport({ findings: [sampleFinding()] }), facts: sampleFacts() }))
  const [workload] = facts.workloads
  assert.deepEqual(workload.files, ['.env', 'Dockerfile', 'compose.yaml'])
  assert.equal(workload.roles[0].role, 'notebook')
  assert.deepEqual(workload.settings.env.items.span, {
    is: 'set',
    value: 'x',
    by: { who: 'compose', at: { path: '.env', key: 'span' } },
  })
  assert.deepEqual(Object.keys(workload.settings.env.items), ['span', '__proto__', 'items'])
  assert.deepEqual(workload.settings.command.value, [{ value: 'jupyter', at: { path: 'Dockerfile', key: 'CMD[0]' } }])
  assert.deepEqual(workload.settings.user.uid, { is: 'unknown', why: 'its base image is not known' })
  assert.deepEqual(workload.settings.privileged, { is: 'open' })
})

function sampleFacts(): Fact[] {
  const span = { start: 3, end: 9 }
  const slot = { path: 'compose.yaml', key: 'x', owner: span, shared: false }
  const items = JSON.parse('{"span":0,"__proto__":0,"items":0}')
  for (const key of Object.keys(items)) {
    Object.defineProperty(items, key, {
      value: { is: 'set', value: 'x', by: { who: 'compose', at: { path: '.env', span, key } }, slot },
      enumerable: true,
    })
  }
  const settings = {
    user: { uid: { is: 'unknown', why: 'its base image is not known', slot } },
    command: {
      is: 'set',
      value: [{ value: 'jupyter', at: { path: 'Dockerfile', span, key: 'CMD[0]' } }],
      by: { who: 'image' },
    },
    privileged: { is: 'open' },
    env: { items, whole: true, slot },
  }
  const base = {
    target: '.',
    analyzer: 'test',
    confidence: 'high',
    subject: 'compose.yaml#notebook',
    path: 'compose.yaml',
  }
  return [
    {
      ...base,
      kind: 'workload',
      id: 'workload:.:compose.yaml#notebook',
      phase: 'declared',
      dialect: 'compose',
      name: 'notebook',
      label: 'service "notebook"',
      part: 'main',
      settings,
    } as unknown as WorkloadFact,
    {
      ...base,
      kind: 'role',
      id: 'role:1',
      workload: 'workload:.:compose.yaml#notebook',
      role: 'notebook',
      product: 'jupyter',
      productName: 'Jupyter',
      evidence: [],
      authentication: 'on',
      authenticationBecause: 'a token is made at start',
      ports: [8888],
    } as unknown as RoleFact,
  ]
}
