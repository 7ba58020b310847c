import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from './evaluate.ts'
import { FactStore } from './fact-store.ts'
import { defineRule, type Reported } from './rule.ts'

/** Facts of the simplest kind, one for each subject; the subject before `#` is the file. */
function factsOf(...subjects: string[]): FactStore {
  const facts = new FactStore()
  for (const subject of subjects) {
    const path = subject.split('#')[0] ?? ''
    facts.place(
      { kind: 'ignore-file', subject, path, confidence: 'high', patterns: [] },
      { target: 't', analyzer: 'a' },
    )
  }
  return facts
}

function ruleSaying(say: (subject: string) => Partial<Reported> | 'crash' | undefined) {
  return defineRule({
    id: 'test/rule',
    reads: 'ignore-file',
    area: 'configuration',
    severity: 'high',
    confidence: 'high',
    concepts: ['one', 'two'],
    title: 'A rule for tests',
    why: 'because',
    how: 'somehow',
    examples: [{}],
    check(fact, report) {
      const said = say(fact.subject)
      if (said === 'crash') throw new Error('bug')
      if (said !== undefined)
        report({ at: { path: fact.path ?? '', span: { start: 0, end: 1 } }, message: fact.subject, ...said })
    },
  })
}

const options = { severities: {}, findingsPerRule: 100 }

test('what several facts inherit from one line is one finding that names the others', () => {
  const shared = { path: 'base', span: { start: 5, end: 9 } }
  const fixOf = (subject: string) => ({
    title: subject,
    safety: 'review' as const,
    steps: [{ do: 'manual' as const, text: subject }],
  })
  const rule = ruleSaying((subject) => ({
    at: shared,
    fix: fixOf(subject),
    ...(subject === 'b#2' ? { severity: 'critical' as const, because: 'it is published' } : {}),
  }))
  const { findings, fixes } = evaluate(factsOf('a#1', 'b#2', 'base#0'), { ...options, rules: [rule] })
  assert.equal(findings.length, 1)
  assert.equal(findings[0]?.severity, 'critical')
  assert.deepEqual(findings[0]?.severityBecause, ['it is published'])
  assert.equal(findings[0]?.facts.length, 3)
  assert.deepEqual(findings[0]?.evidence, ['the same line also decides for a#1, base#0'])
  assert.deepEqual(
    fixes.map(({ title }) => title),
    ['base#0'],
    'the file that owns the line mends it',
  )
})

test('a line that decides for two workloads of its file is mended in both', () => {
  const shared = { path: 'file', span: { start: 5, end: 9 } }
  const rule = ruleSaying((subject) => ({
    at: shared,
    fix: {
      title: 'Give them users',
      safety: 'review' as const,
      group: 'users',
      steps: [
        { do: 'set' as const, target: 't', workload: subject, changes: [{ set: 'user', value: '1:1' }] },
        { do: 'manual' as const, text: subject },
      ],
    },
  }))
  const { findings, fixes } = evaluate(factsOf('file#1', 'file#2', 'other#3'), { ...options, rules: [rule] })
  assert.equal(findings.length, 1)
  assert.deepEqual(
    fixes[0]?.steps.map((step) => (step.do === 'set' ? step.workload : step.do)),
    ['file#1', 'manual', 'file#2'],
    'what a person does once is said once; who is declared elsewhere follows',
  )
})

test('equal subjects in several places have fingerprints of their own, whatever the order', () => {
  const rule = ruleSaying((subject) => ({ subject: 'same', at: { path: subject, span: { start: 1, end: 2 } } }))
  const one = evaluate(factsOf('x', 'y'), { ...options, rules: [rule] })
  const other = evaluate(factsOf('y', 'x'), { ...options, rules: [rule] })
  assert.equal(new Set(one.findings.map(({ fingerprint }) => fingerprint)).size, 2)
  assert.deepEqual(
    one.findings.map(({ fingerprint }) => fingerprint),
    other.findings.map(({ fingerprint }) => fingerprint),
  )
})

test('a fingerprint does not depend on line or target', () => {
  const at = (start: number) => ruleSaying(() => ({ at: { path: 'f', span: { start, end: start + 1 } }, key: 'k' }))
  const [one] = evaluate(factsOf('f#1'), { ...options, rules: [at(3)] }).findings
  const [other] = evaluate(factsOf('f#1'), { ...options, rules: [at(300)] }).findings
  assert.equal(one?.fingerprint, other?.fingerprint)
})

test('findings of one group share a fix; the careful one decides its safety', () => {
  const rule = ruleSaying((subject) => ({
    fix: {
      title: 'harden',
      group: 'g',
      safety: subject === 'a#1' ? ('safe' as const) : ('review' as const),
      steps: [{ do: 'manual' as const, text: subject }],
      ...(subject === 'a#1' ? {} : { breaks: 'something' }),
    },
  }))
  const { findings, fixes } = evaluate(factsOf('a#1', 'b#1'), { ...options, rules: [rule] })
  assert.equal(fixes.length, 1)
  assert.equal(fixes[0]?.safety, 'review')
  assert.equal(fixes[0]?.breaks, 'something')
  assert.deepEqual(fixes[0]?.resolves, findings.map(({ fingerprint }) => fingerprint).sort())
})

test('a rule that fails costs only itself', () => {
  const broken = { ...ruleSaying(() => 'crash' as const), id: 'test/broken' }
  const { findings, failures } = evaluate(factsOf('a#1'), { ...options, rules: [broken, ruleSaying(() => ({}))] })
  assert.equal(findings.length, 1)
  assert.deepEqual(
    failures.map(({ rule }) => rule),
    ['test/broken'],
  )
})

test('the user’s severity stands, and is said', () => {
  const rule = ruleSaying(() => ({ severity: 'critical' as const, because: 'context' }))
  const [low] = evaluate(factsOf('a#1'), { ...options, severities: { 'test/rule': 'low' }, rules: [rule] }).findings
  assert.equal(low?.severity, 'low')
  assert.deepEqual(low?.severityBecause, ['set to low by configuration'])
  assert.equal(
    evaluate(factsOf('a#1'), { ...options, severities: { 'test/rule': 'off' }, rules: [rule] }).findings.length,
    0,
  )
})

test('findings beyond the limit are counted', () => {
  const many = Array.from({ length: 12 }, (_, index) => `f${index}#x`)
  const { findings, cut } = evaluate(factsOf(...many), {
    ...options,
    findingsPerRule: 10,
    rules: [ruleSaying(() => ({}))],
  })
  assert.equal(findings.length, 10)
  assert.deepEqual(cut, [{ rule: 'test/rule', left: 2 }])
})
