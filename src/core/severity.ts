export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const
/** What an attacker gains times what they reach, in this context. */
export type Severity = (typeof SEVERITIES)[number]

export const CONFIDENCES = ['high', 'medium', 'low'] as const
/** How sure we are that the finding is true. */
export type Confidence = (typeof CONFIDENCES)[number]

export const AREAS = ['configuration', 'packages', 'secrets', 'models', 'image', 'host', 'network'] as const
/** The part of security that a rule belongs to, and that coverage speaks of. */
export type Area = (typeof AREAS)[number]

/** True where `severity` is at least as bad as `threshold`. */
export function atLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold)
}

/** Worst first. */
export function compareSeverity(one: Severity, other: Severity): number {
  return SEVERITIES.indexOf(one) - SEVERITIES.indexOf(other)
}

/** `severity` made worse (positive) or milder (negative) by `steps`, within the scale. */
export function shiftSeverity(severity: Severity, steps: number): Severity {
  const at = Math.max(0, Math.min(SEVERITIES.length - 1, SEVERITIES.indexOf(severity) - steps))
  return SEVERITIES[at] as Severity
}
