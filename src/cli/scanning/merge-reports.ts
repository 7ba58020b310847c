/** Reports of separate projects → one report: nothing is joined across them, and the worst verdict is the verdict. */
import type { AnalyzerCoverage, AreaCoverage, Coverage } from '../../core/coverage.ts'
import { compareFindings } from '../../core/evaluate.ts'
import { compareText } from '../../core/fact-store.ts'
import type { ScanReport, Verdict } from '../../core/report.ts'
import { AREAS, type Area, SEVERITIES } from '../../core/severity.ts'

/** @param reports at least one; a single one comes back as it is. */
export function mergeReports(reports: readonly ScanReport[]): ScanReport {
  const [first, ...more] = reports
  if (first === undefined) throw new Error('there is no report to merge')
  if (more.length === 0) return first
  const facts = reports.flatMap((report) => report.facts ?? [])
  return {
    ...first,
    targets: reports.flatMap((report) => report.targets),
    findings: reports.flatMap((report) => report.findings).sort(compareFindings),
    fixes: reports.flatMap((report) => report.fixes).sort((one, other) => compareText(one.id, other.id)),
    coverage: mergeCoverage(reports.map((report) => report.coverage)),
    verdict: mergeVerdicts(reports),
    seen: sumBy(
      reports.flatMap((report) => report.seen),
      'what',
    ),
    failOn: strictest(reports.map((report) => report.failOn)),
    ...(reports.some((report) => report.facts !== undefined) ? { facts } : {}),
  }
}

/** Of several thresholds the one that lets least pass: reports that mark failures know only one. */
function strictest(thresholds: readonly string[]): string {
  return [...SEVERITIES].reverse().find((severity) => thresholds.includes(severity)) ?? 'never'
}

/** The order in which exit codes apply (DESIGN: findings, incomplete, empty, passed). */
const PRECEDENCE: readonly Verdict['outcome'][] = ['fail', 'incomplete', 'empty', 'pass']

function mergeVerdicts(reports: readonly ScanReport[]): Verdict {
  const ordered = [...reports].sort(
    (one, other) => PRECEDENCE.indexOf(one.verdict.outcome) - PRECEDENCE.indexOf(other.verdict.outcome),
  )
  const worst = ordered[0]?.verdict as Verdict
  const reasons = ordered.flatMap(({ verdict, targets }) => {
    const names = targets.map(({ name }) => name).join(', ')
    return verdict.reasons.map((reason) => (reason.startsWith(names) ? reason : `${names}: ${reason}`))
  })
  return { ...worst, reasons }
}

function mergeCoverage(all: readonly Coverage[]): Coverage {
  const areas = Object.fromEntries(AREAS.map((area) => [area, mergeArea(all.map((one) => one.areas[area]))]))
  const knowledge = new Map(all.flatMap((one) => one.knowledge).map((one) => [`${one.id}\n${one.date}`, one]))
  return {
    areas: areas as Record<Area, AreaCoverage>,
    skipped: all.flatMap((one) => one.skipped),
    analyzers: mergeAnalyzers(all.flatMap((one) => one.analyzers)),
    knowledge: [...knowledge.values()],
    suppressed: sumBy(
      all.flatMap((one) => one.suppressed),
      'by',
    ),
    files: {
      seen: all.reduce((sum, one) => sum + one.files.seen, 0),
      read: all.reduce((sum, one) => sum + one.files.read, 0),
    },
  }
}

function mergeArea(states: readonly AreaCoverage[]): AreaCoverage {
  const relevant = new Set(states.filter((state) => state !== 'not-applicable'))
  if (relevant.size === 0) return 'not-applicable'
  return relevant.size === 1 ? ([...relevant][0] as AreaCoverage) : 'partly'
}

function mergeAnalyzers(all: readonly AnalyzerCoverage[]): AnalyzerCoverage[] {
  const byId = Map.groupBy(all, ({ id }) => id)
  return [...byId]
    .sort(([one], [other]) => compareText(one, other))
    .map(([id, ones]) => {
      const states = new Set(ones.map(({ status }) => status))
      return {
        id,
        status: states.size === 1 ? ([...states][0] as AnalyzerCoverage['status']) : 'partly',
        files: ones.reduce((sum, { files }) => sum + files, 0),
        errors: ones.flatMap(({ errors }) => errors),
      }
    })
}

function sumBy<K extends string, T extends { readonly count: number } & Readonly<Record<K, string>>>(
  all: readonly T[],
  key: K,
): T[] {
  const sums = new Map<string, T>()
  for (const one of all) {
    const known = sums.get(one[key])
    sums.set(one[key], known === undefined ? one : { ...known, count: known.count + one.count })
  }
  return [...sums.values()]
}
