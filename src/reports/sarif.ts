/**
 * SARIF 2.1.0, as the specification says and as GitHub code scanning reads it. Columns count Unicode characters
 * (`columnKind`). GitHub's limits are kept: what had to be cut is said in a notification and in the answer.
 */
import { gzipSync } from 'node:zlib'
import type { Finding, Location, RuleId } from '../core/finding.ts'
import type { ScanReport } from '../core/report.ts'
import type { RuleMetadata } from '../core/rule.ts'
import { compareSeverity, type Severity } from '../core/severity.ts'
import { toCompactJson } from './json.ts'
import { forTerminal, pathToUri } from './neutralise.ts'
import { type ProjectBase, projectPath } from './project-path.ts'
import { EDITS_OF_A_FIX, type EditSources, sarifFixes } from './sarif-fixes.ts'
import { notificationDescriptors, type SarifCut, sarifNotifications } from './sarif-notifications.ts'
import { sarifRule } from './sarif-rules.ts'

export interface SarifOptions extends EditSources {
  readonly rules: (id: RuleId) => RuleMetadata | undefined
  /** Where the files stand in the repository; without it paths are relative to the working directory. */
  readonly base?: ProjectBase
  /**
   * Waived, baselined and not-affected findings: marked as suppressed (the default), or left out and counted.
   * GitHub's code scanning does not read suppressions: it shows such results as open alerts.
   */
  readonly suppressed?: 'mark' | 'omit'
  /**
   * Tells several reports of one commit apart. By default there is none, so that the one which the upload step is
   * given counts.
   */
  readonly category?: string
  readonly limits?: Partial<SarifLimits>
}

/** GitHub's, where it stores or accepts less than everything. */
export interface SarifLimits {
  /** GitHub accepts 25,000 and keeps 5,000. */
  readonly results: number
  /** GitHub accepts 1,000 locations of a result and shows 100. */
  readonly relatedLocations: number
  /** Of the file after gzip: GitHub accepts 10 MB. */
  readonly compressedBytes: number
}

export const SARIF_LIMITS: SarifLimits = {
  results: 5_000,
  relatedLocations: 100,
  compressedBytes: 10_000_000,
}

export function sarif(report: ScanReport, options: SarifOptions): { text: string; cut: readonly SarifCut[] } {
  const limits = { ...SARIF_LIMITS, ...options.limits }
  const findings = report.findings
    .filter(({ status }) => status.is === 'open' || options.suppressed !== 'omit')
    .sort(compareForCutting)
  let count = Math.min(findings.length, limits.results)
  let why = `at most ${limits.results} results are kept`
  let withFixes = true
  for (;;) {
    const cut: SarifCut[] = []
    if (count < findings.length) cut.push({ what: 'results', count: findings.length - count, why })
    const answer = sarifText(report, findings.slice(0, count), options, limits, withFixes, cut)
    const size = compressedSize(answer.text, limits.compressedBytes)
    if (size <= limits.compressedBytes || count === 0) return answer
    if (withFixes) withFixes = false
    else count = Math.min(count - 1, Math.floor((count * limits.compressedBytes * 0.9) / size))
    why = tooLarge(limits)
  }
}

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
}

function sarifText(
  report: ScanReport,
  findings: readonly Finding[],
  options: SarifOptions,
  limits: SarifLimits,
  withFixes: boolean,
  alreadyCut: readonly SarifCut[],
): { text: string; cut: readonly SarifCut[] } {
  const byRule = Map.groupBy(findings, ({ rule }) => rule)
  const ruleIds = [...byRule.keys()].sort()
  const indexes = new Map(ruleIds.map((id, index) => [id, index]))
  const uriOf = (location: Pick<Location, 'target' | 'path'>) => artifactLocation(report, location, options.base)
  const fixes = withFixes ? sarifFixes(report.fixes, options, uriOf) : { byId: new Map(), left: 0 }
  let placesLeft = 0
  const results = findings.map((finding) => {
    const related = finding.locations.slice(1, 1 + limits.relatedLocations)
    placesLeft += Math.max(0, finding.locations.length - 1 - related.length)
    return sarifResult(finding, {
      ruleIndex: indexes.get(finding.rule) ?? -1,
      related,
      fixes: finding.fixes.flatMap((id) => fixes.byId.get(id) ?? []),
      uriOf,
    })
  })
  const cut = [...alreadyCut]
  if (!withFixes) cut.push({ what: 'fixes', count: report.fixes.length, why: tooLarge(limits) })
  if (fixes.left > 0) {
    cut.push({
      what: 'fixes',
      count: fixes.left,
      why: `one of more than ${EDITS_OF_A_FIX} edits is not repeated in each result`,
    })
  }
  if (placesLeft > 0) {
    cut.push({
      what: 'locations',
      count: placesLeft,
      why: `at most ${limits.relatedLocations} further ones of a result are shown`,
    })
  }
  const notifications = sarifNotifications(report, cut, uriOf)
  const run = {
    tool: {
      driver: {
        name: 'Bulkhead',
        version: report.tool.version,
        semanticVersion: report.tool.version,
        rules: ruleIds.map((id) => sarifRule(id, options.rules(id), byRule.get(id) ?? [])),
        notifications: notificationDescriptors(notifications),
      },
    },
    automationDetails: options.category === undefined ? undefined : { id: `${options.category.replace(/\/$/, '')}/` },
    invocations: [
      {
        executionSuccessful: report.verdict.outcome !== 'incomplete',
        exitCode: report.verdict.exitCode,
        endTimeUtc: report.date,
        toolExecutionNotifications: notifications,
      },
    ],
    originalUriBaseIds: { SRCROOT: { description: { text: 'The root of the repository.' } } },
    columnKind: 'unicodeCodePoints',
    results,
  }
  const text = toCompactJson({
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  })
  return { text, cut }
}

interface ResultParts {
  readonly ruleIndex: number
  readonly related: readonly Location[]
  readonly fixes: readonly unknown[]
  readonly uriOf: (location: Location) => unknown
}

function sarifResult(finding: Finding, { ruleIndex, related, fixes, uriOf }: ResultParts): unknown {
  const primary = primaryOf(finding)
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: messageOf(finding, related) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: uriOf(primary),
          // GitHub refuses a result without a line: what has none is shown at the top of its file.
          region: regionOf(primary) ?? { startLine: 1 },
        },
        logicalLocations: [
          {
            name: primary.key === undefined ? undefined : plain(primary.key),
            fullyQualifiedName: plain(finding.subject),
            kind: 'resource',
          },
        ],
        message: primary.label === undefined ? undefined : { text: plain(primary.label) },
      },
    ],
    relatedLocations:
      related.length === 0
        ? undefined
        : related.map((location, index) => ({
            id: index + 1,
            physicalLocation: { artifactLocation: uriOf(location), region: regionOf(location) },
            message: { text: plain(labelOf(location)) },
          })),
    partialFingerprints: { 'bulkhead/v1': finding.fingerprint },
    fixes: fixes.length === 0 ? undefined : fixes,
    suppressions: suppressionsOf(finding),
    properties: {
      severity: finding.severity,
      confidence: finding.confidence,
      area: finding.area,
      concepts: finding.concepts,
      controls: finding.controls.length === 0 ? undefined : finding.controls,
    },
  }
}

/** GitHub shows further places only where the message links to them: `[runs as root](1)`. */
const LINKED = 10

function messageOf(finding: Finding, related: readonly Location[]): string {
  const lines = [plain(finding.message)]
  if (finding.severityBecause.length > 0) {
    const reasons = finding.severityBecause.map(plain).join('; ')
    const base = finding.severity === finding.severityBase ? '' : ` (the rule’s own is ${finding.severityBase})`
    lines.push(`Severity ${finding.severity}${base}: ${reasons}`)
  }
  if (related.length > 0) {
    const links = related.slice(0, LINKED).map((location, index) => {
      return `[${plain(labelOf(location)).replace(/[[\]\\]/g, '\\$&')}](${index + 1})`
    })
    lines.push(`See also: ${links.join(', ')}`)
  }
  return lines.join('\n')
}

/**
 * Text of a message: harmless, and without embedded links (SARIF 2.1.0, 3.11.6), which a viewer would make live.
 */
function plain(text: string): string {
  return forTerminal(text, { newline: 'keep', tab: 'space' }).replaceAll('](', '\\](')
}

function labelOf(location: Location): string {
  return location.label ?? `${location.path}${location.line === undefined ? '' : `:${location.line}`}`
}

function suppressionsOf({ status, locations }: Finding): unknown {
  if (status.is === 'open') return undefined
  const path = locations[0]?.path
  const inSource = status.is === 'waived' && path !== undefined && status.by?.startsWith(`${path}:`) === true
  const words = [
    status.is,
    status.by === undefined ? '' : ` by ${plain(status.by)}`,
    status.reason === undefined ? '' : `: ${plain(status.reason)}`,
    status.until === undefined ? '' : ` (until ${plain(status.until)})`,
  ]
  return [{ kind: inSource ? 'inSource' : 'external', status: 'accepted', justification: words.join('') }]
}

function artifactLocation(
  report: ScanReport,
  location: Pick<Location, 'target' | 'path'>,
  base: ProjectBase | undefined,
): unknown {
  const path = projectPath(location, report.targets, base)
  if (path === undefined) {
    const name = report.targets.find(({ id }) => id === location.target)?.name ?? location.target
    return { uri: pathToUri(location.path === '' ? name : `${name}/${location.path}`) }
  }
  if (path.startsWith('/')) return { uri: `file:///${pathToUri(path)}` }
  return { uri: pathToUri(path), uriBaseId: 'SRCROOT' }
}

function regionOf(location: Location): unknown {
  if (location.line === undefined) return undefined
  return {
    startLine: location.line,
    startColumn: location.column,
    endLine: location.endLine,
    endColumn: location.endColumn,
  }
}

function primaryOf(finding: Finding): Location {
  return finding.locations[0] ?? { target: '', path: '', role: 'primary' }
}

/** Open before suppressed, worst first: what stands last is cut first. The order is otherwise that of the report. */
function compareForCutting(one: Finding, other: Finding): number {
  const suppressed = (finding: Finding) => Number(finding.status.is !== 'open')
  return suppressed(one) - suppressed(other) || compareSeverity(one.severity, other.severity)
}

function tooLarge(limits: SarifLimits): string {
  return `the file may have at most ${limits.compressedBytes} bytes after gzip`
}

/** Size after gzip; where the text itself is within the limit, that of the text. */
function compressedSize(text: string, limit: number): number {
  const size = Buffer.byteLength(text)
  return size <= limit ? size : gzipSync(text).length
}
