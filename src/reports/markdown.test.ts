import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ScanReport } from '../core/report.ts'
import { type MarkdownOptions, markdown, marker } from './markdown.ts'
import {
  believableReport,
  HOSTILE_TEXT,
  hostileReport,
  largeReport,
  sampleCoverage,
  sampleFinding,
  sampleFix,
  sampleLocation,
  sampleReport,
  sampleRules,
} from './testing/sample-report.ts'

function comment(report: ScanReport, options: Partial<MarkdownOptions> = {}): string {
  return markdown(report, { rules: sampleRules, ...options })
}

/** What is left for Markdown to interpret: without code blocks, code spans, escapes, and the markup that is ours. */
function live(text: string): string {
  return text
    .replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, '')
    .replace(/(?<![\\`])(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')
    .replace(/<code>[^<]*<\/code>/g, '')
    .replace(/\\[^A-Za-z0-9\s]/g, '')
    .replaceAll('&#8203;', '\u200b')
    .replace(/^<!-- bulkhead(?: [\w-]+)? -->$/m, '')
    .replace(/<\/?(?:details|summary|b|sub)>/g, '')
}

test('the believable comment says verdict, fixes, counts, coverage and details, in this order', () => {
  const text = comment(believableReport())
  const headings = [
    '<!-- bulkhead -->\n\n## Bulkhead: failed\n\n5 findings at high or above\n\n8 findings, ',
    '### Fix these first\n\n| Severity | Fix | How | Resolves | Where |\n|---|---|---|--:|---|\n| critical | Put a socket proxy',
    '| high | Bind published ports to 127.0.0.1 | automatic | 3 | `compose.yaml:14` and 2 more |\n',
    '| Area | critical | high | medium | low | info |\n|---|--:|--:|--:|--:|--:|\n| configuration | 1 | 0 | 0 | 1 | 0 |\n',
    '| **all** | 1 | 4 | 1 | 1 | 1 |',
    '### What was looked at\n\n3 Dockerfiles, 9 services; 61 of 240 files read. Checked: configuration and network.',
    '**Not checked: packages.**',
    '- left out: `node_modules/',
    '- not understood: `Dockerfile.old: a here-document never ends (line 4) (manifests/dockerfile)`',
    '- 1 finding suppressed by `bulkhead.yaml:4`',
    '<details><summary><b>critical</b> Container can command the Docker engine <code>compose.yaml:31</code></summary>\n\n',
    '```\n  30 |     ports:\n> 31 |       - "8888:8888"\n  32 |     environment:\n```\n\n- `agent/Dockerfile:12`: runs as root',
    '**Fix (review first).** Put a socket proxy in front of the engine. It may break: the agent can',
    '<details><summary><b>high</b> Credential is baked into the image',
    '- run `docker build --secret id=hf_token .`',
    '<sub>Bulkhead 0.1.0, 2026-11-25</sub>\n',
  ]
  let at = 0
  for (const heading of headings) {
    const found = text.indexOf(heading, at)
    assert.ok(found >= at, `missing or out of order: ${heading}\n\n${text}`)
    at = found
  }
  assert.equal(text.match(/<details>/g)?.length, 8)
})

test('a clean comment is short, and says what was not looked at', () => {
  const text = comment(sampleReport())
  assert.match(text, /## Bulkhead: passed\n\n\w.+\n\n[Nn]o open findings\n/)
  assert.doesNotMatch(text, /Fix these first|<details>|\| Area/)
  assert.match(text, /\*\*Not checked: packages\.\*\*/)
})

test('the marker is hidden, stable, and tells scans apart', () => {
  assert.equal(marker(), '<!-- bulkhead -->')
  assert.equal(marker('backend'), '<!-- bulkhead backend -->')
  assert.equal(marker('--><b>x'), '<!-- bulkhead --bx -->')
  assert.ok(comment(sampleReport(), { name: 'backend' }).startsWith('<!-- bulkhead backend -->\n'))
})

test('at most ten rows, and the rest is counted', () => {
  const text = comment(largeReport(300))
  assert.equal(text.match(/^\| (?:critical|high|medium|low|info) \| /gm)?.length, 10)
  assert.match(text, /\n\d+ more below\.\n/)
})

test('a large comment stays below the limit, shows the worst, and counts what was cut', () => {
  for (const limit of [60_000, 20_000, 5_000, 1_000]) {
    const text = comment(largeReport(5_000), { limit })
    assert.ok(text.length <= limit, `${text.length} > ${limit}`)
    const shown = text.match(/<details>/g)?.length ?? 0
    assert.equal(text.match(/<\/details>/g)?.length ?? 0, shown)
    const left = Number(/\n([\d,]+) findings not shown here/.exec(text)?.[1]?.replace(',', ''))
    assert.equal(shown + left, 5_000)
    assert.doesNotMatch(text, /<summary><b>(?:high|medium|low|info)/)
  }
  assert.ok(comment(largeReport(5_000)).length > 55_000)
})

test('the longest hostile strings do not break the limit', () => {
  const long = '\u{e0041}@`|'.repeat(3_000)
  const finding = (number: number) =>
    sampleFinding(
      {
        message: long,
        title: long,
        subject: long,
        severityBecause: [long, long],
        fixes: [`fix-${number}`],
        locations: [
          sampleLocation({ path: `${number}${long}`, label: long, excerpt: { firstLine: 13, lines: [long, long] } }),
        ],
      },
      number,
    )
  const numbers = Array.from({ length: 30 }, (_, index) => index)
  const skipped = numbers.map(() => ({ code: 'x', what: long, why: long, count: 1, required: true }))
  const report = sampleReport({
    findings: numbers.map(finding),
    fixes: numbers.map((number) => sampleFix({ id: `fix-${number}`, title: long, breaks: long })),
    coverage: sampleCoverage({ skipped, suppressed: [{ by: long, count: 1 }] }),
    verdict: { outcome: 'incomplete', reasons: [long, long], exitCode: 3 },
  })
  const text = comment(report)
  assert.ok(text.length <= 60_000)
  assert.match(text, /Fix these first/)
  assert.match(text, /30 findings not shown|<details>/)
})

test('nothing that a target wrote comes to life', () => {
  const text = comment(hostileReport())
  const rest = live(text)
  assert.doesNotMatch(rest, /<(?![/]?$)[a-z!/]/i, 'HTML')
  assert.doesNotMatch(rest, /!?\[[^\]]*\]\(/, 'links and images')
  assert.doesNotMatch(rest, /[a-z]:\/\/|www\./i, 'addresses')
  assert.doesNotMatch(rest, /@\w/, 'mentions')
  assert.doesNotMatch(rest, /(?<!&)#\d|GH-\d/, 'references')
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u)
  assert.equal(text.match(/^<details>/gm)?.length, text.match(/^<\/details>$/gm)?.length)
})

test('a row of a table has as many cells as its head, whatever the names are', () => {
  const text = comment(hostileReport())
  const rows = text.split('\n').filter((line) => line.startsWith('| '))
  assert.ok(rows.length > 3)
  for (const row of rows) {
    const cells = (row.match(/(?:\\[\s\S]|[^|\\])*\|/g) ?? []).length - 1
    assert.ok(cells === 5 || cells === 6, row)
  }
})

test('a rule that is not known costs its prose alone', () => {
  const text = comment(believableReport(), { rules: () => undefined })
  assert.doesNotMatch(text, /Why it matters/)
  assert.equal(text.match(/<details>/g)?.length, 8)
})

test('a finding without a place is shown', () => {
  assert.match(
    comment(sampleReport({ findings: [sampleFinding({ locations: [], message: HOSTILE_TEXT })] })),
    /<summary><b>high<\/b> Port is published on every network interface<\/summary>/,
  )
})
