import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ScanReport } from '../../core/report.ts'
import {
  believableReport,
  hostileReport,
  largeReport,
  sampleCoverage,
  sampleFinding,
  sampleFix,
  sampleReport,
  sampleRule,
  sampleRules,
} from '../testing/sample-report.ts'
import { explainFinding, explainRule } from './explain.ts'
import { fullScreen } from './full-screen.ts'
import { plainLines } from './plain-lines.ts'
import type { Style } from './style.ts'
import { summaryScreen } from './summary-screen.ts'
import { textWidth } from './width.ts'

const STYLE: Style = { colour: false, unicode: true, width: 100 }

const SCREENS: Readonly<Record<string, (report: ScanReport, style: Style) => string>> = {
  summary: summaryScreen,
  full: (report, style) => fullScreen(report, style, sampleRules),
  explain: (report, style) =>
    report.findings.map((finding) => explainFinding(finding, report, sampleRules(finding.rule), style)).join(''),
}

describe('every screen', () => {
  const reports = {
    believable: believableReport(),
    hostile: hostileReport(),
    empty: sampleReport(),
    large: largeReport(300),
  }
  for (const [name, screen] of Object.entries(SCREENS)) {
    for (const [which, report] of Object.entries(reports)) {
      it(`${name} of the ${which} report fits, and holds nothing that acts on a terminal`, () => {
        for (const width of [10, 60, 80, 100, 250]) {
          const text = screen(report, { ...STYLE, width })
          assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/)
          const limit = Math.max(60, Math.min(100, width))
          // What a reader copies stands on one line, however long.
          const copied = /^ {2}# bulkhead: ignore/
          const long = text.split('\n').filter((line) => textWidth(line) > limit && !copied.test(line))
          assert.deepEqual(long, [], `at width ${width}`)
          assert.doesNotMatch(text, / $/m, 'trailing space')
        }
      })
      it(`${name} of the ${which} report says the same with colours and, in ASCII, without them`, () => {
        const plain = screen(report, STYLE)
        const coloured = screen(report, { ...STYLE, colour: true })
        assert.equal(coloured.replace(/\x1b\[[\d;]*m/g, ''), plain)
        assert.match(screen(report, { ...STYLE, unicode: false }), /^[\x20-\x7e\n]*$/)
      })
    }
  }
})

describe('summary', () => {
  it('opens with what was looked at, then the fixes, counts, verdict and what to type next', () => {
    assert.equal(
      summaryScreen(believableReport(), STYLE),
      `bulkhead 0.1.0 · . · fails at high

Scanned  3 Dockerfiles, 9 services · 61 of 240 files read
Areas    configuration and network checked · secrets partly · packages not checked
Skipped  node_modules/ (3): named in .gitignore
         data/weights.env: larger than 8 MB
Failed   Dockerfile.old: a here-document never ends (line 4) (manifests/dockerfile)

Fix these first                                                                resolves  effort
 1 CRIT  Put a socket proxy in front of the engine  compose.yaml:31           1 finding  review
 2 HIGH  Bind published ports to 127.0.0.1          compose.yaml:14 +2 more  3 findings  automatic
 3 HIGH  Hand the token in as a build secret        Dockerfile:7              1 finding  manual
 4 MED   Pin the base image                         Dockerfile:1              1 finding  upgrade
 5 LOW   Nothing checks that the service works      compose.yaml              1 finding  manual
 6 INFO  Root in a container is root on the host    . userns-remap            1 finding  manual

               crit  high   med   low  info
configuration     1     0     0     1     0
packages       not checked
secrets           0     1     0     0     0  partly checked
image             0     0     1     0     0
host              0     0     0     0     1
network           0     3     0     0     0

8 findings · 1 automatic fix resolves 3 · 1 ignored (1 expires in 9 days) · 1 in baseline
1 not affected
FAILED  5 findings at high or above

Next  bulkhead scan --out patch=fixes.patch    the automatic fixes; then git apply fixes.patch
      bulkhead scan --full                     every finding with its source
      bulkhead explain workload/engine-socket  why number 1 matters
`,
    )
  })

  it('says what was not looked at even when nothing was found', () => {
    const text = summaryScreen(sampleReport(), STYLE)
    assert.match(text, /^Areas +configuration and network checked · secrets partly · packages not checked$/m)
    assert.match(text, /^packages +not checked$/m)
    assert.match(text, /^PASSED {2}nothing found in what was looked at$/m)
    assert.doesNotMatch(text, /Fix these first/)
  })

  it('puts places below the titles where they do not fit beside them', () => {
    const text = summaryScreen(believableReport(), { ...STYLE, width: 80 })
    assert.match(
      text,
      /^ 2 HIGH {2}Bind published ports to 127\.0\.0\.1 +3 findings {2}automatic\n {9}compose\.yaml:14 \+2 more$/m,
    )
  })

  it('shows ten rows and counts the rest', () => {
    const findings = Array.from({ length: 13 }, (_, index) =>
      sampleFinding({ rule: `workload/rule-${index}`, title: `Title ${index}` }, index),
    )
    assert.match(summaryScreen(sampleReport({ findings }), STYLE), /^ +and 3 more; --full/m)
  })

  it('offers the baseline to a failing project that has none, and no command that cannot help', () => {
    const failing = { verdict: { outcome: 'fail', reasons: [], exitCode: 1 } } as const
    const text = summaryScreen(sampleReport({ ...failing, findings: [sampleFinding()] }), STYLE)
    assert.match(text, /bulkhead baseline/)
    assert.doesNotMatch(text, /fixes\.patch/)
  })

  it('quotes targets as a shell takes them, and gives none that cannot be typed', () => {
    const next = (name: string) => {
      const findings = [sampleFinding()]
      const text = summaryScreen(sampleReport({ targets: [{ id: '.', kind: 'directory', name }], findings }), STYLE)
      return /bulkhead scan(.*?) --full/.exec(text)?.[1]
    }
    assert.equal(next('.'), '')
    assert.equal(next('./a-b/c'), ' ./a-b/c')
    assert.equal(next("it's"), " 'it'\\''s'")
    assert.equal(next('x'.repeat(60)), ' TARGET')
    assert.equal(next('a\u001bb'), ' TARGET')
  })

  it('marks what was asked for by name and could not be read', () => {
    const skipped = [{ code: 'unreadable', what: 'Dockerfile', why: 'permission denied', count: 1, required: true }]
    const verdict = { outcome: 'incomplete', reasons: ['Dockerfile could not be read'], exitCode: 3 } as const
    const text = summaryScreen(sampleReport({ coverage: sampleCoverage({ skipped }), verdict }), STYLE)
    assert.match(text, /^Skipped {2}required: Dockerfile: permission denied$/m)
    assert.match(text, /^INCOMPLETE {2}Dockerfile could not be read$/m)
  })
})

describe('full', () => {
  it('shows a finding like a compiler error', () => {
    const findings = [
      sampleFinding({ fixes: ['fix'], severityBase: 'medium', severityBecause: ['the port is published'] }),
    ]
    const report = sampleReport({ findings, fixes: [sampleFix({ id: 'fix', resolves: [] })] })
    const text = fullScreen(report, STYLE, sampleRules).split('\n\n')[1]
    assert.equal(
      text,
      `high[workload/port-all-interfaces]: Service "notebook" publishes port 8888 on every network
interface.
  --> compose.yaml:14:9
   |
13 |     ports:
14 |       - "8888:8888"
   |         ^^^^^^^^^^^ listens on 0.0.0.0
15 |     environment:
   |
   = why:  Whoever can reach it can take it over.
   = fix:  Bind published ports to 127.0.0.1
           - - "8888:8888"
           + - "127.0.0.1:8888:8888"
           bulkhead scan --out patch=fixes.patch
   = more: severity high, not medium: the port is published
           confidence high · CWE-668 · CIS-Docker-1.6:5.14
           bulkhead explain workload/port-all-interfaces`,
    )
  })

  it('does not repeat why and fix for the next finding of the same kind', () => {
    const text = fullScreen(believableReport(), STYLE, sampleRules)
    assert.equal(text.match(/= same: why and fix as above/g)?.length, 2)
    assert.equal(text.match(/Bind published ports/g)?.length, 1)
  })

  it('shows places in other files, and what somebody set aside with who and until when', () => {
    const text = fullScreen(believableReport(), STYLE, sampleRules)
    assert.match(text, /^ {2}::: agent\/Dockerfile:12:9$/m)
    assert.match(text, /^ {6}waived by compose\.yaml:40 · until 2026-12-04 · because: behind the company proxy$/m)
  })

  it('stands without a rule at hand', () => {
    assert.doesNotMatch(
      fullScreen(believableReport(), STYLE, () => undefined),
      /= why:/,
    )
  })
})

describe('plain', () => {
  it('has one line for each finding, severity first, whatever the finding holds', () => {
    for (const report of [believableReport(), hostileReport()]) {
      const lines = plainLines(report, STYLE).split('\n')
      const open = report.findings.filter((finding) => finding.status.is === 'open')
      assert.equal(lines.filter((line) => /^(critical|high|medium|low|info): /.test(line)).length, open.length)
      assert.equal(
        lines.filter((line) => /^(waived|baselined|not-affected)/.test(line)).length,
        report.findings.length - open.length,
      )
      assert.doesNotMatch(lines.join(''), /[\x00-\x1f\x7f-\x9f\u202a-\u202e]/)
    }
    assert.match(
      plainLines(believableReport(), STYLE),
      /^high: compose\.yaml:14:9: Service "notebook" publishes port 8888 on every network interface\. \[workload\/port-all-interfaces\] fix: Bind published ports to 127\.0\.0\.1 \(automatic\)$/m,
    )
  })
  it('ends with what was looked at and the verdict', () => {
    assert.match(plainLines(sampleReport(), STYLE), /^not checked: packages\n[\s\S]*\nverdict: PASSED: nothing found/m)
  })
})

describe('explain', () => {
  it('shows a rule whole, and how to accept it', () => {
    const rule = sampleRule('workload/x', 'Title', { why: 'First paragraph.\n\nSecond one.', formerly: ['compose/x'] })
    assert.equal(
      explainRule(rule, STYLE),
      `high[workload/x]
Title
configuration · confidence high · Bulkhead often knows the edit

Why it matters
  First paragraph.

  Second one.

How to fix it
  Write the narrower setting.

When it is fine
  Nobody else is on the network.

Controls
  CIS-Docker-1.6:5.14

References
  CWE-668

Other tools call it
  compose-lint:CL-0005

Earlier names
  compose/x

To accept it
  on the line above what it governs:
  # bulkhead: ignore[workload/x] until=YYYY-MM-DD reason: WHY
`,
    )
  })
  it('tells the date of the scan that a finding comes from', () => {
    const report = believableReport()
    const finding = report.findings[0]
    assert.ok(finding)
    assert.match(explainFinding(finding, report, undefined, STYLE), /scan of 2026-11-25 12:00:00 UTC/)
  })
})
