/** The end of a scan: pass, fail, incomplete or nothing to scan, and the exit code that says so. */
import type { Config } from '../core/config.ts'
import type { Coverage } from '../core/coverage.ts'
import type { Finding } from '../core/finding.ts'
import type { Verdict } from '../core/report.ts'
import { atLeast, SEVERITIES } from '../core/severity.ts'

export const EXIT = { passed: 0, findings: 1, usage: 2, incomplete: 3, empty: 4, interrupted: 130 } as const

export interface VerdictInput {
  readonly findings: readonly Finding[]
  readonly coverage: Coverage
  readonly config: Pick<Config, 'failOn' | 'require'>
  /** Names of targets in which there was nothing to scan. */
  readonly empty: readonly string[]
  /** Rules and other parts of our own that failed. */
  readonly bugs: readonly string[]
}

/** The first that applies: findings, incomplete, empty, passed. An error never erases findings. */
export function decideVerdict(input: VerdictInput): Verdict {
  const failing = failingReason(input)
  const incomplete = incompleteReasons(input)
  if (failing !== undefined) return { outcome: 'fail', reasons: [failing, ...incomplete], exitCode: EXIT.findings }
  if (incomplete.length > 0) return { outcome: 'incomplete', reasons: incomplete, exitCode: EXIT.incomplete }
  if (input.empty.length > 0) {
    return {
      outcome: 'empty',
      reasons: input.empty.map((name) => `${name} holds nothing to scan`),
      exitCode: EXIT.empty,
    }
  }
  return { outcome: 'pass', reasons: [], exitCode: EXIT.passed }
}

function failingReason({ findings, config }: VerdictInput): string | undefined {
  const { failOn } = config
  if (failOn === 'never') return undefined
  const failing = findings.filter(({ status, severity }) => status.is === 'open' && atLeast(severity, failOn))
  if (failing.length === 0) return undefined
  const counts = SEVERITIES.map(
    (severity) => [failing.filter((one) => one.severity === severity).length, severity] as const,
  )
  const words = counts.filter(([count]) => count > 0).map(([count, severity]) => `${count} ${severity}`)
  const listed = words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : words.join('')
  return `${listed}; fails at ${failOn}${failOn === 'critical' ? '' : ' or above'}`
}

function incompleteReasons({ coverage, config, bugs }: VerdictInput): string[] {
  const unread = coverage.skipped.filter((skip) => skip.required).map(({ what, why }) => `${what}: ${why}`)
  const areas = config.require
    .filter((area) => coverage.areas[area] === 'not-checked' || coverage.areas[area] === 'partly')
    .map(
      (area) =>
        `${area} ${coverage.areas[area] === 'partly' ? 'were only partly checked' : 'not checked'}, and required`,
    )
  return [...unread, ...areas, ...bugs.map((bug) => `${bug} failed: a bug in bulkhead`)]
}
