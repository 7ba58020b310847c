/**
 * What the user said about findings, applied to them: inline ignores, waivers of `bulkhead.yaml`, the baseline. Pure;
 * what was suppressed stays in the report with who said so, and a suppression that does not hold becomes a finding.
 */
import type { Config } from '../core/config.ts'
import type { Coverage } from '../core/coverage.ts'
import { compareFindings } from '../core/evaluate.ts'
import { compareText } from '../core/fact-store.ts'
import type { IgnoreFact } from '../core/facts/ignore.ts'
import type { Finding, FindingStatus } from '../core/finding.ts'
import type { Fix } from '../core/fix.ts'
import type { SourceText } from '../core/span.ts'
import { judgeIgnores } from './inline-ignores.ts'
import type { Suppressions } from './suppression-finding.ts'
import { judgeWaivers } from './waivers.ts'

export interface PolicyInput {
  readonly findings: readonly Finding[]
  readonly ignores: readonly IgnoreFact[]
  readonly config: Pick<Config, 'waivers' | 'baseline' | 'severities' | 'only'>
  /** ISO 8601. An ignore counts up to and on the day (UTC) that it names. */
  readonly now: string
  /** Ids of the targets that are the user's own project: only their ignores count. */
  readonly ownTargets: ReadonlySet<string>
  readonly rules: RulesInUse
  /** Globs of paths, with the meaning that `exclude` gives them. */
  readonly globMatcher: (patterns: readonly string[]) => (path: string) => boolean
  /** False: ignores, waivers and baseline are as if they were not there (`--no-ignores`). */
  readonly honour?: boolean
  /** Source of a file with ignores: for lines, and for the edit that deletes a comment. */
  readonly sourceOf?: (target: string, path: string) => SourceText | undefined
  /** The target and path under which a configuration file's waivers are reported, by its name. */
  readonly configPlace?: { readonly target: string; readonly path: string }
}

export interface RulesInUse {
  readonly known: ReadonlySet<string>
  /** Rules that ran: only an ignore of one of them can be called unused. */
  readonly active: ReadonlySet<string>
  /** Earlier id → today's. */
  readonly formerly: ReadonlyMap<string, string>
}

export interface PolicyOutcome {
  /** All given findings with their status, and those about the suppressions; sorted as `evaluate` sorts. */
  readonly findings: readonly Finding[]
  /** Fixes of the added findings. */
  readonly fixes: readonly Fix[]
  /** By the file that says so. */
  readonly suppressed: Coverage['suppressed']
  /** Fingerprints of the baseline that were not found any more. */
  readonly baselineGone: number
}

export function applyPolicy(input: PolicyInput): PolicyOutcome {
  if (input.honour === false) return { findings: input.findings, fixes: [], suppressed: [], baselineGone: 0 }
  const ignores = judgeIgnores(input)
  const waivers = judgeWaivers(input)
  const findings = input.findings.map((finding) => {
    const status = statusOf(finding, ignores, waivers, input)
    return status === undefined ? finding : { ...finding, status }
  })
  const added = [...ignores.added, ...waivers.added].filter(({ finding }) => isWanted(finding, input.config))
  const all = [...findings, ...added.map(({ finding }) => withBaseline(finding, input))].sort(compareFindings)
  return {
    findings: all,
    fixes: added.flatMap(({ fix }) => fix ?? []).sort((one, other) => compareText(one.id, other.id)),
    suppressed: countSuppressed(all),
    baselineGone: goneFromBaseline(all, input),
  }
}

function statusOf(
  finding: Finding,
  ignores: Suppressions,
  waivers: Suppressions,
  input: PolicyInput,
): FindingStatus | undefined {
  return ignores.statuses.get(finding) ?? waivers.statuses.get(finding) ?? baselineStatus(finding, input)
}

function baselineStatus(finding: Finding, input: PolicyInput): FindingStatus | undefined {
  const { baseline } = input.config
  if (!baseline?.fingerprints.has(finding.fingerprint)) return undefined
  return { is: 'baselined', by: baseline.path, reason: 'known when the baseline was made' }
}

function withBaseline(finding: Finding, input: PolicyInput): Finding {
  const status = baselineStatus(finding, input)
  return status === undefined ? finding : { ...finding, status }
}

function isWanted(finding: Finding, config: PolicyInput['config']): boolean {
  if (config.severities[finding.rule] === 'off') return false
  return config.only.length === 0 || config.only.includes(finding.rule) || config.only.includes(finding.area)
}

function countSuppressed(findings: readonly Finding[]): Coverage['suppressed'] {
  const counts = new Map<string, number>()
  for (const { status } of findings) {
    if (status.is === 'open' || status.by === undefined) continue
    const file = status.by.replace(/:\d+$/, '')
    counts.set(file, (counts.get(file) ?? 0) + 1)
  }
  return [...counts].map(([by, count]) => ({ by, count })).sort((one, other) => compareText(one.by, other.by))
}

function goneFromBaseline(findings: readonly Finding[], input: PolicyInput): number {
  const frozen = input.config.baseline?.fingerprints
  if (frozen === undefined) return 0
  const found = new Set(findings.map((finding) => finding.fingerprint))
  return [...frozen].filter((fingerprint) => !found.has(fingerprint)).length
}
