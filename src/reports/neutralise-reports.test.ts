import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Finding } from '../core/finding.ts'
import type { ScanReport } from '../core/report.ts'
import { SEVERITIES } from '../core/severity.ts'
import { annotations } from './annotations.ts'
import { scanJson } from './json.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import { sarif } from './sarif.ts'
import {
  HOSTILE,
  sampleCoverage,
  sampleFinding,
  sampleFix,
  sampleLocation,
  sampleReport,
  sampleRules,
} from './testing/sample-report.ts'

/** Text of any kind, hostile pieces and lone surrogates included. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...Object.values(HOSTILE)),
      fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''))

const finding: fc.Arbitrary<Finding> = fc
  .record({
    text,
    other: text,
    severity: fc.constantFrom(...SEVERITIES),
    line: fc.nat(99),
    places: fc.nat(3),
    open: fc.boolean(),
  })
  .map(({ text: one, other, severity, line, places, open }) =>
    sampleFinding({
      message: one,
      subject: other,
      severity,
      evidence: [one],
      fixes: ['fix-000000000001'],
      locations: Array.from({ length: places }, () =>
        sampleLocation({
          path: one,
          label: other,
          key: one,
          line: line + 1,
          endLine: line + 1,
          excerpt: { firstLine: line + 1, lines: [one, other] },
        }),
      ),
      status: open ? { is: 'open' } : { is: 'waived', by: one, reason: other },
    }),
  )

const anyReport: fc.Arbitrary<ScanReport> = fc
  .record({ findings: fc.array(finding, { maxLength: 4 }), name: text, why: text })
  .map(({ findings, name, why }) =>
    sampleReport({
      targets: [{ id: '.', kind: 'directory', name }],
      findings,
      fixes: [sampleFix({ title: why, breaks: name, safety: 'review' })],
      coverage: sampleCoverage({ skipped: [{ code: 'unreadable', what: name, why, count: 2, required: true }] }),
      verdict: { outcome: 'incomplete', reasons: [why], exitCode: 3 },
    }),
  )

const REPORTS: Readonly<Record<string, (report: ScanReport) => string>> = {
  json: scanJson,
  sarif: (report) => sarif(report, { rules: sampleRules }).text,
  junit: (report) => junit(report, { rules: sampleRules }),
  markdown: (report) => markdown(report, { rules: sampleRules }),
  annotations: (report) => annotations(report),
}

for (const [name, render] of Object.entries(REPORTS)) {
  test(`${name}: any report gives text that UTF-8 and a terminal can take, the same each time`, () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const shown = render(report)
        assert.ok(shown.isWellFormed())
        assert.doesNotMatch(
          shown,
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/,
        )
        assert.doesNotMatch(shown, /##(?:\[|vso\[|teamcity\[)/i)
        assert.equal(render(report), shown)
      }),
      { seed: 1, numRuns: 100 },
    )
  })
}
