/** Waivers of `bulkhead.yaml`: which findings they cover, and which waivers do not hold. */
import type { Waiver } from '../core/config.ts'
import type { Finding, FindingStatus } from '../core/finding.ts'
import { atLeast } from '../core/severity.ts'
import { WAIVER_EXPIRED, WAIVER_NO_EXPIRY, WAIVER_UNUSED } from './ignore-rules.ts'
import type { PolicyInput } from './policy.ts'
import { isOver, SuppressionFindings, type SuppressionProblem, type Suppressions } from './suppression-finding.ts'

export function judgeWaivers(input: PolicyInput): Suppressions {
  const statuses = new Map<Finding, FindingStatus>()
  const problems = new SuppressionFindings(input.config.severities)
  for (const waiver of input.config.waivers) {
    const covered = matcherOf(waiver, input)
    const matched = input.findings.filter(covered)
    const problem = (rule: SuppressionProblem['rule'], message: string, label: string): void =>
      problems.add({ rule, message, label, subject: subjectOf(waiver), at: placeOf(waiver, input) })
    if (waiver.until !== undefined && isOver(waiver.until, input.now)) {
      problem(
        WAIVER_EXPIRED,
        `the waiver of ${waiver.rule} ended on ${waiver.until} and counts no more`,
        `ended on ${waiver.until}`,
      )
      continue
    }
    const endless = waiver.until === undefined ? matched.filter((finding) => atLeast(finding.severity, 'high')) : []
    for (const finding of matched) {
      if (!endless.includes(finding) && !statuses.has(finding)) statuses.set(finding, statusBy(waiver))
    }
    if (endless.length > 0) {
      problem(
        WAIVER_NO_EXPIRY,
        `the waiver of ${waiver.rule} covers a ${endless[0]?.severity} finding, has no last day and does not count for it`,
        'no until',
      )
    } else if (matched.length === 0 && input.rules.active.has(waiver.rule)) {
      problem(WAIVER_UNUSED, `the waiver of ${waiver.rule} covers no finding`, 'covers nothing')
    }
  }
  return { statuses, added: problems.added }
}

function matcherOf(waiver: Waiver, input: PolicyInput): (finding: Finding) => boolean {
  const path = waiver.path === undefined ? undefined : input.globMatcher([waiver.path])
  return (finding) =>
    finding.rule === waiver.rule &&
    (waiver.subject === undefined || finding.subject === waiver.subject) &&
    (waiver.fingerprint === undefined || finding.fingerprint.startsWith(waiver.fingerprint)) &&
    (path === undefined || path(finding.locations[0]?.path ?? ''))
}

function statusBy(waiver: Waiver): FindingStatus {
  return {
    is: 'waived',
    by: waiver.by,
    reason: waiver.reason,
    ...(waiver.until === undefined ? {} : { until: waiver.until }),
  }
}

function subjectOf(waiver: Waiver): string {
  const conditions = [waiver.path, waiver.subject, waiver.fingerprint].filter((one) => one !== undefined)
  return `waiver of ${waiver.rule}${conditions.length === 0 ? '' : ` (${conditions.join(', ')})`}`
}

/** In the scanned directory the file is read again for the excerpt; elsewhere the line must do. */
function placeOf(waiver: Waiver, input: PolicyInput): SuppressionProblem['at'] {
  const [, file = waiver.by, line] = /^(.*):(\d+)$/.exec(waiver.by) ?? []
  const place = input.configPlace
  return {
    target: place?.target ?? [...input.ownTargets][0] ?? '',
    path: place?.path ?? file,
    ...(place !== undefined && waiver.span !== undefined ? { span: waiver.span } : {}),
    ...(line === undefined ? {} : { line: Number(line) }),
  }
}
