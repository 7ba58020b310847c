/**
 * GitHub Actions workflow commands, which mark lines of a pull request: an error for what fails the scan, a warning
 * for the rest, worst first. GitHub keeps ten of each kind for a step and silently drops the others: they are counted
 * in a notice.
 */
import type { Finding, Location } from '../core/finding.ts'
import type { ScanReport } from '../core/report.ts'
import { atLeast, SEVERITIES } from '../core/severity.ts'
import { forAnnotation, forAnnotationProperty } from './neutralise.ts'
import { type ProjectBase, projectPath } from './project-path.ts'
import { bestFix, counted, inReadingOrder, openFindings, placeInWords } from './summary.ts'

export interface AnnotationOptions {
  /** Where the files stand in the repository; without it paths are relative to the working directory. */
  readonly base?: ProjectBase
}

/** Of each kind, for a step. */
export const ANNOTATION_LIMIT = 10

/** Lines of workflow commands, each ended by a line break; none where there is nothing open and nothing incomplete. */
export function annotations(report: ScanReport, options: AnnotationOptions = {}): string {
  const threshold = SEVERITIES.find((one) => one === report.failOn)
  const findings = inReadingOrder(openFindings(report))
  const fails = ({ severity }: Finding) => threshold !== undefined && atLeast(severity, threshold)
  const errors = findings.filter(fails)
  const warnings = findings.filter((finding) => !fails(finding))
  const shown = [
    ...errors.slice(0, ANNOTATION_LIMIT).map((finding) => annotation('error', finding, report, options)),
    ...warnings.slice(0, ANNOTATION_LIMIT).map((finding) => annotation('warning', finding, report, options)),
  ]
  const left = findings.length - shown.length
  const notices = [
    ...(left > 0
      ? [
          `${counted(left, 'more finding')} ${left === 1 ? 'is' : 'are'} not marked: GitHub shows ten of each kind. The report has them all.`,
        ]
      : []),
    ...(report.verdict.outcome === 'incomplete'
      ? [`The scan is incomplete: ${report.verdict.reasons.join('; ')}`]
      : []),
  ]
  const lines = [...shown, ...notices.map((text) => `::notice title=Bulkhead::${forAnnotation(text)}`)]
  return lines.map((line) => `${line}\n`).join('')
}

function annotation(
  kind: 'error' | 'warning',
  finding: Finding,
  report: ScanReport,
  options: AnnotationOptions,
): string {
  const location = finding.locations[0]
  const path = location === undefined ? undefined : projectPath(location, report.targets, options.base)
  const properties = [
    ...(path === undefined || location === undefined
      ? []
      : [`file=${forAnnotationProperty(path)}`, ...position(location)]),
    `title=${forAnnotationProperty(`${finding.severity}: ${finding.title} [${finding.rule}]`)}`,
  ]
  const fix = bestFix(finding, new Map(report.fixes.map((one) => [one.id, one])))
  const message = [
    finding.message,
    // What stands in no file of the repository is named in words.
    ...(path === undefined && location !== undefined ? [`In ${placeInWords(location, report)}`] : []),
    ...(fix === undefined ? [] : [`Fix: ${fix.title}`]),
    `More: bulkhead explain ${finding.rule}`,
  ].join('\n')
  return `::${kind} ${properties.join(',')}::${forAnnotation(message)}`
}

/** Columns only within one line: GitHub refuses them elsewhere. Its end column is the last character itself. */
function position({ line, endLine, column, endColumn }: Location): string[] {
  if (line === undefined) return []
  const last = endLine ?? line
  const columns =
    last === line && column !== undefined
      ? [`col=${column}`, ...(endColumn === undefined ? [] : [`endColumn=${Math.max(column, endColumn - 1)}`])]
      : []
  return [`line=${line}`, `endLine=${last}`, ...columns]
}
