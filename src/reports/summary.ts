/**
 * What every report for people says first: which fixes to take, how much there is of what, what was looked at and what
 * was not, and the verdict. Pure. Strings are raw: each medium neutralises what it prints.
 */
import type { AnalyzerCoverage, Skipped } from '../core/coverage.ts'
import type { Finding, Location, RuleId } from '../core/finding.ts'
import type { Fix, FixId } from '../core/fix.ts'
import type { ScanReport } from '../core/report.ts'
import type { RuleMetadata } from '../core/rule.ts'
import { AREAS, type Area, compareSeverity, SEVERITIES, type Severity } from '../core/severity.ts'

/** A rule's prose by its id, where the rule is known. */
export type RuleLookup = (id: RuleId) => RuleMetadata | undefined

/** What a fix costs the reader, in one word. */
export type Effort = 'automatic' | 'review' | 'upgrade' | 'manual'

/** One row of "Fix these first": a fix and all that it resolves, or a rule whose findings have no fix. */
export interface FixRow {
  /** Worst of its findings. */
  readonly severity: Severity
  readonly title: string
  readonly effort: Effort
  /** Open findings, worst first; never empty. */
  readonly findings: readonly Finding[]
  /** Primary places, each once, in the order of the findings: `compose.yaml:14`. */
  readonly places: readonly string[]
  /** Rule of the worst finding: what `bulkhead explain` is asked about. */
  readonly rule: RuleId
  readonly fix?: Fix
}

/** Open findings by fix: worst first, then those that resolve most, then safe before review. */
export function fixFirst(report: ScanReport): FixRow[] {
  const fixes = new Map(report.fixes.map((fix) => [fix.id, fix]))
  const groups = new Map<string, { fix: Fix | undefined; findings: Finding[] }>()
  for (const finding of report.findings) {
    if (finding.status.is !== 'open') continue
    const fix = bestFix(finding, fixes)
    const key = fix === undefined ? `rule:${finding.rule}` : `fix:${fix.id}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { fix, findings: [finding] })
    else group.findings.push(finding)
  }
  return [...groups.values()].map((group) => fixRow(report, group.findings, group.fix)).sort(compareRows)
}

/** The fix that a finding counts under: safe before review, then the one that resolves most. */
export function bestFix(finding: Finding, fixes: ReadonlyMap<FixId, Fix>): Fix | undefined {
  const known = finding.fixes.map((id) => fixes.get(id)).filter((fix) => fix !== undefined)
  return known.sort(compareFixes)[0]
}

export function effortOf(fix: Fix | undefined): Effort {
  if (fix === undefined) return 'manual'
  if (fix.action === 'edit') return fix.safety === 'safe' ? 'automatic' : 'review'
  return fix.action === 'upgrade' ? 'upgrade' : 'manual'
}

/** `compose.yaml:14 +8 more`. */
export function placesInWords(places: readonly string[], shown = 1): string {
  const first = places.slice(0, shown).join(', ')
  return places.length > shown ? `${first} +${grouped(places.length - shown)} more` : first
}

/** `compose.yaml:14`, `model-server:1.2 Env.HF_TOKEN`; names the target where there are several. */
export function placeInWords(location: Location, report: Pick<ScanReport, 'targets'>): string {
  const line = location.line === undefined ? '' : `:${location.line}`
  const key = location.line === undefined && location.key !== undefined ? ` ${location.key}` : ''
  return `${pathInWords(location, report)}${line}${key}`
}

/** The location's path, led by its target where there are several or where the path alone says nothing. */
export function pathInWords(location: Location, report: Pick<ScanReport, 'targets'>): string {
  const target = report.targets.find((one) => one.id === location.target)
  const name = target?.name ?? location.target
  if (location.path === '' || location.path === '.') return name
  if (target === undefined || report.targets.length < 2) return location.path
  if (target.kind === 'file') return name
  const joint = target.kind === 'directory' ? '/' : ': '
  return `${name.replace(/\/+$/, '')}${joint}${location.path}`
}

export type SeverityCounts = Readonly<Record<Severity, number>>

/** Open findings of each area by severity. */
export function countByArea(report: ScanReport): Readonly<Record<Area, SeverityCounts>> {
  const counts = Object.fromEntries(AREAS.map((area) => [area, noCounts()])) as Record<Area, Record<Severity, number>>
  for (const finding of openFindings(report)) counts[finding.area][finding.severity]++
  return counts
}

/** Open findings by severity. */
export function countBySeverity(report: ScanReport): SeverityCounts {
  const counts = noCounts()
  for (const finding of openFindings(report)) counts[finding.severity]++
  return counts
}

export function openFindings(report: ScanReport): Finding[] {
  return report.findings.filter((finding) => finding.status.is === 'open')
}

/** Worst first, then by rule, then by place: the order in which findings are shown. */
export function inReadingOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (one, other) =>
      compareSeverity(one.severity, other.severity) ||
      compareText(one.rule, other.rule) ||
      compareText(one.locations[0]?.path ?? '', other.locations[0]?.path ?? '') ||
      (one.locations[0]?.line ?? 0) - (other.locations[0]?.line ?? 0) ||
      compareText(one.fingerprint, other.fingerprint),
  )
}

export interface Totals {
  readonly open: number
  /** Fixes that need no reading, and the open findings that they resolve. */
  readonly automatic: { readonly fixes: number; readonly findings: number }
  readonly ignored: number
  /** Ignores that end soonest, in whole days from the report's date. */
  readonly expiry?: { readonly count: number; readonly days: number }
  readonly baselined: number
  readonly notAffected: number
}

export function totals(report: ScanReport): Totals {
  const status = (is: Finding['status']['is']) => report.findings.filter((finding) => finding.status.is === is)
  const automatic = fixFirst(report).filter((row) => row.effort === 'automatic')
  const waived = status('waived')
  const days = waived.flatMap((finding) => daysUntil(finding.status.until, report.date) ?? []).sort((a, b) => a - b)
  const soonest = days[0]
  return {
    open: status('open').length,
    automatic: { fixes: automatic.length, findings: sum(automatic.map((row) => row.findings.length)) },
    ignored: waived.length,
    ...(soonest === undefined
      ? {}
      : { expiry: { count: days.filter((day) => day === soonest).length, days: soonest } }),
    baselined: status('baselined').length,
    notAffected: status('not-affected').length,
  }
}

/** The totals as short phrases: `97 findings`, `12 automatic fixes resolve 33`, `6 ignored (1 expires in 9 days)`. */
export function totalsInWords(report: ScanReport): string[] {
  const { open, automatic, ignored, expiry, baselined, notAffected } = totals(report)
  const words = [open === 0 ? 'No open findings' : counted(open, 'finding')]
  if (automatic.fixes > 0) {
    words.push(
      `${counted(automatic.fixes, 'automatic fix')} ${automatic.fixes === 1 ? 'resolves' : 'resolve'} ${automatic.findings}`,
    )
  }
  if (ignored > 0) words.push(`${ignored} ignored${expiry === undefined ? '' : ` (${expiryInWords(expiry)})`}`)
  if (baselined > 0) words.push(`${baselined} in baseline`)
  if (notAffected > 0) words.push(`${notAffected} not affected`)
  return words
}

/** Whole days from `date` to the day `until`, `undefined` where either cannot be read. */
export function daysUntil(until: string | undefined, date: string): number | undefined {
  const end = Date.parse((until ?? '').slice(0, 10))
  const start = Date.parse(date.slice(0, 10))
  return Number.isNaN(end) || Number.isNaN(start) ? undefined : Math.round((end - start) / 86_400_000)
}

export interface CoverageWords {
  /** `3 Dockerfiles, 1 Compose file, 9 services`. */
  readonly seen: string
  /** `61 of 240 files read`. */
  readonly files: string
  readonly checked: readonly Area[]
  readonly partly: readonly Area[]
  readonly notChecked: readonly Area[]
  readonly notApplicable: readonly Area[]
  /** What was left out, the required first, then where it was most. */
  readonly skipped: readonly Skipped[]
  /** Analyzers that failed on some file. */
  readonly failed: readonly AnalyzerCoverage[]
  /** `advisories 1 day old`. */
  readonly knowledge: readonly string[]
}

export function coverageInWords(report: ScanReport): CoverageWords {
  const { areas, skipped, analyzers, knowledge, files } = report.coverage
  const areasThatAre = (state: string) => AREAS.filter((area) => areas[area] === state)
  return {
    seen: report.seen
      .filter((one) => one.count > 0)
      .map((one) => `${grouped(one.count)} ${one.count === 1 ? one.what.replace(/s$/, '') : one.what}`)
      .join(', '),
    files:
      files.read === files.seen
        ? `${counted(files.seen, 'file')} read`
        : `${grouped(files.read)} of ${counted(files.seen, 'file')} read`,
    checked: areasThatAre('checked'),
    partly: areasThatAre('partly'),
    notChecked: areasThatAre('not-checked'),
    notApplicable: areasThatAre('not-applicable'),
    skipped: [...skipped].sort(
      (one, other) =>
        Number(other.required) - Number(one.required) || other.count - one.count || compareText(one.what, other.what),
    ),
    failed: analyzers.filter((analyzer) => analyzer.status !== 'ok' || analyzer.errors.length > 0),
    knowledge: knowledge.map((one) => `${one.id} ${ageInWords(one.date, report.date)}`),
  }
}

/** `node_modules (3): a dependency folder`. */
export function skippedInWords(skipped: Skipped): string {
  return `${skipped.what}${skipped.count > 1 ? ` (${grouped(skipped.count)})` : ''}: ${skipped.why}`
}

export interface VerdictWords {
  readonly outcome: ScanReport['verdict']['outcome']
  readonly word: 'PASSED' | 'FAILED' | 'INCOMPLETE' | 'NOTHING TO SCAN'
  readonly why: string
}

export function verdictInWords(report: ScanReport): VerdictWords {
  const { outcome, reasons } = report.verdict
  const word = { pass: 'PASSED', fail: 'FAILED', incomplete: 'INCOMPLETE', empty: 'NOTHING TO SCAN' } as const
  return { outcome, word: word[outcome], why: reasons.length > 0 ? reasons.join('; ') : reasonOf(report) }
}

/** `1 finding`, `2,041 findings`; an English plural, with `es` after x, s, ch, sh. */
export function counted(count: number, noun: string): string {
  const plural = /(?:[xs]|[cs]h)$/.test(noun) ? `${noun}es` : `${noun}s`
  return `${grouped(count)} ${count === 1 ? noun : plural}`
}

/** `2,041`: thousands apart, the same in every locale. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

function fixRow(report: ScanReport, group: readonly Finding[], fix: Fix | undefined): FixRow {
  const findings = inReadingOrder(group)
  const worst = findings[0] as Finding
  const places = findings.flatMap((finding) => finding.locations.slice(0, 1).map((at) => placeInWords(at, report)))
  return {
    severity: worst.severity,
    title: fix?.title ?? worst.title,
    effort: effortOf(fix),
    findings,
    places: [...new Set(places)],
    rule: worst.rule,
    ...(fix === undefined ? {} : { fix }),
  }
}

const EFFORTS: readonly Effort[] = ['automatic', 'upgrade', 'review', 'manual']

function compareRows(one: FixRow, other: FixRow): number {
  return (
    compareSeverity(one.severity, other.severity) ||
    other.findings.length - one.findings.length ||
    EFFORTS.indexOf(one.effort) - EFFORTS.indexOf(other.effort) ||
    compareText(one.title, other.title) ||
    compareText(one.fix?.id ?? one.rule, other.fix?.id ?? other.rule)
  )
}

function compareFixes(one: Fix, other: Fix): number {
  const unsafe = (fix: Fix) => Number(fix.safety !== 'safe')
  return unsafe(one) - unsafe(other) || other.resolves.length - one.resolves.length || compareText(one.id, other.id)
}

function reasonOf(report: ScanReport): string {
  const counts = countBySeverity(report)
  const some = SEVERITIES.filter((severity) => counts[severity] > 0).map(
    (severity) => `${grouped(counts[severity])} ${severity}`,
  )
  if (report.verdict.outcome === 'pass')
    return some.length === 0
      ? 'nothing found in what was looked at'
      : `${listed(some)}, none at ${report.failOn} or above`
  if (report.verdict.outcome === 'fail') return `${listed(some)}; fails at ${report.failOn} or above`
  return report.verdict.outcome === 'empty'
    ? 'none of the targets holds anything to scan'
    : 'something that was asked for could not be read'
}

function expiryInWords(expiry: { readonly count: number; readonly days: number }): string {
  const when = expiry.days <= 0 ? 'today' : expiry.days === 1 ? 'tomorrow' : `in ${grouped(expiry.days)} days`
  return `${grouped(expiry.count)} ${expiry.count === 1 ? 'expires' : 'expire'} ${when}`
}

function ageInWords(date: string, now: string): string {
  const days = daysUntil(now, date)
  if (days === undefined) return `of ${date}`
  return days <= 0 ? 'of today' : `${counted(days, 'day')} old`
}

function noCounts(): Record<Severity, number> {
  return { critical: 0, high: 0, medium: 0, low: 0, info: 0 }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

/** By code units: the same order on every machine. */
function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
