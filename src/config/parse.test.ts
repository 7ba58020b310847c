import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LARGEST_CONFIG, parseConfig } from './parse.ts'
import { problemLine } from './settings.ts'
import type { KnownRules } from './values.ts'

const rules: KnownRules = {
  ids: new Set(['workload/privileged', 'workload/port-all-interfaces', 'secret/in-env']),
  formerly: new Map([['workload/old-name', 'workload/privileged']]),
}
const parse = (text: string, trust: 'discovered' | 'named' = 'discovered') =>
  parseConfig(text, { name: 'bulkhead.yaml', trust }, rules)
const problems = (text: string, trust?: 'discovered' | 'named') => parse(text, trust).problems.map(problemLine)

const WHOLE = `
fail-on: medium
only: [secrets, workload/privileged]
exclude:
  - third_party/
include-ignored: true
require: [configuration]
rules:
  workload/privileged: critical
  secret/in-env: off
waivers:
  - rule: workload/port-all-interfaces
    path: compose.yaml
    subject: compose.yaml#api
    fingerprint: 0a1b2c
    reason: behind the VPN — really
    until: 2027-03-31
baseline: bulkhead-baseline.json
stage: 12
profiles: ["gpu"]
limits:
  text-file: 4 MiB
  time: 90s
  files: 10
`

test('every key of the table is read', () => {
  const { settings, problems: found } = parse(WHOLE)
  assert.deepEqual(found, [])
  const { waivers, ...rest } = settings
  assert.deepEqual(rest, {
    failOn: 'medium',
    only: ['secrets', 'workload/privileged'],
    exclude: ['third_party/'],
    includeIgnored: true,
    require: ['configuration'],
    severities: { 'workload/privileged': 'critical', 'secret/in-env': 'off' },
    baseline: 'bulkhead-baseline.json',
    stage: '12',
    profiles: ['gpu'],
    limits: { textFile: 4 * 1024 * 1024, time: 90_000, files: 10 },
  })
  const [waiver] = waivers ?? []
  assert.equal(waiver?.by, 'bulkhead.yaml:12')
  assert.equal(waiver?.until, '2027-03-31')
  const bytes = Buffer.from(WHOLE).subarray(waiver?.span?.start, waiver?.span?.end).toString()
  assert.match(bytes, /^rule: workload\/port-all-interfaces[\s\S]*until: 2027-03-31\s*$/)
})

test('an empty file says nothing', () => {
  for (const text of ['', '# only a comment\n', '---\n', 'null\n'])
    assert.deepEqual(parse(text), { settings: {}, problems: [] })
})

const WRONG: readonly (readonly [name: string, text: string, line: string])[] = [
  ['a key with an underscore', 'fail_on: high\n', 'bulkhead.yaml:1:1: unknown key "fail_on"; did you mean "fail-on"?'],
  [
    'a misspelt severity',
    'fail-on: hihg\n',
    'bulkhead.yaml:1:10: "fail-on": "hihg" is none of critical, high, medium, low, info, never; did you mean "high"?',
  ],
  [
    'a misspelt rule',
    'rules:\n  workload/privilegd: low\n',
    'bulkhead.yaml:2:3: there is no rule "workload/privilegd"; did you mean "workload/privileged"?',
  ],
  [
    'a rule without its noun',
    'rules:\n  privileged: low\n',
    'bulkhead.yaml:2:3: there is no rule "privileged"; did you mean "workload/privileged"?',
  ],
  [
    'a misspelt area',
    'only: [secret]\n',
    'bulkhead.yaml:1:8: "only": there is no area or rule "secret"; did you mean "secrets"?',
  ],
  ['a waiver without a reason', 'waivers:\n  - rule: secret/in-env\n', 'bulkhead.yaml:2:5: "reason" is missing'],
  ['an empty reason', 'waivers:\n  - rule: secret/in-env\n    reason: " "\n', 'bulkhead.yaml:3:13: "reason": is empty'],
  [
    'a day that is none',
    'waivers:\n  - { rule: secret/in-env, reason: x, until: 2027-02-30 }\n',
    'bulkhead.yaml:2:46: "until": "2027-02-30" is not a day; write it as 2027-03-31',
  ],
  ['a word for a list', 'exclude: tests\n', 'bulkhead.yaml:1:10: "exclude" must be a list, like exclude: [ … ]'],
  ['a key without a value', 'stage:\n', 'bulkhead.yaml:1:1: "stage" has no value'],
  ['a list for a word', 'fail-on: [high]\n', 'bulkhead.yaml:1:10: "fail-on" must be text'],
  ['a number below one', 'limits: { files: 0 }\n', 'bulkhead.yaml:1:18: "files" must be a whole number above 0'],
  [
    'a size without sense',
    'limits: { text-file: 3 elephants }\n',
    'bulkhead.yaml:1:22: "text-file": "3 elephants" is not a number of bytes; write it as 8 MiB',
  ],
  ['a key given twice', 'stage: a\nstage: b\n', 'bulkhead.yaml:2:1: "stage" is given twice'],
  ['a list at the top', '- a\n', 'bulkhead.yaml:1:1: expected keys and values, like "fail-on: high"'],
  [
    'a merge key',
    'x: &a { y: 1 }\n',
    'bulkhead.yaml:1:1: unknown key "x"; known here: fail-on, only, exclude, include-ignored, require, rules, waivers, baseline, stage, profiles, limits',
  ],
]

for (const [name, text, line] of WRONG) {
  test(`${name} is told with line and column`, () => assert.deepEqual(problems(text), [line]))
}

test('text that is not YAML is one problem', () => {
  const found = problems('fail-on: "high\nonly: [\n')
  assert.equal(found.length, 1)
  assert.match(found[0] ?? '', /^bulkhead\.yaml:\d+:\d+: is not valid YAML: /)
})

test('a keys named __proto__ is an unknown key and pollutes nothing', () => {
  assert.match(problems('__proto__: { polluted: 1 }\n')[0] ?? '', /unknown key "__proto__"/)
  assert.match(problems('rules:\n  __proto__: off\n')[0] ?? '', /there is no rule "__proto__"/)
  assert.equal(({} as { polluted?: number }).polluted, undefined)
})

test('an earlier rule id means the rule of today', () => {
  assert.deepEqual(parse('rules: { workload/old-name: off }\n').settings.severities, { 'workload/privileged': 'off' })
})

test('only a file named by --config raises limits', () => {
  assert.match(
    problems('limits: { text-file: 9 MiB }\n')[0] ?? '',
    /^bulkhead\.yaml:1:9: limits\.text-file is above its default .* --config$/,
  )
  assert.deepEqual(parse('limits: { text-file: 9 MiB }\n', 'named').settings.limits, { textFile: 9 * 1024 * 1024 })
})

test('an alias is read, and a bomb of them does not explode', () => {
  assert.deepEqual(parse('exclude: [&a vendor/, *a]\n').settings.exclude, ['vendor/', 'vendor/'])
  const bomb = `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join('')}exclude: *a30\n`
  const started = performance.now()
  assert.ok(problems(bomb).length > 0)
  assert.ok(performance.now() - started < 2000)
})

test('deep nesting and wide maps end in a problem, soon', () => {
  const started = performance.now()
  assert.ok(problems(`only: ${'['.repeat(100_000)}`).length > 0)
  const wide = Array.from({ length: LARGEST_CONFIG / 8 }, (_, i) => `k${i}: 1`).join('\n')
  assert.ok(problems(wide).length > 1000)
  assert.ok(performance.now() - started < 10_000)
})

test('no text makes it throw', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        'rules:',
        'waivers:',
        '- ',
        '  ',
        '\n',
        '&a',
        '*a',
        '<<:',
        '!!x ',
        '{',
        '}',
        '[',
        ']',
        'limits:',
        '|',
        '? ',
        ': ',
        '__proto__:',
      ),
    ),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(pieces, (parts) => {
      const { problems: found } = parse(parts.join(''))
      for (const problem of found) assert.ok((problem.line ?? 1) >= 1 && (problem.column ?? 1) >= 1)
    }),
    { seed: 1, numRuns: 300 },
  )
})
