import { createHash } from 'node:crypto'
import type { Fingerprint, RuleId } from './finding.ts'
import type { FixDraft, FixId } from './fix.ts'

/**
 * The identity of a finding across runs: rule, subject and key path by value. Never the target, the layer or a line,
 * so that it survives edits elsewhere in the file and a checkout in another folder.
 */
export function fingerprintOf(rule: RuleId, subject: string, key: string): Fingerprint {
  return digest('finding', rule, subject, key)
}

/** Fixes with the same group, or the very same steps, in a target are one fix. */
export function fixIdOf(target: string, fix: FixDraft): FixId {
  const what = fix.group === undefined ? JSON.stringify(fix.steps) : `group ${fix.group}`
  return `fix-${digest('fix', target, what).slice(0, 12)}`
}

function digest(...parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest('hex').slice(0, 32)
}
