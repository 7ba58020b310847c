/** `--plain`: one finding a line, no tables and no drawing, for screen readers, grep and other tools. */
import type { Finding } from '../../core/finding.ts'
import type { ScanReport } from '../../core/report.ts'
import {
  bestFix,
  coverageInWords,
  effortOf,
  inReadingOrder,
  listed,
  skippedInWords,
  totalsInWords,
  verdictInWords,
} from '../summary.ts'
import { placeWithColumn } from './finding-lines.ts'
import { type Style, shown } from './style.ts'

/** Ends with a line break. Lines are as long as they need to be; the first word says what a line is. */
export function plainLines(report: ScanReport, style: Style): string {
  const fixes = new Map(report.fixes.map((fix) => [fix.id, fix]))
  const words = coverageInWords(report)
  const verdict = verdictInWords(report)
  const findings = inReadingOrder(report.findings)
  const open = findings.filter((finding) => finding.status.is === 'open')
  const lines = [
    ...open.map((finding) => {
      const fix = bestFix(finding, fixes)
      return `${findingInWords(finding, report)}${fix === undefined ? '' : ` fix: ${fix.title} (${effortOf(fix)})`}`
    }),
    ...findings
      .filter((finding) => finding.status.is !== 'open')
      .map((finding) => `${statusInWords(finding)} ${findingInWords(finding, report)}`),
    `scanned: ${words.seen === '' ? 'nothing that Bulkhead knows' : words.seen}, ${words.files}`,
    ...areaLine('checked', words.checked),
    ...areaLine('partly checked', words.partly),
    ...areaLine('not checked', words.notChecked),
    ...words.skipped.map((one) => `skipped: ${one.required ? 'required: ' : ''}${skippedInWords(one)}`),
    ...words.failed.flatMap((analyzer) =>
      analyzer.errors.length === 0
        ? [`failed: ${analyzer.id}`]
        : analyzer.errors.map((error) => `failed: ${error.path}: ${error.message} (${analyzer.id})`),
    ),
    `total: ${totalsInWords(report).join(', ')}`,
    `verdict: ${verdict.word}: ${verdict.why}`,
  ]
  return lines.map((line) => `${shown(style, line)}\n`).join('')
}

/** `high: compose.yaml:14:9: message [rule]`. */
function findingInWords(finding: Finding, report: ScanReport): string {
  const at = finding.locations[0]
  return `${finding.severity}: ${at === undefined ? '' : `${placeWithColumn(at, report)}: `}${finding.message} [${finding.rule}]`
}

function statusInWords(finding: Finding): string {
  const { is, by, until } = finding.status
  return `${is}${by === undefined ? '' : ` by ${by}`}${until === undefined ? '' : ` until ${until}`}:`
}

function areaLine(what: string, areas: readonly string[]): string[] {
  return areas.length === 0 ? [] : [`${what}: ${listed(areas)}`]
}
