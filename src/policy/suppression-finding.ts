/** Findings about suppressions, made without the rule machinery: policy alone knows whether one was needed. */
import type { Finding, FindingStatus, Location } from '../core/finding.ts'
import { fingerprintOf, fixIdOf } from '../core/fingerprint.ts'
import type { Fix, FixDraft } from '../core/fix.ts'
import type { RuleMetadata } from '../core/rule.ts'
import type { Severity } from '../core/severity.ts'

/** What a kind of suppression makes of the findings. */
export interface Suppressions {
  readonly statuses: ReadonlyMap<Finding, FindingStatus>
  readonly added: readonly { readonly finding: Finding; readonly fix?: Fix }[]
}

export interface SuppressionProblem {
  readonly rule: RuleMetadata
  readonly subject: string
  readonly message: string
  readonly label: string
  readonly at: Omit<Location, 'role' | 'label'>
  readonly facts?: readonly string[]
  readonly fix?: FixDraft
}

/** Subjects that repeat get an ordinal, so that each finding has a fingerprint of its own. */
export class SuppressionFindings {
  readonly added: { finding: Finding; fix?: Fix }[] = []
  readonly #severities: Readonly<Record<string, Severity | 'off'>>
  readonly #counts = new Map<string, number>()

  constructor(severities: Readonly<Record<string, Severity | 'off'>>) {
    this.#severities = severities
  }

  add(problem: SuppressionProblem): void {
    const { rule, at, message, label, subject } = problem
    const configured = this.#severities[rule.id]
    const severity = configured === undefined || configured === 'off' ? rule.severity : configured
    const same = `${rule.id}\n${at.target}\n${subject}`
    const ordinal = (this.#counts.get(same) ?? 0) + 1
    this.#counts.set(same, ordinal)
    const fingerprint = fingerprintOf(rule.id, subject, ordinal === 1 ? '' : `#${ordinal}`)
    const fix = problem.fix === undefined ? undefined : toFix(at.target, problem.fix, fingerprint)
    const finding: Finding = {
      fingerprint,
      rule: rule.id,
      area: rule.area,
      title: rule.title,
      message,
      subject,
      confidence: rule.confidence,
      severity,
      severityBase: rule.severity,
      severityBecause: configured === undefined ? [] : [`set to ${severity} by configuration`],
      locations: [{ ...at, role: 'primary', label }],
      evidence: [],
      fixes: fix === undefined ? [] : [fix.id],
      facts: problem.facts ?? [],
      refs: rule.refs,
      controls: rule.controls,
      concepts: rule.concepts,
      status: { is: 'open' },
    }
    this.added.push(fix === undefined ? { finding } : { finding, fix })
  }
}

function toFix(target: string, draft: FixDraft, fingerprint: string): Fix {
  return {
    id: fixIdOf(target, draft),
    action: 'edit',
    title: draft.title,
    safety: draft.safety,
    steps: draft.steps,
    resolves: [fingerprint],
    conflicts: [],
  }
}

/** True where the day (UTC) of `now` is behind the last day. */
export function isOver(until: string, now: string): boolean {
  return now.slice(0, 10) > until
}
