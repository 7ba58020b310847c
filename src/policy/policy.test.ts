import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Waiver } from '../core/config.ts'
import type { IgnoreFact } from '../core/facts/ignore.ts'
import type { Finding } from '../core/finding.ts'
import { SourceText } from '../core/span.ts'
import { ignoreRules } from './ignore-rules.ts'
import { applyPolicy, type PolicyInput } from './policy.ts'

const FILE = `FROM python:3.12
# bulkhead: ignore[dockerfile/root] until=2027-03-01 reason: base
USER root
RUN pip install torch  # trailing
CMD ["serve"]
`
const source = SourceText.of(FILE)

/** The span of the first place of `text` in the file. */
function at(text: string): { start: number; end: number } {
  const start = FILE.indexOf(text)
  assert.ok(start >= 0)
  return { start, end: start + text.length }
}

function finding(over: Partial<Finding> = {}): Finding {
  return {
    fingerprint: 'f'.repeat(32),
    rule: 'dockerfile/root',
    area: 'configuration',
    title: 'Runs as root',
    message: 'runs as root',
    subject: 'Dockerfile#0',
    confidence: 'high',
    severity: 'high',
    severityBase: 'high',
    severityBecause: [],
    locations: [{ target: '.', path: 'Dockerfile', span: at('USER root'), role: 'primary' }],
    evidence: [],
    fixes: [],
    facts: [],
    refs: [],
    controls: [],
    concepts: ['root'],
    status: { is: 'open' },
    ...over,
  }
}

function ignore(over: Partial<IgnoreFact> = {}): IgnoreFact {
  return {
    kind: 'ignore',
    id: 'ignore:.:Dockerfile',
    target: '.',
    analyzer: 'dockerfile',
    confidence: 'high',
    subject: 'Dockerfile',
    path: 'Dockerfile',
    span: at('# bulkhead: ignore[dockerfile/root] until=2027-03-01 reason: base'),
    rules: ['dockerfile/root'],
    until: '2027-03-01',
    reason: 'base',
    governs: at('USER root'),
    ...over,
  }
}

function without<K extends keyof IgnoreFact>(fact: IgnoreFact, ...keys: K[]): IgnoreFact {
  return Object.fromEntries(Object.entries(fact).filter(([key]) => !keys.includes(key as K))) as unknown as IgnoreFact
}

function policy(
  over: Partial<Omit<PolicyInput, 'config'>> & { readonly config?: Partial<PolicyInput['config']> } = {},
) {
  const { config, ...rest } = over
  return applyPolicy({
    findings: [finding()],
    ignores: [],
    now: '2026-11-25T10:00:00.000Z',
    ownTargets: new Set(['.']),
    rules: {
      known: new Set(['dockerfile/root', 'workload/port', 'model/pickle']),
      active: new Set(['dockerfile/root', 'workload/port']),
      formerly: new Map([['dockerfile/user-root', 'dockerfile/root']]),
    },
    globMatcher: (patterns) => (path) => patterns.includes(path),
    sourceOf: (_, path) => (path === 'Dockerfile' ? source : undefined),
    ...rest,
    config: { waivers: [], severities: {}, only: [], ...config },
  })
}

/** `rule: status by`, what a reader needs of an outcome. */
function told(outcome: ReturnType<typeof applyPolicy>): string[] {
  return outcome.findings.map(
    ({ rule, status }) => `${rule} ${status.is}${status.by === undefined ? '' : ` ${status.by}`}`,
  )
}

test('an ignore with reason and last day covers what stands below it', () => {
  const outcome = policy({ ignores: [ignore()] })
  assert.deepEqual(told(outcome), ['dockerfile/root waived Dockerfile:2'])
  assert.deepEqual(outcome.findings[0]?.status, {
    is: 'waived',
    by: 'Dockerfile:2',
    reason: 'base',
    until: '2027-03-01',
  })
  assert.deepEqual(outcome.suppressed, [{ by: 'Dockerfile', count: 1 }])
})

const IGNORES: readonly (readonly [name: string, fact: IgnoreFact, expected: readonly string[]])[] = [
  [
    'without a reason it does not count',
    without(ignore(), 'reason'),
    ['dockerfile/root open', 'ignore/no-reason open'],
  ],
  [
    'without a last day it does not count at high',
    without(ignore(), 'until'),
    ['dockerfile/root open', 'ignore/no-expiry open'],
  ],
  ['it counts on its last day', ignore({ until: '2026-11-25' }), ['dockerfile/root waived Dockerfile:2']],
  ['and not on the day after', ignore({ until: '2026-11-24' }), ['dockerfile/root open', 'ignore/expired open']],
  [
    'one that cannot be read covers nothing',
    ignore({ problem: 'no closing bracket' }),
    ['dockerfile/root open', 'ignore/malformed open'],
  ],
  ['one without rules covers nothing', ignore({ rules: [] }), ['dockerfile/root open', 'ignore/malformed open']],
  [
    'one for another rule is unused',
    ignore({ rules: ['workload/port'] }),
    ['dockerfile/root open', 'ignore/unused open'],
  ],
  ['a rule that did not run leaves it alone', ignore({ rules: ['model/pickle'] }), ['dockerfile/root open']],
  [
    'a rule that does not exist does not',
    ignore({ rules: ['dockerfile/rooot'] }),
    ['dockerfile/root open', 'ignore/unused open'],
  ],
  [
    'an earlier id still means the rule',
    ignore({ rules: ['dockerfile/user-root'] }),
    ['dockerfile/root waived Dockerfile:2'],
  ],
  [
    'in the wrong place it covers nothing',
    ignore({ governs: at('CMD ["serve"]') }),
    ['dockerfile/root open', 'ignore/unused open'],
  ],
  [
    'on the line on which the governed begins it covers',
    ignore({ governs: at('root\nRUN') }),
    ['dockerfile/root waived Dockerfile:2'],
  ],
  [
    'one idle rule of two is told',
    ignore({ rules: ['dockerfile/root', 'workload/port'] }),
    ['dockerfile/root waived Dockerfile:2', 'ignore/unused open'],
  ],
  ['that of another target does not count, nor is it told', ignore({ target: 'image' }), ['dockerfile/root open']],
]
for (const [name, fact, expected] of IGNORES) {
  test(`ignore: ${name}`, () => assert.deepEqual(told(policy({ ignores: [fact] })), expected))
}

test('below high an ignore needs no last day', () => {
  const outcome = policy({ findings: [finding({ severity: 'medium' })], ignores: [without(ignore(), 'until')] })
  assert.deepEqual(told(outcome), ['dockerfile/root waived Dockerfile:2'])
})

test('a finding of a target that is not the user’s own is not covered by an ignore in it', () => {
  const outcome = policy({ ignores: [ignore()], ownTargets: new Set() })
  assert.deepEqual(told(outcome), ['dockerfile/root open'])
})

test('what is said about ignores cannot be ignored by one', () => {
  const outcome = policy({ ignores: [ignore({ rules: ['ignore/unused'] })] })
  assert.deepEqual(told(outcome), ['dockerfile/root open', 'ignore/unused open'])
})

test('an unused ignore has a safe fix that deletes its line', () => {
  const { fixes, findings } = policy({ findings: [], ignores: [ignore()] })
  assert.equal(fixes.length, 1)
  assert.equal(fixes[0]?.safety, 'safe')
  assert.deepEqual(fixes[0]?.resolves, [findings[0]?.fingerprint])
  assert.deepEqual(findings[0]?.fixes, [fixes[0]?.id])
  const [step] = fixes[0]?.steps ?? []
  assert.ok(step?.do === 'edit')
  const [edit] = step.edits
  assert.equal(FILE.slice(0, edit?.span.start) + FILE.slice(edit?.span.end), FILE.replace(/# bulkhead.*\n/, ''))
})

test('behind an instruction only the comment goes, with the blanks before it', () => {
  const { fixes } = policy({ findings: [], ignores: [ignore({ span: at('# trailing') })] })
  const [step] = fixes[0]?.steps ?? []
  assert.ok(step?.do === 'edit')
  const [edit] = step.edits
  assert.equal(FILE.slice(0, edit?.span.start) + FILE.slice(edit?.span.end), FILE.replace('  # trailing', ''))
})

test('several problems of the same subject have different fingerprints', () => {
  const { findings } = policy({ findings: [], ignores: [ignore(), ignore({ id: 'ignore:.:Dockerfile~2' })] })
  assert.equal(new Set(findings.map(({ fingerprint }) => fingerprint)).size, 2)
})

const waiver = (over: Partial<Waiver> = {}): Waiver => ({
  rule: 'dockerfile/root',
  reason: 'accepted',
  until: '2027-01-01',
  by: 'bulkhead.yaml:7',
  ...over,
})

const WAIVERS: readonly (readonly [name: string, waiver: Waiver, expected: readonly string[]])[] = [
  ['covers its rule', waiver(), ['dockerfile/root waived bulkhead.yaml:7']],
  ['by path', waiver({ path: 'Dockerfile' }), ['dockerfile/root waived bulkhead.yaml:7']],
  ['not in another path', waiver({ path: 'other/Dockerfile' }), ['dockerfile/root open', 'waiver/unused open']],
  ['by subject', waiver({ subject: 'Dockerfile#0' }), ['dockerfile/root waived bulkhead.yaml:7']],
  ['not another subject', waiver({ subject: 'Dockerfile#1' }), ['dockerfile/root open', 'waiver/unused open']],
  [
    'by the first digits of a fingerprint',
    waiver({ fingerprint: 'ffffff' }),
    ['dockerfile/root waived bulkhead.yaml:7'],
  ],
  ['not another fingerprint', waiver({ fingerprint: 'fffffe' }), ['dockerfile/root open', 'waiver/unused open']],
  ['another rule', waiver({ rule: 'workload/port' }), ['dockerfile/root open', 'waiver/unused open']],
  ['a rule that did not run', waiver({ rule: 'model/pickle' }), ['dockerfile/root open']],
  ['expired', waiver({ until: '2026-11-24' }), ['dockerfile/root open', 'waiver/expired open']],
]
for (const [name, one, expected] of WAIVERS) {
  test(`waiver: ${name}`, () => assert.deepEqual(told(policy({ config: { waivers: [one] } })), expected))
}

test('a waiver without a last day counts below high alone', () => {
  const { until: _, ...endless } = waiver()
  const mild = finding({ severity: 'low', fingerprint: 'e'.repeat(32) })
  const outcome = policy({ findings: [finding(), mild], config: { waivers: [endless] } })
  assert.deepEqual(told(outcome).sort(), [
    'dockerfile/root open',
    'dockerfile/root waived bulkhead.yaml:7',
    'waiver/no-expiry open',
  ])
})

test('a waiver that fails is shown where it stands', () => {
  const outcome = policy({
    findings: [],
    config: { waivers: [waiver({ span: { start: 3, end: 9 } })] },
    configPlace: { target: '.', path: 'bulkhead.yaml' },
  })
  assert.deepEqual(outcome.findings[0]?.locations, [
    {
      target: '.',
      path: 'bulkhead.yaml',
      span: { start: 3, end: 9 },
      line: 7,
      role: 'primary',
      label: 'covers nothing',
    },
  ])
})

test('the baseline freezes by fingerprint and counts what is gone', () => {
  const baseline = { path: 'b.json', fingerprints: new Set(['f'.repeat(32), '0'.repeat(32)]) }
  const outcome = policy({ config: { baseline } })
  assert.deepEqual(told(outcome), ['dockerfile/root baselined b.json'])
  assert.equal(outcome.baselineGone, 1)
  assert.deepEqual(outcome.suppressed, [{ by: 'b.json', count: 1 }])
})

test('a finding about an ignore can be in the baseline too', () => {
  const [found] = policy({ findings: [], ignores: [ignore()] }).findings
  const baseline = { path: 'b.json', fingerprints: new Set([found?.fingerprint ?? '']) }
  const outcome = policy({ findings: [], ignores: [ignore()], config: { baseline } })
  assert.deepEqual(told(outcome), ['ignore/unused baselined b.json'])
  assert.equal(outcome.baselineGone, 0)
  assert.deepEqual(outcome.suppressed, [{ by: 'b.json', count: 1 }])
})

test('configuration turns the rules about ignores off, or makes them worse', () => {
  assert.deepEqual(
    told(policy({ findings: [], ignores: [ignore()], config: { severities: { 'ignore/unused': 'off' } } })),
    [],
  )
  const [worse] = policy({
    findings: [],
    ignores: [ignore()],
    config: { severities: { 'ignore/unused': 'high' } },
  }).findings
  assert.equal(worse?.severity, 'high')
  assert.equal(worse?.severityBase, 'low')
  assert.deepEqual(told(policy({ findings: [], ignores: [ignore()], config: { only: ['secrets'] } })), [])
  assert.deepEqual(told(policy({ findings: [], ignores: [ignore()], config: { only: ['ignore/unused'] } })), [
    'ignore/unused open',
  ])
})

test('not honoured, nothing is suppressed and nothing said', () => {
  const baseline = { path: 'b.json', fingerprints: new Set(['f'.repeat(32)]) }
  const outcome = policy({ honour: false, ignores: [ignore()], config: { baseline, waivers: [waiver()] } })
  assert.deepEqual(told(outcome), ['dockerfile/root open'])
  assert.deepEqual(outcome.suppressed, [])
})

test('the rules about suppressions are complete and sorted', () => {
  const ids = ignoreRules.map(({ id }) => id)
  assert.deepEqual(ids, [...ids].sort())
  for (const rule of ignoreRules)
    assert.ok(rule.why.length > 40 && rule.how.length > 20 && rule.concepts.length > 0, rule.id)
})
