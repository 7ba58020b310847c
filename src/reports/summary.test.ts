import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Fix } from '../core/fix.ts'
import {
  bestFix,
  countByArea,
  counted,
  coverageInWords,
  daysUntil,
  effortOf,
  fixFirst,
  grouped,
  listed,
  placeInWords,
  placesInWords,
  skippedInWords,
  totals,
  totalsInWords,
  verdictInWords,
} from './summary.ts'
import {
  believableReport,
  sampleCoverage,
  sampleFinding,
  sampleFix,
  sampleLocation,
  sampleReport,
} from './testing/sample-report.ts'

describe('fixFirst', () => {
  it('groups open findings by fix, worst first, and leaves out what does not count', () => {
    const rows = fixFirst(believableReport()).map((row) => [row.severity, row.title, row.effort, row.findings.length])
    assert.deepEqual(rows, [
      ['critical', 'Put a socket proxy in front of the engine', 'review', 1],
      ['high', 'Bind published ports to 127.0.0.1', 'automatic', 3],
      ['high', 'Hand the token in as a build secret', 'manual', 1],
      ['medium', 'Pin the base image', 'upgrade', 1],
      ['low', 'Nothing checks that the service works', 'manual', 1],
      ['info', 'Root in a container is root on the host', 'manual', 1],
    ])
  })

  it('takes the worst severity of a group, and names each place once', () => {
    const findings = [
      sampleFinding({ severity: 'low', fixes: ['one'] }, 1),
      sampleFinding({ severity: 'critical', fixes: ['one'], rule: 'workload/privileged' }, 2),
      sampleFinding({ severity: 'low', fixes: ['one'], fingerprint: 'twin' }, 1),
    ]
    const [row, ...others] = fixFirst(sampleReport({ findings, fixes: [sampleFix({ id: 'one' })] }))
    assert.equal(others.length, 0)
    assert.equal(row?.severity, 'critical')
    assert.equal(row?.rule, 'workload/privileged')
    assert.deepEqual(row?.places, ['compose.yaml:15', 'compose.yaml:14'])
  })

  it('joins findings without a fix by rule', () => {
    const findings = [
      sampleFinding({}, 1),
      sampleFinding({}, 2),
      sampleFinding({ rule: 'workload/other', title: 'Other' }, 3),
    ]
    const rows = fixFirst(sampleReport({ findings }))
    assert.deepEqual(
      rows.map((row) => [row.title, row.findings.length, row.fix]),
      [
        ['Port is published on every network interface', 2, undefined],
        ['Other', 1, undefined],
      ],
    )
  })

  it('puts what resolves more first, then automatic before review', () => {
    const fixes = [
      sampleFix({ id: 'b', title: 'b', safety: 'review' }),
      sampleFix({ id: 'a', title: 'z', safety: 'safe' }),
      sampleFix({ id: 'c', title: 'c', safety: 'review' }),
    ]
    const findings = ['a', 'b', 'c', 'c'].map((id, index) => sampleFinding({ fixes: [id] }, index))
    assert.deepEqual(
      fixFirst(sampleReport({ findings, fixes })).map((row) => row.fix?.id),
      ['c', 'a', 'b'],
    )
  })

  it('does not depend on the order of the findings', () => {
    const report = believableReport()
    const turned = { ...report, findings: report.findings.toReversed(), fixes: report.fixes.toReversed() }
    assert.deepEqual(fixFirst(turned), fixFirst(report))
  })

  it('ignores ids of fixes that the report does not hold', () => {
    assert.equal(fixFirst(sampleReport({ findings: [sampleFinding({ fixes: ['gone'] })] }))[0]?.effort, 'manual')
  })
})

it('counts a finding under its best fix: safe, then the one that resolves most', () => {
  const cases: [string, Fix[], string][] = [
    ['safe first', [sampleFix({ id: 'r', safety: 'review', resolves: ['1', '2'] }), sampleFix({ id: 's' })], 's'],
    ['most', [sampleFix({ id: 'few', resolves: ['1'] }), sampleFix({ id: 'many', resolves: ['1', '2'] })], 'many'],
    ['by id', [sampleFix({ id: 'y' }), sampleFix({ id: 'x' })], 'x'],
  ]
  for (const [name, fixes, expected] of cases) {
    const finding = sampleFinding({ fixes: fixes.map((fix) => fix.id) })
    assert.equal(bestFix(finding, new Map(fixes.map((fix) => [fix.id, fix])))?.id, expected, name)
  }
})

it('says the effort of a fix in one word', () => {
  assert.equal(effortOf(undefined), 'manual')
  assert.equal(effortOf(sampleFix()), 'automatic')
  assert.equal(effortOf(sampleFix({ safety: 'review' })), 'review')
  assert.equal(effortOf(sampleFix({ action: 'upgrade' })), 'upgrade')
  assert.equal(effortOf(sampleFix({ action: 'command' })), 'manual')
})

describe('numbers', () => {
  it('counts open findings of an area by severity', () => {
    const counts = countByArea(believableReport())
    assert.deepEqual(counts.network, { critical: 0, high: 3, medium: 0, low: 0, info: 0 })
    assert.deepEqual(counts.configuration, { critical: 1, high: 0, medium: 0, low: 1, info: 0 })
  })

  it('totals what counts and what does not', () => {
    assert.deepEqual(totals(believableReport()), {
      open: 8,
      automatic: { fixes: 1, findings: 3 },
      ignored: 1,
      expiry: { count: 1, days: 9 },
      baselined: 1,
      notAffected: 1,
    })
    assert.deepEqual(totalsInWords(sampleReport()), ['No open findings'])
  })

  it('says when the next ignore ends', () => {
    const waived = (until: string, number: number) => sampleFinding({ status: { is: 'waived', until } }, number)
    const words = (...until: string[]) => totalsInWords(sampleReport({ findings: until.map(waived) }))[1]
    assert.equal(words('2026-11-25'), '1 ignored (1 expires today)')
    assert.equal(words('2026-11-26', '2026-11-26', '2027-01-01'), '3 ignored (2 expire tomorrow)')
    assert.equal(words('not a date'), '1 ignored')
    assert.equal(daysUntil('2026-12-04', '2026-11-25T23:59:59.000Z'), 9)
  })

  it('writes counts and lists as English does', () => {
    assert.deepEqual(
      [counted(1, 'fix'), counted(2, 'fix'), counted(2041, 'finding')],
      ['1 fix', '2 fixes', '2,041 findings'],
    )
    assert.deepEqual([grouped(999), grouped(1000), grouped(1234567)], ['999', '1,000', '1,234,567'])
    assert.deepEqual(
      [listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])],
      ['', 'a', 'a and b', 'a, b and c'],
    )
  })
})

describe('places', () => {
  const many = sampleReport({
    targets: [
      { id: 'a', kind: 'directory', name: './a/' },
      { id: 'i', kind: 'image', name: 'model:1' },
      { id: 'f', kind: 'file', name: 'x/Dockerfile' },
    ],
  })
  it('names the target where there are several', () => {
    assert.equal(placeInWords(sampleLocation({ target: 'a' }), many), './a/compose.yaml:14')
    assert.equal(placeInWords(sampleLocation({ target: 'i', path: 'etc/x' }), many), 'model:1: etc/x:14')
    assert.equal(placeInWords(sampleLocation({ target: 'f', path: 'Dockerfile' }), many), 'x/Dockerfile:14')
    assert.equal(placeInWords(sampleLocation({ target: '.' }), sampleReport()), 'compose.yaml:14')
  })
  it('names the key where there is no line', () => {
    assert.equal(
      placeInWords({ target: 'i', path: '', key: 'Env.HF_TOKEN', role: 'primary' }, many),
      'model:1 Env.HF_TOKEN',
    )
  })
  it('counts the places beyond those shown', () => {
    assert.equal(placesInWords(['a:1', 'b:2', 'c:3']), 'a:1 +2 more')
    assert.equal(placesInWords(['a:1', 'b:2'], 2), 'a:1, b:2')
    assert.equal(placesInWords([]), '')
  })
})

describe('coverage and verdict', () => {
  it('says what was looked at and what was not, the required first', () => {
    const skipped = [
      { code: 'a', what: 'many', why: 'w', count: 9, required: false },
      { code: 'b', what: 'asked-for', why: 'w', count: 1, required: true },
    ]
    const words = coverageInWords(
      sampleReport({ coverage: sampleCoverage({ skipped }), seen: [{ what: 'services', count: 1 }] }),
    )
    assert.equal(words.seen, '1 service')
    assert.equal(words.files, '61 of 240 files read')
    assert.deepEqual(words.skipped.map(skippedInWords), ['asked-for: w', 'many (9): w'])
    assert.deepEqual(
      [words.checked, words.partly, words.notChecked],
      [['configuration', 'network'], ['secrets'], ['packages']],
    )
    assert.deepEqual(
      words.failed.map((one) => one.id),
      ['manifests/dockerfile'],
    )
    assert.deepEqual(words.knowledge, ['base-images 24 days old'])
  })

  it('gives every outcome a word and a reason', () => {
    const why = (outcome: 'pass' | 'fail' | 'incomplete' | 'empty', reasons: string[] = []) => {
      const report = sampleReport({ findings: [sampleFinding()], verdict: { outcome, reasons, exitCode: 0 } })
      const { word, why } = verdictInWords(report)
      return `${word}: ${why}`
    }
    assert.equal(why('fail'), 'FAILED: 1 high; fails at high or above')
    assert.equal(why('fail', ['a', 'b']), 'FAILED: a; b')
    assert.equal(why('incomplete'), 'INCOMPLETE: something that was asked for could not be read')
    assert.equal(why('empty'), 'NOTHING TO SCAN: none of the targets holds anything to scan')
    assert.equal(verdictInWords(sampleReport()).why, 'nothing found in what was looked at')
  })
})
