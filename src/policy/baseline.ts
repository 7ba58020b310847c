/**
 * A baseline freezes the findings of a day by fingerprint, so that an old project starts green and only new debt fails.
 * The file is meant to be committed: sorted, one finding a line, so that a review sees what was added or paid off.
 */
import { compareText } from '../core/fact-store.ts'
import type { Finding } from '../core/finding.ts'

export const BASELINE_SCHEMA = 'bulkhead.baseline/1'

/** A baseline file is never larger: 64 MiB. */
export const LARGEST_BASELINE = 64 * 1024 * 1024

export interface Baseline {
  readonly schema: typeof BASELINE_SCHEMA
  /** Day, `YYYY-MM-DD`. */
  readonly created: string
  readonly fingerprints: readonly BaselineEntry[]
}

export interface BaselineEntry {
  readonly fingerprint: string
  readonly rule: string
  readonly subject: string
}

/** Open and already baselined findings; a waived one has its own ending and stays outside. */
export function makeBaseline(findings: readonly Finding[], now: string): Baseline {
  const entries = new Map<string, BaselineEntry>()
  for (const { fingerprint, rule, subject, status } of findings) {
    if (status.is === 'open' || status.is === 'baselined') entries.set(fingerprint, { fingerprint, rule, subject })
  }
  const fingerprints = [...entries.values()].sort(
    (one, other) =>
      compareText(one.rule, other.rule) ||
      compareText(one.subject, other.subject) ||
      compareText(one.fingerprint, other.fingerprint),
  )
  return { schema: BASELINE_SCHEMA, created: now.slice(0, 10), fingerprints }
}

/** JSON with one entry a line. */
export function formatBaseline(baseline: Baseline): string {
  const entries = baseline.fingerprints.map((entry) => `    ${entryLine(entry)}`)
  const list = entries.length === 0 ? '[]' : `[\n${entries.join(',\n')}\n  ]`
  return `{\n  "schema": "${baseline.schema}",\n  "created": "${baseline.created}",\n  "fingerprints": ${list}\n}\n`
}

function entryLine({ fingerprint, rule, subject }: BaselineEntry): string {
  return `{ "fingerprint": ${JSON.stringify(fingerprint)}, "rule": ${JSON.stringify(rule)}, "subject": ${JSON.stringify(subject)} }`
}

export type ParsedBaseline =
  | { readonly ok: true; readonly baseline: Baseline }
  | { readonly ok: false; readonly why: string }

/** Strict: a baseline that cannot be read must not pass for an empty one, nor the other way round. */
export function parseBaseline(text: string): ParsedBaseline {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, why: 'is not JSON' }
  }
  const file = value as Partial<Record<keyof Baseline, unknown>> | null
  if (typeof file !== 'object' || file === null || file.schema !== BASELINE_SCHEMA) {
    return { ok: false, why: `is not a baseline: its "schema" must be "${BASELINE_SCHEMA}"` }
  }
  const { created, fingerprints } = file
  if (!Array.isArray(fingerprints)) return { ok: false, why: 'has no list "fingerprints"' }
  const entries: BaselineEntry[] = []
  for (const [index, entry] of fingerprints.entries()) {
    const fingerprint: unknown = entry?.fingerprint
    if (typeof fingerprint !== 'string' || !/^[0-9a-f]{16,64}$/.test(fingerprint)) {
      return { ok: false, why: `has no fingerprint in entry ${index + 1}` }
    }
    entries.push({ fingerprint, rule: String(entry.rule ?? ''), subject: String(entry.subject ?? '') })
  }
  return { ok: true, baseline: { schema: BASELINE_SCHEMA, created: String(created ?? ''), fingerprints: entries } }
}
