/**
 * JUnit XML, as GitLab, Jenkins and their like read it. There is no standard; what they agree on is kept: a case is
 * known by class name and name, has at most one failure, and a report without any case is an error to Jenkins.
 *
 * A suite for each target, a case for each rule and file with findings: failed where one is open at or above
 * `--fail-on`, passed with output where they are all below, skipped where all are suppressed. A last suite tells what
 * was looked at, so that what could not be read never reads as passed.
 */
import type { Finding } from '../core/finding.ts'
import type { Fix, FixId } from '../core/fix.ts'
import type { ScanReport } from '../core/report.ts'
import type { RuleMetadata } from '../core/rule.ts'
import { AREAS, atLeast, SEVERITIES, type Severity } from '../core/severity.ts'
import { forXml, forXmlAttribute } from './neutralise.ts'
import { bestFix, coverageInWords, inReadingOrder, pathInWords, placeInWords, skippedInWords } from './summary.ts'

export interface JunitOptions {
  readonly rules: (id: string) => RuleMetadata | undefined
}

export function junit(report: ScanReport, options: JunitOptions): string {
  const suites = [
    ...report.targets.map((target) => ({
      name: target.name,
      cases: targetCases(report, target.id, options),
      output: '',
    })),
    { name: 'coverage', cases: coverageCases(report), output: coverageOutput(report) },
  ]
  const all = suites.flatMap((suite) => suite.cases)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'bulkhead', ...countsOf(all), time: '0' })}>`,
    ...suites.flatMap((suite) => suiteLines(suite, report.date)),
    '</testsuites>',
    '',
  ].join('\n')
}

interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
  readonly output: string
}

interface Case {
  readonly className: string
  readonly name: string
  readonly file?: string
  readonly line?: number
  readonly outcome?: {
    readonly is: 'failure' | 'error' | 'skipped'
    readonly type?: string
    readonly message: string
    readonly text?: string
  }
  readonly output?: string
}

function targetCases(report: ScanReport, target: string, options: JunitOptions): Case[] {
  const fixes = new Map(report.fixes.map((fix) => [fix.id, fix]))
  const findings = inReadingOrder(report.findings.filter(({ locations }) => locations[0]?.target === target))
  const groups = Map.groupBy(findings, (finding) => `${finding.rule}\n${finding.locations[0]?.path}`)
  const cases = [...groups.values()].map((group) => findingCase(report, group, fixes, options))
  return cases.length > 0 ? cases : [{ className: 'bulkhead', name: 'nothing found in what was looked at' }]
}

function findingCase(
  report: ScanReport,
  group: readonly Finding[],
  fixes: ReadonlyMap<FixId, Fix>,
  options: JunitOptions,
): Case {
  const first = group[0] as Finding
  const open = group.filter(({ status }) => status.is === 'open')
  const failing = open.filter(({ severity }) => fails(severity, report.failOn))
  const location = (failing[0] ?? open[0] ?? first).locations[0]
  const path = location === undefined ? '' : pathInWords(location, report)
  const base = {
    className: `bulkhead.${first.rule.replaceAll('/', '.')}`,
    name: path === '' ? first.title : `${first.title} (${path})`,
    ...(path === '' ? {} : { file: path }),
    ...(location?.line === undefined ? {} : { line: location.line }),
  }
  const rule = options.rules(first.rule)
  const details = open.map((finding) => findingText(finding, report, fixes)).join('\n\n')
  if (failing.length > 0) {
    const worst = failing[0] as Finding
    const others = failing.length > 1 ? ` (and ${failing.length - 1} more)` : ''
    const help = rule === undefined ? '' : `\n\nWhy: ${rule.why}\nFix: ${rule.how}`
    const text = `${details}${help}\nMore: bulkhead explain ${first.rule}`
    return { ...base, outcome: { is: 'failure', type: worst.severity, message: worst.message + others, text } }
  }
  if (open.length > 0) return { ...base, output: details }
  return { ...base, outcome: { is: 'skipped', message: [...new Set(group.map(statusInWords))].join('; ') } }
}

function findingText(finding: Finding, report: ScanReport, fixes: ReadonlyMap<FixId, Fix>): string {
  const [primary, ...related] = finding.locations
  const fix = bestFix(finding, fixes)
  return [
    `${finding.severity}[${finding.rule}]: ${finding.message}`,
    ...(primary === undefined
      ? []
      : [`  at ${placeInWords(primary, report)}${primary.label === undefined ? '' : `: ${primary.label}`}`]),
    ...related
      .slice(0, 10)
      .map((one) => `  see ${placeInWords(one, report)}${one.label === undefined ? '' : `: ${one.label}`}`),
    ...finding.severityBecause.map((reason) => `  because: ${reason}`),
    ...(fix === undefined ? [] : [`  fix (${fix.safety}): ${fix.title}`]),
  ].join('\n')
}

function statusInWords({ status }: Finding): string {
  return [
    status.is.replace('-', ' '),
    status.by === undefined ? '' : ` by ${status.by}`,
    status.reason === undefined ? '' : `: ${status.reason}`,
    status.until === undefined ? '' : ` (until ${status.until})`,
  ].join('')
}

function coverageCases(report: ScanReport): Case[] {
  const className = 'bulkhead.coverage'
  const cases = AREAS.flatMap((area): Case[] => {
    const state = report.coverage.areas[area]
    if (state === 'not-applicable') return []
    const base = { className, name: area }
    if (state === 'not-checked') return [{ ...base, outcome: { is: 'skipped', message: 'not checked' } }]
    return [state === 'partly' ? { ...base, output: 'partly checked: something of it could not be read' } : base]
  })
  const required = report.coverage.skipped.filter((one) => one.required)
  const unread = required.map(({ code, what, why }): Case => {
    return { className, name: `read ${what}`, outcome: { is: 'error', type: code, message: why } }
  })
  const { outcome, reasons } = report.verdict
  if (unread.length === 0 && (outcome === 'incomplete' || outcome === 'empty')) {
    const message = reasons.length > 0 ? reasons.join('; ') : outcome
    return [...cases, { className, name: 'the scan is complete', outcome: { is: 'error', type: outcome, message } }]
  }
  return [...cases, ...unread]
}

function coverageOutput(report: ScanReport): string {
  const words = coverageInWords(report)
  return [
    words.files,
    ...words.skipped.map((one) => `skipped ${skippedInWords(one)}`),
    ...words.failed.flatMap(({ id, errors }) =>
      errors.map(({ path, message }) => `${id} failed on ${path}: ${message}`),
    ),
    ...report.coverage.suppressed.map(({ by, count }) => `${count} suppressed by ${by}`),
  ].join('\n')
}

function fails(severity: Severity, failOn: string): boolean {
  const threshold = SEVERITIES.find((one) => one === failOn)
  return threshold !== undefined && atLeast(severity, threshold)
}

function suiteLines({ name, cases, output }: Suite, date: string): string[] {
  const timestamp = date.slice(0, 19)
  return [
    `  <testsuite${attributes({ name, ...countsOf(cases), time: '0', timestamp })}>`,
    ...cases.flatMap(caseLines),
    ...(output === '' ? [] : [`    <system-out>${forXml(output)}</system-out>`]),
    '  </testsuite>',
  ]
}

function caseLines({ className, name, file, line, outcome, output }: Case): string[] {
  const head = `    <testcase${attributes({ classname: className, name, file, line, time: '0' })}`
  if (outcome === undefined && output === undefined) return [`${head}/>`]
  return [
    `${head}>`,
    ...(outcome === undefined ? [] : [outcomeLine(outcome)]),
    ...(output === undefined ? [] : [`      <system-out>${forXml(output)}</system-out>`]),
    '    </testcase>',
  ]
}

function outcomeLine({ is, type, message, text }: NonNullable<Case['outcome']>): string {
  const head = `      <${is}${attributes({ message, type })}`
  return text === undefined ? `${head}/>` : `${head}>${forXml(text)}</${is}>`
}

function countsOf(cases: readonly Case[]): Record<string, number> {
  const count = (is: string) => cases.filter(({ outcome }) => outcome?.is === is).length
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') }
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${forXmlAttribute(String(value), { newline: 'space', tab: 'space' })}"`)
    .join('')
}
