/**
 * A summary for a pull-request comment in GitHub's Markdown: verdict, what to fix first, counts, what was not looked
 * at, then each finding folded up. It opens with a hidden marker, by which a workflow finds its comment again and
 * updates it in place. GitHub refuses comments of more than 65,536 characters: what did not fit is counted at the end.
 */
import type { Finding, Location } from '../core/finding.ts'
import type { Fix, FixId } from '../core/fix.ts'
import type { ScanReport } from '../core/report.ts'
import type { RuleMetadata } from '../core/rule.ts'
import { AREAS, SEVERITIES } from '../core/severity.ts'
import { forHtml, forMarkdown, forMarkdownBlock, forMarkdownCode } from './neutralise.ts'
import {
  bestFix,
  countByArea,
  countBySeverity,
  counted,
  coverageInWords,
  type Effort,
  type FixRow,
  fixFirst,
  inReadingOrder,
  listed,
  openFindings,
  placeInWords,
  skippedInWords,
  totalsInWords,
  verdictInWords,
} from './summary.ts'

export interface MarkdownOptions {
  readonly rules: (id: string) => RuleMetadata | undefined
  /** Tells the comments of several scans apart: letters, digits, `-` and `_`. */
  readonly name?: string
  /** Characters (UTF-16 units) that the whole may have. */
  readonly limit?: number
}

export const MARKDOWN_LIMIT = 60_000
/** Room for the line that counts what was cut, and the last one. */
const RESERVE = 400
const FIX_ROWS = 10
const NOTES = 8
const RELATED = 5

export function markdown(report: ScanReport, options: MarkdownOptions): string {
  const limit = (options.limit ?? MARKDOWN_LIMIT) - RESERVE
  const parts = [marker(options.name)]
  let length = 0
  const add = (part: string): boolean => {
    if (part === '' || length + part.length + 2 > limit) return part === ''
    parts.push(part)
    length += part.length + 2
    return true
  }
  const whole = [verdict(report), fixesTable(report), countsTable(report), coverage(report)].map(add).every(Boolean)
  const findings = inReadingOrder(openFindings(report))
  const fixes = new Map(report.fixes.map((fix) => [fix.id, fix]))
  let shown = 0
  for (const finding of findings) {
    if (!add(details(finding, report, fixes, options))) break
    shown++
  }
  const left = findings.length - shown
  if (left > 0) {
    parts.push(
      `${counted(left, 'finding')} not shown here, the least severe: a comment has room for so many. The full report has them all.`,
    )
  }
  if (!whole) parts.push('Parts of this summary did not fit and were left out.')
  parts.push(`<sub>Bulkhead ${forHtml(report.tool.version)}, ${forHtml(report.date.slice(0, 10))}</sub>`)
  return `${parts.join('\n\n')}\n`
}

/** What a workflow looks for to find its comment. */
export function marker(name?: string): string {
  const suffix = (name ?? '').replace(/[^\w-]/g, '')
  return suffix === '' ? '<!-- bulkhead -->' : `<!-- bulkhead ${suffix} -->`
}

function verdict(report: ScanReport): string {
  const { word, why } = verdictInWords(report)
  const heading = `## Bulkhead: ${word.toLowerCase()}`
  return [heading, forMarkdown(short(why, 300)), forMarkdown(totalsInWords(report).join(', '))].join('\n\n')
}

const EFFORTS: Readonly<Record<Effort, string>> = {
  automatic: 'automatic',
  review: 'automatic, review first',
  upgrade: 'upgrade',
  manual: 'by hand',
}

function fixesTable(report: ScanReport): string {
  const rows = fixFirst(report)
  if (rows.length === 0) return ''
  const more = rows.length > FIX_ROWS ? [`${rows.length - FIX_ROWS} more below.`] : []
  const table = [
    '| Severity | Fix | How | Resolves | Where |',
    '|---|---|---|--:|---|',
    ...rows.slice(0, FIX_ROWS).map(fixRow),
  ].join('\n')
  return ['### Fix these first', table, ...more].join('\n\n')
}

function fixRow(row: FixRow): string {
  const where = forMarkdownCode(short(row.places[0] ?? '', 100), { table: true })
  const others = row.places.length > 1 ? ` and ${row.places.length - 1} more` : ''
  const cells = [
    row.severity,
    forMarkdown(short(row.title, 120)),
    EFFORTS[row.effort],
    String(row.findings.length),
    where + others,
  ]
  return `| ${cells.join(' | ')} |`
}

function countsTable(report: ScanReport): string {
  const byArea = countByArea(report)
  const areas = AREAS.filter((area) => SEVERITIES.some((severity) => byArea[area][severity] > 0))
  if (areas.length === 0) return ''
  const total = countBySeverity(report)
  const row = (name: string, counts: Readonly<Record<string, number>>) =>
    `| ${name} | ${SEVERITIES.map((severity) => counts[severity] ?? 0).join(' | ')} |`
  return [
    `| Area | ${SEVERITIES.join(' | ')} |`,
    `|---|${SEVERITIES.map(() => '--:|').join('')}`,
    ...areas.map((area) => row(area, byArea[area])),
    ...(areas.length > 1 ? [row('**all**', total)] : []),
  ].join('\n')
}

function coverage(report: ScanReport): string {
  const words = coverageInWords(report)
  const areas = [
    ...(words.checked.length > 0 ? [`Checked: ${listed(words.checked)}.`] : []),
    ...(words.partly.length > 0 ? [`Partly checked: ${listed(words.partly)}.`] : []),
    ...(words.notChecked.length > 0 ? [`**Not checked: ${listed(words.notChecked)}.**`] : []),
  ]
  const seen = words.seen === '' ? '' : `${forMarkdown(short(words.seen, 200))}; `
  const failures = words.failed.flatMap(({ id, errors }) =>
    errors.map(({ path, message }) => `${path}: ${message} (${id})`),
  )
  const notes = [
    ...words.skipped.map(
      (one) => `${one.required ? '**asked for, not read:** ' : 'left out: '}${quoted(skippedInWords(one))}`,
    ),
    ...failures.map((failure) => `not understood: ${quoted(failure)}`),
    ...report.coverage.suppressed.map(
      ({ by, count }) => `${counted(count, 'finding')} suppressed by ${forMarkdownCode(short(by, 100))}`,
    ),
  ]
  const left = notes.length - NOTES
  const list = [...notes.slice(0, NOTES), ...(left > 0 ? [`and ${left} more`] : [])]
    .map((note) => `- ${note}`)
    .join('\n')
  return ['### What was looked at', [`${seen}${words.files}.`, ...areas].join(' '), list]
    .filter((part) => part !== '')
    .join('\n\n')
}

function details(
  finding: Finding,
  report: ScanReport,
  fixes: ReadonlyMap<FixId, Fix>,
  options: MarkdownOptions,
): string {
  const [primary, ...related] = finding.locations
  const rule = options.rules(finding.rule)
  const place = primary === undefined ? '' : ` <code>${inHtml(short(placeInWords(primary, report), 120))}</code>`
  const body = [
    forMarkdown(short(finding.message, 1_000)),
    ...finding.severityBecause
      .slice(0, RELATED)
      .map((reason) => `Severity ${finding.severity}: ${forMarkdown(short(reason, 300))}`),
    ...(primary === undefined ? [] : [excerpt(primary)]),
    related
      .slice(0, RELATED)
      .map((one) => `- ${relatedPlace(one, report)}`)
      .join('\n'),
    ...(rule === undefined ? [] : [`**Why it matters.** ${rule.why}`]),
    fixText(bestFix(finding, fixes), rule),
    `More: ${forMarkdownCode(`bulkhead explain ${finding.rule}`)}`,
  ]
  return [
    `<details><summary><b>${finding.severity}</b> ${inHtml(short(finding.title, 200))}${place}</summary>`,
    ...body.filter((part) => part !== ''),
    '</details>',
  ].join('\n\n')
}

function excerpt({ excerpt: source, line, endLine, label }: Location): string {
  const text = label === undefined ? '' : `${forMarkdown(short(label, 200))}:`
  if (source === undefined || source.lines.length === 0) return text.replace(/:$/, '')
  const last = endLine ?? line ?? 0
  const width = String(source.firstLine + source.lines.length - 1).length
  const lines = source.lines.map((content, index) => {
    const number = source.firstLine + index
    const marked = line !== undefined && number >= line && number <= last
    return `${marked ? '>' : ' '} ${String(number).padStart(width)} | ${short(content, 200)}`
  })
  return [text, forMarkdownBlock(lines)].filter((part) => part !== '').join('\n\n')
}

function relatedPlace(location: Location, report: ScanReport): string {
  const label = location.label === undefined ? '' : `: ${forMarkdown(short(location.label, 200))}`
  return forMarkdownCode(short(placeInWords(location, report), 120)) + label
}

function fixText(fix: Fix | undefined, rule: RuleMetadata | undefined): string {
  if (fix === undefined) return rule === undefined ? '' : `**Fix.** ${rule.how}`
  const breaks = fix.breaks === undefined ? '' : ` It may break: ${forMarkdown(short(fix.breaks, 300))}`
  const steps = fix.steps.slice(0, RELATED).flatMap((step) => {
    if (step.do === 'command') return [`- run ${forMarkdownCode(short(step.command, 300))}`]
    if (step.do === 'manual') return [`- ${forMarkdown(short(step.text, 300))}`]
    if (step.do === 'upgrade')
      return [`- ${forMarkdown(short(`${step.package}: from ${step.from} to ${step.to}`, 300))}`]
    return []
  })
  const title = `**Fix${fix.safety === 'safe' ? '' : ' (review first)'}.** ${forMarkdown(short(fix.title, 200))}.${breaks}`
  return [title, ...(steps.length > 0 ? [steps.join('\n')] : [])].join('\n\n')
}

function quoted(text: string): string {
  return forMarkdownCode(short(text, 200))
}

/** Inside an HTML block Markdown is not read; what GitHub looks for in rendered text it does not look for in code. */
function inHtml(text: string): string {
  return forHtml(text, { newline: 'escape', tab: 'escape' })
}

/** At most `length` UTF-16 units, and no character cut in two. */
function short(text: string, length: number): string {
  if (text.length <= length) return text
  const cut = text.slice(0, length - 1)
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}
