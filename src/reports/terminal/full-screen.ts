/** What `bulkhead scan --full` prints: every finding like a compiler error, what was suppressed, and all of coverage. */
import type { Finding } from '../../core/finding.ts'
import type { ScanReport } from '../../core/report.ts'
import { inReadingOrder, openFindings, placeInWords, type RuleLookup } from '../summary.ts'
import { findingLines } from './finding-lines.ts'
import { columns, dot, paint, type Style, shown } from './style.ts'
import { coverageLines, headerLines, joinParts, nextLines, verdictLines } from './summary-screen.ts'
import { wrap } from './width.ts'

/** Ends with a line break. The verdict stands last, where a terminal stops scrolling. */
export function fullScreen(report: ScanReport, style: Style, rules: RuleLookup): string {
  const fixes = new Map(report.fixes.map((fix) => [fix.id, fix]))
  const open = inReadingOrder(openFindings(report))
  return joinParts([
    headerLines(report, style),
    ...open.map((finding, index) => findingLines(finding, report, fixes, rules(finding.rule), style, open[index - 1])),
    suppressedLines(report, style),
    coverageLines(report, style, 'full'),
    verdictLines(report, style),
    open.length === 0 ? nextLines(report, style) : nextLines(report, style).filter((line) => !line.includes('--full')),
  ])
}

function suppressedLines(report: ScanReport, style: Style): string[] {
  const suppressed = inReadingOrder(report.findings.filter((finding) => finding.status.is !== 'open'))
  if (suppressed.length === 0) return []
  return [
    paint(style, 'strong', 'Not counted'),
    ...suppressed.flatMap((finding) => suppressedLine(finding, report, style)),
  ]
}

function suppressedLine(finding: Finding, report: ScanReport, style: Style): string[] {
  const { is, by, reason, until } = finding.status
  const at = finding.locations[0]
  const phrases = [
    `${is.replace('-', ' ')}${by === undefined ? '' : ` by ${by}`}`,
    until === undefined ? '' : `until ${until}`,
    reason === undefined ? '' : `because: ${reason}`,
  ].filter((phrase) => phrase !== '')
  const where = at === undefined ? '' : `${placeInWords(at, report)}: `
  const what = `${finding.severity}[${finding.rule}] ${where}${finding.message}`
  return [
    ...wrap(shown(style, what), columns(style) - 4).map((line, index) => (index === 0 ? '  ' : '    ') + line),
    ...wrap(shown(style, phrases.join(dot(style))), columns(style) - 6).map((line) =>
      paint(style, 'dim', `      ${line}`),
    ),
  ]
}
