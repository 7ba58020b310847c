/** What every section of the page needs: the report, rules and fixes by id, and the addresses inside the page. */
import type { Finding } from '../../core/finding.ts'
import type { Fix, FixId } from '../../core/fix.ts'
import type { ScanReport } from '../../core/report.ts'
import type { Severity } from '../../core/severity.ts'
import { type Effort, type FixRow, fixFirst, type RuleLookup } from '../summary.ts'
import { html, type Markup } from './markup.ts'

export interface HtmlOptions {
  /** Prose of the rules; a finding whose rule is unknown shows its title alone. */
  readonly rules: RuleLookup
  /** A fix's whole change as a unified diff, masked, where it is known; else the lines that findings show. */
  readonly diffOf?: (fix: Fix) => string | undefined
}

export interface PageContext {
  readonly report: ScanReport
  readonly options: HtmlOptions
  readonly fixes: ReadonlyMap<FixId, Fix>
  readonly rows: readonly FixRow[]
  /** Fragment of a finding: its fingerprint, so that a link to it outlives the page. */
  readonly findingId: (finding: Finding) => string
  /** Fragment of a fix's row. */
  readonly rowIds: ReadonlyMap<FixId, string>
}

export function pageContext(report: ScanReport, options: HtmlOptions): PageContext {
  const rows = fixFirst(report)
  const ids = new Map<Finding, string>()
  const taken = new Set<string>()
  for (const finding of report.findings) {
    const plain = `f-${finding.fingerprint.replace(/[^\w-]/g, '-')}`
    let id = plain
    for (let number = 2; taken.has(id); number++) id = `${plain}-${number}`
    taken.add(id)
    ids.set(finding, id)
  }
  return {
    report,
    options,
    fixes: new Map(report.fixes.map((fix) => [fix.id, fix])),
    rows,
    findingId: (finding) => ids.get(finding) ?? 'findings',
    rowIds: new Map(rows.flatMap((row, index) => (row.fix === undefined ? [] : [[row.fix.id, `fix-${index + 1}`]]))),
  }
}

export function severityBadge(severity: Severity): Markup {
  return html`<span class="badge ${severity}">${SEVERITY_WORDS[severity]}</span>`
}

export function effortChip(effort: Effort): Markup {
  return html`<span class="chip${effort === 'automatic' ? ' good' : ''}">${effort}</span>`
}

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
}
