/** All rules that can report: those that read facts, and those about suppressions. Metadata only. */
import { ruleMetadata } from '../assembly/generated/rule-metadata.ts'
import type { KnownRules } from '../config/values.ts'
import { compareText } from '../core/fact-store.ts'
import type { RuleMetadata } from '../core/rule.ts'
import { ignoreRules } from '../policy/ignore-rules.ts'

/** Sorted by id. */
export function allRules(): readonly RuleMetadata[] {
  return [...ruleMetadata, ...ignoreRules].sort((one, other) => compareText(one.id, other.id))
}

export function knownRules(rules: readonly RuleMetadata[]): KnownRules {
  return {
    ids: new Set(rules.map(({ id }) => id)),
    formerly: new Map(rules.flatMap(({ id, formerly }) => formerly.map((earlier) => [earlier, id] as const))),
  }
}

/** A rule by its id or an earlier one. */
export function ruleLookup(rules: readonly RuleMetadata[]): (id: string) => RuleMetadata | undefined {
  const byId = new Map(rules.flatMap((rule) => [...rule.formerly, rule.id].map((id) => [id, rule] as const)))
  return (id) => byId.get(id)
}
