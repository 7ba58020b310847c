/** Ignore comments: which findings they cover, and which comments do not hold. */
import type { IgnoreFact } from '../core/facts/ignore.ts'
import type { Finding, FindingStatus } from '../core/finding.ts'
import type { FixDraft } from '../core/fix.ts'
import { atLeast } from '../core/severity.ts'
import type { SourceText, Span } from '../core/span.ts'
import {
  IGNORE_EXPIRED,
  IGNORE_MALFORMED,
  IGNORE_NO_EXPIRY,
  IGNORE_NO_REASON,
  IGNORE_UNUSED,
  ignoreRules,
} from './ignore-rules.ts'
import type { PolicyInput } from './policy.ts'
import { isOver, SuppressionFindings, type SuppressionProblem, type Suppressions } from './suppression-finding.ts'

export function judgeIgnores(input: PolicyInput): Suppressions {
  const statuses = new Map<Finding, FindingStatus>()
  const problems = new SuppressionFindings(input.config.severities)
  const byFile = findingsByFile(input.findings)
  for (const ignore of input.ignores) {
    if (!input.ownTargets.has(ignore.target)) continue
    const source = input.sourceOf?.(ignore.target, ignore.path)
    const candidates = byFile.get(fileKey(ignore.target, ignore.path)) ?? []
    const judged = judge(ignore, candidates, source, input)
    for (const finding of judged.covers) {
      if (!statuses.has(finding)) statuses.set(finding, statusBy(ignore, source))
    }
    if (judged.problem !== undefined) problems.add(judged.problem)
  }
  return { statuses, added: problems.added }
}

interface Judged {
  readonly covers: readonly Finding[]
  readonly problem?: SuppressionProblem
}

/** The first problem that an ignore has is the one that is told. */
function judge(
  ignore: IgnoreFact,
  candidates: readonly Finding[],
  source: SourceText | undefined,
  input: PolicyInput,
): Judged {
  const names = ignore.rules.map((id) => input.rules.formerly.get(id) ?? id)
  const matched = candidates.filter((finding) => names.includes(finding.rule) && governs(ignore, finding, source))
  const problem = problemOf(ignore)
  const named = ignore.rules.join(', ')
  if (ignore.problem !== undefined || names.length === 0) {
    const what = ignore.problem ?? 'it names no rule'
    return { covers: [], problem: problem(IGNORE_MALFORMED, `an ignore comment counts for nothing: ${what}`, what) }
  }
  if (ignore.reason === undefined || ignore.reason.trim() === '') {
    return {
      covers: [],
      problem: problem(IGNORE_NO_REASON, `the ignore of ${named} gives no reason and does not count`, 'no reason'),
    }
  }
  if (ignore.until !== undefined && isOver(ignore.until, input.now)) {
    return {
      covers: [],
      problem: problem(
        IGNORE_EXPIRED,
        `the ignore of ${named} ended on ${ignore.until} and counts no more`,
        `ended on ${ignore.until}`,
      ),
    }
  }
  const endless = ignore.until === undefined ? matched.filter((finding) => atLeast(finding.severity, 'high')) : []
  const covers = matched.filter((finding) => !endless.includes(finding))
  if (endless.length > 0) {
    const message = `the ignore of ${endless[0]?.rule}, a ${endless[0]?.severity} finding, has no last day and does not count`
    return { covers, problem: problem(IGNORE_NO_EXPIRY, message, 'no until=') }
  }
  const idle = names.filter((id) => isIdle(id, matched, input))
  if (idle.length === 0) return { covers }
  const unknown = idle.filter((id) => !isKnown(id, input))
  const message =
    unknown.length > 0
      ? `the ignore names ${unknown.join(', ')}, which is no rule`
      : `the ignore of ${idle.join(', ')} covers no finding`
  const isWhole = idle.length === names.length
  return {
    covers,
    problem: {
      ...problem(IGNORE_UNUSED, message, unknown.length > 0 ? 'no such rule' : 'covers nothing'),
      ...(isWhole && source !== undefined ? { fix: deletion(ignore, source) } : {}),
    },
  }
}

/** A rule that did not run says nothing about whether its ignore is needed. */
function isIdle(rule: string, matched: readonly Finding[], input: PolicyInput): boolean {
  if (matched.some((finding) => finding.rule === rule)) return false
  return !isKnown(rule, input) || isPolicyRule(rule) || input.rules.active.has(rule)
}

function isKnown(rule: string, input: PolicyInput): boolean {
  return input.rules.known.has(rule) || isPolicyRule(rule)
}

/** What is said about suppressions cannot be suppressed by one; `rules:` in bulkhead.yaml can turn it off. */
function isPolicyRule(rule: string): boolean {
  return ignoreRules.some(({ id }) => id === rule)
}

/** The finding's primary place begins in what the ignore governs, or on the line on which that begins. */
function governs(ignore: IgnoreFact, finding: Finding, source: SourceText | undefined): boolean {
  const at = finding.locations[0]?.span
  if (at === undefined) return false
  const { start, end } = ignore.governs
  if (at.start >= start && at.start < end) return true
  return source !== undefined && source.lineColumn(at.start).line === source.lineColumn(start).line
}

function statusBy(ignore: IgnoreFact, source: SourceText | undefined): FindingStatus {
  const line = source === undefined ? '' : `:${source.lineColumn(ignore.span.start).line}`
  return {
    is: 'waived',
    by: `${ignore.path}${line}`,
    ...(ignore.reason === undefined ? {} : { reason: ignore.reason }),
    ...(ignore.until === undefined ? {} : { until: ignore.until }),
  }
}

function problemOf(ignore: IgnoreFact) {
  return (rule: SuppressionProblem['rule'], message: string, label: string): SuppressionProblem => ({
    rule,
    message,
    label,
    subject: `${ignore.path}#ignore[${ignore.rules.join(',')}]`,
    at: {
      target: ignore.target,
      path: ignore.path,
      span: ignore.span,
      ...(ignore.layer === undefined ? {} : { layer: ignore.layer }),
    },
    facts: [ignore.id],
  })
}

function deletion(ignore: IgnoreFact, source: SourceText): FixDraft {
  return {
    title: 'Delete ignore comments that cover nothing',
    safety: 'safe',
    steps: [
      {
        do: 'edit',
        target: ignore.target,
        path: ignore.path,
        edits: [{ span: commentSpan(ignore.span, source), text: '' }],
      },
    ],
    group: `ignore/unused ${ignore.path} ${ignore.span.start}`,
  }
}

/** The whole line of a comment that stands alone on it; else the comment and the blanks before it. */
function commentSpan(span: Span, source: SourceText): Span {
  const start = source.toUnit(span.start)
  const lineStart = source.text.lastIndexOf('\n', start - 1) + 1
  const before = source.text.slice(lineStart, start)
  if (before.trim() === '') return source.lineSpan(source.lineColumn(span.start).line)
  return source.span(lineStart + before.trimEnd().length, source.toUnit(span.end))
}

function findingsByFile(findings: readonly Finding[]): Map<string, Finding[]> {
  const byFile = new Map<string, Finding[]>()
  for (const finding of findings) {
    const at = finding.locations[0]
    if (at === undefined) continue
    const key = fileKey(at.target, at.path)
    const known = byFile.get(key)
    if (known === undefined) byFile.set(key, [finding])
    else known.push(finding)
  }
  return byFile
}

function fileKey(target: string, path: string): string {
  return `${target}\n${path}`
}
