/**
 * The JSON report (`--json`): `docs/schemas/scan-1.schema.json` describes it, and a test holds the two together. Keys
 * stand in a fixed order; the same scan gives the same bytes. Nothing is left out for its size.
 *
 * Text that is not UTF-8 keeps its bytes as lone surrogates (`\udc80` to `\udcff`, as Python's surrogateescape reads
 * them). Characters that a terminal or a build log would act on are written as `\u` escapes: the value is the same.
 */
import type { Coverage } from '../core/coverage.ts'
import type { Finding, Location } from '../core/finding.ts'
import type { Fix, FixStep } from '../core/fix.ts'
import type { ScanReport } from '../core/report.ts'
import type { RuleMetadata } from '../core/rule.ts'
import { factsJson } from './json-facts.ts'
import { forJson } from './neutralise.ts'

/** The report as JSON text that ends in a line break. */
export function scanJson(report: ScanReport): string {
  return toJson({
    schema: report.schema,
    tool: { name: report.tool.name, version: report.tool.version },
    date: report.date,
    targets: report.targets.map(({ id, kind, name }) => ({ id, kind, name })),
    findings: report.findings.map(findingJson),
    fixes: report.fixes.map(fixJson),
    coverage: coverageJson(report.coverage, report.seen),
    verdict: {
      outcome: report.verdict.outcome,
      exitCode: report.verdict.exitCode,
      failOn: report.failOn,
      reasons: report.verdict.reasons,
    },
    facts: report.facts === undefined ? undefined : factsJson(report.facts),
  })
}

/** What `bulkhead rules --json` prints: `docs/schemas/rules-1.schema.json`. In the order given. */
export function rulesJson(rules: readonly RuleMetadata[]): string {
  return toJson({ schema: 'bulkhead.rules/1', rules: rules.map(ruleJson) })
}

/** JSON text for people and pipes alike: indented by two, harmless on a terminal, ends in a line break. */
export function toJson(value: unknown): string {
  return `${forJson(JSON.stringify(value, null, 2))}\n`
}

/** JSON text without indentation, for machines: as harmless, a fifth smaller; ends in a line break. */
export function toCompactJson(value: unknown): string {
  return `${forJson(JSON.stringify(value))}\n`
}

function ruleJson(rule: RuleMetadata): unknown {
  return {
    id: rule.id,
    area: rule.area,
    severity: rule.severity,
    confidence: rule.confidence,
    concepts: rule.concepts,
    title: rule.title,
    why: rule.why,
    how: rule.how,
    fine: rule.fine,
    reads: rule.reads,
    enabled: !rule.offByDefault,
    fixes: rule.fixes,
    controls: rule.controls,
    refs: rule.refs,
    peers: rule.peers,
    formerly: rule.formerly,
  }
}

function findingJson(finding: Finding): unknown {
  const { status } = finding
  return {
    rule: finding.rule,
    fingerprint: finding.fingerprint,
    severity: finding.severity,
    severityBase: finding.severityBase,
    severityBecause: finding.severityBecause,
    confidence: finding.confidence,
    title: finding.title,
    message: finding.message,
    subject: finding.subject,
    area: finding.area,
    concepts: finding.concepts,
    refs: finding.refs,
    controls: finding.controls,
    locations: finding.locations.map(locationJson),
    evidence: finding.evidence,
    fixes: finding.fixes,
    status: { is: status.is, by: status.by, reason: status.reason, until: status.until },
  }
}

function locationJson(location: Location): unknown {
  const { excerpt } = location
  return {
    target: location.target,
    path: location.path,
    layer: location.layer,
    line: location.line,
    column: location.column,
    endLine: location.endLine,
    endColumn: location.endColumn,
    key: location.key,
    role: location.role,
    label: location.label,
    excerpt: excerpt === undefined ? undefined : { firstLine: excerpt.firstLine, lines: excerpt.lines },
  }
}

function fixJson(fix: Fix): unknown {
  return {
    id: fix.id,
    action: fix.action,
    title: fix.title,
    safety: fix.safety,
    breaks: fix.breaks,
    steps: fix.steps.map(stepJson),
    resolves: fix.resolves,
    conflicts: fix.conflicts,
  }
}

function stepJson(step: FixStep): unknown {
  switch (step.do) {
    case 'edit':
      return {
        do: step.do,
        target: step.target,
        path: step.path,
        edits: step.edits.map(({ span, text }) => ({ start: span.start, end: span.end, text })),
      }
    case 'set':
      return { do: step.do, target: step.target, workload: step.workload, changes: step.changes }
    case 'upgrade':
      return { do: step.do, package: step.package, from: step.from, to: step.to }
    case 'command':
      return { do: step.do, command: step.command }
    case 'manual':
      return { do: step.do, text: step.text }
  }
}

function coverageJson(coverage: Coverage, seen: ScanReport['seen']): unknown {
  const { areas } = coverage
  return {
    areas: {
      configuration: areas.configuration,
      packages: areas.packages,
      secrets: areas.secrets,
      models: areas.models,
      image: areas.image,
      host: areas.host,
      network: areas.network,
    },
    files: { seen: coverage.files.seen, read: coverage.files.read },
    recognised: seen.map(({ what, count }) => ({ what, count })),
    skipped: coverage.skipped.map(({ code, what, why, count, required, target }) => ({
      code,
      what,
      why,
      count,
      required,
      target,
    })),
    analyzers: coverage.analyzers.map(({ id, status, files, errors }) => ({
      id,
      status,
      files,
      // A stack names paths of this machine: it goes to stderr, not into a file that is passed on.
      errors: errors.map(({ path, message }) => ({ path, message })),
    })),
    knowledge: coverage.knowledge.map(({ id, date }) => ({ id, date })),
    suppressed: coverage.suppressed.map(({ by, count }) => ({ by, count })),
  }
}
