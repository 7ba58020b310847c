/** The screens of `bulkhead explain`: a rule's page, and one finding with all that is known of it. */
import type { Finding } from '../../core/finding.ts'
import type { ScanReport } from '../../core/report.ts'
import type { RuleMetadata } from '../../core/rule.ts'
import { findingLines } from './finding-lines.ts'
import { columns, dot, paint, type Style, shown } from './style.ts'
import { joinParts } from './summary-screen.ts'
import { flow, wrap } from './width.ts'

/** Ends with a line break. */
export function explainRule(rule: RuleMetadata, style: Style): string {
  return joinParts([ruleTitle(rule, style), ...ruleProse(rule, style), ignoreLines(rule, style)])
}

/** Ends with a line break. `report` is the one that holds the finding: it may be an earlier run's, so its date is told. */
export function explainFinding(
  finding: Finding,
  report: Pick<ScanReport, 'targets' | 'fixes' | 'date'>,
  rule: RuleMetadata | undefined,
  style: Style,
): string {
  const fixes = new Map(report.fixes.map((fix) => [fix.id, fix]))
  const about = [
    `finding ${finding.fingerprint}`,
    `subject ${finding.subject}`,
    `scan of ${report.date.replace('T', ' ').replace(/(:\d\d)(?:\.\d+)?Z?$/, '$1 UTC')}`,
  ]
  return joinParts([
    findingLines(finding, report, fixes, rule, style, undefined, CONTEXT),
    flow(
      about.map((text) => shown(style, text)),
      dot(style),
      columns(style),
    ).map((line) => paint(style, 'dim', line)),
    statusLines(finding, style),
    ...(rule === undefined ? [] : [ruleTitle(rule, style), ...ruleProse(rule, style), ignoreLines(rule, style)]),
  ])
}

const INDENT = '  '
/** Lines around a marked one: here there is room for them. */
const CONTEXT = 4

function ruleTitle(rule: RuleMetadata, style: Style): string[] {
  const about = [
    rule.area,
    `confidence ${rule.confidence}`,
    rule.fixes ? 'Bulkhead often knows the edit' : 'fixed by hand',
    ...(rule.offByDefault ? ['off unless --all-rules'] : []),
  ]
  return [
    `${paint(style, rule.severity, `${rule.severity}[${shown(style, rule.id)}]`)}`,
    ...wrap(shown(style, rule.title), columns(style)).map((line) => paint(style, 'strong', line)),
    ...flow(
      about.map((text) => shown(style, text)),
      dot(style),
      columns(style),
    ).map((line) => paint(style, 'dim', line)),
  ]
}

function ruleProse(rule: RuleMetadata, style: Style): string[][] {
  return [
    prose('Why it matters', rule.why, style),
    prose('How to fix it', rule.how, style),
    prose('When it is fine', rule.fine, style),
    list('Controls', rule.controls, style),
    list('References', rule.refs, style),
    list('Other tools call it', rule.peers, style),
    list('Earlier names', rule.formerly, style),
  ]
}

function prose(heading: string, text: string | undefined, style: Style): string[] {
  if (text === undefined || text === '') return []
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
  const lines = paragraphs.flatMap((paragraph, index) => {
    const wrapped = wrap(shown(style, paragraph), columns(style) - INDENT.length).map((line) => INDENT + line)
    return index === 0 ? wrapped : ['', ...wrapped]
  })
  return [paint(style, 'strong', heading), ...lines]
}

function list(heading: string, items: readonly string[], style: Style): string[] {
  if (items.length === 0) return []
  const lines = flow(
    items.map((item) => shown(style, item)),
    dot(style),
    columns(style) - INDENT.length,
  )
  return [paint(style, 'strong', heading), ...lines.map((line) => INDENT + line)]
}

function statusLines(finding: Finding, style: Style): string[] {
  const { is, by, reason, until } = finding.status
  if (is === 'open') return []
  const text = `${is.replace('-', ' ')}${by === undefined ? '' : ` by ${by}`}${until === undefined ? '' : ` until ${until}`}${reason === undefined ? '' : `: ${reason}`}`
  return prose('Not counted', text, style)
}

function ignoreLines(rule: RuleMetadata, style: Style): string[] {
  const until = rule.severity === 'critical' || rule.severity === 'high' ? ' until=YYYY-MM-DD' : ''
  return [
    paint(style, 'strong', 'To accept it'),
    `${INDENT}on the line above what it governs:`,
    `${INDENT}# bulkhead: ignore[${shown(style, rule.id)}]${until} reason: WHY`,
  ]
}
