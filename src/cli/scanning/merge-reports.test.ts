import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AreaCoverage } from '../../core/coverage.ts'
import type { ScanReport, Verdict } from '../../core/report.ts'
import { AREAS, type Area } from '../../core/severity.ts'
import { mergeReports } from './merge-reports.ts'

const EXIT = { pass: 0, fail: 1, incomplete: 3, empty: 4 } as const

function report(name: string, outcome: Verdict['outcome'], secrets: AreaCoverage, failOn = 'high'): ScanReport {
  const areas = Object.fromEntries(AREAS.map((area) => [area, 'not-checked'])) as Record<Area, AreaCoverage>
  return {
    schema: 'bulkhead.scan/1',
    tool: { name: 'bulkhead', version: '1.2.3' },
    date: '2026-11-25T10:00:00Z',
    targets: [{ id: name, kind: 'directory', name }],
    findings: [],
    fixes: [],
    coverage: {
      areas: { ...areas, secrets },
      skipped: [],
      analyzers: [{ id: 'compose', status: 'ok', files: 2, errors: [] }],
      knowledge: [{ id: 'base-images', date: '2026-11-01' }],
      suppressed: [{ by: 'bulkhead.yaml', count: 1 }],
      files: { seen: 3, read: 2 },
    },
    verdict: { outcome, reasons: outcome === 'pass' ? [] : [`${outcome} it is`], exitCode: EXIT[outcome] },
    seen: [{ what: 'Dockerfiles', count: 2 }],
    failOn,
  }
}

test('one report stays as it is', () => {
  const one = report('a', 'pass', 'checked')
  assert.equal(mergeReports([one]), one)
})

const VERDICTS: readonly (readonly [
  outcomes: readonly Verdict['outcome'][],
  exitCode: number,
  first: string | undefined,
])[] = [
  [['pass', 'pass'], 0, undefined],
  [['pass', 'empty'], 4, 't1: empty it is'],
  [['empty', 'incomplete'], 3, 't1: incomplete it is'],
  [['incomplete', 'pass', 'fail'], 1, 't2: fail it is'],
]
for (const [outcomes, exitCode, first] of VERDICTS) {
  test(`${outcomes.join(' and ')}: ${exitCode}`, () => {
    const { verdict } = mergeReports(outcomes.map((outcome, at) => report(`t${at}`, outcome, 'checked')))
    assert.equal(verdict.exitCode, exitCode)
    assert.equal(verdict.reasons[0], first)
    assert.equal(verdict.reasons.length, outcomes.filter((outcome) => outcome !== 'pass').length)
  })
}

const AREA: readonly (readonly [one: AreaCoverage, other: AreaCoverage, merged: AreaCoverage])[] = [
  ['checked', 'checked', 'checked'],
  ['checked', 'not-applicable', 'checked'],
  ['checked', 'not-checked', 'partly'],
  ['checked', 'partly', 'partly'],
  ['not-checked', 'not-applicable', 'not-checked'],
  ['not-applicable', 'not-applicable', 'not-applicable'],
]
for (const [one, other, merged] of AREA) {
  test(`${one} and ${other} is ${merged}`, () => {
    const { coverage } = mergeReports([report('a', 'pass', one), report('b', 'pass', other)])
    assert.equal(coverage.areas.secrets, merged)
  })
}

test('numbers add up and thresholds keep the strictest', () => {
  const merged = mergeReports([report('a', 'pass', 'checked', 'never'), report('b', 'pass', 'checked', 'medium')])
  assert.deepEqual(
    merged.targets.map(({ name }) => name),
    ['a', 'b'],
  )
  assert.deepEqual(merged.seen, [{ what: 'Dockerfiles', count: 4 }])
  assert.deepEqual(merged.coverage.files, { seen: 6, read: 4 })
  assert.deepEqual(merged.coverage.suppressed, [{ by: 'bulkhead.yaml', count: 2 }])
  assert.deepEqual(merged.coverage.analyzers, [{ id: 'compose', status: 'ok', files: 4, errors: [] }])
  assert.deepEqual(merged.coverage.knowledge, [{ id: 'base-images', date: '2026-11-01' }])
  assert.equal(merged.failOn, 'medium')
})
